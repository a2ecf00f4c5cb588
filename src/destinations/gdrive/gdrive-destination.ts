/** A folder of Google Drive as a destination. */

import type {
	Destination,
	DestinationConfig,
	DestinationLimits,
	OpenUpload,
	Pace,
	PartReceipt,
	PutOptions,
	StoredObject,
	ThawAnswer,
	UploadRef,
	WriteOptions,
} from '../destination.ts';
import { assertKey } from '../keys.ts';
import { notFound } from '../refusals.ts';
import type { RequestHooks } from '../request-count.ts';
import { driveAccount } from './about.ts';
import { DriveClient } from './client.ts';
import { createFile, FileIds, newFile, quoted, removeFile, search, trashFile } from './files.ts';
import { Folders } from './folders.ts';
import { listObjects } from './list.ts';
import { moveObject } from './move.ts';
import { Puts } from './put.ts';
import { readObject } from './read.ts';
import { GRANULE } from './session.ts';
import { SessionBook } from './session-book.ts';
import { parseSignIn } from './sign-in.ts';
import { type DriveStore, describeWhole, lookUp, splitKey } from './store.ts';
import { Uploads } from './uploads.ts';

type Env = Readonly<Record<string, string | undefined>>;

const PROBE = '.firn-probe';

/**
 * @param config `folders`: names from the top of My Drive down
 * @param env holds the sign-in; read anew when a token is needed
 */
export function openDriveDestination(
	config: DestinationConfig & { folders: string[] },
	env: Env,
	hooks: RequestHooks,
): Destination {
	const url = `gdrive:${config.folders.join('/')}`;
	const client = new DriveClient({ url, endpoint: config.endpoint }, env, hooks);
	const ids = new FileIds(client);
	const folders = new Folders(client, ids, config.folders);
	return new DriveDestination(url, { client, ids, folders, trash: config.trash === true }, env);
}

class DriveDestination implements Destination {
	readonly url: string;
	readonly limits: DestinationLimits = {
		minPartSize: GRANULE,
		maxPartSize: 1024 ** 3,
		// Drive knows no parts; the book of an upload grows with them.
		maxParts: 10_000,
		maxObjectSize: 5 * 1024 ** 4,
		partGranule: GRANULE,
	};
	readonly #store: DriveStore;
	readonly #puts: Puts;
	readonly #uploads: Uploads;

	constructor(url: string, store: DriveStore, env: Env) {
		this.url = url;
		this.#store = store;
		this.#puts = new Puts(store);
		this.#uploads = new Uploads(store, new SessionBook(() => parseSignIn(env)));
	}

	/** Makes the folders of the destination, which stay. */
	async check({ signal }: { signal?: AbortSignal } = {}): Promise<void> {
		const { client, folders, ids } = this.#store;
		const doing = 'write a probe';
		folders.forget();
		const folder = await folders.make([], signal);
		const probe = newFile(await ids.take(doing, signal), PROBE, folder, { firn: '1', state: 'probe' });
		await createFile(client, probe, Buffer.from('probe'), { doing, signal });
		// Those of runs that were killed here, too. One that somebody else has just made is not missed: no file is no error.
		const q = `${quoted(folder)} in parents and trashed = false and name = ${quoted(PROBE)}`;
		for await (const file of search(client, q, doing, signal)) {
			if (file.appProperties?.state === 'probe') await removeFile(client, file.id, 'remove a probe');
		}
	}

	/** The folders, which names alone do not make unique. */
	async prepare(prefix: string, { signal }: { signal?: AbortSignal } = {}): Promise<void> {
		await this.#store.folders.make(splitKey(prefix).folders, signal);
	}

	async put(key: string, body: Uint8Array, options: PutOptions = {}): Promise<StoredObject> {
		assertKey(key);
		return this.#puts.put(key, body, options);
	}

	async beginUpload(
		key: string,
		options: WriteOptions & { partSize: number; overwrite?: boolean },
	): Promise<UploadRef> {
		assertKey(key);
		return this.#uploads.begin(key, options);
	}

	async uploadPart(
		upload: UploadRef,
		part: { number: number; body: Uint8Array; crc32: number; partSize: number; last: boolean },
		options: { signal?: AbortSignal; onProgress?: (sent: number) => void; pace?: Pace } = {},
	): Promise<PartReceipt> {
		return (await this.#uploads.live(upload)).send(part, options);
	}

	async listParts(upload: UploadRef, { signal }: { partSize: number; signal?: AbortSignal }): Promise<PartReceipt[]> {
		return (await this.#uploads.live(upload)).parts({ signal });
	}

	async completeUpload(
		upload: UploadRef,
		parts: PartReceipt[],
		options: WriteOptions & { size: number; partSize: number; overwrite?: boolean },
	): Promise<StoredObject> {
		assertKey(upload.key);
		return this.#uploads.complete(
			upload,
			parts.map(({ size }) => size),
			options,
		);
	}

	async abortUpload(upload: UploadRef): Promise<void> {
		await this.#uploads.abort(upload);
	}

	uploads(prefix: string, { signal }: { signal?: AbortSignal } = {}): AsyncIterable<OpenUpload> {
		return this.#uploads.list(prefix, signal);
	}

	async head(key: string, { signal }: { signal?: AbortSignal } = {}): Promise<StoredObject | undefined> {
		assertKey(key);
		const [file] = await lookUp(this.#store, key, signal);
		return file && describeWhole(key, file);
	}

	get(key: string, options: { start?: number; end?: number; signal?: AbortSignal } = {}): AsyncIterable<Uint8Array> {
		assertKey(key);
		return readObject(this.#store, key, options);
	}

	/** What lies in Drive can be read. */
	async thaw(key: string): Promise<ThawAnswer> {
		if (!(await this.head(key))) throw notFound(key, this.url);
		return 'readable';
	}

	list(prefix: string, { signal }: { signal?: AbortSignal } = {}): AsyncIterable<StoredObject> {
		return listObjects(this.#store, prefix, signal);
	}

	async move(from: string, to: string, { signal }: { signal?: AbortSignal } = {}): Promise<void> {
		assertKey(from);
		assertKey(to);
		await moveObject(this.#store, from, to, signal);
	}

	async freeSpace({ signal }: { signal?: AbortSignal } = {}): Promise<number | undefined> {
		return (await driveAccount(this.#store.client, signal)).free;
	}

	/** All objects of the key, for good or to the trash: else a younger one would come to light. */
	async delete(key: string): Promise<void> {
		assertKey(key);
		const { client, trash } = this.#store;
		const doing = `delete ${key}`;
		for (const { id } of await lookUp(this.#store, key)) {
			if (trash) await trashFile(client, id, doing);
			else await removeFile(client, id, doing);
		}
	}

	async close(): Promise<void> {}
}
