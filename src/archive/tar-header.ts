/**
 * TAR headers: ustar (POSIX.1-1988), with a PAX extended header (POSIX.1-2001) before it only for what ustar cannot
 * say: nanoseconds and times before 1970, long or non-ASCII names, sizes from 8 GiB, large ids, sparse files.
 *
 * This runs once for every file of a backup, so the usual header is written without intermediate strings or buffers.
 */

import type { Entry } from '../core/entry.ts';
import { encodePath } from '../core/path-bytes.ts';
import { type SparseMap, storedSize } from './sparse.ts';

const BLOCK = 512;

/** What ends an archive: two blocks of zeros. */
export const TAR_END: Buffer = Buffer.alloc(2 * BLOCK);

/** Zero bytes behind a content of this size. */
export function tarPadding(size: number): number {
	return (BLOCK - (size % BLOCK)) % BLOCK;
}

const TYPE_FLAG = {
	file: 0x30,
	hardlink: 0x31,
	symlink: 0x32,
	char: 0x33,
	block: 0x34,
	dir: 0x35,
	fifo: 0x36,
} as const;
const PAX_FLAG = 0x78;

// Field offsets of a ustar header.
const NAME = 0;
const MODE = 100;
const UID = 108;
const GID = 116;
const SIZE = 124;
const MTIME = 136;
const CHECKSUM = 148;
const TYPE = 156;
const LINK = 157;
const MAGIC = 257;
const UNAME = 265;
const GNAME = 297;
const DEVMAJOR = 329;
const DEVMINOR = 337;
const PREFIX = 345;

const MAX_7 = 0o7777777;
const MAX_11 = 0o77777777777;
const NS = 1_000_000_000n;
const ASCII = /^[\x20-\x7e]*$/;

/** All header blocks of an entry. Folders get a slash at the end. */
export function encodeTarHeader(entry: Entry, sparse?: SparseMap): Buffer {
	const path = entry.type === 'dir' ? `${entry.path}/` : entry.path;
	const records = new PaxRecords();
	const seconds = floorSeconds(entry.mtimeNs);
	const fraction = entry.mtimeNs - seconds * NS;
	if (fraction !== 0n || seconds < 0n || seconds > BigInt(MAX_11)) records.add('mtime', paxTime(seconds, fraction));
	const name = sparse ? sparseName(path) : path;
	const split = splitName(name);
	if (!split && !sparse) records.addPath('path', path);
	const linkFits = entry.link.length <= 100 && ASCII.test(entry.link);
	if (!linkFits) records.addPath('linkpath', entry.link);
	const size = entry.type === 'file' ? (sparse ? storedSize(sparse) : entry.size) : 0;
	if (size > MAX_11) records.add('size', String(size));
	if (entry.uid > MAX_7) records.add('uid', String(entry.uid));
	if (entry.gid > MAX_7) records.add('gid', String(entry.gid));
	if (entry.uname.length > 31 || !ASCII.test(entry.uname)) records.addPath('uname', entry.uname);
	if (entry.gname.length > 31 || !ASCII.test(entry.gname)) records.addPath('gname', entry.gname);
	if (sparse) {
		records.add('GNU.sparse.major', '1');
		records.add('GNU.sparse.minor', '0');
		records.addPath('GNU.sparse.name', path);
		records.add('GNU.sparse.realsize', String(sparse.realSize));
	}
	const pax = records.take();
	const paxLength = pax.length === 0 ? 0 : BLOCK + pax.length + tarPadding(pax.length);
	const out = Buffer.alloc(paxLength + BLOCK);
	if (paxLength > 0) {
		writePaxHeader(out, pax.length);
		pax.copy(out, BLOCK);
	}
	const at = paxLength;
	writeName(out, at, split, name);
	octal(out, at + MODE, 7, entry.mode);
	octal(out, at + UID, 7, Math.min(entry.uid, MAX_7));
	octal(out, at + GID, 7, Math.min(entry.gid, MAX_7));
	octal(out, at + SIZE, 11, Math.min(size, MAX_11));
	octal(out, at + MTIME, 11, seconds < 0n ? 0 : Math.min(Number(seconds), MAX_11));
	out[at + TYPE] = TYPE_FLAG[entry.type];
	if (entry.link !== '') {
		if (linkFits) out.write(entry.link, at + LINK, 100, 'latin1');
		else encodePath(entry.link).copy(out, at + LINK, 0, 100);
	}
	if (entry.uname !== '') out.write(entry.uname, at + UNAME, 31);
	if (entry.gname !== '') out.write(entry.gname, at + GNAME, 31);
	if (entry.type === 'char' || entry.type === 'block') {
		octal(out, at + DEVMAJOR, 7, Math.min(entry.devMajor, MAX_7));
		octal(out, at + DEVMINOR, 7, Math.min(entry.devMinor, MAX_7));
	}
	finishHeader(out, at);
	return out;
}

