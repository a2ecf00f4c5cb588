/** Frames, bars and sparklines as shapes that fill their cells exactly: fonts leave gaps between rows. */

interface CellSize {
	width: number;
	height: number;
}

/** Arms of a line character: left, right, up, down; 1 is thin, 2 is heavy. */
const ARMS: Record<string, [number, number, number, number]> = {
	'─': [1, 1, 0, 0],
	'│': [0, 0, 1, 1],
	'┌': [0, 1, 0, 1],
	'┐': [1, 0, 0, 1],
	'└': [0, 1, 1, 0],
	'┘': [1, 0, 1, 0],
	'├': [0, 1, 1, 1],
	'┤': [1, 0, 1, 1],
	'┬': [1, 1, 0, 1],
	'┴': [1, 1, 1, 0],
	'┼': [1, 1, 1, 1],
	'━': [2, 2, 0, 0],
	'┃': [0, 0, 2, 2],
	'┏': [0, 2, 0, 2],
	'┓': [2, 0, 0, 2],
	'┗': [0, 2, 2, 0],
	'┛': [2, 0, 2, 0],
	'╭': [0, 1, 0, 1],
	'╮': [1, 0, 0, 1],
	'╰': [0, 1, 1, 0],
	'╯': [1, 0, 1, 0],
};
const FROM_BELOW = '▁▂▃▄▅▆▇█';
const FROM_LEFT = '▏▎▍▌▋▊▉';
/** Shades as dots, three to a cell's width and six to its height. */
const SHADE: Record<string, number> = { '░': 0.3, '▒': 0.5, '▓': 0.8 };

/** True for what is drawn instead of being left to a font. */
export const isDrawn = (char: string): boolean =>
	char in ARMS || char in SHADE || FROM_BELOW.includes(char) || FROM_LEFT.includes(char);

/** Pieces of a path for a character in the cell at x, y. */
export function shapeOf(char: string, x: number, y: number, { width, height }: CellSize): string[] {
	const arms = ARMS[char];
	if (arms) return lines(arms, x, y, width, height);
	const shade = SHADE[char];
	if (shade) return dots(shade, x, y, width, height);
	const up = FROM_BELOW.indexOf(char) + 1;
	if (up > 0) return [box(x, y + height * (1 - up / 8), width, (height * up) / 8)];
	return [box(x, y, (width * (FROM_LEFT.indexOf(char) + 1)) / 8, height)];
}

function lines([left, right, up, down]: [number, number, number, number], x: number, y: number, w: number, h: number) {
	const middleX = x + w / 2;
	const middleY = y + h / 2;
	const thick = (arm: number) => (arm === 2 ? 2.6 : 1.3);
	const most = thick(Math.max(left, right, up, down)) / 2;
	const pieces: string[] = [];
	// Each arm reaches over the middle, so that corners close.
	if (left) pieces.push(box(x, middleY - thick(left) / 2, w / 2 + most, thick(left)));
	if (right) pieces.push(box(middleX - most, middleY - thick(right) / 2, w / 2 + most, thick(right)));
	if (up) pieces.push(box(middleX - thick(up) / 2, y, thick(up), h / 2 + most));
	if (down) pieces.push(box(middleX - thick(down) / 2, middleY - most, thick(down), h / 2 + most));
	return pieces;
}

function dots(share: number, x: number, y: number, width: number, height: number): string[] {
	const stepX = width / 3;
	const stepY = height / 6;
	const side = Math.sqrt(share * stepX * stepY);
	return Array.from({ length: 18 }, (_, at) =>
		box(x + ((at % 3) + 0.5) * stepX - side / 2, y + (Math.floor(at / 3) + 0.5) * stepY - side / 2, side, side),
	);
}

const box = (x: number, y: number, width: number, height: number): string =>
	`M${round(x)} ${round(y)}h${round(width)}v${round(height)}h${round(-width)}z`;

const round = (value: number): number => Math.round(value * 100) / 100;
