/** What all operations on one destination in Drive share, and how objects are told from other files. */

import { FirnError } from '../../core/errors.ts';
import type { StoredObject } from '../destination.ts';
import type { DriveClient } from './client.ts';
import { byAge, type DriveFile, type FileIds, FOLDER_TYPE, quoted, searchIn } from './files.ts';
import type { Folders } from './folders.ts';

const METADATA = 'm_';
/** Drive takes 30 properties of an app, with 124 bytes each; some are needed for other things. */
const MOST_METADATA = 20;
const LONGEST = 124;

export interface DriveStore {
	client: DriveClient;
	ids: FileIds;
	folders: Folders;
	/** Deleted objects go to the trash, where they still take space. */
	trash: boolean;
}

/** A key as folders and a name. */
export function splitKey(key: string): { folders: string[]; name: string } {
	const folders = key.split('/');
	return { name: folders.pop()!, folders };
}

/**
 * Whether a file is an object: ours and complete. One that was made in a single request says so of itself before anybody
 * has looked at it: it counts only with the bytes that were sent.
 */
export function isObject(file: DriveFile): boolean {
	const { mimeType, appProperties } = file;
	if (mimeType === FOLDER_TYPE || appProperties?.firn !== '1' || appProperties.state !== 'complete') return false;
	return appProperties.upload !== undefined || isUnchanged(file);
}

/** Whether Drive has the bytes that were sent: somebody may have given the file other ones since. */
function isUnchanged({ appProperties, md5Checksum }: DriveFile): boolean {
	return md5Checksum !== undefined && appProperties?.md5 === md5Checksum;
}

export function describeFile(key: string, file: DriveFile): StoredObject {
	const { id, size, md5Checksum, modifiedTime, appProperties } = file;
	// It is our word: of other bytes it says nothing.
	const crc32 = isUnchanged(file) ? appProperties?.crc32 : undefined;
	return {
		key,
		size: Number(size ?? 0),
		etag: md5Checksum ?? '',
		...(crc32 && /^[0-9a-f]{8}$/.test(crc32) ? { crc32: Number.parseInt(crc32, 16) } : {}),
		...(modifiedTime === undefined ? {} : { modified: new Date(modifiedTime) }),
		link: `https://drive.google.com/file/d/${id}/view`,
	};
}

/** What head tells: with the metadata. */
export function describeWhole(key: string, file: DriveFile): StoredObject {
	const own = Object.entries(file.appProperties ?? {}).filter(([name]) => name.startsWith(METADATA));
	const metadata = Object.fromEntries(own.map(([name, value]) => [name.slice(METADATA.length), String(value)]));
	return { ...describeFile(key, file), ...(own.length === 0 ? {} : { metadata }) };
}

/** Whether a file bears just this metadata. */
export function hasMetadata(file: DriveFile, metadata: Readonly<Record<string, string>> = {}): boolean {
	const found = describeWhole('', file).metadata ?? {};
	const names = new Set([...Object.keys(found), ...Object.keys(metadata)]);
	return [...names].every((name) => found[name] === metadata[name]);
}

/** Metadata as properties of a file. @throws FirnError BAD_METADATA for what Drive does not take */
export function metadataProperties(metadata: Readonly<Record<string, string>> = {}): Record<`m_${string}`, string> {
	const entries = Object.entries(metadata).map(([name, value]) => [METADATA + name, value] as const);
	if (entries.length > MOST_METADATA || entries.some(([name, value]) => Buffer.byteLength(name + value) > LONGEST)) {
		throw new FirnError('BAD_METADATA', 'Google Drive does not take metadata that long.');
	}
	return Object.fromEntries(entries);
}

/** A CRC-32 as our properties have it. */
export function crcText(crc32: number): string {
	return crc32.toString(16).padStart(8, '0');
}

/** The objects of a key, oldest first: the first is the one that counts. */
export async function lookUp(store: DriveStore, key: string, signal?: AbortSignal): Promise<DriveFile[]> {
	const { folders, name } = splitKey(key);
	const parents = await store.folders.find(folders, signal);
	if (parents.length === 0) return [];
	const found: DriveFile[] = [];
	const conditions = ` and mimeType != '${FOLDER_TYPE}' and name = ${quoted(name)}`;
	const options = { doing: `look for ${key}`, signal, gone: () => store.folders.forget() };
	for await (const file of searchIn(store.client, parents, conditions, options)) {
		// Drive does not tell letters by their case when it compares names.
		if (file.name === name && isObject(file)) found.push(file);
	}
	return found.sort(byAge);
}

/** Does what needs the folder of a key; once more when that has been deleted since it was looked for. */
export async function withFolder<T>(
	{ folders }: DriveStore,
	names: readonly string[],
	signal: AbortSignal | undefined,
	work: (parent: string) => Promise<T>,
): Promise<T> {
	try {
		return await work(await folders.make(names, signal));
	} catch (error) {
		if (!(error instanceof FirnError) || error.code !== 'NOT_FOUND') throw error;
	}
	folders.forget();
	return work(await folders.make(names, signal));
}
