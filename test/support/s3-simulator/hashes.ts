/** The checksums that S3 knows, incrementally. Written from their definitions, independent of the program under test. */

import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { ChecksumAlgorithm } from './types.ts';

export interface Hasher {
	update(chunk: Uint8Array): void;
	digest(): Buffer;
}

export const ALGORITHMS: readonly ChecksumAlgorithm[] = ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'];

export function hasher(algorithm: ChecksumAlgorithm | 'MD5'): Hasher {
	if (algorithm === 'CRC32') return new Crc32();
	if (algorithm === 'CRC32C') return new Crc32c();
	if (algorithm === 'CRC64NVME') return new Crc64Nvme();
	const hash = createHash(algorithm.toLowerCase());
	return { update: (chunk) => void hash.update(chunk), digest: () => hash.digest() };
}

class Crc32 implements Hasher {
	#crc = 0;
	update(chunk: Uint8Array): void {
		this.#crc = crc32(chunk, this.#crc);
	}
	digest(): Buffer {
		const out = Buffer.alloc(4);
		out.writeUInt32BE(this.#crc);
		return out;
	}
}

/** Castagnoli polynomial, reflected. */
const CRC32C_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
	let crc = byte;
	for (let bit = 0; bit < 8; bit++) crc = (crc & 1) !== 0 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
	return crc >>> 0;
});

class Crc32c implements Hasher {
	#crc = 0xffffffff;
	update(chunk: Uint8Array): void {
		let crc = this.#crc;
		for (const byte of chunk) crc = (crc >>> 8) ^ CRC32C_TABLE[(crc ^ byte) & 0xff]!;
		this.#crc = crc >>> 0;
	}
	digest(): Buffer {
		const out = Buffer.alloc(4);
		out.writeUInt32BE((this.#crc ^ 0xffffffff) >>> 0);
		return out;
	}
}

/** NVMe polynomial 0xad93d23594c93659, reflected, as two halves: BigInt in the inner loop would be far too slow. */
const CRC64_POLYNOMIAL = 0x9a6c9329ac4bc9b5n;
const HIGH = new Uint32Array(256);
const LOW = new Uint32Array(256);
for (let byte = 0; byte < 256; byte++) {
	let crc = BigInt(byte);
	for (let bit = 0; bit < 8; bit++) crc = (crc & 1n) !== 0n ? (crc >> 1n) ^ CRC64_POLYNOMIAL : crc >> 1n;
	HIGH[byte] = Number(crc >> 32n);
	LOW[byte] = Number(crc & 0xffffffffn);
}

class Crc64Nvme implements Hasher {
	#high = 0xffffffff;
	#low = 0xffffffff;
	update(chunk: Uint8Array): void {
		let high = this.#high;
		let low = this.#low;
		for (const byte of chunk) {
			const index = (low ^ byte) & 0xff;
			low = ((low >>> 8) | (high << 24)) ^ LOW[index]!;
			high = (high >>> 8) ^ HIGH[index]!;
		}
		this.#high = high >>> 0;
		this.#low = low >>> 0;
	}
	digest(): Buffer {
		const out = Buffer.alloc(8);
		out.writeUInt32BE((this.#high ^ 0xffffffff) >>> 0, 0);
		out.writeUInt32BE((this.#low ^ 0xffffffff) >>> 0, 4);
		return out;
	}
}
