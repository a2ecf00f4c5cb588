/**
 * TAR headers: ustar (POSIX.1-1988), with a PAX extended header (POSIX.1-2001) before it only for what ustar cannot
 * say: nanoseconds and times before 1970, long or non-ASCII names, sizes from 8 GiB, large ids, sparse files.
 *
 * This runs once for every file of a backup: blocks are put together in one scratch buffer, and what repeats from file
 * to file (owners, the header of the extended header) is kept.
 */

import type { Entry } from '../core/entry.ts';
import { encodePath } from '../core/path-bytes.ts';
import { PaxRecords, paxTime } from './pax-writer.ts';
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

/** The block that is being written, and the same bytes as 32-bit words. */
const scratch = Buffer.from(new ArrayBuffer(BLOCK));
const words = new Uint32Array(scratch.buffer);

/** All header blocks of an entry. Folders get a slash at the end. */
export function encodeTarHeader(entry: Entry, sparse?: SparseMap): Buffer {
	const { type, link, uid, gid } = entry;
	const path = type === 'dir' ? `${entry.path}/` : entry.path;
	const name = sparse ? sparseName(path) : path;
	const slash = splitAt(name);
	const linkFits = link === '' || (link.length <= 100 && ASCII.test(link));
	const size = type !== 'file' ? 0 : sparse ? storedSize(sparse) : entry.size;
	const user = owner(entry.uname);
	const group = owner(entry.gname);
	let seconds = Number(entry.mtimeNs / NS);
	let nanoseconds = Number(entry.mtimeNs % NS);
	if (nanoseconds < 0) {
		seconds -= 1;
		nanoseconds += 1e9;
	}

	let records: PaxRecords | undefined;
	const pax = (): PaxRecords => (records ??= new PaxRecords());
	if (nanoseconds !== 0 || seconds < 0 || seconds > MAX_11) pax().add('mtime', paxTime(seconds, nanoseconds));
	if (slash === NO_SPLIT && !sparse) pax().addPath('path', path);
	if (!linkFits) pax().addPath('linkpath', link);
	if (size > MAX_11) pax().add('size', String(size));
	if (uid > MAX_7) pax().add('uid', String(uid));
	if (gid > MAX_7) pax().add('gid', String(gid));
	if (!user.fits) pax().addPath('uname', entry.uname);
	if (!group.fits) pax().addPath('gname', entry.gname);
	if (sparse) {
		pax().add('GNU.sparse.major', '1');
		pax().add('GNU.sparse.minor', '0');
		pax().addPath('GNU.sparse.name', path);
		pax().add('GNU.sparse.realsize', String(sparse.realSize));
	}

	scratch.fill(0);
	writeName(name, slash);
	octal(MODE, 7, entry.mode);
	octal(UID, 7, Math.min(uid, MAX_7));
	octal(GID, 7, Math.min(gid, MAX_7));
	octal(SIZE, 11, Math.min(size, MAX_11));
	octal(MTIME, 11, Math.max(0, Math.min(seconds, MAX_11)));
	scratch[TYPE] = TYPE_FLAG[type];
	if (link !== '') {
		if (linkFits) scratch.write(link, LINK, 100, 'latin1');
		else encodePath(link).copy(scratch, LINK, 0, 100);
	}
	scratch.set(user.field, UNAME);
	scratch.set(group.field, GNAME);
	if (type === 'char' || type === 'block') {
		octal(DEVMAJOR, 7, Math.min(entry.devMajor, MAX_7));
		octal(DEVMINOR, 7, Math.min(entry.devMinor, MAX_7));
	}
	finishBlock();
	return records ? withPax((records as PaxRecords).take()) : Buffer.from(scratch);
}

/** The extended header, then the block in `scratch`. */
function withPax(pax: Buffer): Buffer {
	const padding = tarPadding(pax.length);
	const out = Buffer.allocUnsafe(BLOCK + pax.length + padding + BLOCK);
	out.set(scratch, BLOCK + pax.length + padding);
	// The scratch block is free again: the header of the extended header may be made in it.
	out.set(paxHeader(pax.length));
	out.set(pax, BLOCK);
	out.fill(0, BLOCK + pax.length, BLOCK + pax.length + padding);
	return out;
}

