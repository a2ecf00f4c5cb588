/**
 * A terminal's screen as an SVG: its words are text, lines and blocks are drawn, so that frames close and bars are
 * even whatever font there is. Nothing is loaded from elsewhere.
 */

import type { IBufferCell, Terminal } from '@xterm/headless';
import { isDrawn, shapeOf } from './svg-shapes.ts';

/** The cell of DejaVu Sans Mono at 16 pixels; other fonts are stretched to it. */
export const CELL = { width: 9.633, height: 19, base: 14.6, size: 16 };
const MARGIN = 14;
const FONTS = "'DejaVu Sans Mono', Menlo, Consolas, 'Liberation Mono', monospace";
const BACKGROUND = '#1c2128';
const TEXT = '#cdd9e5';
const COLORS = [
	'#22272e',
	'#f47067',
	'#8ddb8c',
	'#e3b341',
	'#6cb6ff',
	'#dcbdfb',
	'#76e3ea',
	'#adbac7',
	'#768390',
	'#ff938a',
	'#b4f1b4',
	'#f7cf6d',
	'#96d0ff',
	'#eedcff',
	'#b3f0ff',
	'#ffffff',
];

interface Style {
	fg: string;
	/** None: the window's. */
	bg: string | undefined;
	bold: boolean;
	dim: boolean;
	underline: boolean;
}

/** Cells side by side that look alike. */
interface Span extends Style {
	x: number;
	width: number;
	/** A character of two cells stands alone, so that all others are one cell each. */
	wide: boolean;
	text: string;
}

/** The screen as an SVG document; the same bytes on every machine. */
export function svg(terminal: Terminal, title = 'Firn'): string {
	const width = round(terminal.cols * CELL.width + 2 * MARGIN);
	const height = round(terminal.rows * CELL.height + 2 * MARGIN);
	const buffer = terminal.buffer.active;
	const out: string[] = [];
	for (let y = 0; y < terminal.rows; y++) {
		const line = buffer.getLine(buffer.baseY + y);
		if (!line) continue;
		const cells = Array.from({ length: terminal.cols }, (_, x) => line.getCell(x)!);
		const spans = spansOf(cells);
		const top = MARGIN + y * CELL.height;
		for (const span of spans) if (span.bg) out.push(background(span, top));
		for (const span of spans) out.push(...ink(span, top));
	}
	return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${FONTS}" font-size="${CELL.size}">
<title>${escapeXml(title)}</title>
<rect x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="8" fill="${BACKGROUND}" stroke="#444c56"/>
${out.join('\n')}
</svg>
`;
}

function spansOf(cells: IBufferCell[]): Span[] {
	const spans: Span[] = [];
	cells.forEach((cell, x) => {
		const last = spans.at(-1);
		if (cell.getWidth() === 0) {
			if (last) last.width++;
			return;
		}
		const style = styleOf(cell);
		const text = cell.getChars() || ' ';
		const wide = cell.getWidth() === 2;
		if (last && !wide && !last.wide && sameStyle(last, style)) {
			last.text += text;
			last.width++;
		} else spans.push({ ...style, x, width: 1, wide, text });
	});
	return spans;
}

function styleOf(cell: IBufferCell): Style {
	let fg = color(cell.isFgPalette(), cell.isFgRGB(), cell.getFgColor()) ?? TEXT;
	let bg = color(cell.isBgPalette(), cell.isBgRGB(), cell.getBgColor());
	if (cell.isInverse()) [fg, bg] = [bg ?? BACKGROUND, fg];
	return { fg, bg, bold: cell.isBold() !== 0, dim: cell.isDim() !== 0, underline: cell.isUnderline() !== 0 };
}

/** The sixteen colours, the cube and the greys of xterm, or any. */
function color(palette: boolean, rgb: boolean, value: number): string | undefined {
	if (rgb) return `#${value.toString(16).padStart(6, '0')}`;
	if (!palette) return undefined;
	if (value < 16) return COLORS[value];
	const levels =
		value >= 232
			? Array(3).fill(8 + (value - 232) * 10)
			: [36, 6, 1].map((step) => [0, 95, 135, 175, 215, 255][Math.floor((value - 16) / step) % 6]!);
	return `#${levels.map((level) => level.toString(16).padStart(2, '0')).join('')}`;
}

const sameStyle = (a: Style, b: Style): boolean =>
	a.fg === b.fg && a.bg === b.bg && a.bold === b.bold && a.dim === b.dim && a.underline === b.underline;

const left = (x: number): number => MARGIN + x * CELL.width;

const background = ({ x, width, bg }: Span, top: number): string =>
	`<rect x="${round(left(x))}" y="${round(top)}" width="${round(width * CELL.width)}" height="${CELL.height}" fill="${bg}"/>`;

/** What is drawn of a span: its words as text, its lines and blocks as one path. */
function ink(span: Span, top: number): string[] {
	const out: string[] = [];
	const dim = span.dim ? ' opacity="0.6"' : '';
	const chars = [...span.text];
	const shapes = chars.flatMap((char, at) => (isDrawn(char) ? shapeOf(char, left(span.x + at), top, CELL) : []));
	if (shapes.length > 0) out.push(`<path d="${shapes.join('')}" fill="${span.fg}"${dim}/>`);
	const words = chars.map((char) => (isDrawn(char) ? ' ' : char)).join('');
	const looks = `${span.bold ? ' font-weight="bold"' : ''}${span.underline ? ' text-decoration="underline"' : ''}${dim}`;
	// A gap of two blanks or more starts anew: a font of another width may not add up its error over a whole row.
	for (const { 0: word, index } of words.matchAll(/\S+(?: \S+)*/g)) {
		const width = span.wide ? 2 : word.length;
		const at = `x="${round(left(span.x + index))}" y="${round(top + CELL.base)}" textLength="${round(width * CELL.width)}"`;
		out.push(`<text ${at} fill="${span.fg}"${looks}>${escapeXml(word)}</text>`);
	}
	return out;
}

const round = (value: number): number => Math.round(value * 100) / 100;

const escapeXml = (text: string): string =>
	text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
