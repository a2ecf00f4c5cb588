/**
 * A backup made by hand: archives out of the archive module and a state database that describes them, without anything
 * of src/backup. So what a restore reads is exactly what a test says.
 */

import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { crc32 } from 'node:zlib';
import { createHeader } from '../../src/archive/age/header.ts';
import { generateIdentity } from '../../src/archive/age/identity.ts';
import { CHUNK, ChunkSealer, NONCE, TAG } from '../../src/archive/age/payload.ts';
import { FrameTable } from '../../src/archive/frame-table.ts';
import { compressFrame, FRAME_SIZE } from '../../src/archive/frames.ts';
import { type SparseMap, sparseDataPrefix, storedSize } from '../../src/archive/sparse.ts';
import { encodeTarHeader, TAR_END, tarPadding } from '../../src/archive/tar-header.ts';
import type { Entry, EntryType } from '../../src/core/entry.ts';
import { archiveKey, type Compression } from '../../src/core/object-names.ts';
import { ArchiveStore } from '../../src/state/archive-store.ts';
import { EntryStore } from '../../src/state/entry-store.ts';
import { openState } from '../../src/state/open-state.ts';
import { RunStore } from '../../src/state/run-store.ts';

/** An object to be packed; what is left out is made up. */
export interface Made {
	path: string;
	type?: EntryType;
	content?: string | Uint8Array;
	mode?: number;
	uid?: number;
	gid?: number;
	mtimeNs?: bigint;
	link?: string;
	devMajor?: number;
	devMinor?: number;
	/** Where the content has data; the rest is holes. */
	segments?: { offset: number; length: number }[];
	/** What the TAR says where the state database says otherwise. */
	inTar?: Partial<Entry>;
	/** What the state database says where the TAR says otherwise. */
	inState?: Partial<Entry> & { sha256?: Uint8Array };
	/** Only in the TAR, as a file that changed while it was packed. */
	isTorn?: boolean;
}

export interface MadeRun {
	archives: Made[][];
	/** Paths that this run found gone. */
	gone?: string[];
	status?: 'complete' | 'partial' | 'running' | 'stopped';
}

export interface BackupOptions {
	/** Gets `store/` and `state.sqlite3`. */
	folder: string;
	runs: MadeRun[];
	compression?: Compression;
	encrypt?: boolean;
}

export interface HandMadeBackup {
	store: string;
	stateFile: string;
	identity: string;
	recipient: string;
	/** Keys of the archives in order. */
	keys: string[];
	/** The TAR of each archive. */
	tars: Buffer[];
}

export const MTIME = 1_700_000_000_123_456_789n;
export const JOB_ID = 'abcdefghjk';

/** An entry as a TAR header takes it. */
export function entryOf(made: Made): Entry {
	const content = Buffer.from(made.content ?? '');
	return {
		path: made.path,
		type: made.type ?? 'file',
		mode: made.mode ?? (made.type === 'dir' ? 0o755 : 0o644),
		uid: made.uid ?? process.getuid!(),
		gid: made.gid ?? process.getgid!(),
		uname: '',
		gname: '',
		size: made.type === undefined || made.type === 'file' ? content.length : 0,
		mtimeNs: made.mtimeNs ?? MTIME,
		link: made.link ?? '',
		devMajor: made.devMajor ?? 0,
		devMinor: made.devMinor ?? 0,
	};
}

/** TAR bytes of an entry, headers and padding included. */
export function tarEntry(made: Made): Buffer {
	const entry = { ...entryOf(made), ...made.inTar };
	const content = Buffer.from(made.content ?? '');
	if (made.segments) {
		const map: SparseMap = { realSize: content.length, segments: made.segments };
		const pieces = made.segments.map(({ offset, length }) => content.subarray(offset, offset + length));
		return Buffer.concat([
			encodeTarHeader(entry, map),
			sparseDataPrefix(map),
			...pieces,
			Buffer.alloc(tarPadding(storedSize(map))),
		]);
	}
	return Buffer.concat([encodeTarHeader(entry), content, Buffer.alloc(tarPadding(content.length))]);
}

/** A TAR of these entries. */
export function makeTar(entries: Made[]): Buffer {
	return Buffer.concat([...entries.map(tarEntry), TAR_END]);
}

/** Compresses in frames that end where entries end. */
export function compressTar(
	compression: Compression,
	pieces: Buffer[],
): { payload: Buffer; frames: FrameTable | undefined } {
	if (compression === 'none') return { payload: Buffer.concat(pieces), frames: undefined };
	const frames = new FrameTable();
	const out: Buffer[] = [];
	let open: Buffer[] = [];
	const flush = () => {
		const raw = Buffer.concat(open);
		open = [];
		if (raw.length === 0) return;
		const data = compressFrame(compression, raw);
		frames.add(raw.length, data.length);
		out.push(data);
	};
	for (const piece of pieces) {
		for (let at = 0; at < piece.length; at += FRAME_SIZE) {
			open.push(piece.subarray(at, at + FRAME_SIZE));
			if (open.reduce((sum, { length }) => sum + length, 0) >= FRAME_SIZE) flush();
		}
	}
	flush();
	return { payload: Buffer.concat(out), frames };
}

