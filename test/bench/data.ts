/** Data that is the same in every run: bytes of a seeded generator, half of them compressible where that matters. */

import { createCipheriv } from 'node:crypto';
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const MiB = 1024 * 1024;

/** An endless stream of incompressible bytes that depends on the seed only. */
function generator(seed: number): (length: number) => Buffer {
	const key = Buffer.alloc(16, seed);
	const cipher = createCipheriv('aes-128-ctr', key, Buffer.alloc(16));
	return (length) => cipher.update(Buffer.alloc(length));
}

/** A folder with one file of `size` incompressible bytes. */
export function makeBig(folder: string, size: number): string {
	mkdirSync(folder, { recursive: true });
	const next = generator(1);
	const fd = openSync(join(folder, 'big'), 'w');
	for (let left = size; left > 0; left -= MiB) writeSync(fd, next(Math.min(MiB, left)));
	closeSync(fd);
	return folder;
}

/** `count` files of `average` bytes (between 1 and twice that), 500 in a folder. */
export function makeSmall(root: string, count: number, average: number): void {
	const next = generator(2);
	const sizes = generator(3);
	let folder = root;
	for (let number = 0; number < count; number++) {
		if (number % 500 === 0) {
			folder = join(root, String(number / 500).padStart(3, '0'));
			mkdirSync(folder, { recursive: true });
		}
		const size = 1 + (sizes(4).readUInt32LE() % (2 * average - 1));
		writeFileSync(join(folder, String(number % 500)), next(size));
	}
}
