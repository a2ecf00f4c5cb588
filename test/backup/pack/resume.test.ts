/** An archive that is gone on with from any of its checkpoints comes out with the very same bytes. */

import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Compression } from '../../../src/core/object-names.ts';
import { type Encryption, type Made, makeEncryption, packAll, planTree } from '../../support/campaign/pack.ts';
import { Random } from '../../support/campaign/random.ts';
import { makeTree } from '../../support/campaign/tree.ts';

const KiB = 1024;
const CHUNK = 64 * KiB + 16;
const root = mkdtempSync(join(tmpdir(), 'firn-resume-'));
let batches: Buffer[];

beforeAll(() => {
	const random = new Random(7);
	makeTree(root, random, { middling: 150 * KiB, huge: 2300 * KiB, smallFiles: 40 });
	writeFileSync(join(root, 'just beyond small'), random.bytes(512 * KiB + 1));
	writeFileSync(join(root, 'just small'), random.bytes(512 * KiB));
	writeFileSync(join(root, 'zz shrunk'), random.bytes(600 * KiB));
	({ batches } = planTree(root, 13));
	// Packed otherwise than planned: what the header says is not what the batch says.
	truncateSync(join(root, 'zz shrunk'), 300 * KiB);
	writeFileSync(join(root, 'middle grown'), random.bytes(10));
});
afterAll(() => rmSync(root, { recursive: true }));

/** What is compared of a part; buffers by `equals`, which is quick. */
function differs(a: Made, b: Made | undefined): string | undefined {
	if (!b) return 'is missing';
	if (!a.bytes.equals(b.bytes)) return 'has other bytes';
	if (a.fingerprint !== b.fingerprint || a.crc32 !== b.crc32 || a.final !== b.final) return 'has another fingerprint';
	if (!a.checkpoint.equals(b.checkpoint)) return 'has another checkpoint';
	return JSON.stringify(plain(a)) === JSON.stringify(plain(b)) ? undefined : 'tells other entries';
}

function plain({ entries, batchesDone }: Made): object {
	const rows = entries.map(({ used, ...rest }) => ({ ...rest, size: used.size, mtime: String(used.mtimeNs) }));
	return { batchesDone, rows };
}

/** Goes on from up to `most` checkpoints and compares what follows. */
async function resumeEverywhere(
	parts: Made[],
	options: { compression: Compression; partSize: number; encryption?: Encryption | undefined },
	most: number,
): Promise<void> {
	const step = Math.max(1, Math.floor(parts.length / most));
	for (let at = 0; at < parts.length - 1; at += step) {
		const { checkpoint, batchesDone, number } = parts[at]!;
		// The database holds only what is not done.
		const left = batches.map((batch, index) => (index < batchesDone ? Buffer.alloc(0) : batch));
		const again = await packAll(left, { ...options, checkpoint });
		const wrong = parts.slice(at + 1).flatMap((part, index) => {
			const what = differs(part, again.parts[index]);
			return what === undefined ? [] : [`part ${part.number} ${what}`];
		});
		expect(wrong, `behind part ${number} of ${parts.length} of ${options.partSize}`).toEqual([]);
		expect(again.parts.length).toBe(parts.length - at - 1);
	}
}

const ways = (['none', 'gzip', 'zstd'] as const).flatMap((compression) =>
	[false, true].map((encrypted) => ({ compression, encrypted })),
);

describe.each(ways)('$compression, encrypted: $encrypted', ({ compression, encrypted }) => {
	const encryption = encrypted ? makeEncryption() : undefined;
	const most = compression === 'gzip' ? 8 : 25;

	test('from any checkpoint', async () => {
		const options = { compression, encryption, partSize: 64 * KiB };
		const { parts } = await packAll(batches, options);
		expect(parts.length).toBeGreaterThan(15);
		await resumeEverywhere(parts, options, most);
	});

	test('where a part ends with a chunk, or a byte beside it', async () => {
		const header = encryption?.header.length ?? 0;
		for (const partSize of [header + CHUNK, header + 2 * CHUNK - 1, header + 2 * CHUNK + 1, CHUNK, 128 * KiB]) {
			const options = { compression, encryption, partSize };
			await resumeEverywhere((await packAll(batches, options)).parts, options, 4);
		}
	});

	test('where the last part holds only the end of the archive', async () => {
		const { parts, packer } = await packAll(batches, { compression, encryption, partSize: 64 * KiB });
		const size = packer.objectSize;
		expect(size).toBe(parts.reduce((sum, part) => sum + part.bytes.length, 0));
		for (const tail of [0, 1, 15, 16, 17, 511, 512, 1023, 1024, 1025, 1536]) {
			// One part for all but the tail.
			const options = { compression, encryption, partSize: size - tail };
			const made = await packAll(batches, options);
			expect(made.parts.length).toBe(tail === 0 ? 1 : 2);
			await resumeEverywhere(made.parts, options, 2);
		}
	});

	test('twice interrupted', async () => {
		const options = { compression, encryption, partSize: 64 * KiB };
		const { parts } = await packAll(batches, options);
		const middle = Math.floor(parts.length / 2);
		const second = await packAll(batches, { ...options, checkpoint: parts[1]!.checkpoint });
		const third = await packAll(batches, { ...options, checkpoint: second.parts[middle]!.checkpoint });
		const whole = [...parts.slice(0, 2), ...second.parts.slice(0, middle + 1), ...third.parts];
		expect(Buffer.concat(whole.map((part) => part.bytes)).equals(Buffer.concat(parts.map((part) => part.bytes)))).toBe(
			true,
		);
	});
});

/** `npm run test:campaign` goes on from three times as many. */
const SMALL_PARTS = process.env.FIRN_CAMPAIGN === 'full' ? 60 : 20;

test('small parts: inside headers, paddings and the map of a sparse file', async () => {
	for (const partSize of [1000, 1511, 4096]) {
		const options = { compression: 'none' as const, partSize };
		await resumeEverywhere((await packAll(batches, options)).parts, options, SMALL_PARTS);
	}
});

test('a header of many recipients takes more than a part', async () => {
	const options = { compression: 'zstd' as const, partSize: 64 * KiB, encryption: makeEncryption(800) };
	await resumeEverywhere((await packAll(batches, options)).parts, options, 6);
});

test('the rest of a chunk alone fills a part', async () => {
	const encryption = makeEncryption(400);
	for (const compression of ['none', 'zstd'] as const) {
		const options = { compression, encryption, partSize: encryption.header.length };
		await resumeEverywhere((await packAll(batches, options)).parts, options, 40);
	}
});
