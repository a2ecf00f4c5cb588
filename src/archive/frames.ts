/**
 * Compression in independent frames: zstd frames with content size and checksum, or gzip members. Joined they are what
 * `zstd -d` and `gzip -d` read; each alone gives back its piece of the TAR stream.
 */

import { constants, gunzipSync, gzipSync, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { FirnError } from '../core/errors.ts';
import type { Compression } from '../core/object-names.ts';
import { badFrame } from './bad-frame.ts';
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

/** The content of one or more whole frames. @throws FirnError BAD_FRAME */
export function decompressFrames(compression: Compression, data: Uint8Array): Buffer {
	if (compression === 'none') return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
	try {
		return compression === 'gzip' ? gunzipSync(data) : unzstd(data);
	} catch (cause) {
		throw cause instanceof FirnError ? cause : badFrame(compression, 'it does not decompress', cause);
	}
}

/** Frame by frame: Node's decoder stops after the first one. */
function unzstd(data: Uint8Array): Buffer {
	const walker = new ZstdFrameWalker();
	const pieces: Buffer[] = [];
	let at = 0;
	do {
		const end = walker.follow(data, at);
		if (!walker.atBorder || end === at) throw badFrame('zstd', 'it is cut off');
		pieces.push(zstdDecompressSync(data.subarray(at, end)));
		at = end;
	} while (at < data.length);
	return pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces);
}
