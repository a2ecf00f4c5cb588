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

/** A run id such as `20261121T045653Z-x7k2m`: the start in UTC, then 25 random bits. Sorts by time. */
export function newRunId(now: Date): string {
	return `${now.toISOString().replace(/[-:]/g, '').replace(/\.\d+/, '')}-${letters(5)}`;
}
