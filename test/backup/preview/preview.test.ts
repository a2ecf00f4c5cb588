import { chmodSync, lstatSync, mkdirSync, readdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Preview } from '../../../src/backup/preview/preview.ts';
import { compareNames } from '../../../src/backup/scan/name-order.ts';
import { CACHEDIR_SIGNATURE } from '../../../src/core/clutter.ts';
import { fsPath } from '../../../src/core/path-bytes.ts';
import type { FolderRow, Measured, Selection } from '../../../src/core/selection.ts';
import { cpuMs } from '../../support/cpu.ts';
import { makeOddTree, put, removeTree, scratchFolder } from '../../support/trees.ts';
import { scanAll } from '../scan/scan-all.ts';

const RULES: Selection = {
	sources: [],
	excludes: [],
	excludeSystem: true,
	excludeDeveloper: false,
	oneFileSystem: false,
};

let root: string;
const preview = new Preview();
beforeAll(() => {
	root = scratchFolder('preview');
});
afterAll(async () => {
	await preview.close();
	removeTree(root);
});

async function listAll(path: string, rules: Partial<Selection>, limit: number): Promise<FolderRow[]> {
	const rows: FolderRow[] = [];
	let cursor: string | undefined;
	do {
		const query = { path, selection: { ...RULES, ...rules }, skipPaths: [], cursor, limit };
		const page = await preview.list(query);
		expect(page.rows.length).toBeLessThanOrEqual(limit);
		rows.push(...page.rows);
		cursor = page.cursor;
	} while (cursor !== undefined);
	return rows;
}

/** Asks until all is counted. */
async function measure(paths: string[], selection?: Selection, skipPaths: string[] = []): Promise<Measured[]> {
	for (;;) {
		const measured = await preview.measure({ paths, selection, skipPaths, fresh: false });
		if (measured.every(({ state }) => state === 'done')) return measured;
		await sleep(5);
	}
}

describe('folders', () => {
	test('come page by page, folders first, by the bytes of their names', async () => {
		const tree = join(root, 'odd');
		mkdirSync(tree);
		makeOddTree(tree);
		for (const limit of [1, 7, 1000]) {
			const rows = await listAll(join(tree, 'names'), { sources: [tree] }, limit);
			expect(rows.map(({ name }) => name)).toEqual(rows.map(({ name }) => name).sort((a, b) => compareNames(a, b)));
			expect(rows.length).toBe(readdirSync(join(tree, 'names'), 'buffer').length);
			expect(rows.every(({ mark, type }) => mark === 'included' && type === 'file')).toBe(true);
		}
		const rows = await listAll(tree, { sources: [tree], excludes: ['modes'] }, 3);
		const kinds = rows.map(({ type }) => type === 'dir');
		expect(kinds.lastIndexOf(true)).toBeLessThan(kinds.indexOf(false) === -1 ? kinds.length : kinds.indexOf(false));
		expect(rows.find(({ name }) => name === 'modes')).toMatchObject({ mark: 'excluded', decided: { by: 'pattern' } });
	});

	test('pages go on where they were, whatever came and went', async () => {
		const tree = join(root, 'moving');
		for (let number = 10; number < 60; number++) put(tree, `f${number}`);
		const selection = { ...RULES, sources: [tree] };
		const first = await preview.list({ path: tree, selection, skipPaths: [], limit: 20 });
		renameSync(join(tree, 'f29'), join(tree, 'a'));
		await preview.list({ path: tree, selection, skipPaths: [], limit: 20 });
		const next = await preview.list({ path: tree, selection, skipPaths: [], cursor: first.cursor, limit: 100 });
		expect(next.rows.map(({ name }) => name)).toEqual(Array.from({ length: 30 }, (_, index) => `f${index + 30}`));
	});

	test('say what cannot be read', async () => {
		const tree = join(root, 'locked');
		mkdirSync(join(tree, 'folder'), { recursive: true });
		put(tree, 'file', 'x', 0o000);
		chmodSync(join(tree, 'folder'), 0o000);
		const nobody = process.geteuid?.() !== 0;
		const rows = await listAll(tree, {}, 10);
		if (nobody) expect(rows.map(({ problem }) => problem)).toEqual(['permission denied', 'permission denied']);
		await expect(preview.list({ path: join(tree, 'gone'), selection: RULES, skipPaths: [], limit: 1 })).rejects.toThrow(
			/gone cannot be listed: no such file or directory/,
		);
		chmodSync(join(tree, 'folder'), 0o700);
	});

	test('of 20,000 names open fast', async () => {
		const tree = join(root, 'large');
		mkdirSync(tree);
		for (let number = 0; number < 20_000; number++) writeFileSync(join(tree, `file-${number}`), '');
		const start = cpuMs();
		const page = await preview.list({
			path: tree,
			selection: { ...RULES, sources: [tree] },
			skipPaths: [],
			limit: 500,
		});
		expect(page).toMatchObject({ total: 20_000, rows: { length: 500 } });
		expect(cpuMs() - start).toBeLessThan(1000);
	});
});

