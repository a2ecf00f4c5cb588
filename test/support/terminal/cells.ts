/** What an emulated screen shows, as tests look at it. */

import type { IBufferCell, Terminal } from '@xterm/headless';

export interface Cell {
	/** The character; empty behind one that is two cells wide. */
	char: string;
	/** 'default', one of the sixteen names, 'palette 200' or '#rrggbb'. */
	fg: string;
	bg: string;
	bold: boolean;
	dim: boolean;
	inverse: boolean;
	underline: boolean;
}

const NAMES = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'];
const COLORS = [...NAMES, ...NAMES.map((name) => `bright ${name}`)];

const color = (palette: boolean, rgb: boolean, value: number): string => {
	if (palette) return COLORS[value] ?? `palette ${value}`;
	return rgb ? `#${value.toString(16).padStart(6, '0')}` : 'default';
};

/** One cell of the screen. */
export function cellAt(terminal: Terminal, x: number, y: number): Cell {
	const buffer = terminal.buffer.active;
	const cell = buffer.getLine(buffer.baseY + y)?.getCell(x);
	if (!cell) throw new RangeError(`No cell at ${x},${y} of ${terminal.cols}x${terminal.rows}`);
	return describe(cell);
}

const describe = (cell: IBufferCell): Cell => ({
	char: cell.getWidth() === 0 ? '' : cell.getChars() || ' ',
	fg: color(cell.isFgPalette(), cell.isFgRGB(), cell.getFgColor()),
	bg: color(cell.isBgPalette(), cell.isBgRGB(), cell.getBgColor()),
	bold: cell.isBold() !== 0,
	dim: cell.isDim() !== 0,
	inverse: cell.isInverse() !== 0,
	underline: cell.isUnderline() !== 0,
});

/** The rows of the screen, without blanks at their ends. */
export function screenRows(terminal: Terminal): string[] {
	const buffer = terminal.buffer.active;
	return Array.from(
		{ length: terminal.rows },
		(_, y) => buffer.getLine(buffer.baseY + y)?.translateToString(true) ?? '',
	);
}

/** Every cell with its looks, row by row: two screens are the same when these are. */
export function paint(terminal: Terminal): string[] {
	const buffer = terminal.buffer.active;
	return Array.from({ length: terminal.rows }, (_, y) => {
		const line = buffer.getLine(buffer.baseY + y);
		let row = '';
		let last = '';
		for (let x = 0; line && x < terminal.cols; x++) {
			const cell = describe(line.getCell(x)!);
			const { char, ...looks } = cell;
			// A blank that is not inverse shows nothing but its background.
			if (char === ' ' && !looks.inverse) Object.assign(looks, { fg: 'default', bold: false, dim: false });
			const style = Object.values(looks).join(' ');
			row += style === last ? char : `‹${style}›${char}`;
			last = style;
		}
		return row;
	});
}
