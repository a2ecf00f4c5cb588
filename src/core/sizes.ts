/** Sizes and rates as people write and read them. Firn counts in bytes; KiB/MiB/GiB are binary, kB/MB/GB decimal. */

import { usageError } from './errors.ts';

const UNITS: Record<string, number> = {
	'': 1,
	b: 1,
	k: 1024,
	kib: 1024,
	kb: 1000,
	m: 1024 ** 2,
	mib: 1024 ** 2,
	mb: 1000 ** 2,
	g: 1024 ** 3,
	gib: 1024 ** 3,
	gb: 1000 ** 3,
	t: 1024 ** 4,
	tib: 1024 ** 4,
	tb: 1000 ** 4,
};

/**
 * `1GiB`, `500 MB`, `64k`, `1048576` to bytes.
 * @throws FirnError BAD_SIZE
 */
export function parseSize(text: string, what = 'size'): number {
	const match = /^\s*(\d+(?:\.\d+)?)\s*([a-zA-Z]*)\s*$/.exec(text);
	const unit = match ? UNITS[match[2]!.toLowerCase()] : undefined;
	const bytes = match && unit !== undefined ? Math.round(Number(match[1]) * unit) : Number.NaN;
	if (!Number.isSafeInteger(bytes)) {
		throw usageError('BAD_SIZE', `"${text}" is not a ${what}.`, 'Give a number with a unit, such as 1GiB or 500MB.');
	}
	return bytes;
}

/**
 * `10MiB`, `10MiB/s` or `80mbit` to bytes a second; `0` and `off` mean no limit and give 0.
 * @throws FirnError BAD_RATE
 */
export function parseRate(text: string): number {
	if (text.trim().toLowerCase() === 'off') return 0;
	const bits = /^\s*(\d+(?:\.\d+)?)\s*([kmg])bit(?:\/s)?\s*$/i.exec(text);
	if (bits)
		return Math.round((Number(bits[1]) * { k: 1e3, m: 1e6, g: 1e9 }[bits[2]!.toLowerCase() as 'k' | 'm' | 'g']) / 8);
	try {
		return parseSize(text.replace(/\/s\s*$/i, ''), 'rate');
	} catch {
		throw usageError('BAD_RATE', `"${text}" is not a rate.`, 'Give bytes a second, such as 10MiB, or 80mbit, or off.');
	}
}

/** Bytes for people: `0 B`, `1.5 KiB`, `634 MiB`. Three significant digits, always with a unit. */
export function formatSize(bytes: number): string {
	const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
	let value = bytes;
	let unit = 0;
	// 1023.5 would print as "1024 KiB".
	while (value >= 1023.5 && unit < units.length - 1) {
		value /= 1024;
		unit += 1;
	}
	const digits = unit === 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
	return `${value.toFixed(digits)} ${units[unit]}`;
}

/** Bytes as they can be given again, exactly: `1GiB`, `1536MiB`, `10MB`, `1001`. */
export function exactSize(bytes: number): string {
	const units = ['TiB', 'GiB', 'MiB', 'KiB', 'TB', 'GB', 'MB', 'kB'];
	const unit = units.find((name) => bytes > 0 && bytes % UNITS[name.toLowerCase()]! === 0);
	return unit === undefined ? `${bytes}` : `${bytes / UNITS[unit.toLowerCase()]!}${unit}`;
}

/** Bytes a second for people: `12.3 MiB/s`. */
export function formatRate(bytesPerSecond: number): string {
	return `${formatSize(bytesPerSecond)}/s`;
}

/** Whole numbers with thin grouping: `1,234,567`. */
export function formatCount(count: number): string {
	return count.toLocaleString('en-US');
}

/** `1 file`, `2 files`, `1,234 files`. */
export function counted(count: number, noun: string): string {
	return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}
