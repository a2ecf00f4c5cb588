/** Small objects, stored whole. */

import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { Pace, PutOptions, StoredObject, WriteOptions } from '../destination.ts';
import { alreadyExists, storeMismatch } from '../refusals.ts';
import { inTrash } from './errors.ts';
import { createFile, type DriveFile, fileById, type NewFile, newFile, removeFile } from './files.ts';
import { beginSession, sendWhole } from './session.ts';
import {
	crcText,
	type DriveStore,
	describeFile,
	hasMetadata,
	isObject,
	lookUp,
	metadataProperties,
	splitKey,
	withFolder,
} from './store.ts';

/** Above this Drive wants a session. */
const ONE_REQUEST = 5_000_000;

export class Puts {
	readonly #store: DriveStore;
	/** Ids of files that may have been made, though the answer was lost: the same content is sent under the same again. */
	readonly #tried = new Map<string, { md5: string; id: string }>();
	readonly #turns = new Map<string, Promise<unknown>>();

	constructor(store: DriveStore) {
		this.#store = store;
	}

	/** Stores an object whole; of one key one after the other. @throws FirnError ALREADY_EXISTS, STORE_MISMATCH… */
	async put(key: string, body: Uint8Array, options: PutOptions): Promise<StoredObject> {
		const before = this.#turns.get(key) ?? Promise.resolve();
		const turn = before.catch(() => undefined).then(() => this.#put(key, body, options));
		this.#turns.set(key, turn);
		try {
			return await turn;
		} finally {
			if (this.#turns.get(key) === turn) this.#turns.delete(key);
		}
	}

	async #put(key: string, body: Uint8Array, options: PutOptions): Promise<StoredObject> {
		const { overwrite = false, absent = false, signal } = options;
		const { client } = this.#store;
		const md5 = createHash('md5').update(body).digest('hex');
		const there = overwrite && absent ? [] : await lookUp(this.#store, key, signal);
		const isSame = (file: DriveFile) => file.md5Checksum === md5 && Number(file.size) === body.length;
		// Of several the oldest counts; one that was to take its place may be there already.
		const isWanted = (file: DriveFile) => isSame(file) && hasMetadata(file, options.metadata);
		let stored = overwrite ? there.find(isWanted) : there.slice(0, 1).find(isSame);
		if (!stored && there.length > 0 && !overwrite) throw alreadyExists(key, client.place.url);
		if (!stored) {
			stored = await this.#create(key, body, md5, options);
			if (!isSame(stored)) {
				await removeFile(client, stored.id, `remove a damaged ${key}`);
				this.#tried.delete(key);
				throw storeMismatch(key, client.place.store, 'other bytes', { retry: 'now' });
			}
		}
		this.#tried.delete(key);
		// The new one is proven: only now the old ones may go.
		if (overwrite) {
			const old = there.filter(({ id }) => id !== stored.id);
			for (const { id } of old) await removeFile(client, id, `remove the old ${key}`);
		}
		return { ...describeFile(key, stored), crc32: crc32(body) };
	}

	async #create(key: string, body: Uint8Array, md5: string, options: WriteOptions): Promise<DriveFile> {
		const { client, ids, folders } = this.#store;
		const { signal, pace } = options;
		const metadata = metadataProperties(options.metadata);
		const doing = `write ${key}`;
		const tried = this.#tried.get(key);
		const id = tried?.md5 === md5 ? tried.id : await ids.take(doing, signal);
		this.#tried.set(key, { md5, id });
		const { folders: names, name } = splitKey(key);
		const properties = { firn: '1', state: 'complete', crc32: crcText(crc32(body)), md5, ...metadata } as const;
		const made = await withFolder(this.#store, names, signal, (parent) =>
			this.#send(key, newFile(id, name, parent, properties), body, { doing, signal, pace }),
		);
		if (!made.trashed) return made;
		folders.forget();
		await removeFile(client, id, doing);
		this.#tried.delete(key);
		throw inTrash(doing);
	}

	/** Sends the file. One of this id that is there already was sent before, and the answer was lost. */
	async #send(key: string, file: NewFile, body: Uint8Array, options: SendOptions): Promise<DriveFile> {
		const { client } = this.#store;
		const { doing, signal } = options;
		const made =
			body.length <= ONE_REQUEST
				? await createFile(client, file, body, options)
				: await sendWhole(client, await beginSession(client, file, options), body, options);
		if (made) return made;
		const there = await fileById(client, file.id, doing, signal);
		if (there && isObject(there)) return there;
		// What arrived was damaged on its way, or was removed for that.
		if (there) await removeFile(client, there.id, `remove a damaged ${key}`);
		this.#tried.delete(key);
		throw storeMismatch(key, client.place.store, 'other bytes', { retry: 'now' });
	}
}

interface SendOptions {
	doing: string;
	signal: AbortSignal | undefined;
	pace: Pace | undefined;
}
