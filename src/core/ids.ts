/** Identifiers that become object names: they sort by time where that helps and say nothing about content. */

import { randomBytes } from 'node:crypto';

const ALPHABET = 'abcdefghijkmnpqrstuvwxyz23456789';

function letters(count: number): string {
	return Array.from(randomBytes(count), (byte) => ALPHABET[byte & 31]).join('');
}

/** A job id such as `k7m2qx9a4b`: 50 random bits. */
export function newJobId(): string {
	return letters(10);
}

/**
 * A run id such as `20261121T045653Z-x7k2m`: the start in UTC, then 25 random bits. Sorts behind the ids of all runs
 * before, for that is the order in which their archives are unpacked: also within a second, and when the clock was set
 * back.
 * @param last the id that sorts last until now
 */
export function newRunId(now: Date, last?: string): string {
	const [, date, hours, minutes, seconds] = /^(\d{8})T(\d\d)(\d\d)(\d\d)Z/.exec(last ?? '') ?? [];
	const day = date?.replace(/^(\d{4})(\d\d)(\d\d)$/, '$1-$2-$3');
	const before = day === undefined ? 0 : Date.parse(`${day}T${hours}:${minutes}:${seconds}Z`);
	const start = new Date(Math.max(now.getTime(), before + 1000));
	return `${start.toISOString().replace(/[-:]/g, '').replace(/\.\d+/, '')}-${letters(5)}`;
}
