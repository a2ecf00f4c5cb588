/** Decompresses a whole archive as it arrives, with bounded memory however much comes out of a few bytes. */

import { Duplex, pipeline, Readable } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { errnoCode } from '../core/errors.ts';
import type { Compression } from '../core/object-names.ts';
import { badFrame, behindItsEnd } from './bad-frame.ts';
import { ZstdFrameWalker } from './zstd-frames.ts';

/** Size of the pieces that come out: fewer ones mean fewer trips to the thread pool. */
const PIECE = 256 * 1024;

/**
 * The content of joined zstd frames or gzip members; with `none` the bytes as they are. What `source` throws is thrown
 * on. A cut between two frames cannot be seen here: the end of the TAR tells it.
 * @throws FirnError BAD_FRAME when the data are damaged or cut off
 */
export async function* decompress(
	compression: Compression,
	source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<Buffer, void, undefined> {
	if (compression === 'none') {
		for await (const chunk of source) yield Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
		return;
	}
	const zlib = compression === 'gzip' ? createGunzip({ chunkSize: PIECE }) : createZstdDecompress({ chunkSize: PIECE });
	const count = { bytes: 0 };
	const input = Readable.from(compression === 'gzip' ? counted(source, count) : cutAtFrames(source));
	// An error of the pipeline destroys the stream with it: the loop below throws it.
	pipeline(input, zlib, () => {});
	try {
		for await (const piece of zlib) yield piece;
	} catch (cause) {
		// Errors of zlib have codes of their own; everything else comes from the source.
		if (!/^(Z|ZSTD)_/.test(errnoCode(cause) ?? '')) throw cause;
		throw badFrame(compression, 'it does not decompress', cause);
	}
	// Node takes a zero where a member should begin for padding, and leaves out whatever comes after it.
	if (compression === 'gzip' && zlib.bytesWritten !== count.bytes) throw behindItsEnd(compression);
}

/** The same as a stream: for `stream.pipeline`. */
export function createDecompressor(compression: Compression): Duplex {
	return Duplex.from((source: AsyncIterable<Uint8Array>) => decompress(compression, source));
}

/** The same pieces, their bytes counted. */
async function* counted(
	source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
	count: { bytes: number },
): AsyncGenerator<Uint8Array> {
	for await (const chunk of source) {
		count.bytes += chunk.length;
		yield chunk;
	}
}

/** Pieces that end where frames end, and an error if the last one is cut off. */
async function* cutAtFrames(source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
	const walker = new ZstdFrameWalker();
	let empty = true;
	for await (const chunk of source) {
		for (let at = 0; at < chunk.length; ) {
			const end = walker.follow(chunk, at);
			yield chunk.subarray(at, end);
			at = end;
			empty = false;
		}
	}
	if (empty || !walker.atBorder) throw badFrame('zstd', 'it is cut off');
}
