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

/**
 * Reads the records of one header into `values`. An empty value takes back what an earlier header said.
 * GNU sparse 0.0 repeats `GNU.sparse.offset` and `.numbytes`; they become a `GNU.sparse.map` as 0.1 has it.
 * @throws FirnError BAD_TAR
 */
export function readPaxRecords(bytes: Uint8Array, values: PaxValues): void {
	const input = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	const pairs: string[] = [];
	for (let at = 0; at < input.length; ) {
		const space = input.indexOf(0x20, at);
		if (space === -1 || space - at > 8) throw badTar('an extended header is malformed');
		const digits = input.toString('latin1', at, space);
		const end = at + Number(digits);
		if (!/^[0-9]+$/.test(digits) || end > input.length || input[end - 1] !== 0x0a) {
			throw badTar('the length of an extended header record is wrong');
		}
		const equals = input.indexOf(0x3d, space);
		if (equals === -1 || equals >= end - 1 || equals === space + 1)
			throw badTar('an extended header record has no name');
		const key = input.toString('latin1', space + 1, equals);
		const value = input.subarray(equals + 1, end - 1);
		if (key === 'GNU.sparse.offset' || key === 'GNU.sparse.numbytes') pairs.push(value.toString('latin1'));
		else if (KNOWN.has(key)) values.set(key, Buffer.from(value));
		at = end;
	}
	if (pairs.length > 0) values.set('GNU.sparse.map', Buffer.from(pairs.join(',')));
}

/** A whole number of a record. @throws FirnError BAD_TAR when it is none, negative or too large */
export function paxNumber(value: Uint8Array, key: string): number {
	const text = Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('latin1');
	const number = /^[0-9]{1,16}$/.test(text) ? Number(text) : Number.NaN;
	if (!Number.isSafeInteger(number)) throw badTar(`"${key}" of an extended header is no number`);
	return number;
}

/** Nanoseconds of a decimal time in seconds. @throws FirnError BAD_TAR */
export function paxTimeNs(value: Uint8Array): bigint {
	const text = Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('latin1');
	const match = /^(-?)([0-9]{1,15})(?:\.([0-9]*))?$/.exec(text);
	if (!match) throw badTar('a time of an extended header is no number');
	const ns = BigInt(match[2]!) * 1_000_000_000n + BigInt((match[3] ?? '').slice(0, 9).padEnd(9, '0'));
	return match[1] === '-' ? -ns : ns;
}
