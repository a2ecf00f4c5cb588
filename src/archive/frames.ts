/**
 * Compression in independent frames: zstd frames with content size and checksum, or gzip members. Joined they are what
 * `zstd -d` and `gzip -d` read; each alone gives back its piece of the TAR stream.
 */

import { kMaxLength } from 'node:buffer';
import {
	constants,
	type Gunzip,
	gunzipSync,
	gzipSync,
	type ZlibOptions,
	zstdCompressSync,
	zstdDecompressSync,
} from 'node:zlib';
import { FirnError } from '../core/errors.ts';
import type { Compression } from '../core/object-names.ts';
import { badFrame, behindItsEnd } from './bad-frame.ts';
import { ZstdFrameWalker } from './zstd-frames.ts';

/** Raw bytes after which a frame ends at the next entry, or inside a big file. */
export const FRAME_SIZE: number = 1024 * 1024;

const GZIP_LEVEL = 6;
const ZSTD_LEVEL = 3;

/** One frame. The same bytes come out for the same input, level and zlib version. */
export function compressFrame(compression: Exclude<Compression, 'none'>, raw: Uint8Array, level?: number): Buffer {
	if (compression === 'gzip') return gzipSync(raw, { level: level ?? GZIP_LEVEL });
	return zstdCompressSync(raw, {
		pledgedSrcSize: raw.length,
		params: { [constants.ZSTD_c_compressionLevel]: level ?? ZSTD_LEVEL, [constants.ZSTD_c_checksumFlag]: 1 },
	});
}

/**
 * The content of one or more whole frames.
 * @param most bytes that they may hold: a few bytes can be made to fill the memory, so whoever knows says it
 * @throws FirnError BAD_FRAME when they are damaged, or hold more
 */
export function decompressFrames(compression: Compression, data: Uint8Array, most?: number): Buffer {
	if (compression === 'none') return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
	try {
		return compression === 'gzip' ? gunzip(data, most) : unzstd(data, most);
	} catch (cause) {
		throw cause instanceof FirnError ? cause : badFrame(compression, 'it does not decompress', cause);
	}
}

function gunzip(data: Uint8Array, most: number = kMaxLength): Buffer {
	// @types/node does not know what `info` changes.
	const options: ZlibOptions = { info: true, maxOutputLength: Math.max(1, most) };
	const { buffer, engine } = gunzipSync(data, options) as unknown as { buffer: Buffer; engine: Gunzip };
	if (buffer.length > most) throw badFrame('gzip', 'it holds too many bytes');
	// Node takes a zero where a member should begin for padding, and leaves out whatever comes after it.
	if (engine.bytesWritten !== data.length) throw behindItsEnd('gzip');
	return buffer;
}

/** Frame by frame: Node's decoder stops after the first one. */
function unzstd(data: Uint8Array, most: number = kMaxLength): Buffer {
	const walker = new ZstdFrameWalker();
	const pieces: Buffer[] = [];
	let held = 0;
	let at = 0;
	do {
		const end = walker.follow(data, at);
		if (!walker.atBorder || end === at) throw badFrame('zstd', 'it is cut off');
		const piece = zstdDecompressSync(data.subarray(at, end), { maxOutputLength: Math.max(1, most - held) });
		pieces.push(piece);
		held += piece.length;
		if (held > most) throw badFrame('zstd', 'it holds too many bytes');
		at = end;
	} while (at < data.length);
	return pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces);
}
