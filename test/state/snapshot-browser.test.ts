import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BrowseRow } from '../../src/core/browse.ts';
import { listFiles } from '../../src/state/browse.ts';
import { openState } from '../../src/state/open-state.ts';
import { type LevelQuery, SnapshotBrowser } from '../../src/state/snapshot-browser.ts';
import { snapshotRevision } from '../../src/state/snapshot-revision.ts';
import { resolveSnapshot } from '../../src/state/snapshots.ts';
import { listVersions } from '../../src/state/versions.ts';
import { type MadeRun, makeBackup } from '../support/hand-made-backup.ts';
import { makeManyFiles } from '../support/many-files.ts';
import { ODD_NAMES, removeTree, scratchFolder } from '../support/trees.ts';

let folder: string;
const open: DatabaseSync[] = [];
beforeEach(() => {
	folder = scratchFolder('snapshot-browser');
});
afterEach(() => {
	for (const db of open.splice(0)) db.close();
	removeTree(folder);
});

function database(runs: MadeRun[]): DatabaseSync {
	const db = openState(makeBackup({ folder, runs, encrypt: false }).stateFile, 'read');
	open.push(db);
	return db;
}

function browserOf(db: DatabaseSync, snapshot?: number): SnapshotBrowser {
	const browser = new SnapshotBrowser(db, resolveSnapshot(db, snapshot, true), 'one');
	while (browser.work(1000));
	return browser;
}

const LEVEL: LevelQuery = { path: '', sort: 'name', descending: false, filter: '', from: 0, limit: 100 };

const short = ({ name, totals }: BrowseRow) =>
	totals
		? `${name}: ${totals.files} ${totals.bytes} ${totals.archives} ${totals.firstArchive}-${totals.lastArchive} ${totals.status}`
		: name;

