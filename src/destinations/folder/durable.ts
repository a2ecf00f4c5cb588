/** File operations that are on the disk, not only in its cache, when they return. */

import { constants } from 'node:fs';
import { type FileHandle, link, lstat, mkdir, open, rename, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errnoCode } from '../../core/errors.ts';
import type { Pace } from '../destination.ts';

const SLICE = 4 * 1024 * 1024;
const PACED_SLICE = 256 * 1024;

/** Makes the names in a folder durable. Where a file system cannot (some FUSE and SMB), there is nothing to be done. */
export async function syncFolder(path: string): Promise<void> {
	const handle = await open(path, constants.O_RDONLY | constants.O_DIRECTORY);
	try {
		await handle.sync();
	} catch (error) {
		if (!['EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EBADF'].includes(errnoCode(error) ?? '')) throw error;
	} finally {
		await handle.close();
	}
}

/**
 * Creates the folders of `segments` below `root` as far as they are missing. `root` itself is never made: when it has
 * gone, its disk is not mounted, and the bytes would fill the disk underneath.
 * @throws the system's error
 */
export async function makeFolders(root: string, segments: readonly string[]): Promise<string> {
	let path = root;
	for (const segment of segments) {
		const parent = path;
		path = join(parent, segment);
		try {
			await mkdir(path, 0o700);
		} catch (error) {
			if (errnoCode(error) === 'EEXIST') continue;
			throw error;
		}
		await syncFolder(parent);
	}
	return path;
}

/**
 * Writes all of `bytes` at `position`; `told` hears how many are written. Two slices are under way at a time, so that the
 * disk need not wait until a busy thread sends it the next one. Only a pace that makes them wait makes them small.
 */
export async function writeAll(
	handle: FileHandle,
	bytes: Uint8Array,
	position: number,
	told?: (written: number) => void,
	pace?: Pace,
): Promise<void> {
	let next = 0;
	let written = 0;
	const lane = async () => {
		while (next < bytes.length) {
			const start = next;
			const turn = pace?.(Math.min(PACED_SLICE, bytes.length - start));
			const end = Math.min(start + (turn ? PACED_SLICE : SLICE), bytes.length);
			next = end;
			await turn;
			for (let at = start; at < end; ) {
				const { bytesWritten } = await handle.write(bytes, at, end - at, position + at);
				at += bytesWritten;
				written += bytesWritten;
				told?.(written);
			}
		}
	};
	const stopped = (error: unknown) => {
		// The other one begins no more.
		next = bytes.length;
		throw error;
	};
	const ended = await Promise.allSettled([lane().catch(stopped), lane().catch(stopped)]);
	for (const end of ended) if (end.status === 'rejected') throw end.reason;
}

export interface MoveSteps {
	link: (from: string, to: string) => Promise<void>;
	rename: (from: string, to: string) => Promise<void>;
}

/**
 * Gives the file `from` the name `to`, durably, and never takes that name from another file.
 * @returns false when `to` is another file already; `from` is then left
 */
export async function moveIntoPlace(from: string, to: string, steps: MoveSteps = { link, rename }): Promise<boolean> {
	let linked = true;
	try {
		await steps.link(from, to);
	} catch (error) {
		const code = errnoCode(error) ?? '';
		if (code === 'EEXIST') {
			// After a crash between link and unlink both names are the same file.
			if (!(await sameFile(from, to))) return false;
		} else if (['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes(code)) {
			// No hard links here (FAT, exFAT, some SMB). Node has no renameat2: the check leaves a gap that only a second
			// writer of the same random name could hit.
			if (await exists(to)) return false;
			await steps.rename(from, to);
			linked = false;
		} else throw error;
	}
	await syncFolder(dirname(to));
	if (linked) await unlink(from);
	return true;
}

async function sameFile(a: string, b: string): Promise<boolean> {
	const [one, two] = await Promise.all([lstat(a, { bigint: true }), lstat(b, { bigint: true })]);
	return one.ino === two.ino && one.dev === two.dev;
}

/** Whether anything has this name. @throws the system's error when that cannot be told */
export async function exists(path: string): Promise<boolean> {
	try {
		await lstat(path);
		return true;
	} catch (error) {
		if (errnoCode(error) === 'ENOENT') return false;
		throw error;
	}
}
