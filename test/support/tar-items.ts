/** Archives in memory, put together with the pieces that a backup uses. */

import { randomBytes } from 'node:crypto';
import { createHeader } from '../../src/archive/age/header.ts';
import { CHUNK, ChunkSealer, NONCE, TAG } from '../../src/archive/age/payload.ts';
import { FrameTable } from '../../src/archive/frame-table.ts';
import { compressFrame } from '../../src/archive/frames.ts';
import type { ArchiveShape } from '../../src/archive/layout.ts';
import { type SparseMap, sparseDataPrefix } from '../../src/archive/sparse.ts';
import { encodeTarHeader, TAR_END, tarPadding } from '../../src/archive/tar-header.ts';
import { type TarHandler, TarReader } from '../../src/archive/tar-reader.ts';
import type { Entry } from '../../src/core/entry.ts';
import type { Compression } from '../../src/core/object-names.ts';

export interface Item {
	entry: Entry;
	/** Of a file; of a sparse one the stored segments, joined. */
	content?: Uint8Array;
	sparse?: SparseMap;
}

export function entry(fields: Partial<Entry> & { path: string }): Entry {
	return {
		type: 'file',
		mode: 0o644,
		uid: process.getuid!(),
		gid: process.getgid!(),
		uname: '',
		gname: '',
		size: 0,
		mtimeNs: 1_700_000_000_000_000_000n,
		link: '',
		devMajor: 0,
		devMinor: 0,
		...fields,
	};
}

/** A file with this content. */
export function fileItem(path: string, content: Uint8Array | string, fields: Partial<Entry> = {}): Item {
	const bytes = Buffer.from(content as Uint8Array);
	return { entry: entry({ path, size: bytes.length, ...fields }), content: bytes };
}

/** The TAR bytes of each item; the last piece is the end of the archive. */
export function tarPieces(items: Item[]): Buffer[] {
	const pieces = items.map(({ entry, content, sparse }) => {
		const data = content ? [...(sparse ? [sparseDataPrefix(sparse)] : []), content] : [];
		const length = data.reduce((sum, part) => sum + part.length, 0);
		return Buffer.concat([encodeTarHeader(entry, sparse), ...data, Buffer.alloc(tarPadding(length))]);
	});
	return [...pieces, TAR_END];
}

export interface BuiltArchive {
	object: Buffer;
	shape: ArchiveShape;
	fileKey?: Buffer;
	nonce?: Buffer;
}

/** An archive of one frame a piece, encrypted if there are recipients. */
export function buildArchive(pieces: Uint8Array[], compression: Compression, recipients: string[]): BuiltArchive {
	const frames = new FrameTable();
	const packed = pieces.map((piece) => {
		const data = compression === 'none' ? piece : compressFrame(compression, piece);
		frames.add(piece.length, data.length);
		return data;
	});
	const payload = Buffer.concat(packed);
	const shape = { compression, payloadSize: payload.length, ...(compression === 'none' ? {} : { frames }) };
	if (recipients.length === 0) {
		return { object: payload, shape: { ...shape, encrypted: false, ageHeaderLength: 0, objectSize: payload.length } };
	}
	const fileKey = randomBytes(16);
	const nonce = randomBytes(NONCE);
	const head = Buffer.concat([createHeader(recipients, fileKey), nonce]);
	const object = Buffer.concat([head, ...sealedChunks(payload, fileKey, nonce)]);
	return {
		object,
		shape: { ...shape, encrypted: true, ageHeaderLength: head.length, objectSize: object.length },
		fileKey,
		nonce,
	};
}

export function sealedChunks(payload: Uint8Array, fileKey: Buffer, nonce: Buffer): Buffer[] {
	const sealer = new ChunkSealer(fileKey, nonce);
	const count = Math.max(1, Math.ceil(payload.length / CHUNK));
	return Array.from({ length: count }, (_, index) => {
		const plain = payload.subarray(index * CHUNK, (index + 1) * CHUNK);
		const out = Buffer.alloc(plain.length + TAG);
		sealer.seal(plain, out, 0, index === count - 1);
		return out;
	});
}

export interface ReadItem {
	entry: Entry;
	offset: number;
	sparse?: SparseMap;
	/** The whole content, holes filled. */
	content: Buffer;
}

/** Cuts bytes into pieces of `step`, the last one shorter. */
export function* inSteps(bytes: Uint8Array, step: number): Generator<Uint8Array> {
	for (let at = 0; at < bytes.length; at += step) yield bytes.subarray(at, at + step);
}

/** Everything in a TAR; `step` is the size of the pieces that the reader is given. */
export function readTar(tar: Uint8Array, step = 65_536): ReadItem[] {
	const items: ReadItem[] = [];
	let open: ReadItem | undefined;
	const handler: TarHandler = {
		onEntry(entry, info) {
			if (open) throw new Error('an entry began within another');
			open = { entry, ...info, content: Buffer.alloc(Math.min(entry.size, 64 * 1024 * 1024)) };
			items.push(open);
		},
		onData(chunk, offset) {
			if (!open) throw new Error('data outside of an entry');
			if (offset + chunk.length > open.content.length) throw new Error('data behind the end of the file');
			open.content.set(chunk, offset);
		},
		onEntryEnd() {
			open = undefined;
		},
	};
	const reader = new TarReader(handler);
	for (const piece of inSteps(tar, step)) reader.write(piece);
	reader.end();
	if (open) throw new Error('an entry did not end');
	return items;
}
