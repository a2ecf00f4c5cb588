import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { encodePath } from '../../src/core/path-bytes.ts';
import { listArchives } from '../../src/state/archive-list.ts';
import { type FileListing, listFiles, resolvePath } from '../../src/state/browse.ts';
import { collate } from '../../src/state/collate.ts';
import { openState } from '../../src/state/open-state.ts';
import { listRuns, resolveSnapshot } from '../../src/state/snapshots.ts';
import { type MadeRun, makeBackup } from '../support/hand-made-backup.ts';
import { ODD_NAMES, removeTree, scratchFolder } from '../support/trees.ts';

let folder: string;
let db: DatabaseSync | undefined;
beforeEach(() => {
	folder = scratchFolder('browse');
});
afterEach(() => {
	db?.close();
	db = undefined;
	removeTree(folder);
});

function open(runs: MadeRun[]): DatabaseSync {
	db = openState(makeBackup({ folder, runs, encrypt: false }).stateFile, 'read');
	return db;
}

function allPages(from: DatabaseSync, options: { snapshot?: number; path?: string }, limit: number): FileListing[] {
	const rows: FileListing[] = [];
	let cursor: string | undefined;
	do {
		const page = listFiles(from, { ...options, limit, ...(cursor === undefined ? {} : { cursor }) });
		expect(page.rows.length).toBeLessThanOrEqual(limit);
		rows.push(...page.rows);
		cursor = page.cursor;
	} while (cursor !== undefined);
	return rows;
}

const RUNS: MadeRun[] = [
	{
		archives: [
			[
				{ path: 'home/u', type: 'dir' },
				{ path: 'home/u/a', type: 'dir' },
				{ path: 'home/u/a/x', content: 'x1' },
				{ path: 'home/u/a.txt', content: 'text' },
				{ path: 'home/u/empty', type: 'dir' },
				{ path: 'home/u/gone', content: 'gone' },
			],
			[{ path: 'srv/file', content: '12345' }],
		],
	},
	{
		archives: [
			[
				{ path: 'home/u/a/x', content: 'x22' },
				{ path: 'home/u/link', type: 'hardlink', link: 'home/u/a.txt' },
			],
		],
		gone: ['home/u/gone'],
		status: 'partial',
	},
	{ archives: [[{ path: 'home/u/new', content: 'new' }]], status: 'running' },
];

