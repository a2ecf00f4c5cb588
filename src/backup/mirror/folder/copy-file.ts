/** Copies one file into a mirror, and compares two. */

import { createHash } from 'node:crypto';
import {
	type BigIntStats,
	closeSync,
	constants,
	fstatSync,
	fsyncSync,
	ftruncateSync,
	openSync,
	readSync,
	writeSync,
} from 'node:fs';
import { FirnError } from '../../../core/errors.ts';
import { inFolder } from '../../../target/folders.ts';
import { place } from '../../../target/place.ts';
import { removeIfThere, type Target } from '../../../target/target.ts';
import type { Flow } from '../flow.ts';
import { asSourceFault, openSource } from '../source.ts';

const CHUNK = 256 * 1024;
const READ = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
const CREATE = constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
const ZEROS = Buffer.alloc(CHUNK);

/**
 * Copies a file to a temporary name beside its own, with its metadata; puts it on disk, reads it back, and only then gives
 * it its name. Holes stay holes.
 * @param from path in the source, as scans give it
 * @param to path in the mirror
 * @returns what the file was like, with the SHA-256 of its content, or undefined when it changed meanwhile: nothing is there of it then
 * @throws SourceFault; FirnError READ_BACK_DIFFERS; the system's error of the mirror
 */
export async function copyFile(
	target: Target,
	from: string,
	to: string,
	flow: Flow,
	onBytes: (bytes: number) => void,
): Promise<{ stat: BigIntStats; sha256: Buffer } | undefined> {
	const source = openSource(from);
	const { folder: folderPath, name } = target.placeOf(to);
	const temporary = target.partials.next();
	let copy: number | undefined;
	try {
		const before = fstatSync(source, { bigint: true });
		if (!before.isFile()) return undefined;
		const folder = target.folders.open(folderPath);
		copy = openSync(inFolder(folder, temporary), CREATE, 0o600);
		const digest = await fill(copy, source, before, flow, onBytes);
		const after = fstatSync(source, { bigint: true });
		if (digest === undefined || before.mtimeNs !== after.mtimeNs || before.ctimeNs !== after.ctimeNs) return undefined;
		target.metadata.file(copy, {
			mode: Number(before.mode) & 0o7777,
			uid: Number(before.uid),
			gid: Number(before.gid),
			mtimeNs: before.mtimeNs,
		});
		fsyncSync(copy);
		if (!(await hashOf(copy, Number(before.size), flow))?.equals(digest)) {
			throw new FirnError('READ_BACK_DIFFERS', 'Read back, the copy was not what was written; it was thrown away.', {
				guidance: 'Look at the disk of the mirror.',
				retry: 'later',
			});
		}
		place(folder, temporary, name, true, false);
		return { stat: before, sha256: digest };
	} finally {
		closeSync(source);
		if (copy !== undefined) {
			closeSync(copy);
			removeIfThere(target.folders.open(folderPath), temporary);
		}
	}
}

/** The SHA-256 of two files, if they have the same content. @throws SourceFault; the system's error of the mirror */
export async function sameContent(target: Target, from: string, to: string, flow: Flow): Promise<Buffer | undefined> {
	const source = openSource(from);
	let copy: number | undefined;
	try {
		const { folder, name } = target.placeOf(to);
		copy = openSync(inFolder(target.folders.open(folder), name), READ);
		const { size } = fstatSync(copy);
		const own = await hashOf(source, size, flow, asSourceFault);
		const other = await hashOf(copy, size, flow);
		return own !== undefined && other?.equals(own) ? own : undefined;
	} finally {
		closeSync(source);
		if (copy !== undefined) closeSync(copy);
	}
}

/** @returns the hash of what was written, or undefined when it was not as long as it should be */
async function fill(
	copy: number,
	source: number,
	{ size, blocks }: BigIntStats,
	flow: Flow,
	onBytes: (bytes: number) => void,
): Promise<Buffer | undefined> {
	const digest = createHash('sha256');
	const buffer = Buffer.allocUnsafe(CHUNK);
	const isSparse = blocks * 512n < size;
	let at = 0;
	for (;;) {
		const read = asSourceFault(() => readSync(source, buffer, 0, CHUNK, at));
		if (read === 0) break;
		const chunk = buffer.subarray(0, read);
		digest.update(chunk);
		if (!isSparse || !chunk.equals(ZEROS.subarray(0, read))) {
			for (let done = 0; done < read; ) done += writeSync(copy, chunk, done, read - done, at + done);
		}
		at += read;
		onBytes(read);
		if (at > Number(size)) return undefined;
		await flow.pass(read);
	}
	if (at !== Number(size)) return undefined;
	if (isSparse) ftruncateSync(copy, at);
	return digest.digest();
}

/** @returns undefined when the file has another size */
async function hashOf(
	fd: number,
	size: number,
	flow: Flow,
	guard: <T>(read: () => T) => T = (read) => read(),
): Promise<Buffer | undefined> {
	const digest = createHash('sha256');
	const buffer = Buffer.allocUnsafe(CHUNK);
	let at = 0;
	for (;;) {
		const read = guard(() => readSync(fd, buffer, 0, CHUNK, at));
		if (read === 0) return at === size ? digest.digest() : undefined;
		digest.update(buffer.subarray(0, read));
		at += read;
		await flow.pass();
	}
}
