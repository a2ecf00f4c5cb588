import { execFileSync } from 'node:child_process';
import {
	cpSync,
	existsSync,
	lstatSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	renameSync,
	rmSync,
	truncateSync,
	writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { generateIdentity } from '../../src/archive/age/identity.ts';
import { sealAll } from '../../src/archive/age/payload.ts';
import { joinSidecar } from '../../src/archive/sidecar.ts';
import type { TaskEvent } from '../../src/core/task.ts';
import { DecryptRun } from '../../src/restore/decrypt/decrypt-run.ts';
import type { DecryptSpec } from '../../src/restore/spec.ts';
import { startDecrypt } from '../../src/restore/start-decrypt.ts';
import { type HandMadeBackup, type Made, MTIME, makeBackup } from '../support/hand-made-backup.ts';
import { removeTree, scratchFolder } from '../support/trees.ts';

let folder: string;
beforeEach(() => {
	folder = scratchFolder('decrypt');
});
afterEach(() => removeTree(folder));

const TREE: Made[] = [
	{ path: 'd', type: 'dir', mode: 0o750 },
	{ path: 'd/a', content: 'a'.repeat(100_000) },
	{ path: 'd/b', content: 'b' },
	{ path: 'd/link', type: 'hardlink', link: 'd/b' },
	{ path: 'd/soft', type: 'symlink', link: 'b' },
	{
		path: 'd/hole',
		content: Buffer.alloc(200_000),
		segments: [
			{ offset: 0, length: 512 },
			{ offset: 200_000, length: 0 },
		],
	},
];

async function decrypt(spec: Partial<DecryptSpec> & Pick<DecryptSpec, 'inputs'>) {
	const events: TaskEvent[] = [];
	const run = new DecryptRun(
		{ identities: [], extract: false, deleteEncrypted: false, ...spec },
		{ progress: () => {}, event: (event) => events.push(event) },
	);
	const summary = await run.execute();
	return { summary, events, problems: events.flatMap((event) => (event.event === 'problem' ? [event.problem] : [])) };
}

const fileOf = (backup: HandMadeBackup, at = 0) => join(backup.store, backup.keys[at]!);

/** Everything in a folder and below, sorted. */
function ls(root: string): string[] {
	return existsSync(root) ? (readdirSync(root, { recursive: true }) as string[]).sort() : [];
}

describe.each(['none', 'gzip', 'zstd'] as const)('decrypt of %s archives', (compression) => {
	it.each([true, false])('gives the very TAR (encrypted: %s)', async (encrypt) => {
		const backup = makeBackup({
			folder,
			runs: [{ archives: [TREE, [{ path: 'x', content: 'x' }]] }],
			compression,
			encrypt,
		});
		const out = join(folder, 'out');
		const { summary, problems } = await decrypt({ inputs: [backup.store], identities: [backup.identity], out });
		expect(problems).toEqual([]);
		expect(summary).toMatchObject({ status: 'complete', files: 2, archives: 2, errors: 0 });
		for (const [at, key] of backup.keys.entries()) {
			const tar = join(out, dirname(key), '00000X.tar'.replace('X', String(at + 1)));
			expect(readFileSync(tar).equals(backup.tars[at]!)).toBe(true);
		}
		// A second time finds them; a changed one is never overwritten.
		const first = join(out, dirname(backup.keys[0]!), '000001.tar');
		const again = await decrypt({ inputs: [backup.store], identities: [backup.identity], out });
		expect(again.summary).toMatchObject({ status: 'complete', details: { alreadyRight: 2 } });
		writeFileSync(first, 'mine');
		const third = await decrypt({ inputs: [backup.store], identities: [backup.identity], out, deleteEncrypted: true });
		expect(third.problems).toMatchObject([{ path: fileOf(backup), code: 'EXISTS' }]);
		expect(third.summary.status).toBe('partial');
		expect(readFileSync(first, 'utf8')).toBe('mine');
		expect(existsSync(fileOf(backup))).toBe(true);
		expect(existsSync(fileOf(backup, 1))).toBe(!encrypt);
	});

	it.each([true, false])('extracts as tar does (encrypted: %s)', async (encrypt) => {
		const backup = makeBackup({ folder, runs: [{ archives: [TREE] }], compression, encrypt });
		const out = join(folder, 'out');
		const spec = { inputs: [fileOf(backup)], identities: [backup.identity], out, extract: true };
		const { summary, problems } = await decrypt(spec);
		expect(problems).toEqual([]);
		expect(summary).toMatchObject({ status: 'complete', files: 4, archives: 1 });
		const byTar = join(folder, 'by-tar');
		mkdirSync(byTar);
		execFileSync('tar', ['xpf', '-', '-C', byTar], { input: backup.tars[0] });
		const differences = execFileSync('rsync', [
			'-aHn',
			'--checksum',
			'--delete',
			'--itemize-changes',
			`${byTar}/d`,
			out,
		]);
		expect(differences.toString()).toBe('');
		expect(lstatSync(join(out, 'd/hole')).blocks).toBeLessThan(100);
		expect(lstatSync(join(out, 'd/b')).nlink).toBe(2);
		const again = await decrypt(spec);
		expect(again.summary).toMatchObject({
			status: 'complete',
			files: 4,
			details: { filesSkipped: 0, alreadyRight: 3 },
		});
	});
});

it('lays TAR files beside their archives and removes these when told', async () => {
	const backup = makeBackup({ folder, runs: [{ archives: [TREE] }], compression: 'zstd' });
	const { summary } = await decrypt({ inputs: [backup.store], identities: [backup.identity], deleteEncrypted: true });
	expect(summary.details.deleted).toBe(1);
	expect(readdirSync(dirname(fileOf(backup)))).toEqual(['000001.tar']);
	const plain = await decrypt({ inputs: [backup.store] });
	expect(plain.summary).toMatchObject({ status: 'complete', details: { filesSkipped: 1 } });
});

it('extracts later archives over earlier ones, in whatever order they are given', async () => {
	const backup = makeBackup({
		folder,
		runs: [
			{
				archives: [
					[
						{ path: 'f', content: 'old' },
						{ path: 'g', type: 'hardlink', link: 'f' },
						{ path: 'was-link', type: 'symlink', link: 'f' },
					],
				],
			},
			{
				archives: [
					[
						{ path: 'f', content: 'newer', mtimeNs: MTIME - 10n ** 12n },
						{ path: 'was-link', type: 'dir' },
					],
					[{ path: 'was-link/x', content: 'x' }],
				],
			},
		],
	});
	const out = join(folder, 'out');
	const inputs = backup.keys.map((_, at) => fileOf(backup, at)).reverse();
	const { summary, problems } = await decrypt({
		inputs,
		identities: [backup.identity],
		out,
		extract: true,
		deleteEncrypted: true,
	});
	expect(problems).toEqual([]);
	expect(summary).toMatchObject({ status: 'complete', files: 3, archives: 3, details: { deleted: 3 } });
	expect(readFileSync(join(out, 'f'), 'utf8')).toBe('newer');
	expect(readFileSync(join(out, 'g'), 'utf8')).toBe('old');
	expect(readFileSync(join(out, 'was-link/x'), 'utf8')).toBe('x');
});

it('keeps files that were there, and then the archive too', async () => {
	const backup = makeBackup({ folder, runs: [{ archives: [TREE] }] });
	const out = join(folder, 'out');
	mkdirSync(join(out, 'd'), { recursive: true });
	writeFileSync(join(out, 'd/b'), 'mine');
	const spec = { inputs: [backup.store], identities: [backup.identity], out, extract: true, deleteEncrypted: true };
	const { summary, problems } = await decrypt(spec);
	expect(summary).toMatchObject({ details: { filesSkipped: 1, deleted: 0 } });
	expect(problems).toMatchObject([{ path: 'd/link', code: 'LINK_TARGET' }]);
	expect(readFileSync(join(out, 'd/b'), 'utf8')).toBe('mine');
	const over = await decrypt({ ...spec, existing: 'overwrite' });
	expect(over.summary).toMatchObject({ status: 'complete', details: { deleted: 1 } });
	expect(readFileSync(join(out, 'd/link'), 'utf8')).toBe('b');
});

describe('bad input has its own words', () => {
	let backup: HandMadeBackup;
	let out: string;
	beforeEach(() => {
		backup = makeBackup({
			folder,
			runs: [{ archives: [TREE, [{ path: 'good', content: 'good' }]] }],
			compression: 'zstd',
		});
		out = join(folder, 'out');
	});

	/** The first archive is bad; the second must come through all the same. */
	async function expectProblem(code: string, words: RegExp): Promise<void> {
		for (const extract of [false, true]) {
			rmSync(out, { recursive: true, force: true });
			const { summary, problems } = await decrypt({
				inputs: [backup.store],
				identities: [backup.identity],
				out,
				extract,
				deleteEncrypted: true,
			});
			expect(problems).toMatchObject([{ code }]);
			expect(problems[0]!.message).toMatch(words);
			expect(summary).toMatchObject({ status: 'partial', errors: 1, archives: 1 });
			expect(ls(out).filter((name) => /partial|000001/.test(name))).toEqual([]);
			expect(existsSync(problems[0]!.path)).toBe(true);
			const good = extract ? join(out, 'good') : join(out, dirname(backup.keys[1]!), '000002.tar');
			expect(existsSync(good)).toBe(true);
			writeFileSync(fileOf(backup, 1), pristine);
		}
	}
	let pristine: Buffer;
	beforeEach(() => {
		pristine = readFileSync(fileOf(backup, 1));
	});

	it('for another key', async () => {
		const other = makeBackup({ folder: join(folder, 'other'), runs: [{ archives: [TREE] }], compression: 'zstd' });
		cpSync(fileOf(other), fileOf(backup));
		await expectProblem('WRONG_IDENTITY', /one recipient/);
	});

	it('truncated', async () => {
		truncateSync(fileOf(backup), lstatSync(fileOf(backup)).size - 1);
		await expectProblem('TRUNCATED', /cut off/);
	});

	it('empty', async () => {
		truncateSync(fileOf(backup), 0);
		await expectProblem('NOT_AGE', /not an age/);
	});

	it('foreign', async () => {
		writeFileSync(fileOf(backup), 'PK\x03\x04 not ours');
		await expectProblem('NOT_AGE', /not an age/);
	});

	it('encrypted but not an archive', async () => {
		writeFileSync(fileOf(backup), sealAll([backup.recipient], Buffer.from('hello, world')));
		await expectProblem('BAD_FRAME', /zstd/);
	});

	it('named as something else', async () => {
		renameSync(fileOf(backup), fileOf(backup).replace('.zst.age', '.gz.age'));
		await expectProblem('WRONG_ENDING', /zstd data.*name says gzip/);
	});

	it('named as if it were not encrypted', async () => {
		renameSync(fileOf(backup), fileOf(backup).replace('.age', ''));
		await expectProblem('WRONG_ENDING', /age-encrypted data.*name says zstd/);
	});

	it('a wrong key for all of it', async () => {
		const { summary } = await decrypt({
			inputs: [backup.store],
			identities: [generateIdentity().identity],
			out,
			extract: true,
		});
		expect(summary).toMatchObject({ status: 'failed', errors: 2, error: { code: 'WRONG_IDENTITY', kind: 'usage' } });
		expect(existsSync(out)).toBe(false);
		const none = await decrypt({ inputs: [backup.store], out });
		expect(none.summary.error).toMatchObject({ code: 'NO_IDENTITY' });
	});

	it('nothing there, nothing in it, no folder to unpack to', async () => {
		const codeOf = async (spec: Parameters<typeof decrypt>[0]) => (await decrypt(spec)).summary.error?.code;
		expect(await codeOf({ inputs: [join(folder, 'none')] })).toBe('INPUT_MISSING');
		mkdirSync(join(folder, 'empty'));
		expect(await codeOf({ inputs: [join(folder, 'empty')] })).toBe('NO_ARCHIVES');
		expect(await codeOf({ inputs: [backup.store], extract: true })).toBe('OUT_MISSING');
	});

	it('companions and foreign files are left alone', async () => {
		const run = dirname(fileOf(backup));
		for (const name of ['000001.idx.age', 'manifest.age', 'holiday.jpg']) writeFileSync(join(run, name), 'x');
		writeFileSync(join(backup.store, 'RECOVER.txt'), 'x');
		const { summary, events } = await decrypt({ inputs: [backup.store], identities: [backup.identity], out });
		expect(summary).toMatchObject({ status: 'complete', details: { companions: 3, foreign: 1 } });
		expect(JSON.stringify(events)).toContain('holiday.jpg is not an archive of Firn');
		const named = await decrypt({
			inputs: [backup.store, join(run, 'holiday.jpg')],
			identities: [backup.identity],
			out,
		});
		expect(named.problems).toMatchObject([{ code: 'FOREIGN' }]);
	});
});

describe('an archive that is another than its name says', () => {
	it.each([true, false])('is found out by the state database (encrypted: %s)', async (encrypt) => {
		const backup = makeBackup({ folder, runs: [{ archives: [TREE, [{ path: 'good', content: 'good' }]] }], encrypt });
		cpSync(fileOf(backup, 1), fileOf(backup, 0));
		const out = join(folder, 'out');
		const { problems } = await decrypt({
			inputs: [backup.store],
			identities: [backup.identity],
			out,
			extract: true,
			stateFile: backup.stateFile,
		});
		expect(problems).toMatchObject([{ path: fileOf(backup), code: expect.stringMatching(/SWAPPED|TRUNCATED/) }]);
		expect(ls(out)).toEqual(['good']);
	});

	it.each([true, false])('is found out by its sidecar (encrypted: %s)', async (encrypt) => {
		const backup = makeBackup({
			folder,
			runs: [{ archives: [[{ path: 'one', content: '1' }], [{ path: 'two', content: '2' }]] }],
			encrypt,
		});
		const bytes = readFileSync(fileOf(backup));
		const sidecar = joinSidecar(
			{ firn: 'index', size: bytes.length, crc32: 1 } as Parameters<typeof joinSidecar>[0],
			[],
		);
		const name = `000001.idx${encrypt ? '.age' : ''}`;
		writeFileSync(join(dirname(fileOf(backup)), name), encrypt ? sealAll([backup.recipient], sidecar) : sidecar);
		const out = join(folder, 'out');
		const { problems } = await decrypt({ inputs: [backup.store], identities: [backup.identity], out });
		expect(problems).toMatchObject([{ path: fileOf(backup), code: 'SWAPPED' }]);
		expect(ls(out).map((path) => basename(path))).not.toContain('000001.tar');
	});
});

describe('any single bit that flips', () => {
	it.each([
		['none', true, false],
		['zstd', true, false],
		['gzip', true, false],
		['zstd', false, true],
		['gzip', false, true],
		['none', false, true],
	] as const)('is detected (%s, encrypted: %s, state database: %s)', async (compression, encrypt, withState) => {
		const backup = makeBackup({
			folder,
			runs: [{ archives: [[...TREE, { path: 'big', content: 'x'.repeat(200_000) }]] }],
			compression,
			encrypt,
		});
		const file = fileOf(backup);
		const bytes = readFileSync(file);
		const tar = file.replace(/\.tar.*/, '.tar');
		await fc.assert(
			fc.asyncProperty(fc.nat(bytes.length - 1), fc.nat(7), async (at, bit) => {
				const changed = Buffer.from(bytes);
				changed[at]! ^= 1 << bit;
				writeFileSync(file, changed);
				const out = join(folder, 'out');
				rmSync(out, { recursive: true, force: true });
				const { summary } = await decrypt({
					inputs: [file],
					identities: [backup.identity],
					out,
					...(withState ? { stateFile: backup.stateFile } : {}),
				});
				expect(summary).toMatchObject({ status: 'failed', files: 0 });
				expect(ls(out)).toEqual([]);
				expect(existsSync(tar) && tar !== file).toBe(false);
			}),
			// The header and the last chunk are short: without these they would hardly be hit.
			{
				numRuns: 60,
				examples: [
					[0, 0],
					[25, 3],
					[190, 0],
					[210, 7],
					[bytes.length - 1, 7],
					[bytes.length - 20, 0],
				],
			},
		);
	});
});

it('runs in a thread of its own', async () => {
	const backup = makeBackup({ folder, runs: [{ archives: [TREE] }] });
	const out = join(folder, 'out');
	const spec = { inputs: [backup.store], identities: [backup.identity], out, extract: true, deleteEncrypted: false };
	const kinds: string[] = [];
	const handle = startDecrypt(spec, { progress: ({ kind }) => kinds.push(kind), event: () => {} });
	expect(await handle.done).toMatchObject({ status: 'complete', files: 4 });
	expect(kinds).toContain('decrypt');
	expect(readFileSync(join(out, 'd/b'), 'utf8')).toBe('b');
});
