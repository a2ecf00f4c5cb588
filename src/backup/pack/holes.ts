/** Finds the holes of a sparse file by reading it: Node cannot seek for data, and zeros are zeros. */

import { readSync } from 'node:fs';
import { limitSegments, type SparseMap } from '../../archive/sparse.ts';

const BLOCK = 4096;
const BUFFER = 1024 * 1024;

/**
 * The data segments of an open file of `size` bytes, in blocks of 4 KiB. A segment at the very end is always listed
 * (of length 0 if need be), as GNU tar does, so that readers know the size.
 */
export function findHoles(fd: number, size: number): SparseMap {
	const buffer = Buffer.allocUnsafe(BUFFER);
	const zeros = Buffer.alloc(BUFFER);
	const segments: { offset: number; length: number }[] = [];
	for (let offset = 0; offset < size; ) {
		const read = readSync(fd, buffer, 0, Math.min(BUFFER, size - offset), offset);
		if (read === 0) break;
		// The common case in a hole: a whole buffer of zeros, compared at memory speed.
		if (buffer.compare(zeros, 0, read, 0, read) !== 0) addBlocks(buffer.subarray(0, read), offset, zeros, segments);
		offset += read;
	}
	const last = segments.at(-1);
	if (!last || last.offset + last.length < size) segments.push({ offset: size, length: 0 });
	return limitSegments({ realSize: size, segments });
}

function addBlocks(bytes: Buffer, base: number, zeros: Buffer, segments: { offset: number; length: number }[]): void {
	for (let at = 0; at < bytes.length; at += BLOCK) {
		const length = Math.min(BLOCK, bytes.length - at);
		if (bytes.compare(zeros, 0, length, at, at + length) === 0) continue;
		const last = segments.at(-1);
		if (last && last.offset + last.length === base + at) last.length += length;
		else segments.push({ offset: base + at, length });
	}
}
