/** Whole lines of a file that is appended to, from either end, a block at a time: no file is ever held whole. */

import { readSync } from 'node:fs';

export interface FileLine {
	/** Where it begins, and where the next one does. */
	start: number;
	end: number;
	/** Without the newline; undefined for one that is longer than any entry. */
	text: string | undefined;
}

const BLOCK = 64 * 1024;
/** Longer than any entry: a path has at most 4 KiB, of which JSON makes at most six times as much. */
export const LONGEST_LINE = 256 * 1024;
const NEWLINE = 0x0a;

/**
 * The lines that end at or before `end`, the last one first. What follows the last newline is still being written and is
 * no line yet.
 */
export function* linesBefore(fd: number, end: number, block = BLOCK): Generator<FileLine> {
	/** Bytes from `at` on that belong to lines not given yet. */
	let rest = Buffer.alloc(0);
	let at = end;
	/** Behind the newline of the line that is being put together; undefined until the last newline is found. */
	let lineEnd: number | undefined;
	let tooLong = false;
	while (at > 0) {
		const bytes = readAt(fd, Math.max(0, at - block), Math.min(block, at));
		at = Math.max(0, at - block);
		let to = bytes.length;
		for (let newline = bytes.lastIndexOf(NEWLINE); newline >= 0; newline = before(bytes, newline)) {
			if (lineEnd !== undefined) {
				const text = tooLong ? undefined : join(bytes.subarray(newline + 1, to), rest);
				yield { start: at + newline + 1, end: lineEnd, text };
			}
			lineEnd = at + newline + 1;
			to = newline;
			rest = Buffer.alloc(0);
			tooLong = false;
		}
		if (lineEnd === undefined) continue;
		tooLong ||= lineEnd - at > LONGEST_LINE;
		rest = tooLong ? Buffer.alloc(0) : Buffer.concat([bytes.subarray(0, to), rest]);
	}
	if (lineEnd !== undefined) yield { start: 0, end: lineEnd, text: tooLong ? undefined : rest.toString() };
}

/** The whole lines from `start`, where one begins, up to `end`, in their order. */
export function* linesAfter(fd: number, start: number, end: number, block = BLOCK): Generator<FileLine> {
	let rest = Buffer.alloc(0);
	let lineStart = start;
	let tooLong = false;
	for (let at = start; at < end; at += block) {
		const bytes = readAt(fd, at, Math.min(block, end - at));
		let from = 0;
		for (let newline = bytes.indexOf(NEWLINE); newline >= 0; newline = bytes.indexOf(NEWLINE, from)) {
			const text = tooLong ? undefined : join(rest, bytes.subarray(from, newline));
			from = newline + 1;
			yield { start: lineStart, end: at + from, text };
			lineStart = at + from;
			rest = Buffer.alloc(0);
			tooLong = false;
		}
		tooLong ||= at + bytes.length - lineStart > LONGEST_LINE;
		rest = tooLong ? Buffer.alloc(0) : Buffer.concat([rest, bytes.subarray(from)]);
	}
}

const before = (bytes: Buffer, place: number): number => (place === 0 ? -1 : bytes.lastIndexOf(NEWLINE, place - 1));

const join = (a: Buffer, b: Buffer): string => (b.length === 0 ? a : Buffer.concat([a, b])).toString();

/** Fewer bytes than asked for where the file has been cut meanwhile. */
function readAt(fd: number, position: number, length: number): Buffer {
	const bytes = Buffer.alloc(length);
	let filled = 0;
	while (filled < length) {
		const read = readSync(fd, bytes, filled, length - filled, position + filled);
		if (read === 0) break;
		filled += read;
	}
	return bytes.subarray(0, filled);
}
