/** Files and folders of Drive as the API has them: the few requests that are needed, with only the fields needed. */

import { FirnError } from '../../core/errors.ts';
import { newJobId } from '../../core/ids.ts';
import type { Pace } from '../destination.ts';
import type { DriveClient } from './client.ts';
import { notDrive } from './errors.ts';
import { COST } from './quota.ts';

export const FOLDER_TYPE = 'application/vnd.google-apps.folder';
const OBJECT_TYPE = 'application/octet-stream';
/** Drive takes years of four digits. */
const FIRST_TIME = Date.parse('0001-01-01T00:00:00Z');
const LAST_TIME = Date.parse('9999-12-31T23:59:59Z');

/** Known to this client id only. 124 bytes each, key and value together. */
export interface Properties {
	/** Version of the format. */
	firn: '1';
	/** `partial` until what Drive has was compared with what was sent; `probe` of check(). */
	state: 'partial' | 'complete' | 'probe';
	/** Hex, of all bytes. */
	crc32?: string;
	/** Of the bytes that were sent. */
	md5?: string;
	/** The upload by parts that it came by. */
	upload?: string;
	/** Metadata that was given to the object. */
	[name: `m_${string}`]: string;
}

export interface DriveFile {
	id: string;
	name: string;
	mimeType: string;
	/** Decimal. */
	size?: string;
	md5Checksum?: string;
	createdTime: string;
	modifiedTime?: string;
	appProperties?: Partial<Properties>;
	parents?: string[];
	/** Itself, or a folder that it lies in. */
	trashed?: boolean;
}

export const FILE_FIELDS = 'id,name,mimeType,size,md5Checksum,createdTime,modifiedTime,appProperties,parents,trashed';

export interface NewFile {
	id: string;
	name: string;
	parents: string[];
	mimeType: string;
	appProperties: Properties;
	/** RFC 3339; Drive takes the moment of the upload without one. */
	modifiedTime?: string;
}

export function newFile(id: string, name: string, parent: string, appProperties: Properties): NewFile {
	const modifiedTime = timeOf(appProperties.m_mtime);
	return {
		id,
		name,
		parents: [parent],
		mimeType: OBJECT_TYPE,
		appProperties,
		...(modifiedTime === undefined ? {} : { modifiedTime }),
	};
}

/** Metadata `mtime` (seconds since 1970) as Drive writes times, which is how people see the age of a file there. */
export function timeOf(mtime: string | undefined): string | undefined {
	if (mtime === undefined || !/^-?\d+(\.\d+)?$/.test(mtime)) return undefined;
	const ms = Math.floor(Number(mtime) * 1000);
	return ms >= FIRST_TIME && ms <= LAST_TIME ? new Date(ms).toISOString() : undefined;
}

