/** Which bytes of an object hold a piece of its TAR stream: pure arithmetic, so that one file costs one ranged read. */

import { FirnError } from '../core/errors.ts';
import type { Compression } from '../core/object-names.ts';
import { CHUNK, ChunkOpener, TAG } from './age/payload.ts';
import { badFrame } from './bad-frame.ts';
import type { FrameTable } from './frame-table.ts';
import { decompressFrames } from './frames.ts';

export interface ArchiveShape {
	compression: Compression;
	encrypted: boolean;
	/** age header and the 16-byte nonce; 0 when not encrypted. */
	ageHeaderLength: number;
	/** Bytes after compression, before encryption. */
	payloadSize: number;
	objectSize: number;
	/** Needed with compression. */
	frames?: FrameTable;
}

export interface ObjectRange {
	/** Object bytes [start, end). */
	start: number;
	end: number;
	/** Number of the first age chunk among them. */
	firstChunk: number;
	/** Payload offset of the first byte after decryption. */
	payloadStart: number;
	/** Raw offset of the first byte after decompression. */
	rawBase: number;
	/** Payload bytes that are decompressed. */
	payloadFrom: number;
	payloadTo: number;
	/** Raw offset behind the last byte after decompression. */
	rawLimit: number;
}

const SEALED = CHUNK + TAG;

/**
 * The object bytes that hold the TAR bytes [rawStart, rawEnd).
 * @throws FirnError BAD_RANGE when the archive has no such bytes: offsets may come from a damaged sidecar
 */
export function objectRange(shape: ArchiveShape, rawStart: number, rawEnd: number): ObjectRange {
	const rawTotal = shape.compression === 'none' ? shape.payloadSize : shape.frames!.rawTotal;
	if (!(rawStart >= 0 && rawStart <= rawEnd && rawEnd <= rawTotal)) {
		throw new FirnError('BAD_RANGE', `The archive has ${rawTotal} TAR bytes, and none from ${rawStart} to ${rawEnd}.`);
	}
	let payloadFrom = rawStart;
	let payloadTo = rawEnd;
	let rawBase = rawStart;
	let rawLimit = rawEnd;
	if (shape.compression !== 'none') {
		const range = shape.frames!.payloadRange(rawStart, rawEnd);
		payloadFrom = range.payloadStart;
		payloadTo = range.payloadEnd;
		rawBase = range.rawBase;
		rawLimit = range.rawLimit;
	}
	if (!shape.encrypted) {
		return {
			start: payloadFrom,
			end: payloadTo,
			firstChunk: 0,
			payloadStart: payloadFrom,
			rawBase,
			payloadFrom,
			payloadTo,
			rawLimit,
		};
	}
	const firstChunk = Math.floor(payloadFrom / CHUNK);
	const lastChunk = Math.max(firstChunk, Math.ceil(payloadTo / CHUNK) - 1);
	const payloadStart = firstChunk * CHUNK;
	return {
		start: shape.ageHeaderLength + firstChunk * SEALED,
		end: Math.min(shape.objectSize, shape.ageHeaderLength + (lastChunk + 1) * SEALED),
		firstChunk,
		payloadStart,
		rawBase: shape.compression === 'none' ? payloadStart : rawBase,
		payloadFrom,
		payloadTo,
		rawLimit,
	};
}

/**
 * The TAR bytes [rawStart, rawEnd) from the object bytes that objectRange() asked for.
 * @throws FirnError DAMAGED, BAD_FRAME, TRUNCATED
 */
export function openRange(
	shape: ArchiveShape,
	fileKey: Buffer | undefined,
	nonce: Buffer | undefined,
	range: ObjectRange,
	bytes: Uint8Array,
	rawStart: number,
	rawEnd: number,
): Buffer {
	if (bytes.length !== range.end - range.start) {
		throw new FirnError('TRUNCATED', `The store gave ${bytes.length} of ${range.end - range.start} bytes.`, {
			retry: 'now',
		});
	}
	const payload = shape.encrypted ? decrypt(shape, fileKey!, nonce!, range, bytes) : asBuffer(bytes);
	const wanted = payload.subarray(range.payloadFrom - range.payloadStart, range.payloadTo - range.payloadStart);
	const raw =
		shape.compression === 'none' ? wanted : decompressFrames(shape.compression, wanted, range.rawLimit - range.rawBase);
	const from = shape.compression === 'none' ? 0 : rawStart - range.rawBase;
	const piece = raw.subarray(from, from + rawEnd - rawStart);
	if (piece.length !== rawEnd - rawStart) throw badFrame(shape.compression, 'it holds too few bytes');
	return piece;
}

const asBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

function decrypt(shape: ArchiveShape, fileKey: Buffer, nonce: Buffer, range: ObjectRange, bytes: Uint8Array): Buffer {
	const opener = new ChunkOpener(fileKey, nonce, range.firstChunk);
	const pieces: Buffer[] = [];
	for (let at = 0; at < bytes.length; at += SEALED) {
		const end = Math.min(at + SEALED, bytes.length);
		pieces.push(opener.open(bytes.subarray(at, end), range.start + end === shape.objectSize));
	}
	return Buffer.concat(pieces);
}
