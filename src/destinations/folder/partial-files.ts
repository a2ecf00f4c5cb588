/**
 * Uploads under way in a folder: one file each in `.firn-partial`, named after its key and written part by part at its final offset. A part is
 * acknowledged after fdatasync, so that it survives a power cut.
 */

import { constants } from 'node:fs';
import { type FileHandle, lstat, open, readdir, rmdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { errnoCode } from '../../core/errors.ts';
import { newJobId } from '../../core/ids.ts';
import type { OpenUpload, Pace, PartReceipt } from '../destination.ts';
import { noSuchUpload, storeMismatch } from '../refusals.ts';
import { makeFolders, syncFolder, writeAll } from './durable.ts';
import { rootIsThere } from './root-folder.ts';

export const PARTIAL_FOLDER = '.firn-partial';
const READ = 1024 * 1024;
/** The key, so that whoever finds the file knows what it was to become, and 20 random characters. */
const ID = /^(?:[A-Za-z0-9_~!'()-]|%[0-9A-F]{2}|\.)+\.[a-z0-9]{20}$/;

/** Longest stem: what follows has its place within the 255 bytes that a name may have. */
const LONGEST_STEM = 200;

/** A key as a file name that all file systems take. */
function stemOf(key: string): string {
	return encodeURIComponent(key).replaceAll('*', '%2A');
}

/** A stem that is cut where it would get too long, but never within a character. */
function shortStemOf(key: string): string {
	const stem = stemOf(key);
	if (stem.length <= LONGEST_STEM) return stem;
	let short = '';
	for (const character of key) {
		const longer = short + stemOf(character);
		if (longer.length > LONGEST_STEM) break;
		short = longer;
	}
	return short;
}

export class PartialFiles {
	readonly #root: string;
	/** Open files by upload id. One that failed is dropped: after a disk was gone its handle stays dead. */
	readonly #open = new Map<string, Promise<FileHandle>>();

	constructor(root: string) {
		this.#root = root;
	}

	/** The file of an upload. @throws FirnError NO_SUCH_UPLOAD for what cannot be an id */
	path(id: string): string {
		if (!ID.test(id)) throw noSuchUpload(id, this.#root);
		return join(this.#root, PARTIAL_FOLDER, id);
	}

	/** Begins an empty file for an object and gives its id; the name is durable. */
	async create(key: string): Promise<string> {
		const id = `${shortStemOf(key)}.${newJobId()}${newJobId()}`;
		for (let attempt = 1; ; attempt++) {
			const folder = await makeFolders(this.#root, [PARTIAL_FOLDER]);
			try {
				const flags = constants.O_RDWR | constants.O_CREAT | constants.O_EXCL;
				this.#open.set(id, Promise.resolve(await open(this.path(id), flags, 0o600)));
				await syncFolder(folder);
				return id;
			} catch (error) {
				// Another process may have tidied the empty folder away just now.
				if (errnoCode(error) !== 'ENOENT' || attempt > 3) throw error;
			}
		}
	}

	/** @throws FirnError NO_SUCH_UPLOAD, or the system's error */
	async handle(id: string): Promise<FileHandle> {
		const path = this.path(id);
		let handle = this.#open.get(id);
		if (!handle) {
			handle = open(path, constants.O_RDWR);
			this.#open.set(id, handle);
		}
		try {
			return await handle;
		} catch (error) {
			this.#open.delete(id);
			if (errnoCode(error) === 'ENOENT' && (await rootIsThere(this.#root))) throw noSuchUpload(id, this.#root, error);
			throw error;
		}
	}

	/** Writes a part and returns once it is on the disk. */
	async write(
		id: string,
		part: { body: Uint8Array; position: number },
		options: { onProgress?: (sent: number) => void; pace?: Pace } = {},
	): Promise<void> {
		const handle = await this.handle(id);
		try {
			await writeAll(handle, part.body, part.position, options.onProgress, options.pace);
			await handle.datasync();
		} catch (error) {
			await this.drop(id);
			throw error;
		}
	}

	/** Reads the file back and gives size and CRC of each part; a shorter piece at the end is one, too. */
	async parts(id: string, partSize: number, signal?: AbortSignal): Promise<PartReceipt[]> {
		const handle = await this.handle(id);
		const { size } = await handle.stat();
		const buffer = Buffer.allocUnsafe(Math.min(READ, Math.max(1, size)));
		const parts: PartReceipt[] = [];
		for (let start = 0; start < size; start += partSize) {
			const end = Math.min(size, start + partSize);
			let crc = 0;
			for (let at = start; at < end; ) {
				signal?.throwIfAborted();
				const { bytesRead } = await handle.read(buffer, 0, Math.min(buffer.length, end - at), at);
				if (bytesRead === 0) throw storeMismatch(id, this.#root, 'a file that shrank while it was read');
				crc = crc32(buffer.subarray(0, bytesRead), crc);
				at += bytesRead;
			}
			parts.push({ number: parts.length + 1, size: end - start, etag: '', crc32: crc });
		}
		return parts;
	}

	/** The files of keys that start with `prefix`. */
	async list(prefix: string): Promise<OpenUpload[]> {
		const folder = join(this.#root, PARTIAL_FOLDER);
		const names = await readdir(folder).catch((error: unknown) => {
			if (errnoCode(error) === 'ENOENT') return [];
			throw error;
		});
		const found: OpenUpload[] = [];
		for (const id of names.filter((name) => ID.test(name) && name.startsWith(stemOf(prefix)))) {
			const stat = await lstat(join(folder, id)).catch((error: unknown) => {
				if (errnoCode(error) === 'ENOENT') return undefined;
				throw error;
			});
			if (!stat?.isFile()) continue;
			found.push({ key: decodeURIComponent(id.slice(0, id.lastIndexOf('.'))), id, begun: stat.mtime });
		}
		return found;
	}

	/** Closes the file of an upload; what failed on it was reported already. */
	async drop(id: string): Promise<void> {
		const handle = this.#open.get(id);
		this.#open.delete(id);
		await handle?.then((file) => file.close()).catch(() => undefined);
	}

	/** Removes the file; no error when it is not there. */
	async remove(id: string): Promise<void> {
		const path = this.path(id);
		await this.drop(id);
		try {
			await unlink(path);
		} catch (error) {
			if (errnoCode(error) !== 'ENOENT') throw error;
		}
	}

	/** Removes the folder of partial files unless it holds some, or nothing may be removed: empty it harms nobody. */
	async tidy(): Promise<void> {
		try {
			await rmdir(join(this.#root, PARTIAL_FOLDER));
		} catch (error) {
			if (!['ENOTEMPTY', 'EEXIST', 'ENOENT', 'EPERM', 'EACCES'].includes(errnoCode(error) ?? '')) throw error;
		}
	}

	async close(): Promise<void> {
		await Promise.all([...this.#open.keys()].map((id) => this.drop(id)));
	}
}
