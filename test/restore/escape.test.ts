import {
	chmodSync,
	lstatSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	readlinkSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FileProblem } from '../../src/core/task.ts';
import { DecryptRun } from '../../src/restore/decrypt/decrypt-run.ts';
import type { DecryptSpec } from '../../src/restore/spec.ts';
import { entryPath } from '../../src/target/entry-path.ts';
import { type Made, makeBackup, makeTar } from '../support/hand-made-backup.ts';
import { putDeep, removeTree, scratchFolder } from '../support/trees.ts';
import { runRestore } from './run-restore.ts';

let folder: string;
let target: string;
beforeEach(() => {
	folder = scratchFolder('escape');
	target = join(folder, 'inner/target');
	mkdirSync(join(folder, 'outside'));
	writeFileSync(join(folder, 'outside/victim'), 'untouched');
});
afterEach(() => removeTree(folder));

async function extract(tar: Buffer, spec: Partial<DecryptSpec> = {}): Promise<FileProblem[]> {
	writeFileSync(join(folder, 'evil.tar'), tar);
	const problems: FileProblem[] = [];
	const run = new DecryptRun(
		{ inputs: [join(folder, 'evil.tar')], identities: [], out: target, extract: true, deleteEncrypted: false, ...spec },
		{ progress: () => {}, event: (event) => event.event === 'problem' && problems.push(event.problem) },
	);
	await run.execute();
	return problems;
}

/** Nothing outside of the target was made or changed. */
function expectContained(): void {
	expect(
		readdirSync(folder)
			.filter((name) => name !== 'store' && !name.startsWith('state'))
			.sort(),
	).toEqual(readdirSync(folder).includes('evil.tar') ? ['evil.tar', 'inner', 'outside'] : ['inner', 'outside']);
	expect(readdirSync(join(folder, 'inner'))).toEqual(['target']);
	expect(readdirSync(join(folder, 'outside'))).toEqual(['victim']);
	const victim = lstatSync(join(folder, 'outside/victim'));
	expect([readFileSync(join(folder, 'outside/victim'), 'utf8'), victim.nlink]).toEqual(['untouched', 1]);
}

// Where others may write, folders are reached by descriptors instead of paths.
describe.each([0o755, 0o777])('a TAR from elsewhere cannot reach out of the target (above it: %o)', (mode) => {
	beforeEach(() => {
		mkdirSync(join(folder, 'inner'));
		chmodSync(join(folder, 'inner'), mode);
	});

	it.each([
		['..', [{ path: '../escaped', content: 'x' }], ['UNSAFE_PATH']],
		['.. in the middle', [{ path: 'a/../../escaped', content: 'x' }], ['UNSAFE_PATH']],
		['.. at the end', [{ path: 'a/..', type: 'dir' }], ['UNSAFE_PATH']],
		['an empty name', [{ path: 'a//b', content: 'x' }], ['UNSAFE_PATH']],
		['.. as the target itself', [{ path: '..', type: 'symlink', link: 'x' }], ['UNSAFE_PATH']],
		['a file for the target', [{ path: '.', content: 'x' }], ['UNSAFE_PATH']],
		[
			'a link out',
			[
				{ path: 'a', type: 'symlink', link: '../../outside' },
				{ path: 'a/victim', content: 'x' },
			],
			['TARGET_NOT_FOLDER'],
		],
		[
			'an absolute link',
			[
				{ path: 'a', type: 'symlink', link: '/etc' },
				{ path: 'a/passwd', content: 'x' },
			],
			['TARGET_NOT_FOLDER'],
		],
		[
			'a link that becomes a folder',
			[
				{ path: 'a', type: 'symlink', link: '../../outside' },
				{ path: 'a', type: 'dir' },
				{ path: 'a/victim', content: 'x' },
			],
			[],
		],
		[
			'a link over a folder',
			[
				{ path: 'a', type: 'dir' },
				{ path: 'a', type: 'symlink', link: '../../outside' },
				{ path: 'a/victim', content: 'x' },
			],
			['TARGET_NOT_FOLDER'],
		],
		[
			'a chain of links',
			[
				{ path: 'a', type: 'symlink', link: 'b' },
				{ path: 'b', type: 'symlink', link: '../../outside' },
				{ path: 'a/victim', content: 'x' },
			],
			['TARGET_NOT_FOLDER'],
		],
		[
			'a link in a folder',
			[
				{ path: 'd/a', type: 'symlink', link: '..' },
				{ path: 'd/a/../victim', content: 'x' },
			],
			['UNSAFE_PATH'],
		],
		['a hard link out', [{ path: 'a', type: 'hardlink', link: '../../outside/victim' }], ['UNSAFE_PATH']],
		[
			'a hard link through a link',
			[
				{ path: 'l', type: 'symlink', link: '../../outside' },
				{ path: 'a', type: 'hardlink', link: 'l/victim' },
			],
			['TARGET_NOT_FOLDER'],
		],
		[
			'a hard link to a link',
			[
				{ path: 'l', type: 'symlink', link: '../../outside/victim' },
				{ path: 'a', type: 'hardlink', link: 'l' },
				{ path: 'a', content: 'x' },
			],
			['LINK_TARGET'],
		],
		[
			'a file over a link',
			[
				{ path: 'a', type: 'symlink', link: '../../outside/victim' },
				{ path: 'a', content: 'x' },
			],
			[],
		],
		[
			'a device in the way',
			[
				{ path: 'p', type: 'fifo' },
				{ path: 'p/x', content: 'x' },
			],
			['TARGET_NOT_FOLDER'],
		],
	] as [string, Made[], string[]][])('%s', async (_, entries, codes) => {
		const problems = await extract(makeTar([...entries, { path: 'last', content: 'last' }]));
		expect(problems.map(({ code }) => code)).toEqual(codes);
		expect(readFileSync(join(target, 'last'), 'utf8')).toBe('last');
		expectContained();
	});

	it('an absolute path comes to lie below the target', async () => {
		expect(await extract(makeTar([{ path: '/abs/file', content: 'x' }]))).toEqual([]);
		expect(readFileSync(join(target, 'abs/file'), 'utf8')).toBe('x');
	});

	it('a pair of dots that means nothing does no harm', async () => {
		expect(
			await extract(
				makeTar([
					{ path: './', type: 'dir' },
					{ path: './a/./b', content: 'x' },
				]),
			),
		).toEqual([]);
		expect(readFileSync(join(target, 'a/b'), 'utf8')).toBe('x');
	});
});