/** Collects PAX records; the length field of each counts itself (POSIX pax, "extended header"). */
class PaxRecords {
	readonly #pieces: Buffer[] = [];
	#odd = false;

	add(key: string, value: string): void {
		this.#pieces.push(record(key, Buffer.from(value)));
	}

	/** A name: bytes that are not UTF-8 go in as they are, and `hdrcharset` says so. */
	addPath(key: string, value: string): void {
		if (!value.isWellFormed()) this.#odd = true;
		this.#pieces.push(record(key, encodePath(value)));
	}

	take(): Buffer {
		if (this.#odd) this.#pieces.unshift(record('hdrcharset', Buffer.from('BINARY')));
		return this.#pieces.length === 1 ? this.#pieces[0]! : Buffer.concat(this.#pieces);
	}
}

function record(key: string, value: Buffer): Buffer {
	const rest = key.length + value.length + 3;
	let length = rest + String(rest).length;
	if (rest + String(length).length > length) length += 1;
	const out = Buffer.allocUnsafe(length);
	const at = out.write(`${length} ${key}=`);
	value.copy(out, at);
	out[length - 1] = 0x0a;
	return out;
}

function floorSeconds(ns: bigint): bigint {
	const seconds = ns / NS;
	return ns < 0n && seconds * NS !== ns ? seconds - 1n : seconds;
}

/** Decimal seconds; before 1970 the fraction counts towards zero: -1.5 is half a second before -1. */
function paxTime(seconds: bigint, fraction: bigint): string {
	if (fraction === 0n) return String(seconds);
	if (seconds >= 0n) return `${seconds}.${String(fraction).padStart(9, '0').replace(/0+$/, '')}`;
	const whole = -(seconds + 1n);
	return `-${whole}.${String(NS - fraction)
		.padStart(9, '0')
		.replace(/0+$/, '')}`;
}

/** What stands in the ustar name of a sparse file, as GNU tar names it. */
function sparseName(path: string): string {
	const slash = path.lastIndexOf('/');
	return `${path.slice(0, slash + 1)}GNUSparseFile.0/${path.slice(slash + 1)}`;
}

/** Index of the slash that divides prefix and name, -1 when the name fits alone, undefined when ustar cannot say it. */
function splitName(path: string): { slash: number } | undefined {
	if (!ASCII.test(path)) return undefined;
	if (path.length <= 100) return { slash: -1 };
	if (path.length > 256) return undefined;
	// The name needs at least one character behind the slash, a folder's own slash not counting.
	const slash = path.indexOf('/', path.length - 101);
	return slash > 0 && slash <= 155 && slash < path.length - 1 ? { slash } : undefined;
}

function writeName(out: Buffer, at: number, split: { slash: number } | undefined, path: string): void {
	if (!split) {
		// Readers without PAX get as much of the name as fits.
		encodePath(path).copy(out, at + NAME, 0, 100);
	} else if (split.slash === -1) {
		out.write(path, at + NAME, 100, 'latin1');
	} else {
		out.write(path.slice(0, split.slash), at + PREFIX, 155, 'latin1');
		out.write(path.slice(split.slash + 1), at + NAME, 100, 'latin1');
	}
}

function octal(out: Buffer, at: number, digits: number, value: number): void {
	let rest = value;
	for (let index = at + digits - 1; index >= at; index--) {
		out[index] = 0x30 + (rest % 8);
		rest = Math.floor(rest / 8);
	}
}

function writePaxHeader(out: Buffer, size: number): void {
	out.write('PaxHeader', NAME, 100, 'latin1');
	octal(out, MODE, 7, 0o644);
	octal(out, UID, 7, 0);
	octal(out, GID, 7, 0);
	octal(out, SIZE, 11, size);
	octal(out, MTIME, 11, 0);
	out[TYPE] = PAX_FLAG;
	finishHeader(out, 0);
}

function finishHeader(out: Buffer, at: number): void {
	out.write('ustar\x0000', at + MAGIC, 8, 'latin1');
	let sum = 8 * 0x20;
	for (let index = at; index < at + BLOCK; index++) sum += out[index]!;
	octal(out, at + CHECKSUM, 6, sum);
	out[at + CHECKSUM + 6] = 0;
	out[at + CHECKSUM + 7] = 0x20;
}
