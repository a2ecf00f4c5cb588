import { usageError } from '../errors.ts';

const UNITS: Record<string, number> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** What can be given as a span of time, for people. */
export const SPANS = 'a number with s, m, h, d or w, such as 30m or 6h';

/** `30m` and the like in ms. @throws FirnError (usage) BAD_SPAN */
export function parseSpan(text: string): number {
	const [, count, unit] = /^([1-9]\d{0,5})\s*([smhdw])$/.exec(text.trim().toLowerCase()) ?? [];
	if (count === undefined) throw usageError('BAD_SPAN', `"${text}" is no span of time.`, `Give ${SPANS}.`);
	return Number(count) * UNITS[unit!]!;
}

/** A span as it is given, in the largest unit that it is whole in: `90m`, `1d`. */
export function spanText(ms: number): string {
	const [unit, length] = Object.entries(UNITS).findLast(([, length]) => ms % length === 0) ?? ['s', 1000];
	return `${Math.floor(ms / length)}${unit}`;
}