/** An age file of this payload, and the length of its header with the nonce. */
export function encrypt(recipients: string[], payload: Buffer): { object: Buffer; header: Buffer } {
	const fileKey = randomBytes(16);
	const nonce = randomBytes(NONCE);
	const header = Buffer.concat([createHeader(recipients, fileKey), nonce]);
	const sealer = new ChunkSealer(fileKey, nonce);
	const chunks = Math.max(1, Math.ceil(payload.length / CHUNK));
	const object = Buffer.alloc(header.length + payload.length + chunks * TAG);
	header.copy(object);
	let at = header.length;
	for (let chunk = 0; chunk < chunks; chunk++) {
		const plain = payload.subarray(chunk * CHUNK, (chunk + 1) * CHUNK);
		at += sealer.seal(plain, object, at, chunk === chunks - 1);
	}
	return { object, header };
}

/** Makes the store and the state database. */
export function makeBackup(options: BackupOptions): HandMadeBackup {
	const { folder, runs: madeRuns, compression = 'none', encrypt: encrypted = true } = options;
	const store = join(folder, 'store');
	const stateFile = join(folder, 'state.sqlite3');
	mkdirSync(store, { recursive: true });
	const { identity, recipient } = generateIdentity();
	const db = openState(stateFile, 'create');
	const runs = new RunStore(db);
	const archives = new ArchiveStore(db);
	const entries = new EntryStore(db);
	const keys: string[] = [];
	const tars: Buffer[] = [];
	const dirOf = (path: string): number =>
		path === '' ? 1 : entries.dir(dirOf(parentOf(path)), path.slice(path.lastIndexOf('/') + 1)).dir;

	runs.setMeta(
		'job',
		JSON.stringify({
			id: JOB_ID,
			name: 'test',
			sources: ['/'],
			destination: { url: store },
			created: new Date().toISOString(),
		}),
	);
	for (const [index, made] of madeRuns.entries()) {
		const runId = `20261121T0000${String(index).padStart(2, '0')}Z-aaaaa`;
		const run = runs.begin(runId, 1_760_000_000_000 + index * 1000, false);
		for (const path of made.gone ?? [])
			entries.close(dirOf(parentOf(path)), path.slice(path.lastIndexOf('/') + 1), run.run);
		for (const [at, content] of made.archives.entries()) {
			const key = archiveKey({ jobId: JOB_ID, runId, sequence: at + 1, compression, encrypted });
			const pieces = content.map(tarEntry);
			const { payload, frames } = compressTar(compression, [...pieces, TAR_END]);
			const sealed = encrypted ? encrypt([recipient], payload) : { object: payload, header: undefined };
			mkdirSync(dirname(join(store, key)), { recursive: true });
			writeFileSync(join(store, key), sealed.object);
			keys.push(key);
			tars.push(Buffer.concat([...pieces, TAR_END]));
			const archive = archives.create(run.run, {
				sequence: at + 1,
				key,
				compression,
				encrypted,
				partSize: 1024 * 1024,
				ageHeader: sealed.header,
				storageClass: undefined,
			});
			let offset = 0;
			for (const [entryAt, item] of content.entries()) {
				const length = pieces[entryAt]!.length;
				if (!item.isTorn) {
					const entry = { ...entryOf(item), ...item.inState };
					const dir = dirOf(parentOf(entry.path));
					const name = entry.path.slice(entry.path.lastIndexOf('/') + 1);
					if (entry.type === 'dir') dirOf(entry.path);
					const digest = createHash('sha256')
						.update(item.content ?? '')
						.digest();
					entries.close(dir, name, run.run);
					entries.insert(run.run, {
						...entry,
						dir,
						name,
						ctimeNs: 0n,
						ino: 1n,
						sha256: entry.type === 'file' ? (item.inState?.sha256 ?? digest) : undefined,
						archive,
						offset,
						length,
					});
				}
				offset += length;
			}
			archives.markStored(archive, {
				storageClass: 'STANDARD',
				link: undefined,
				size: sealed.object.length,
				rawSize: offset + TAR_END.length,
				payloadSize: payload.length,
				crc32: crc32(sealed.object),
				etag: '',
				frames: frames?.encode(),
				now: 0,
			});
		}
		const status = made.status ?? 'complete';
		const totals = { files: 0, bytes: 0, newFiles: 0, newBytes: 0, errors: 0 };
		if (status === 'complete' || status === 'partial')
			runs.finish(run.run, status, totals, 1_760_000_000_500 + index * 1000);
		else if (status === 'stopped') runs.interrupt(run.run, 'stopped', null);
	}
	db.close();
	return { store, stateFile, identity, recipient, keys, tars };
}

const parentOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));
