/** Uploads by parts, as the interface of destinations has them, on sessions of Drive. */

import { crc32OfPieces } from '../../core/crc32-combine.ts';
import type { OpenUpload, StoredObject, UploadRef, WriteOptions } from '../destination.ts';
import { alreadyExists, noSuchUpload, storeMismatch } from '../refusals.ts';
import { type DriveFile, fileById, newFile, patchFile, quoted, removeFile, search, timeOf } from './files.ts';
import { digestOf } from './hashes.ts';
import { LiveUpload } from './live-upload.ts';
import { beginSession, endSession } from './session.ts';
import type { Session, SessionBook } from './session-book.ts';
import {
	crcText,
	type DriveStore,
	describeFile,
	isObject,
	lookUp,
	metadataProperties,
	splitKey,
	withFolder,
} from './store.ts';

export class Uploads {
	readonly #store: DriveStore;
	readonly #book: SessionBook;
	readonly #live = new Map<string, Promise<LiveUpload | undefined>>();

	constructor(store: DriveStore, book: SessionBook) {
		this.#store = store;
		this.#book = book;
	}

	/** @throws FirnError ALREADY_EXISTS */
	async begin(key: string, options: WriteOptions & { overwrite?: boolean }): Promise<UploadRef> {
		const { client, ids } = this.#store;
		const { signal } = options;
		const doing = `begin ${key}`;
		const metadata = metadataProperties(options.metadata);
		if (!options.overwrite && (await lookUp(this.#store, key, signal)).length > 0) {
			throw alreadyExists(key, client.place.url);
		}
		const id = this.#book.newId();
		const { folders: names, name } = splitKey(key);
		const properties = { firn: '1', state: 'partial', upload: id, ...metadata } as const;
		const file = await ids.take(doing, signal);
		const address = await withFolder(this.#store, names, signal, (parent) =>
			beginSession(client, newFile(file, name, parent, properties), { doing, signal }),
		);
		if (address === undefined) throw noSuchUpload(key, client.place.url);
		const session: Session = {
			url: client.place.url,
			key,
			file,
			address,
			begun: Date.now(),
			parts: [],
			isEnded: false,
		};
		this.#book.write(id, session);
		this.#live.set(id, Promise.resolve(new LiveUpload(this.#store, this.#book, id, session, true)));
		return { key, id };
	}

	/** @throws FirnError NO_SUCH_UPLOAD */
	async live(upload: UploadRef): Promise<LiveUpload> {
		const found = await this.#find(upload);
		if (!found) throw noSuchUpload(upload.key, this.#store.client.place.url);
		return found;
	}

	#find({ id, key }: UploadRef): Promise<LiveUpload | undefined> {
		let live = this.#live.get(id);
		if (!live) {
			live = this.#book.read(id).then((session) => {
				if (session?.key !== key || session.url !== this.#store.client.place.url) return undefined;
				return new LiveUpload(this.#store, this.#book, id, session, false);
			});
			this.#live.set(id, live);
			// That the book could not be read now says nothing of the next time.
			live.catch(() => this.#live.delete(id));
		}
		return live;
	}

	/** Compares what Drive has with what was sent, and makes it visible. */
	async complete(
		upload: UploadRef,
		sizes: readonly number[],
		options: { size: number; overwrite?: boolean; signal?: AbortSignal },
	): Promise<StoredObject> {
		const { client } = this.#store;
		const { key } = upload;
		const { signal, size } = options;
		const live = await this.#find(upload);
		const there = await lookUp(this.#store, key, signal);
		if (!live) {
			const done = there.find((file) => file.appProperties?.upload === upload.id);
			if (!done || Number(done.size) !== size) throw noSuchUpload(key, client.place.url);
			return describeFile(key, done);
		}
		const others = there.filter((file) => file.id !== live.session.file);
		const isSent = sizes.reduce((sum, part) => sum + part, 0) === size && sizes.length === live.session.parts.length;
		if (!isSent)
			throw storeMismatch(key, client.place.store, `${live.session.parts.length} parts that are not all of it`);
		await live.finish(size, { signal });
		const file = await this.#prove(live, size, signal);
		if (others.length > 0 && !options.overwrite) throw alreadyExists(key, client.place.url);
		const crc32 = crc32OfPieces(live.session.parts.map(([size, crc32]) => ({ size, crc32 })));
		const sums = { md5: file.md5Checksum!, ...(crc32 === undefined ? {} : { crc32: crcText(crc32) }) };
		const properties = { state: 'complete', ...sums } as const;
		const modifiedTime = timeOf(file.appProperties?.m_mtime);
		const change = { appProperties: properties, ...(modifiedTime === undefined ? {} : { modifiedTime }) };
		const stored = isObject(file)
			? file
			: await patchFile(client, file.id, change, { doing: `complete ${key}`, signal });
		if (!isObject(stored)) throw storeMismatch(key, client.place.store, 'no complete file', { retry: 'now' });
		for (const { id } of others) await removeFile(client, id, `remove the old ${key}`);
		await this.#forget(upload.id);
		return describeFile(key, stored);
	}

	/** The file of the upload, when it is what was sent. What is not is thrown away: it can only be sent anew. */
	async #prove(live: LiveUpload, size: number, signal: AbortSignal | undefined): Promise<DriveFile> {
		const { client, folders } = this.#store;
		const { file: id, key, after } = live.session;
		const file = await fileById(client, id, `look at ${key}`, signal);
		if (!file || !after) throw noSuchUpload(key, client.place.url);
		if (file.md5Checksum === undefined) {
			throw storeMismatch(key, client.place.store, 'no checksum (yet)', { retry: 'now' });
		}
		const isSame = Number(file.size) === size && file.md5Checksum === (await digestOf(after));
		if (isSame && !file.trashed) return file;
		await this.abort({ key, id: live.id });
		if (!isSame)
			throw storeMismatch(key, client.place.store, `${file.size} other bytes than the ${size} that were sent`);
		// Somebody has thrown its folder away meanwhile: another one is made.
		folders.forget();
		throw noSuchUpload(key, client.place.url);
	}

	/** Throws the upload and its bytes away, never an object. */
	async abort(upload: UploadRef): Promise<void> {
		const { client } = this.#store;
		const doing = `give up ${upload.key}`;
		const live = await this.#find(upload);
		if (live) {
			await endSession(client, live.session.address, doing);
			const file = await fileById(client, live.session.file, doing);
			if (file && !isObject(file)) await removeFile(client, file.id, doing);
		} else {
			// Its book is lost; what it has left behind bears its id.
			const q = `appProperties has { key='upload' and value=${quoted(upload.id)} }`;
			for await (const file of search(client, q, doing)) {
				if (isPartial(file) && file.appProperties.upload === upload.id) await removeFile(client, file.id, doing);
			}
		}
		await this.#forget(upload.id);
	}

	/**
	 * Those in the book, and files that have all their bytes and were never made visible: of other machines, or of a book
	 * that is lost. Sessions of others cannot be found; they end by themselves.
	 */
	async *list(prefix: string, signal?: AbortSignal): AsyncGenerator<OpenUpload> {
		const { client, folders } = this.#store;
		const known = new Set<string>();
		for (const id of await this.#book.ids()) {
			const session = await this.#book.read(id);
			if (!session) continue;
			known.add(id);
			if (session.url !== client.place.url || !session.key.startsWith(prefix)) continue;
			yield { key: session.key, id, begun: new Date(session.begun) };
		}
		const q = `appProperties has { key='state' and value='partial' } and trashed = false`;
		for await (const file of search(client, q, 'look for unfinished uploads', signal)) {
			if (!isPartial(file) || known.has(file.appProperties.upload)) continue;
			const names = await folders.above(file, signal);
			const key = names && [...names, file.name].join('/');
			if (key?.startsWith(prefix)) {
				yield { key, id: file.appProperties.upload, begun: new Date(file.createdTime) };
			}
		}
	}

	async #forget(id: string): Promise<void> {
		this.#live.delete(id);
		await this.#book.remove(id);
	}
}

/** Whether a file came by an upload that was not completed. */
function isPartial(file: DriveFile): file is DriveFile & { appProperties: { upload: string } } {
	return file.appProperties?.state === 'partial' && file.appProperties.upload !== undefined;
}