/** A string of a search. */
export function quoted(text: string): string {
	return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

/** All files that a search finds. */
export async function* search(
	client: DriveClient,
	q: string,
	doing: string,
	signal?: AbortSignal,
): AsyncGenerator<DriveFile> {
	let pageToken: string | undefined;
	do {
		const page = await client.ask<{ files?: DriveFile[]; nextPageToken?: string }>({
			address: `${client.endpoints.api}/files`,
			query: {
				q,
				spaces: 'drive',
				pageSize: '1000',
				fields: `nextPageToken,files(${FILE_FIELDS})`,
				...(pageToken === undefined ? {} : { pageToken }),
			},
			cost: COST.list,
			doing,
			signal,
		});
		// An empty list is one, too: what has none is no answer of Drive, and must not look like nothing is there.
		if (!Array.isArray(page.files)) throw notDrive(client.place, doing);
		yield* page.files;
		pageToken = page.nextPageToken;
	} while (pageToken !== undefined);
}

/** Whoever came first; ids decide between equals, so that all readers agree. */
export function byAge(a: DriveFile, b: DriveFile): number {
	const [first, second] = [Date.parse(a.createdTime), Date.parse(b.createdTime)];
	return first !== second ? first - second : a.id < b.id ? -1 : 1;
}

/**
 * What lies in any of these folders, nearly always one.
 * @param conditions further ones, each behind ` and `
 * @param gone called when one of them is not there any more: nothing lies in it
 */
export async function* searchIn(
	client: DriveClient,
	folders: readonly string[],
	conditions: string,
	options: { doing: string; signal?: AbortSignal | undefined; gone: () => void },
): AsyncGenerator<DriveFile> {
	const { doing, signal, gone } = options;
	for (const id of folders) {
		try {
			yield* search(client, `${quoted(id)} in parents and trashed = false${conditions}`, doing, signal);
		} catch (error) {
			if (!(error instanceof FirnError) || error.code !== 'NOT_FOUND') throw error;
			gone();
		}
	}
}

/** The file, also one that lies in the trash; undefined when it is not there. */
export async function fileById(
	client: DriveClient,
	id: string,
	doing: string,
	signal?: AbortSignal,
): Promise<DriveFile | undefined> {
	const answer = await client.send({
		address: `${client.endpoints.api}/files/${encodeURIComponent(id)}`,
		query: { fields: FILE_FIELDS },
		cost: COST.read,
		expects: [404],
		doing,
		signal,
	});
	if (answer.status === 404) {
		await answer.drop();
		return undefined;
	}
	return (await answer.json()) as DriveFile;
}

/**
 * Makes a file of metadata and, for one with content, bytes, in one request: at most 5 MB.
 * @returns undefined when a file of this id exists already: an answer was lost
 */
export async function createFile(
	client: DriveClient,
	file: Omit<NewFile, 'appProperties'> & { appProperties?: Properties },
	content: Uint8Array | undefined,
	options: { doing: string; signal?: AbortSignal | undefined; pace?: Pace | undefined },
): Promise<DriveFile | undefined> {
	const { doing, signal, pace } = options;
	const metadata = Buffer.from(JSON.stringify(file));
	const boundary = newJobId() + newJobId();
	const type = (name: string) => `--${boundary}\r\ncontent-type: ${name}\r\n\r\n`;
	const body = content
		? Buffer.concat([
				Buffer.from(type('application/json; charset=UTF-8')),
				metadata,
				Buffer.from(`\r\n${type(file.mimeType)}`),
				content,
				Buffer.from(`\r\n--${boundary}--\r\n`),
			])
		: metadata;
	const answer = await client.send({
		address: content ? `${client.endpoints.upload}/files` : `${client.endpoints.api}/files`,
		query: { ...(content ? { uploadType: 'multipart' } : {}), fields: FILE_FIELDS },
		method: 'POST',
		headers: {
			'content-type': content ? `multipart/related; boundary=${boundary}` : 'application/json; charset=UTF-8',
		},
		body,
		cost: COST.write,
		isUpload: content !== undefined,
		expects: [409],
		doing,
		signal,
		pace,
	});
	if (answer.status === 409) {
		await answer.drop();
		return undefined;
	}
	return (await answer.json()) as DriveFile;
}

/** Changes what a file says of itself. @throws FirnError NOT_FOUND… */
export function patchFile(
	client: DriveClient,
	id: string,
	change: { name?: string; appProperties?: Partial<Properties>; trashed?: boolean; modifiedTime?: string },
	options: { doing: string; signal?: AbortSignal | undefined; query?: Record<string, string> },
): Promise<DriveFile> {
	return client.ask<DriveFile>({
		address: `${client.endpoints.api}/files/${encodeURIComponent(id)}`,
		method: 'PATCH',
		headers: { 'content-type': 'application/json; charset=UTF-8' },
		body: Buffer.from(JSON.stringify(change)),
		cost: COST.write,
		...options,
		query: { ...options.query, fields: FILE_FIELDS },
	});
}

/** Deletes for good, past the trash; no error when it is not there. */
export async function removeFile(client: DriveClient, id: string, doing: string): Promise<void> {
	const answer = await client.send({
		address: `${client.endpoints.api}/files/${encodeURIComponent(id)}`,
		method: 'DELETE',
		cost: COST.other,
		expects: [404],
		doing,
	});
	await answer.drop();
}

/** Puts a file into the trash; no error when it is not there. */
export async function trashFile(client: DriveClient, id: string, doing: string): Promise<void> {
	try {
		await patchFile(client, id, { trashed: true }, { doing });
	} catch (error) {
		if (!(error instanceof FirnError) || error.code !== 'NOT_FOUND') throw error;
	}
}

/** Ids that Drive has set aside for files to come: a file that is made twice under one is still one. */
export class FileIds {
	readonly #client: DriveClient;
	readonly #pool: string[] = [];
	#filling: Promise<void> | undefined;

	constructor(client: DriveClient) {
		this.#client = client;
	}

	async take(doing: string, signal?: AbortSignal): Promise<string> {
		for (;;) {
			signal?.throwIfAborted();
			const id = this.#pool.pop();
			if (id !== undefined) return id;
			this.#filling ??= this.#fill(doing).finally(() => {
				this.#filling = undefined;
			});
			await this.#filling;
		}
	}

	async #fill(doing: string): Promise<void> {
		const { ids = [] } = await this.#client.ask<{ ids?: string[] }>({
			address: `${this.#client.endpoints.api}/files/generateIds`,
			query: { count: '100', space: 'drive' },
			cost: COST.other,
			doing,
		});
		if (ids.length === 0)
			throw new FirnError('STORE_UNAVAILABLE', `${this.#client.place.store} gives no ids.`, { retry: 'now' });
		this.#pool.push(...ids);
	}
}