describe('links in the target are never followed', () => {
	const entries: Made[] = [
		{ path: 'd', type: 'dir' },
		{ path: 'd/victim', content: 'x' },
		{ path: 'd/linked', type: 'hardlink', link: 'd/victim' },
		{ path: 'd/soft', type: 'symlink', link: 'x' },
		{ path: 'victim', content: 'x' },
	];

	it.each(['keep', 'overwrite'] as const)('by an extraction that is told to %s', async (existing) => {
		mkdirSync(target, { recursive: true });
		symlinkSync('../../outside', join(target, 'd'));
		symlinkSync('../../outside/victim', join(target, 'victim'));
		const problems = await extract(makeTar(entries), { existing });
		expect(new Set(problems.map(({ code }) => code))).toEqual(new Set(['TARGET_NOT_FOLDER']));
		expectContained();
		expect(lstatSync(join(target, 'victim')).isSymbolicLink()).toBe(existing === 'keep');
	});

	it.each(['keep', 'overwrite'] as const)('by a restore that is told to %s', async (existing) => {
		mkdirSync(target, { recursive: true });
		symlinkSync('../../outside', join(target, 'd'));
		symlinkSync('../../outside/victim', join(target, 'victim'));
		const backup = makeBackup({ folder, runs: [{ archives: [entries] }] });
		const { problems } = await runRestore(backup, target, { existing });
		expect(problems.map(({ path }) => path).sort()).toEqual(['d', 'd/linked', 'd/soft', 'd/victim']);
		expect(readlinkSync(join(target, 'd'))).toBe('../../outside');
		expectContained();
	});

	it('but the target itself may be given by one', async () => {
		mkdirSync(join(folder, 'inner/target'), { recursive: true });
		symlinkSync(join(folder, 'inner/target'), join(folder, 'by-link'));
		await extract(makeTar(entries), { out: join(folder, 'by-link') });
		expect(readFileSync(join(target, 'd/linked'), 'utf8')).toBe('x');
	});
});

it('a state database with hostile names restores nothing outside', async () => {
	const backup = makeBackup({
		folder,
		runs: [
			{
				archives: [
					[
						{ path: 'x/../../../outside/victim', content: 'x' },
						{ path: '../f', type: 'fifo' },
						{ path: 'ok', content: '' },
					],
				],
			},
		],
	});
	const { summary, problems } = await runRestore(backup, target);
	expect(problems.length).toBeGreaterThanOrEqual(2);
	expect(new Set(problems.map(({ code }) => code))).toEqual(new Set(['UNSAFE_PATH']));
	expect(summary).toMatchObject({ status: 'partial', files: 1 });
	expectContained();
});

it('paths longer than the system takes in one call are restored', async () => {
	const source = join(folder, 'source');
	mkdirSync(source);
	const made = putDeep(source, 4000);
	const entries: Made[] = made.map((path, at) => ({
		path,
		...(at === made.length - 1 ? { content: 'deep' } : { type: 'dir' as const }),
	}));
	const backup = makeBackup({ folder: join(folder, 'b'), runs: [{ archives: [entries] }] });
	const deepTarget = join(folder, 'inner', 't'.repeat(200), 'target');
	for (const expected of [{ alreadyRight: 0 }, { alreadyRight: 1 }]) {
		const { summary, problems } = await runRestore(backup, deepTarget);
		expect(problems).toEqual([]);
		expect(summary.details).toMatchObject(expected);
	}
});

it('entryPath gives a path without any step out, or refuses', () => {
	const step = fc.constantFrom('..', '.', '', 'a', '...', ' ', '..a', '\0', '/');
	fc.assert(
		fc.property(fc.array(step, { maxLength: 6 }), (steps) => {
			let path: string;
			try {
				path = entryPath(steps.join('/'));
			} catch {
				expect(steps.some((name) => ['..', '', '\0', '/'].includes(name))).toBe(true);
				return;
			}
			expect(path === '' || path.split('/').every((name) => name !== '' && name !== '.' && name !== '..')).toBe(true);
			expect(path).not.toContain('\0');
		}),
	);
});
