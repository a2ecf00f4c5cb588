/** A TAR header block, and what extended headers before it said, as an entry. */

import type { Entry, EntryType } from '../core/entry.ts';
import { decodePath } from '../core/path-bytes.ts';
import { type PaxValues, paxNumber, paxTimeNs } from './pax-records.ts';
import { badTar, numberField, textField } from './tar-fields.ts';

const NS = 1_000_000_000n;
const SLASH = 0x2f;

/** '7' is a contiguous file, 'D' a folder with a list of names behind it (GNU). What is unknown counts as a file. */
const TYPE_OF: Record<string, EntryType> = {
	'1': 'hardlink',
	'2': 'symlink',
	'3': 'char',
	'4': 'block',
	'5': 'dir',
	'6': 'fifo',
	D: 'dir',
};

/** The type flag of a header, '0' for the NUL of old tars. */
export function typeFlag(block: Uint8Array): string {
	const flag = block[156]!;
	return flag === 0 ? '0' : String.fromCharCode(flag);
}

/** Bytes of data behind the header. @throws FirnError BAD_TAR */
export function dataSize(block: Uint8Array, pax: PaxValues): number {
	const stated = pax.get('size');
	const size = stated ? paxNumber(stated, 'size') : numberField(block, 124, 12, 'the size');
	if (size < 0) throw badTar('a size is negative');
	return size;
}

/** The entry that a header describes. `size` is the length of its content. @throws FirnError BAD_TAR */
export function readEntry(block: Uint8Array, pax: PaxValues, size: number): Entry {
	const name = pax.get('GNU.sparse.name') ?? pax.get('path') ?? ustarName(block);
	// Tars older than type flags tell a folder by the slash at its end.
	const type = TYPE_OF[typeFlag(block)] ?? (name.at(-1) === SLASH ? 'dir' : 'file');
	const path = nameOf(name, true);
	const linked = type === 'symlink' || type === 'hardlink';
	const device = type === 'char' || type === 'block';
	const target = linked ? (pax.get('linkpath') ?? textField(block, 157, 100)) : undefined;
	return {
		path,
		type,
		mode: numberField(block, 100, 8, 'the mode') & 0o7777,
		uid: id(pax, 'uid', block, 108),
		gid: id(pax, 'gid', block, 116),
		uname: owner(pax, 'uname', block, 265),
		gname: owner(pax, 'gname', block, 297),
		size: type === 'file' ? size : 0,
		mtimeNs: mtime(pax, block),
		link: target ? nameOf(target, type === 'hardlink') : '',
		devMajor: device ? deviceNumber(pax, 'SCHILY.devmajor', block, 329) : 0,
		devMinor: device ? deviceNumber(pax, 'SCHILY.devminor', block, 337) : 0,
	};
}

/** A name as a string; of a path in the archive without slashes around it. */
function nameOf(bytes: Uint8Array, archivePath: boolean): string {
	if (bytes.includes(0)) throw badTar('a name has a zero byte');
	if (!archivePath) return decodePath(bytes);
	let from = 0;
	let to = bytes.length;
	while (from < to && bytes[from] === SLASH) from += 1;
	while (to > from && bytes[to - 1] === SLASH) to -= 1;
	return decodePath(bytes.subarray(from, to));
}

/** Name and prefix. The prefix is there with POSIX magic only: old GNU tars keep times in its place, star half of it. */
function ustarName(block: Uint8Array): Uint8Array {
	const name = textField(block, 0, 100);
	if (!isUstar(block) || block[262] !== 0 || block[345] === 0) return name;
	const star = block[508] === 0x74 && block[509] === 0x61 && block[510] === 0x72 && block[511] === 0;
	return Buffer.concat([textField(block, 345, star ? 131 : 155), Buffer.from('/'), name]);
}

function isUstar(block: Uint8Array): boolean {
	return (
		block[257] === 0x75 && block[258] === 0x73 && block[259] === 0x74 && block[260] === 0x61 && block[261] === 0x72
	);
}

function owner(pax: PaxValues, key: string, block: Uint8Array, at: number): string {
	const stated = pax.get(key);
	if (stated) return decodePath(stated);
	return isUstar(block) && block[at] !== 0 ? decodePath(textField(block, at, 32)) : '';
}

function id(pax: PaxValues, key: string, block: Uint8Array, at: number): number {
	const stated = pax.get(key);
	const value = stated ? paxNumber(stated, key) : numberField(block, at, 8, `the ${key}`);
	// Some systems have negative ids; the kernel counts them in 32 bits without a sign.
	if (value < -(2 ** 31) || value >= 2 ** 32) throw badTar(`the ${key} of a header is too large`);
	return value < 0 ? value + 2 ** 32 : value;
}

function deviceNumber(pax: PaxValues, key: string, block: Uint8Array, at: number): number {
	const stated = pax.get(key);
	const value = stated ? paxNumber(stated, key) : numberField(block, at, 8, 'the device');
	if (value < 0 || value >= 2 ** 32) throw badTar('the device of a header is too large');
	return value;
}

function mtime(pax: PaxValues, block: Uint8Array): bigint {
	const stated = pax.get('mtime');
	return stated ? paxTimeNs(stated) : BigInt(numberField(block, 136, 12, 'the time')) * NS;
}