describe('measure', () => {
	test('counts all that is there, and with rules what a scan takes', async () => {
		const tree = join(root, 'measured');
		put(tree, 'a/one', 'x'.repeat(1000));
		put(tree, 'a/b/two.iso', 'x'.repeat(100));
		put(tree, 'a/b/three', 'x'.repeat(10));
		put(tree, 'a/.firnignore', '*.iso');
		put(tree, 'c/.DS_Store', 'x');
		put(tree, 'c/cache/CACHEDIR.TAG', CACHEDIR_SIGNATURE);
		put(tree, 'c/cache/x', 'x'.repeat(5000));
		symlinkSync('a', join(tree, 'link'));
		const size = (path: string) => lstatSync(fsPath(join(tree, path))).size;
		const all = [
			'a/one',
			'a/b/two.iso',
			'a/b/three',
			'a/.firnignore',
			'c/.DS_Store',
			'c/cache/CACHEDIR.TAG',
			'c/cache/x',
		];
		const bytes = all.map(size).reduce((a, b) => a + b);
		expect(await measure([tree, join(tree, 'a/b'), join(tree, 'a/one'), join(tree, 'none')])).toEqual([
			{ path: tree, state: 'done', files: 8, bytes, unreadable: 0 },
			{ path: join(tree, 'a/b'), state: 'done', files: 2, bytes: 110, unreadable: 0 },
			{ path: join(tree, 'a/one'), state: 'done', files: 1, bytes: 1000, unreadable: 0 },
			{ path: join(tree, 'none'), state: 'done', files: 0, bytes: 0, unreadable: 1 },
		]);
		const selection = { ...RULES, sources: [tree], excludes: ['three'] };
		const places = ['', 'a', 'a/b', 'c/cache', 'c/cache/x', 'a/one'].map((path) => join(tree, path));
		const selected = await measure(places, selection, [join(tree, 'none')]);
		const scanned = scanAll([tree], { excludes: ['three'] });
		for (const [index, place] of places.entries()) {
			const below = [...scanned.children].filter(
				([path, { type }]) =>
					type !== 'dir' && (`/${path}` === place || `/${path}`.startsWith(place.endsWith('/') ? place : `${place}/`)),
			);
			expect(selected[index]).toMatchObject({ path: place, files: below.length });
		}
		expect(selected[0]!.bytes).toBe(1000 + size('a/.firnignore') + size('c/cache/CACHEDIR.TAG'));
		const above = await measure([root], { ...selection, sources: [join(tree, 'a'), join(tree, 'c')] });
		expect(above[0]!.files).toBe(3);
		expect((await measure([tree], { ...selection, sources: [join(tree, 'a/one')] }))[0]!.files).toBe(1);
	});

	test('small folders do not wait for large ones, and a folder on the way is known at once', async () => {
		const tree = join(root, 'many');
		for (let folder = 0; folder < 40; folder++) {
			for (let file = 0; file < 50; file++) put(tree, `${folder}/${file}`, 'x');
		}
		const [whole, small] = await preview.measure({ paths: [tree, join(tree, '7')], skipPaths: [], fresh: true });
		expect([whole!.state, small!.state]).toEqual(['counting', 'counting']);
		await measure([tree]);
		const known = await preview.measure({ paths: [join(tree, '9')], skipPaths: [], fresh: false });
		expect(known).toEqual([{ path: join(tree, '9'), state: 'done', files: 50, bytes: 50, unreadable: 0 }]);
		put(tree, '9/more', 'x');
		const again = await preview.measure({ paths: [join(tree, '9')], skipPaths: [], fresh: true });
		expect(again[0]!.state).toBe('counting');
		expect((await measure([join(tree, '9')]))[0]!.files).toBe(51);
	});

	test('/proc and its like are not counted', async () => {
		expect((await measure(['/proc', '/sys'])).map(({ files }) => files)).toEqual([0, 0]);
	});
});
