/** Pictures of what a terminal shows, drawn from its cells: the same bytes on every machine. */

import { createRequire } from 'node:module';
import { Resvg } from '@resvg/resvg-js';
import type { Terminal } from '@xterm/headless';

const WIDTH = 9.633;
const HEIGHT = 19;
const SIZE = 16;
const MARGIN = 12;
const COLORS = [
	'#1c2128',
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
const BACKGROUND = '#1c2128';
const TEXT = '#cdd9e5';

/** A PNG of the terminal's screen. */
export function picture(terminal: Terminal, zoom = 2): Buffer {
	const { cols, rows } = terminal;
	const width = cols * WIDTH + 2 * MARGIN;
	const height = rows * HEIGHT + 2 * MARGIN;
	const cells: string[] = [];
	const buffer = terminal.buffer.active;
	for (let y = 0; y < rows; y++) {
		const line = buffer.getLine(buffer.viewportY + y);
		for (let x = 0; line && x < cols; x++) {
			const cell = line.getCell(x);
			const text = cell?.getChars() ?? '';
			if (!cell || text === '' || text === ' ') continue;
			const color = cell.isFgPalette() ? (COLORS[cell.getFgColor()] ?? TEXT) : TEXT;
			const weight = cell.isBold() ? ' font-weight="bold"' : '';
			const opacity = cell.isDim() ? ' opacity="0.6"' : '';
			const at = `x="${(MARGIN + x * WIDTH).toFixed(2)}" y="${MARGIN + y * HEIGHT + 15}"`;
			cells.push(`<text ${at} fill="${color}"${weight}${opacity}>${escapeXml(text)}</text>`);
		}
	}
	const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="DejaVu Sans Mono" font-size="${SIZE}"><rect width="100%" height="100%" rx="8" fill="${BACKGROUND}"/>${cells.join('')}</svg>`;
	const require = createRequire(import.meta.url);
	const fontFiles = ['DejaVuSansMono.ttf', 'DejaVuSansMono-Bold.ttf'].map((name) =>
		require.resolve(`dejavu-fonts-ttf/ttf/${name}`),
	);
	return new Resvg(svg, { fitTo: { mode: 'zoom', value: zoom }, font: { fontFiles, loadSystemFonts: false } })
		.render()
		.asPng();
}

const escapeXml = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
