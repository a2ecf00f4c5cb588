/** The records of a PAX extended header (POSIX.1-2001): `LENGTH KEY=VALUE\n`, the value being raw bytes. */

import { badTar } from './tar-fields.ts';

/** What a header says beyond ustar. Only keys that Firn knows are kept, so that it cannot grow without bound. */
export type PaxValues = Map<string, Uint8Array>;

const KNOWN = new Set([
	'path',
	'linkpath',
	'size',
	'uid',
	'gid',
	'uname',
	'gname',
	'mtime',
	'SCHILY.devmajor',
	'SCHILY.devminor',
	'GNU.sparse.major',
	'GNU.sparse.minor',
	'GNU.sparse.name',
	'GNU.sparse.realsize',
	'GNU.sparse.size',
	'GNU.sparse.map',
]);

const [SPACE, EQUALS, NEWLINE, MINUS, POINT, ZERO] = [0x20, 0x3d, 0x0a, 0x2d, 0x2e, 0x30] as const;
/** Digits of the length of a record. */
const LONGEST_LENGTH = 8;

/**
 * Reads the records of one header into `values`, as views of it. An empty value takes back what an earlier header said.
 * GNU sparse 0.0 repeats `GNU.sparse.offset` and `.numbytes`; they become a `GNU.sparse.map` as 0.1 has it.
 * @throws FirnError BAD_TAR
 */
export function readPaxRecords(bytes: Uint8Array, values: PaxValues): void {
	const input = asBuffer(bytes);
	const pairs: string[] = [];
	for (let at = 0; at < input.length; ) {
		const space = find(input, SPACE, at, at + LONGEST_LENGTH + 1);
		if (space === -1) throw badTar('an extended header is malformed');
		const length = wholeNumber(input, at, space);
		const end = at + length;
		if (!(end > space && end <= input.length && input[end - 1] === NEWLINE)) {
			throw badTar('the length of an extended header record is wrong');
		}
		const equals = find(input, EQUALS, space + 1, end - 1);
		if (equals === -1 || equals === space + 1) throw badTar('an extended header record has no name');
		const key = input.toString('latin1', space + 1, equals);
		const value = input.subarray(equals + 1, end - 1);
		if (key === 'GNU.sparse.offset' || key === 'GNU.sparse.numbytes') pairs.push(value.toString('latin1'));
		else if (KNOWN.has(key)) values.set(key, value);
		at = end;
	}
	if (pairs.length > 0) values.set('GNU.sparse.map', Buffer.from(pairs.join(',')));
}

/** A whole number of a record. @throws FirnError BAD_TAR when it is none, negative or too large */
export function paxNumber(value: Uint8Array, key: string): number {
	const number = value.length <= 16 ? wholeNumber(value, 0, value.length) : Number.NaN;
	if (!Number.isSafeInteger(number)) throw badTar(`"${key}" of an extended header is no number`);
	return number;
}

/** Nanoseconds of a decimal time in seconds. @throws FirnError BAD_TAR */
export function paxTimeNs(value: Uint8Array): bigint {
	const from = value[0] === MINUS ? 1 : 0;
	const found = find(value, POINT, from, value.length);
	const point = found === -1 ? value.length : found;
	const seconds = point - from <= 15 ? wholeNumber(value, from, point) : Number.NaN;
	// What is smaller than a nanosecond is cut off.
	const end = Math.min(value.length, point + 10);
	const fraction = point + 1 < end ? wholeNumber(value, point + 1, end) * 10 ** (10 - (end - point)) : 0;
	const rest = end < value.length ? wholeNumber(value, end, value.length) : 0;
	if (Number.isNaN(seconds + fraction + rest)) throw badTar('a time of an extended header is no number');
	const ns = BigInt(seconds) * 1_000_000_000n + BigInt(fraction);
	return from === 1 ? -ns : ns;
}

/** Where a byte is found first in [from, to), or -1. In a few bytes this is faster than a call out of JavaScript. */
function find(bytes: Uint8Array, byte: number, from: number, to: number): number {
	const end = Math.min(to, bytes.length);
	for (let at = from; at < end; at++) if (bytes[at] === byte) return at;
	return -1;
}

/** The number that decimal digits in [from, to) write, inexact where it is large; NaN if they are none. */
function wholeNumber(bytes: Uint8Array, from: number, to: number): number {
	let value = from < to ? 0 : Number.NaN;
	for (let at = from; at < to; at++) {
		const digit = bytes[at]! - ZERO;
		value = digit >= 0 && digit <= 9 ? value * 10 + digit : Number.NaN;
	}
	return value;
}

function asBuffer(bytes: Uint8Array): Buffer {
	return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