/** Headers of extended headers differ by their size only, and most have a time and nothing else. */
const paxHeaders = new Map<number, Buffer>();

function paxHeader(size: number): Buffer {
	const known = paxHeaders.get(size);
	if (known) return known;
	scratch.fill(0);
	scratch.write('PaxHeader', NAME, 'latin1');
	octal(MODE, 7, 0o644);
	octal(UID, 7, 0);
	octal(GID, 7, 0);
	octal(SIZE, 11, size);
	octal(MTIME, 11, 0);
	scratch[TYPE] = PAX_FLAG;
	finishBlock();
	const block = Buffer.from(scratch);
	if (size < BLOCK) paxHeaders.set(size, block);
	return block;
}

interface Owner {
	/** Whether the field says it all. */
	fits: boolean;
	field: Buffer;
}

const owners = new Map<string, Owner>();

/** The field of an owner's or group's name. */
function owner(name: string): Owner {
	const known = owners.get(name);
	if (known) return known;
	const field = Buffer.alloc(32);
	encodePath(name).copy(field, 0, 0, 31);
	const made = { fits: name.length <= 31 && ASCII.test(name), field };
	// A system has some users; who has more pays for it.
	if (owners.size < 1024) owners.set(name, made);
	return made;
}

/** What stands in the ustar name of a sparse file, as GNU tar names it. */
function sparseName(path: string): string {
	const slash = path.lastIndexOf('/');
	return `${path.slice(0, slash + 1)}GNUSparseFile.0/${path.slice(slash + 1)}`;
}

/** Results of splitAt(): the name fits without a prefix; ustar cannot say it. */
const WHOLE = -1;
const NO_SPLIT = -2;

/** Index of the slash that divides prefix and name, WHOLE or NO_SPLIT. */
function splitAt(path: string): number {
	if (path.length > 256 || !ASCII.test(path)) return NO_SPLIT;
	if (path.length <= 100) return WHOLE;
	// The name needs at least one character behind the slash, a folder's own slash not counting.
	const slash = path.indexOf('/', path.length - 101);
	return slash > 0 && slash <= 155 && slash < path.length - 1 ? slash : NO_SPLIT;
}

function writeName(path: string, slash: number): void {
	if (slash === WHOLE) {
		scratch.write(path, NAME, 100, 'latin1');
	} else if (slash === NO_SPLIT) {
		// Readers without PAX get as much of the name as fits.
		encodePath(path).copy(scratch, NAME, 0, 100);
	} else {
		scratch.write(path.slice(0, slash), PREFIX, 155, 'latin1');
		scratch.write(path.slice(slash + 1), NAME, 100, 'latin1');
	}
}

/** Digits that one 32-bit integer gives. */
const LOW_DIGITS = 8;

function octal(at: number, digits: number, value: number): void {
	const high = Math.floor(value / 2 ** (3 * LOW_DIGITS));
	let rest = value - high * 2 ** (3 * LOW_DIGITS);
	let index = at + digits - 1;
	for (const end = Math.max(at, at + digits - LOW_DIGITS); index >= end; index--) {
		scratch[index] = 0x30 + (rest & 7);
		rest >>>= 3;
	}
	for (rest = high; index >= at; index--) {
		scratch[index] = 0x30 + (rest & 7);
		rest >>>= 3;
	}
}

/** Magic and checksum. */
function finishBlock(): void {
	scratch.write('ustar\x0000', MAGIC, 'latin1');
	// Four bytes at a time, in two sums of 16 bits each; the most they can hold is 128 * 2 * 255.
	let sums = 0;
	for (let at = 0; at < words.length; at++) {
		const word = words[at]!;
		sums += (word & 0xff00ff) + ((word >>> 8) & 0xff00ff);
	}
	octal(CHECKSUM, 6, 8 * 0x20 + (sums % 0x10000) + Math.floor(sums / 0x10000));
	scratch[CHECKSUM + 6] = 0;
	scratch[CHECKSUM + 7] = 0x20;
}
