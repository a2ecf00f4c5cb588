import { usageError } from '../core/errors.ts';

const UNITS: Record<string, number> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };
const DATE = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/;

/**
 * A time that somebody names: so long ago (`90s`, `30m`, `2h`, `3d`, `1w`), or a date with or without a time, by the
 * clock on the wall here if it names no zone.
 * @returns ms since 1970
 * @throws FirnError BAD_TIME
 */
export function parseSince(text: string, now: number): number {
	const [, count, unit] = /^(\d{1,6})\s*([smhdw])$/.exec(text.trim()) ?? [];
	if (count !== undefined) return now - Number(count) * UNITS[unit!]!;
	const date = DATE.exec(text.trim());
	const time = date ? Date.parse(`${date[0].replace(' ', 'T')}${date[0].length > 10 ? '' : 'T00:00'}`) : Number.NaN;
	if (!Number.isNaN(time)) return time;
	throw usageError(
		'BAD_TIME',
		`"${text}" is no time.`,
		'Give 2h, 30m, 3d, or a date such as 2026-11-21 or 2026-11-21T10:00.',
	);
}
