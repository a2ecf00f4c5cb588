/**
 * Files that change between two attempts: the archive is given up, or comes out well-formed with everything it calls
 * packed in it, never with wrong bytes.
 */

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { openAll } from '../../../src/archive/age/payload.ts';
import { decompressFrames } from '../../../src/archive/frames.ts';
import { decodeCheckpoint } from '../../../src/backup/pack/checkpoint.ts';
import { entryPath, type PlannedEntry } from '../../../src/backup/plan/batch-codec.ts';
import type { FirnError } from '../../../src/core/errors.ts';
import {
	type Made,
	makeEncryption,
	type Packed,
	type PackOptions,
	packAll,
	planTree,
} from '../../support/campaign/pack.ts';
import { Random } from '../../support/campaign/random.ts';
import { changeTree, makeTree } from '../../support/campaign/tree.ts';
import { putSparse } from '../../support/trees.ts';

const KiB = 1024;
const SHAPE = { middling: 100 * KiB, huge: 1400 * KiB, smallFiles: 25 };
const base = mkdtempSync(join(tmpdir(), 'firn-changed-'));
let seed = 0;
afterAll(() => rmSync(base, { recursive: true }));

interface Outcome {
	kind: 'given up' | 'finished';
	torn: number;
}

/** Packs up to a part, changes the tree, goes on, and looks at what has come out. */
async function interruptAndChange(options: PackOptions, change?: (root: string) => void): Promise<Outcome> {
	seed += 1;
	const random = new Random(seed);
	const root = join(base, String(seed));
	makeTree(root, random, SHAPE);
	const { batches } = planTree(root, 11);
	const { parts } = await packAll(batches, options);
	const kept = parts.slice(0, random.int(1, parts.length - 1));
	const { checkpoint, batchesDone } = kept.at(-1)!;
	if (change) change(root);
	else changeTree(root, random, SHAPE);
	let rest: Made[];
	try {
		const left = batches.map((batch, index) => (index < batchesDone ? Buffer.alloc(0) : batch));
		({ parts: rest } = await packAll(left, { ...options, checkpoint }));
	} catch (error) {
		expect((error as FirnError).code).toBe('ARCHIVE_DIVERGED');
		return { kind: 'given up', torn: 0 };
	}
	const made = [...kept, ...rest];
	const raw = rawOf(options, Buffer.concat(made.map(({ bytes }) => bytes)));
	const entries = made.flatMap((part) => part.entries);
	checkArchive(raw, entries);
	rmSync(root, { recursive: true });
	return { kind: 'finished', torn: entries.filter(({ status }) => status === 'torn').length };
}

function rawOf({ compression, encryption }: PackOptions, object: Buffer): Buffer {
	const payload = encryption ? openAll([encryption.identity], object) : object;
	return compression === 'none' ? payload : decompressFrames(compression, payload);
}

function checkArchive(raw: Buffer, entries: Packed[]): void {
	const listed = execFileSync('tar', ['-tf', '-', '--quoting-style=literal'], {
		input: raw,
		stdio: ['pipe', 'pipe', 'pipe'],
	});
	const inArchive = entries.filter(({ end, offset }) => end > offset);
	expect(listed.toString().trim().split('\n').length).toBe(inArchive.length);
	for (const { offset, end, status, sha256, used } of inArchive) {
		if (status !== 'packed' || used.type !== 'file') continue;
		const piece = Buffer.concat([raw.subarray(offset, end), Buffer.alloc(1024)]);
		const content = execFileSync('tar', ['-xOf', '-'], { input: piece, maxBuffer: 2 ** 30 });
		const path = `/${entryPath(used)}`;
		expect(createHash('sha256').update(content).digest('hex'), path).toBe(sha256);
		expect(content.length, path).toBe(used.size);
		// What is called packed is either what the disk holds now, or an older version that was whole before the change.
		if (isOnDisk(path, used)) expect(content.equals(readFileSync(path)), path).toBe(true);
	}
}

function isOnDisk(path: string, used: PlannedEntry): boolean {
	if (!existsSync(path)) return false;
	const stat = statSync(path, { bigint: true });
	return stat.mtimeNs === used.mtimeNs && stat.ctimeNs === used.ctimeNs && stat.ino === used.ino;
}

const ways = (['none', 'gzip', 'zstd'] as const).flatMap((compression) =>
	[false, true].map((encrypted) => ({ compression, encrypted })),
);

describe.each(ways)('$compression, encrypted: $encrypted', ({ compression, encrypted }) => {
	const encryption = encrypted ? makeEncryption() : undefined;

	test('changes anywhere', async () => {
		const outcomes: Outcome[] = [];
		for (let round = 0; round < 12; round++) {
			outcomes.push(await interruptAndChange({ compression, encryption, partSize: 64 * KiB }));
		}
		expect(outcomes.some(({ kind }) => kind === 'finished')).toBe(true);
	});
});

/** Interrupts inside the file of this name. */
async function insideOf(
	name: string,
	options: PackOptions,
	change: (path: string) => void,
): Promise<{ outcome: 'given up' | 'finished'; status?: string }> {
	seed += 1;
	const random = new Random(seed);
	const root = join(base, String(seed));
	makeTree(root, random, SHAPE);
	writeFileSync(join(root, 'big'), random.bytes(1300 * KiB));
	putSparse(root, 'holes', 1024 * KiB, [{ offset: 300 * KiB, bytes: random.bytes(200 * KiB) }]);
	const { batches, planned } = planTree(root, 11);
	const entry = planned.find((candidate) => candidate.name === name)!;
	const path = `/${entryPath(entry)}`;
	const { parts } = await packAll(batches, options);
	const inside = parts.filter((part) => decodeCheckpoint(part.checkpoint).entry?.name === name);
	expect(inside.length).toBeGreaterThan(0);
	const last = inside[Math.floor(inside.length / 2)]!;
	change(path);
	try {
		const rest = await packAll(batches, { ...options, checkpoint: last.checkpoint });
		const made = [...parts.slice(0, last.number), ...rest.parts];
		const raw = rawOf(options, Buffer.concat(made.map(({ bytes }) => bytes)));
		const entries = made.flatMap((part) => part.entries);
		checkArchive(raw, entries);
		return { outcome: 'finished', status: entries.find(({ used }) => used.name === name)!.status };
	} catch (error) {
		expect((error as FirnError).code).toBe('ARCHIVE_DIVERGED');
		return { outcome: 'given up' };
	}
}

describe('inside a file', () => {
	const plain: PackOptions = { compression: 'none', partSize: 64 * KiB };
	const changes: Record<string, (path: string) => void> = {
		gone: (path) => rmSync(path),
		grown: (path) => writeFileSync(path, Buffer.alloc(10), { flag: 'a' }),
		shrunk: (path) => writeFileSync(path, 'short'),
		'another inode': (path) => {
			writeFileSync(`${path}~`, readFileSync(path).fill(1));
			renameSync(`${path}~`, path);
		},
	};
	for (const [what, change] of Object.entries(changes)) {
		test(`of one part and more: ${what}`, async () => {
			expect(await insideOf('big', plain, change)).toEqual({ outcome: 'finished', status: 'torn' });
		});
		test(`the rest of a sparse file has no known length once it has changed: ${what}`, async () => {
			const result = await insideOf('holes', { compression: 'none', partSize: 4 * KiB }, change);
			expect(result).toEqual({ outcome: 'given up' });
		});
		test(`compressed: ${what}`, async () => {
			const result = await insideOf('big', { compression: 'zstd', partSize: 16 * KiB }, change);
			expect(result.status === 'torn' || result.outcome === 'given up').toBe(true);
		});
	}
});
