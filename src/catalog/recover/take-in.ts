/** Brings what a sidecar holds into the state database that is being rebuilt. */

import { jsonLines } from '../../archive/json-lines.ts';
import type { SidecarEntry } from '../../archive/sidecar.ts';
import { parseSidecarEntry, parseSidecarHeader, type ReadHeader } from '../../archive/sidecar-reader.ts';
import { FirnError } from '../../core/errors.ts';
import { archiveKey } from '../../core/object-names.ts';
import type { StoredObject } from '../../destinations/destination.ts';
import type { TakenIn } from '../../state/taken-in.ts';
import type { Manifest } from './manifest.ts';

/** What the sidecar was found as. */
export interface FoundSidecar {
	jobId: string;
	runId: string;
	sequence: number;
	encrypted: boolean;
	/** The archives that the manifest of the run knows, by key, where there is one. */
	listed: Map<string, Manifest['archives'][number]> | undefined;
	/** The archive, if it is there. */
	object: Pick<StoredObject, 'size' | 'link'> | undefined;
}

/** Folders whose ids are remembered. */
const DIRS_REMEMBERED = 10_000;
const MiB = 1024 * 1024;

/** Finds the ids of folders, which come many times in a row. */
export class Folders {
	readonly #store: TakenIn;
	readonly #known = new Map<string, number>([['', 1]]);

	constructor(store: TakenIn) {
		this.#store = store;
	}

	idOf(path: string): number {
		const known = this.#known.get(path);
		if (known !== undefined) return known;
		const slash = path.lastIndexOf('/');
		const parent = this.idOf(slash === -1 ? '' : path.slice(0, slash));
		const { dir } = this.#store.entries.dir(parent, path.slice(slash + 1));
		if (this.#known.size > DIRS_REMEMBERED) this.forget();
		this.#known.set(path, dir);
		return dir;
	}

	/** What was made may have been taken back. */
	forget(): void {
		this.#known.clear();
		this.#known.set('', 1);
	}
}

/**
 * @param pieces the unpacked sidecar
 * @param runOf gives the number of the run, once the sidecar has said what it knows of it
 * @throws FirnError BAD_SIDECAR, RECORD_DAMAGED, BAD_LINES; all of it is to be taken back then
 */
export async function takeInSidecar(
	store: TakenIn,
	folders: Folders,
	pieces: AsyncIterable<Uint8Array>,
	found: FoundSidecar,
	runOf: (header: ReadHeader) => number,
): Promise<ReadHeader> {
	let header: ReadHeader | undefined;
	let run = 0;
	let archive = 0;
	let files = 0;
	let bytes = 0;
	for await (const lines of jsonLines(pieces)) {
		for (const line of lines) {
			if (!header) {
				header = parseSidecarHeader(line);
				checkIdentity(header, found);
				run = runOf(header);
				archive = putArchive(store, header, run, found);
				continue;
			}
			const entry = parseSidecarEntry(line, header.rawSize);
			putEntry(store, folders, run, archive, entry);
			if (entry.type !== 'file' && entry.type !== 'hardlink') continue;
			files += 1;
			bytes += entry.size;
		}
	}
	if (!header) throw bad('it is empty');
	if (files !== header.files || bytes !== header.bytes) throw bad('it is cut off, or has lines too many');
	return header;
}

/** Whether it is the sidecar of the archive that it lies beside. */
function checkIdentity(header: ReadHeader, { jobId, runId, sequence, encrypted, listed }: FoundSidecar): void {
	if (header.job !== jobId) throw bad('it is that of another job');
	const { compression } = header;
	const key = archiveKey({ jobId, runId, sequence, compression, encrypted: header.encrypted });
	if (header.run !== runId || header.archive !== key) throw bad('it is that of another archive');
	if (header.encrypted && !encrypted) throw bad('its archive is encrypted, it is not');
	if (!listed) return;
	const { size, files, bytes } = listed.get(key) ?? {};
	if (size === undefined) throw bad('the manifest of its run does not know its archive');
	if (size !== header.size || files !== header.files || bytes !== header.bytes)
		throw bad('the manifest of its run describes another archive');
}

function putArchive(store: TakenIn, header: ReadHeader, run: number, found: FoundSidecar): number {
	return store.putArchive({
		number: header.number,
		run,
		sequence: found.sequence,
		key: header.archive,
		status: found.object?.size === header.size ? 'stored' : 'missing',
		compression: header.compression,
		encrypted: header.encrypted,
		// Only of use while an archive is being written.
		partSize: header.partSize ?? 16 * MiB,
		ageHeader: header.ageHeader,
		frames: header.frames,
		rawSize: header.rawSize,
		payloadSize: header.payloadSize,
		size: header.size,
		crc32: header.crc32,
		etag: header.etag ?? '',
		storageClass: header.storageClass,
		recipients: header.recipients,
		files: header.files,
		bytes: header.bytes,
		stored: Date.parse(header.stored),
		link: found.object?.link,
	});
}

function putEntry(store: TakenIn, folders: Folders, run: number, archive: number, entry: SidecarEntry): void {
	const slash = entry.path.lastIndexOf('/');
	const dir = folders.idOf(slash === -1 ? '' : entry.path.slice(0, slash));
	const name = entry.path.slice(slash + 1);
	store.entries.supersede(dir, name, run);
	store.entries.insert(run, { ...entry, dir, name, archive });
	// As a scan does: every folder has its row, also the empty one.
	if (entry.type === 'dir') folders.idOf(entry.path);
}

function bad(why: string): FirnError {
	return new FirnError('BAD_SIDECAR', `It cannot be used: ${why}.`);
}
