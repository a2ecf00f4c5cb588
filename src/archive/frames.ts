/**
 * Compression in independent frames: zstd frames with content size and checksum, or gzip members. Joined they are what
 * `zstd -d` and `gzip -d` read; each alone gives back its piece of the TAR stream.
 */

import { constants, gunzipSync, gzipSync, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { FirnError } from '../core/errors.ts';
import type { Compression } from '../core/object-names.ts';

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
	try {
		if (compression === 'gzip') return gunzipSync(data);
		if (compression === 'zstd') return zstdDecompressSync(data);
		return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
	} catch (cause) {
		throw new FirnError('BAD_FRAME', `The ${compression} data is damaged.`, {
			guidance: 'Fetch the file again.',
			cause,
		});
	}
}