describe('show', () => {
	it('lists the newest finished snapshot depth-first', () => {
		const rows = listFiles(open(RUNS), { limit: 100 }).rows;
		expect(rows.map(({ path }) => path)).toEqual([
			'home/u',
			'home/u/a',
			'home/u/a/x',
			'home/u/a.txt',
			'home/u/empty',
			'home/u/link',
			'srv/file',
		]);
		expect(rows[2]).toEqual({
			path: 'home/u/a/x',
			type: 'file',
			size: 3,
			mtime: '2023-11-14T22:13:20.123456789Z',
			sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
			archive: 3,
			status: 'stored',
		});
		expect(rows[0]).toMatchObject({ type: 'dir', sha256: null });
	});

	it('lists an older snapshot, and an unfinished run when it is asked for', () => {
		const from = open(RUNS);
		expect(listFiles(from, { snapshot: 1, limit: 100 }).rows.map(({ path, size }) => [path, size])).toContainEqual([
			'home/u/gone',
			4,
		]);
		const running = listFiles(from, { snapshot: 3, limit: 100 }).rows;
		expect(running.find(({ path }) => path === 'home/u/new')).toMatchObject({ status: 'running' });
		expect(running.find(({ path }) => path === 'srv/file')).toMatchObject({ status: 'stored' });
	});

	it('shows what an unfinished first run has stored', () => {
		const from = open([RUNS[2]!]);
		expect(listFiles(from, { limit: 10 }).rows).toMatchObject([{ path: 'home/u/new', status: 'running' }]);
		expect(collate(from, { depth: 1 })).toMatchObject([{ path: 'home', status: 'running' }]);
		expect(() => resolveSnapshot(from, undefined)).toThrowError(expect.objectContaining({ code: 'SNAPSHOT_MISSING' }));
	});

	it('names the snapshots there are when one is missing', () => {
		expect(() => listFiles(open(RUNS), { snapshot: 9, limit: 1 })).toThrowError(
			expect.objectContaining({ code: 'SNAPSHOT_MISSING', kind: 'usage', guidance: 'There are 1, 2.' }),
		);
	});

	it('lists a file or a folder alone', () => {
		const from = open(RUNS);
		const below = (path: string) => listFiles(from, { path, limit: 10 }).rows.map((row) => row.path);
		expect(below('home/u/a')).toEqual(['home/u/a', 'home/u/a/x']);
		expect(below('home/u/a.txt')).toEqual(['home/u/a.txt']);
		expect(below('srv')).toEqual(['srv/file']);
		expect(below('home/u/gone')).toEqual([]);
		expect(below('no/such')).toEqual([]);
	});

	it('refuses a cursor that is none', () => {
		const from = open(RUNS);
		expect(() => listFiles(from, { cursor: 'x', limit: 1 })).toThrowError(
			expect.objectContaining({ code: 'BAD_CURSOR' }),
		);
	});

	it('finds the path that is meant', () => {
		const from = open(RUNS);
		expect(resolvePath(from, undefined, ['a', 'u/a', 'home/u/a', 'home'])).toBe('home/u/a');
		expect(resolvePath(from, undefined, ['home'])).toBe('home');
		expect(resolvePath(from, undefined, ['home/u/gone'])).toBeUndefined();
		expect(resolvePath(from, 1, ['home/u/gone'])).toBe('home/u/gone');
	});

	it('lists runs and archives', () => {
		const from = open(RUNS);
		expect(listRuns(from).map(({ snapshot, status }) => [snapshot, status])).toEqual([
			[1, 'complete'],
			[2, 'partial'],
			[null, 'running'],
		]);
		const first = listArchives(from, { limit: 3 });
		expect(first.rows[1]).toMatchObject({ archive: 2, status: 'stored', storageClass: null });
		expect(listArchives(from, { after: Number(first.cursor), limit: 3 }).rows.map(({ archive }) => archive)).toEqual([
			4,
		]);
	});

	it('collates by folder', () => {
		const from = open(RUNS);
		const rows = (depth: number, path?: string) =>
			collate(from, { depth, ...(path === undefined ? {} : { path }) }).map(
				(row) => `${row.path}: ${row.files} ${row.bytes} ${row.archives}`,
			);
		expect(rows(0)).toEqual([': 4 12 3']);
		expect(rows(1)).toEqual(['home: 3 7 2', 'srv: 1 5 1']);
		expect(rows(2)).toEqual(['home/u: 3 7 2', 'srv: 1 5 1']);
		expect(rows(3)).toEqual(['home/u: 2 4 2', 'home/u/a: 1 3 1', 'home/u/empty: 0 0 1', 'srv: 1 5 1']);
		expect(rows(1, 'home/u')).toEqual(['home/u: 2 4 2', 'home/u/a: 1 3 1', 'home/u/empty: 0 0 1']);
	});

	it('says what became of archives', () => {
		const from = open(RUNS);
		from.exec('PRAGMA query_only = OFF');
		from.exec(`UPDATE archives SET status = 'deleted' WHERE archive = 2`);
		expect(listFiles(from, { path: 'srv', limit: 1 }).rows).toMatchObject([{ status: 'deleted' }]);
		expect(collate(from, { depth: 1 }).map(({ status }) => status)).toEqual(['stored', 'deleted']);
	});

	it('gives every name once, in the order of bytes, whatever the size of the pages', () => {
		const name = fc.oneof(
			fc.constantFrom(...ODD_NAMES, 'a', 'a.b', 'a-', 'b'),
			fc.string({ unit: 'binary', minLength: 1, maxLength: 3 }).filter((text) => !/[/\0]|^\.{1,2}$/.test(text)),
		);
		const tree = fc.uniqueArray(fc.array(name, { minLength: 1, maxLength: 3 }), {
			minLength: 1,
			maxLength: 40,
			selector: (path) => path.join('/'),
		});
		fc.assert(
			fc.property(tree, fc.integer({ min: 1, max: 7 }), (paths, limit) => {
				const own = scratchFolder('pages');
				const all = new Set(paths.map((path) => path.join('/')));
				const files = [...all].filter((path) => ![...all].some((other) => other.startsWith(`${path}/`)));
				const { stateFile } = makeBackup({
					folder: own,
					runs: [{ archives: [files.map((path) => ({ path }))] }],
					encrypt: false,
				});
				const from = openState(stateFile, 'read');
				const key = (path: string) => encodePath(path.replaceAll('/', '\0'));
				const expected = files.toSorted((a, b) => Buffer.compare(key(a), key(b)));
				expect(allPages(from, {}, limit).map(({ path }) => path)).toEqual(expected);
				from.close();
				removeTree(own);
			}),
			{ numRuns: 25 },
		);
	});

	it('pages through a folder that is larger than what is read at once', () => {
		const names = Array.from({ length: 1300 }, (_, at) => (at % 7 === 0 ? `\udc80${at}` : `n${at}`));
		const from = open([{ archives: [names.map((name) => ({ path: `big/${name}` }))] }]);
		const expected = names
			.map((name) => `big/${name}`)
			.toSorted((a, b) => Buffer.compare(encodePath(a), encodePath(b)));
		expect(allPages(from, {}, 99).map(({ path }) => path)).toEqual(expected);
	});
});

it('keeps to a snapshot while a run goes on', () => {
	const backup = makeBackup({ folder, runs: [RUNS[0]!], encrypt: false });
	const from = openState(backup.stateFile, 'read');
	const first = listFiles(from, { limit: 2 });
	from.close();
	makeBackup({ folder: join(folder, 'other'), runs: RUNS, encrypt: false });
	db = openState(join(folder, 'other/state.sqlite3'), 'read');
	const rest = listFiles(db, { limit: 100, cursor: first.cursor! });
	expect(rest.rows.map(({ path }) => path)).toContain('home/u/gone');
});
