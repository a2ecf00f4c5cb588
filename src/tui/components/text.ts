/** Text measured in terminal cells. All that is shown goes through here, so that columns stand straight. */

import stringWidth from 'string-width';
import { safePrint } from '../../core/safe-print.ts';

const ASCII = /^[\x20-\x7e]*$/;
/** Drawn one or two cells wide, as each terminal likes. */
const EMOJI = /\p{Emoji_Presentation}|\p{Regional_Indicator}|\ufe0f|[\u{1f000}-\u{1faff}]/gu;
const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** Cells that the text takes. */
export function widthOf(text: string): number {
	return ASCII.test(text) ? text.length : stringWidth(text);
}

/**
 * A file name (or any foreign text) as it is shown: nothing in it can move the cursor, recolour the screen or shift what
 * stands beside it. For copying and restoring the raw name is used.
 */
export function displayName(name: string): string {
	if (ASCII.test(name)) return name;
	return safePrint(name).replace(EMOJI, (sign) => `\\u{${sign.codePointAt(0)!.toString(16)}}`);
}

/** A whole path, absolute, as it is shown. */
export function displayPath(path: string): string {
	return displayName(path.startsWith('/') ? path : `/${path}`);
}

export type Cut = 'end' | 'middle' | 'start';

/** The text in at most `width` cells; what is cut off is marked. `middle` suits paths. */
export function fit(text: string, width: number, cut: Cut = 'end', ellipsis = '…'): string {
	if (width <= 0) return '';
	if (widthOf(text) <= width) return text;
	const room = width - widthOf(ellipsis);
	if (room <= 0) return ellipsis.slice(0, width);
	if (cut === 'end') return head(text, room) + ellipsis;
	if (cut === 'start') return ellipsis + tail(text, room);
	const back = Math.ceil(room * 0.6);
	return head(text, room - back) + ellipsis + tail(text, back);
}

/** Exactly `width` cells, the text at the left. */
export function padEnd(text: string, width: number, cut: Cut = 'end', ellipsis = '…'): string {
	const fitted = fit(text, width, cut, ellipsis);
	return fitted + ' '.repeat(Math.max(0, width - widthOf(fitted)));
}

/** Exactly `width` cells, the text at the right. */
export function padStart(text: string, width: number, cut: Cut = 'end', ellipsis = '…'): string {
	const fitted = fit(text, width, cut, ellipsis);
	return ' '.repeat(Math.max(0, width - widthOf(fitted))) + fitted;
}

/** Lines of at most `width` cells, broken at spaces where there are any. */
export function wrap(text: string, width: number): string[] {
	const lines: string[] = [];
	for (const paragraph of text.split('\n')) {
		let line = '';
		for (const word of paragraph.split(' ')) {
			const longer = line === '' ? word : `${line} ${word}`;
			if (widthOf(longer) <= width) {
				line = longer;
				continue;
			}
			if (line !== '') lines.push(line);
			line = word;
			while (widthOf(line) > width && width > 0) {
				const part = head(line, width);
				lines.push(part);
				line = line.slice(part.length);
			}
		}
		lines.push(line);
	}
	return lines;
}

function head(text: string, width: number): string {
	if (ASCII.test(text)) return text.slice(0, width);
	let out = '';
	let used = 0;
	for (const { segment } of graphemes.segment(text)) {
		const cells = stringWidth(segment);
		if (used + cells > width) break;
		out += segment;
		used += cells;
	}
	return out;
}

function tail(text: string, width: number): string {
	if (ASCII.test(text)) return width === 0 ? '' : text.slice(-width);
	const segments = [...graphemes.segment(text)].map(({ segment }) => segment);
	let out = '';
	let used = 0;
	for (const segment of segments.reverse()) {
		const cells = stringWidth(segment);
		if (used + cells > width) break;
		out = segment + out;
		used += cells;
	}
	return out;
}
