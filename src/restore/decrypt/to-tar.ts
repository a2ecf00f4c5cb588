/** Turns an archive into a TAR file. */

import {
	closeSync,
	constants,
	fsyncSync,
	linkSync,
	lstatSync,
	openSync,
	readSync,
	renameSync,
	unlinkSync,
	writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { TarReader } from '../../archive/tar-reader.ts';
import { errnoCode, FirnError } from '../../core/errors.ts';
import { makeFolders } from '../../core/make-folders.ts';
import { PartialNames, sweepFolder } from '../../target/partial-name.ts';

const names = new PartialNames();
const COMPARE = 1024 * 1024;

/**
 * Writes the TAR to `path`: to a temporary name first, read along to see that it is one, then fsynced and renamed. A file
 * that is there already is compared with it and never overwritten.
 * @returns its size, and whether it was there already
 * @throws FirnError EXISTS when something else is there; BAD_TAR, BAD_TAR_END; what `source` throws; the system's error
 */
export async function writeTar(
	source: AsyncIterable<Buffer>,
	path: string,
): Promise<{ bytes: number; wasThere: boolean }> {
	if (lstatSync(path, { throwIfNoEntry: false })) return { bytes: await compare(source, path), wasThere: true };
	const folder = dirname(path);
	const temporary = join(folder, names.next());
	let fd: number | undefined;
	let bytes = 0;
	try {
		const reader = new TarReader({ onEntry() {}, onData() {}, onEntryEnd() {} });
		for await (const chunk of source) {
			// A wrong key or a foreign file is found out before the folder is touched.
			fd ??= create(folder, temporary);
			reader.write(chunk);
			for (let at = 0; at < chunk.length; ) at += writeSync(fd, chunk, at);
			bytes += chunk.length;
		}
		reader.end();
		fsyncSync(fd!);
		closeSync(fd!);
		fd = undefined;
		giveName(temporary, path);
		syncFolder(folder);
		return { bytes, wasThere: false };
	} catch (error) {
		if (fd !== undefined) closeSync(fd);
		if (lstatSync(temporary, { throwIfNoEntry: false })) unlinkSync(temporary);
		throw error;
	}
}

function create(folder: string, temporary: string): number {
	if (makeFolders(folder) === undefined) sweepFolder(folder);
	return openSync(temporary, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW, 0o600);
}

function giveName(temporary: string, path: string): void {
	try {
		linkSync(temporary, path);
	} catch (error) {
		if (errnoCode(error) === 'EEXIST') throw exists(path);
		// No hard links on this file system.
		if (lstatSync(path, { throwIfNoEntry: false })) throw exists(path);
		renameSync(temporary, path);
		return;
	}
	unlinkSync(temporary);
}

async function compare(source: AsyncIterable<Buffer>, path: string): Promise<number> {
	const fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
	const buffer = Buffer.allocUnsafe(COMPARE);
	let bytes = 0;
	try {
		for await (const chunk of source) {
			for (let at = 0; at < chunk.length; at += COMPARE) {
				const piece = chunk.subarray(at, at + COMPARE);
				const read = readFully(fd, buffer.subarray(0, piece.length));
				if (!buffer.subarray(0, read).equals(piece)) throw exists(path);
			}
			bytes += chunk.length;
		}
		if (readSync(fd, buffer) > 0) throw exists(path);
		return bytes;
	} finally {
		closeSync(fd);
	}
}

function readFully(fd: number, buffer: Buffer): number {
	let at = 0;
	while (at < buffer.length) {
		const read = readSync(fd, buffer, at, buffer.length - at, null);
		if (read === 0) break;
		at += read;
	}
	return at;
}

function syncFolder(folder: string): void {
	const fd = openSync(folder, constants.O_RDONLY);
	try {
		fsyncSync(fd);
	} finally {
		closeSync(fd);
	}
}

function exists(path: string): FirnError {
	return new FirnError('EXISTS', `${path} is there already and is something else.`, {
		guidance: 'Move it away, or give another folder with --out.',
	});
}
