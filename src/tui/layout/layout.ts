/** Where everything stands, from the size of the terminal alone. */

import type { Size } from '../state.ts';

export type Mode = 'wide' | 'normal' | 'narrow' | 'tiny';

export const MIN_COLUMNS = 60;
export const MIN_ROWS = 16;

export interface Layout {
	mode: Mode;
	/** What the screen has: all but the header, the line of news and the hints. */
	content: Size;
}

/** `tiny` is too small to show anything. */
export function layout(columns: number, rows: number): Layout {
	const content = { width: columns, height: Math.max(0, rows - 3) };
	if (columns < MIN_COLUMNS || rows < MIN_ROWS) return { mode: 'tiny', content };
	return { mode: modeOf({ width: columns, height: content.height }), content };
}

/** The mode of an area, for screens that know only theirs. */
export function modeOf({ width, height }: Size): Exclude<Mode, 'tiny'> {
	if (width < 80 || height < 20) return 'narrow';
	return width < 100 ? 'normal' : 'wide';
}

/** Splits a length by shares; the cells add up. */
export function split(length: number, shares: readonly number[]): number[] {
	const sum = shares.reduce((total, share) => total + share, 0);
	const sizes = shares.map((share) => Math.floor((length * share) / sum));
	sizes[0]! += length - sizes.reduce((total, size) => total + size, 0);
	return sizes;
}
