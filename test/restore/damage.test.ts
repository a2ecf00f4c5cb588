import { createCipheriv } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type HandMadeBackup, type Made, makeBackup } from '../support/hand-made-backup.ts';
import { removeTree, scratchFolder } from '../support/trees.ts';
import { runRestore } from './run-restore.ts';

let folder: string;
let target: string;
beforeEach(() => {
	folder = scratchFolder('damage');
	target = join(folder, 'target');
});
afterEach(() => removeTree(folder));

/** Content that no compression makes small. */
const noise = (seed: number, length: number) =>
	createCipheriv('aes-128-ctr', Buffer.alloc(16, seed), Buffer.alloc(16)).update(Buffer.alloc(length));
const FILES: Made[] = Array.from({ length: 40 }, (_, at) => ({ path: `f${at}`, content: noise(at, 50_000) }));

function flip(file: string, at: number): void {
	const bytes = readFileSync(file);
	bytes[at]! ^= 1;
	writeFileSync(file, bytes);
}

function expectRest(backup: HandMadeBackup, lost: string[]): void {
	const names = FILES.map(({ path }) => path).filter((path) => !lost.includes(path));
	expect(readdirSync(target).sort()).toEqual(names.sort());
	for (const name of names) {
		const { content } = FILES.find(({ path }) => path === name)!;
		expect(readFileSync(join(target, name)).equals(content as Buffer)).toBe(true);
	}
	expect(backup.keys.length).toBeGreaterThan(0);
}

describe.each(['none', 'zstd', 'gzip'] as const)('a damaged archive (%s)', (compression) => {
	it('costs the files in the damaged place, and no other', async () => {
		const backup = makeBackup({ folder, runs: [{ archives: [FILES] }], compression });
		flip(join(backup.store, backup.keys[0]!), 1_000_000);
		const { summary, problems } = await runRestore(backup, target);
		expect(summary.status).toBe('partial');
		expect(problems.length).toBe(summary.errors);
		expect(new Set(problems.map(({ code }) => code))).toEqual(new Set(['DAMAGED']));
		// A chunk of 64 KiB touches three files, one of compression at most all in a frame.
		expect(problems.length).toBeGreaterThan(0);
		expect(problems.length).toBeLessThan(compression === 'none' ? 4 : 23);
		expectRest(
			backup,
			problems.map(({ path }) => path),
		);
	});

	it('that is cut off gives what is before the cut', async () => {
		const backup = makeBackup({ folder, runs: [{ archives: [FILES] }], compression });
		truncateSync(join(backup.store, backup.keys[0]!), 1_500_000);
		const { problems } = await runRestore(backup, target);
		expect(new Set(problems.map(({ code }) => code))).toEqual(new Set(['TRUNCATED']));
		expect(problems.length).toBeLessThan(25);
		expectRest(
			backup,
			problems.map(({ path }) => path),
		);
	});
});

it('without encryption a changed byte is found by the hash', async () => {
	const backup = makeBackup({ folder, runs: [{ archives: [FILES] }], encrypt: false });
	flip(join(backup.store, backup.keys[0]!), 40_000);
	const { summary, problems } = await runRestore(backup, target);
	expect(problems).toMatchObject([{ path: 'f0', code: 'HASH_MISMATCH' }]);
	expect(summary.details.mismatches).toBe(1);
	expectRest(backup, ['f0']);
});

it('a hash mismatch in a big file leaves nothing of it', async () => {
	const big = noise(1, 3_000_000);
	const backup = makeBackup({
		folder,
		runs: [{ archives: [[{ path: 'big', content: big }, ...FILES]] }],
		encrypt: false,
	});
	flip(join(backup.store, backup.keys[0]!), 2_000_000);
	const { problems } = await runRestore(backup, target);
	expect(problems).toMatchObject([{ path: 'big', code: 'HASH_MISMATCH' }]);
	expectRest(backup, []);
});

it('a missing archive costs its files only', async () => {
	const backup = makeBackup({ folder, runs: [{ archives: [FILES.slice(0, 5), FILES.slice(5)] }] });
	rmSync(join(backup.store, backup.keys[0]!));
	const { summary, problems } = await runRestore(backup, target);
	expect(summary).toMatchObject({ status: 'partial', errors: 5 });
	expect(problems[0]).toMatchObject({ path: 'f0', code: 'NOT_FOUND' });
	expectRest(backup, ['f0', 'f1', 'f2', 'f3', 'f4']);
});

it('swapped archives give nothing instead of the wrong files', async () => {
	const backup = makeBackup({ folder, runs: [{ archives: [FILES.slice(0, 20), FILES.slice(20)] }], encrypt: false });
	const [a, b] = backup.keys.map((key) => join(backup.store, key)) as [string, string];
	const kept = readFileSync(a);
	writeFileSync(a, readFileSync(b));
	writeFileSync(b, kept);
	const { problems } = await runRestore(backup, target);
	expect(problems.length).toBe(40);
	expect(new Set(problems.map(({ code }) => code))).toEqual(new Set(['STORE_MISMATCH']));
	expectRest(
		backup,
		FILES.map(({ path }) => path),
	);
});

it.each([
	['another path', { inTar: { path: 'other' } }],
	['another type', { inTar: { type: 'fifo' as const } }],
	['another size', { inState: { size: 4 } }],
])('a header that says %s is not believed', async (_, lie) => {
	const backup = makeBackup({
		folder,
		runs: [
			{
				archives: [
					[
						{ path: 'a', content: 'a' },
						{ path: 'lie', content: '', ...lie },
						{ path: 'z', content: 'z' },
					],
				],
			},
		],
	});
	const { problems } = await runRestore(backup, target);
	expect(problems).toMatchObject([{ path: 'lie', code: 'STORE_MISMATCH' }]);
	expect(readdirSync(target).sort()).toEqual(['a', 'z']);
});

it('passes over what the archive holds and the state database does not want', async () => {
	const torn = { path: 'torn', content: 'half' };
	const backup = makeBackup({
		folder,
		runs: [
			{
				archives: [
					[
						{ path: 'a', content: 'a' },
						{ ...torn, isTorn: true },
						{ ...torn, content: 'whole' },
					],
				],
			},
		],
	});
	const { summary } = await runRestore(backup, target);
	expect(summary).toMatchObject({ status: 'complete', files: 2 });
	expect(readFileSync(join(target, 'torn'), 'utf8')).toBe('whole');
});