const RUNS: MadeRun[] = [
	{
		archives: [
			[
				{ path: 'home/u', type: 'dir' },
				{ path: 'home/u/a', type: 'dir' },
				{ path: 'home/u/a/x', content: 'x1' },
				{ path: 'home/u/a.txt', content: 'text' },
				{ path: 'home/u/empty', type: 'dir' },
				{ path: 'home/u/old', type: 'dir' },
				{ path: 'home/u/old/gone', content: 'gone' },
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
		gone: ['home/u/old', 'home/u/old/gone'],
		status: 'partial',
	},
	{ archives: [[{ path: 'home/u/new', content: 'new' }]], status: 'running' },
];

describe('a folder', () => {
	it('has what is backed up at the top, not the way there', () => {
		const page = browserOf(database(RUNS)).browse(LEVEL);
		expect(page.rows.map(short)).toEqual(['home/u: 3 7 2 1-3 stored', 'srv/file: 1 5 1 2-2 stored']);
		expect(page).toMatchObject({ path: '/', total: 2, counting: false, snapshot: { number: 2, finished: true } });
		expect(page.totals).toMatchObject({ files: 4, bytes: 12, archives: 3 });
	});

	it('lists one level with the totals of what is below', () => {
		const page = browserOf(database(RUNS)).browse({ ...LEVEL, path: 'home/u' });
		expect(page.rows.map(short)).toEqual([
			'a: 1 3 1 3-3 stored',
			'a.txt: 1 4 1 1-1 stored',
			'empty: 0 0 1 1-1 stored',
			'link: 1 0 1 3-3 stored',
		]);
		expect(page.rows[0]).toMatchObject({ path: '/home/u/a', type: 'dir' });
	});

	it('shows names before all is counted', () => {
		const db = database(RUNS);
		const browser = new SnapshotBrowser(db, resolveSnapshot(db, 1), 'one', 0);
		const page = browser.browse({ ...LEVEL, path: 'home/u' });
		expect(page).toMatchObject({ counting: true });
		expect(page.rows.map(short)).toEqual(['a', 'a.txt: 1 4 1 1-1 stored', 'empty', 'old']);
	});

	it('can be sorted and filtered', () => {
		const browser = browserOf(database(RUNS));
		const names = (query: Partial<LevelQuery>) =>
			browser.browse({ ...LEVEL, path: 'home/u', ...query }).rows.map(({ name }) => name);
		expect(names({ sort: 'size', descending: true })).toEqual(['a.txt', 'a', 'empty', 'link']);
		expect(names({ sort: 'files' })).toEqual(['empty', 'a', 'a.txt', 'link']);
		expect(names({ descending: true })).toEqual(['link', 'empty', 'a.txt', 'a']);
		expect(names({ filter: 'A' })).toEqual(['a', 'a.txt']);
		expect(names({ filter: 'size:>3' })).toEqual(['a.txt']);
		expect(() => names({ filter: 'colour:red' })).toThrowError(expect.objectContaining({ code: 'BAD_FILTER' }));
	});

	it('can be entered around a path', () => {
		const browser = browserOf(database(RUNS));
		const at = (query: Partial<LevelQuery>) => {
			const { from, rows } = browser.browse({ ...LEVEL, limit: 2, ...query });
			return [from, ...rows.map(({ name }) => name)];
		};
		expect(at({ path: 'home/u', around: 'home/u/link' })).toEqual([2, 'empty', 'link']);
		expect(at({ path: 'home/u', around: 'home/u/a/x', sort: 'size' })).toEqual([2, 'a', 'a.txt']);
		expect(at({ around: 'home/u/a/x', limit: 1 })).toEqual([0, 'home/u']);
		expect(at({ around: 'no/such' })[0]).toBe(0);
	});

	it('that is a file is that file alone', () => {
		const page = browserOf(database(RUNS)).browse({ ...LEVEL, path: 'home/u/a.txt' });
		expect(page.rows).toMatchObject([{ name: 'a.txt', path: '/home/u/a.txt', totals: { files: 1 } }]);
	});

	it('tells what is of a run under way, and what became of archives', () => {
		const db = database(RUNS);
		const level = (snapshot: number, path: string) =>
			browserOf(db, snapshot)
				.browse({ ...LEVEL, path })
				.rows.map(({ name, totals }) => `${name} ${totals?.status} ${totals?.affected}`);
		expect(level(3, 'home/u')).toContain('new running 1');
		expect(level(3, '')).toEqual(['home/u running 1', 'srv/file stored 0']);
		db.exec(`PRAGMA query_only = OFF; UPDATE archives SET status = 'deleted' WHERE archive = 1`);
		expect(level(2, '')[0]).toBe('home/u deleted 3');
		db.exec(`UPDATE archives SET status = 'abandoned' WHERE archive = 2`);
		expect(level(2, '')).toHaveLength(1);
	});

	it('has another revision when its archives have changed', () => {
		const db = database(RUNS);
		const snapshot = resolveSnapshot(db, 2);
		const before = snapshotRevision(db, snapshot);
		db.exec(`PRAGMA query_only = OFF; UPDATE archives SET status = 'missing' WHERE archive = 4`);
		expect(snapshotRevision(db, snapshot)).toBe(before);
		db.exec(`UPDATE archives SET status = 'missing' WHERE archive = 2`);
		expect(snapshotRevision(db, snapshot)).not.toBe(before);
	});

	it('counts as a walk of all files does', () => {
		const name = fc.constantFrom(...ODD_NAMES.slice(0, 6), 'a', 'b', 'c');
		const tree = fc.uniqueArray(fc.array(name, { minLength: 1, maxLength: 4 }), {
			minLength: 1,
			maxLength: 30,
			selector: (path) => path.join('/'),
		});
		fc.assert(
			fc.property(tree, fc.integer({ min: 1, max: 4 }), (paths, archives) => {
				const own = scratchFolder('count');
				const all = paths.map((path) => path.join('/'));
				const files = all.filter((path) => !all.some((other) => other.startsWith(`${path}/`)));
				const made = Array.from({ length: archives }, (_, at) =>
					files.filter((_file, nr) => nr % archives === at).map((path) => ({ path, content: path })),
				);
				const db = openState(makeBackup({ folder: own, runs: [{ archives: made }], encrypt: false }).stateFile, 'read');
				const listed = listFiles(db, { limit: 100 }).rows;
				const browser = browserOf(db);
				const tops = new Set(all.map((path) => path.split('/').slice(0, -1).join('/')));
				for (const path of tops) {
					const below = listed.filter((row) => path === '' || row.path.startsWith(`${path}/`));
					const { totals } = browser.browse({ ...LEVEL, path });
					expect(totals).toMatchObject({
						files: below.length,
						bytes: below.reduce((sum, { size }) => sum + size, 0),
						archives: new Set(below.map(({ archive }) => archive)).size,
						firstArchive: Math.min(...below.map(({ archive }) => archive)),
						lastArchive: Math.max(...below.map(({ archive }) => archive)),
					});
				}
				db.close();
				removeTree(own);
			}),
			{ numRuns: 25 },
		);
	});
});

describe('a search', () => {
	function search(browser: SnapshotBrowser, filter: string, path = '', limit = 100): string[] {
		const paths: string[] = [];
		let cursor: string | undefined;
		do {
			const page = browser.find({ path, filter, cursor, limit });
			expect(page.rows.length).toBeLessThanOrEqual(limit);
			paths.push(...page.rows.map((row) => row.path));
			cursor = page.cursor;
		} while (cursor !== undefined);
		return paths;
	}

	it('finds names, folders among them, and what else is asked of files', () => {
		const browser = browserOf(database(RUNS));
		expect(search(browser, 'a')).toEqual(['/home/u/a', '/home/u/a.txt']);
		expect(search(browser, 'X')).toEqual(['/home/u/a.txt', '/home/u/a/x']);
		expect(search(browser, 'size:>4')).toEqual(['/srv/file']);
		expect(search(browser, 'archive:3')).toEqual(['/home/u/link', '/home/u/a/x']);
		expect(search(browser, 'type:dir')).toEqual(['/home/u', '/home/u/a', '/home/u/empty']);
		expect(search(browser, 'gone')).toEqual([]);
		expect(search(browser, 'x', 'home/u/a')).toEqual(['/home/u/a/x']);
		expect(search(browser, 'before:2000')).toEqual([]);
		expect(search(browser, 'x', '', 1)).toEqual(['/home/u/a.txt', '/home/u/a/x']);
	});

	it('knows the case of all letters and takes signs as they are', () => {
		const names = ['ÅNGSTRÖM.txt', '100%_done', 'a\\b', '1000 done', 'bad\udc80name'];
		const browser = browserOf(database([{ archives: [names.map((name) => ({ path: `d/${name}` }))] }]));
		expect(search(browser, 'ångström')).toEqual(['/d/ÅNGSTRÖM.txt']);
		expect(search(browser, '%_')).toEqual(['/d/100%_done']);
		expect(search(browser, '\\')).toEqual(['/d/a\\b']);
		expect(search(browser, '"0 d"')).toEqual(['/d/1000 done']);
		expect(search(browser, 'badd')).toEqual([]);
		expect(search(browser, 'name', '', 1)).toEqual(['/d/bad\udc80name']);
	});

	it('goes through large folders in parts and gives every match once', () => {
		const stateFile = join(folder, 'many.sqlite3');
		makeManyFiles({ stateFile, files: 3000, flat: 45_000 });
		const db = openState(stateFile, 'read');
		open.push(db);
		const browser = browserOf(db);
		const found = search(browser, '00', '', 700);
		expect(new Set(found).size).toBe(found.length);
		const expected = (count: number) => Array.from({ length: count }, (_, at) => String(at).padStart(7, '0'));
		const matching = [...expected(3000), ...expected(45_000)].filter((name) => name.includes('00'));
		expect(found.filter((path) => path.endsWith('.jpeg'))).toHaveLength(matching.length);
	});
});

it('lists the versions of a path, newest first', () => {
	const db = database(RUNS);
	expect(listVersions(db, 'home/u/a/x')).toMatchObject([
		{ first: 2, last: null, size: 3, archive: 3, status: 'stored', lastTime: null },
		{ first: 1, last: 1, size: 2, archive: 1, status: 'stored' },
	]);
	expect(listVersions(db, 'home/u/new')).toMatchObject([{ first: 3, status: 'running' }]);
	expect(listVersions(db, 'home/u/old/gone')).toMatchObject([{ first: 1, last: 1 }]);
	expect(listVersions(db, 'no/such')).toEqual([]);
});
