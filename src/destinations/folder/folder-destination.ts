/** A folder on a disk or a mounted share as a destination. Never overwrites, and survives a power cut at any instant. */

import { constants } from 'node:fs';
import { open, stat, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { crc32 } from 'node:zlib';
import { errnoCode } from '../../core/errors.ts';
import type {
	Destination,
	DestinationLimits,
	OpenUpload,
	Pace,
	PartReceipt,
	StoredObject,
	ThawAnswer,
	UploadRef,
	WriteOptions,
} from '../destination.ts';
import { assertKey, assertLength } from '../keys.ts';
import { alreadyExists, notFound } from '../refusals.ts';
import { completeFile } from './complete-file.ts';
import { moveIntoPlace, syncFolder } from './durable.ts';
import { PartialFiles } from './partial-files.ts';
import { inFolder, makeRoot } from './root-folder.ts';
import { spaceOf } from './space.ts';
import { describe, walkObjects } from './walk.ts';
import { pathOf, writeObject } from './write-object.ts';

const READ = 1024 * 1024;
const PROBE = '.firn-probe';
/** NAME_MAX of nearly all file systems. */
const LONGEST_NAME = 255;

export class FolderDestination implements Destination {
	readonly url: string;
	readonly limits: DestinationLimits = {
		minPartSize: 1,
		maxPartSize: 1024 ** 3,
		maxParts: 1_000_000,
		maxObjectSize: Number.MAX_SAFE_INTEGER,
	};
	readonly #root: string;
	readonly #partials: PartialFiles;

	/** @param root absolute path */
	constructor(root: string) {
		this.url = root;
		this.#root = root;
		this.#partials = new PartialFiles(root);
	}

	/** The only method that makes the folder (when nothing but itself is missing): later its absence means a lost disk. */
	async check(options: { signal?: AbortSignal } = {}): Promise<void> {
		await this.#do('write a probe', options.signal, async () => {
			await makeRoot(this.#root);
			const id = await this.#partials.create(PROBE);
			try {
				await this.#partials.write(id, { body: Buffer.from('probe'), position: 0 });
			} finally {
				await this.#partials.remove(id);
				await this.#partials.tidy();
			}
		});
	}

	async put(
		key: string,
		body: Uint8Array,
		options: WriteOptions & { overwrite?: boolean } = {},
	): Promise<StoredObject> {
		this.#assertNew(key);
		await this.#do(`write ${key}`, options.signal, () => writeObject(this.#root, this.#partials, key, body, options));
		return { key, size: body.length, etag: '', crc32: crc32(body), modified: new Date() };
	}

	async beginUpload(
		key: string,
		options: WriteOptions & { partSize: number; overwrite?: boolean },
	): Promise<UploadRef> {
		this.#assertNew(key);
		return this.#do(`begin ${key}`, options.signal, async () => {
			if (!options.overwrite && (await describe(this.#root, key))) throw alreadyExists(key, this.#root);
			return { key, id: await this.#partials.create(key) };
		});
	}

	async uploadPart(
		upload: UploadRef,
		part: { number: number; body: Uint8Array; crc32: number; partSize: number },
		options: { signal?: AbortSignal; onProgress?: (sent: number) => void; pace?: Pace } = {},
	): Promise<PartReceipt> {
		const { number, body, partSize } = part;
		const position = (number - 1) * partSize;
		await this.#do(`write part ${number} of ${upload.key}`, options.signal, () =>
			this.#partials.write(upload.id, { body, position }, options),
		);
		return { number, size: body.length, etag: '', crc32: part.crc32 };
	}

	async listParts(upload: UploadRef, options: { partSize: number; signal?: AbortSignal }): Promise<PartReceipt[]> {
		return this.#do(`read ${upload.key} back`, options.signal, () =>
			this.#partials.parts(upload.id, options.partSize, options.signal),
		);
	}

	async completeUpload(
		upload: UploadRef,
		parts: PartReceipt[],
		options: WriteOptions & { size: number; partSize: number; overwrite?: boolean },
	): Promise<StoredObject> {
		assertKey(upload.key);
		return this.#do(`complete ${upload.key}`, options.signal, () =>
			completeFile(this.#root, this.#partials, upload, parts, options),
		);
	}

	async abortUpload(upload: UploadRef): Promise<void> {
		await this.#do(`remove the upload of ${upload.key}`, undefined, () => this.#partials.remove(upload.id));
	}

	async *uploads(prefix: string, options: { signal?: AbortSignal } = {}): AsyncGenerator<OpenUpload> {
		yield* await this.#do('look for uploads', options.signal, () => this.#partials.list(prefix));
	}

	async head(key: string, options: { signal?: AbortSignal } = {}): Promise<StoredObject | undefined> {
		assertKey(key);
		return this.#do(`look for ${key}`, options.signal, async () => {
			const found = await describe(this.#root, key);
			// Nothing is in a folder that is gone, but that is no answer.
			if (!found) await stat(this.#root);
			return found;
		});
	}

	async *get(
		key: string,
		options: { start?: number; end?: number; signal?: AbortSignal } = {},
	): AsyncGenerator<Uint8Array> {
		const { start = 0, end = Number.MAX_SAFE_INTEGER, signal } = options;
		if (!(await this.head(key, options))) throw notFound(key, this.#root);
		const doing = `read ${key}`;
		const handle = await this.#do(doing, signal, () => open(join(this.#root, key), constants.O_RDONLY));
		try {
			for (let at = start; at < end; ) {
				const buffer = Buffer.allocUnsafeSlow(Math.min(READ, end - at));
				const { bytesRead } = await this.#do(doing, signal, () => handle.read(buffer, 0, buffer.length, at));
				if (bytesRead === 0) return;
				at += bytesRead;
				yield buffer.subarray(0, bytesRead);
			}
		} finally {
			await handle.close();
		}
	}

	async *list(prefix: string, options: { signal?: AbortSignal } = {}): AsyncGenerator<StoredObject> {
		const objects = walkObjects(this.#root, prefix, options.signal);
		for (;;) {
			const next = await this.#do('list it', options.signal, () => objects.next());
			if (next.done) return;
			yield next.value;
		}
	}

	/** What lies in a folder can be read. */
	async thaw(key: string): Promise<ThawAnswer> {
		if (!(await this.head(key))) throw notFound(key, this.#root);
		return 'readable';
	}

	async move(from: string, to: string, options: { signal?: AbortSignal } = {}): Promise<void> {
		assertKey(from);
		this.#assertNew(to);
		await this.#do(`move ${from}`, options.signal, async () => {
			if (!(await describe(this.#root, from))) {
				await stat(this.#root);
				// Perhaps it was moved before.
				if (await describe(this.#root, to)) return;
				throw notFound(from, this.#root);
			}
			if (!(await moveIntoPlace(join(this.#root, from), await pathOf(this.#root, to)))) {
				throw alreadyExists(to, this.#root);
			}
			await syncFolder(dirname(join(this.#root, from)));
		});
	}

	async freeSpace({ signal }: { signal?: AbortSignal } = {}): Promise<number | undefined> {
		return this.#do('look for room', signal, async () => (await spaceOf(this.#root)).free);
	}

	async delete(key: string): Promise<void> {
		assertKey(key);
		await this.#do(`delete ${key}`, undefined, async () => {
			const path = join(this.#root, key);
			try {
				await unlink(path);
			} catch (error) {
				if (errnoCode(error) !== 'ENOENT' && errnoCode(error) !== 'ENOTDIR') throw error;
				await stat(this.#root);
				return;
			}
			await syncFolder(dirname(path));
		});
	}

	async close(): Promise<void> {
		await this.#partials.close();
	}

	#assertNew(key: string): void {
		assertKey(key);
		for (const name of key.split('/')) assertLength(name, LONGEST_NAME, this.#root);
	}

	#do<T>(doing: string, signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
		return inFolder(this.#root, doing, signal, work);
	}
}
