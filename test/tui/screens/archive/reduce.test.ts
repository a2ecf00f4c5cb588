import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { currentRow } from '../../../../src/tui/screens/archive/reduce.ts';
import { marksOf } from '../../../../src/tui/screens/archive/reduce-marks.ts';
import { initialArchive, savedArchive } from '../../../../src/tui/screens/archive/state.ts';
import { positionOf, rowAt, rowCount } from '../../../../src/tui/screens/archive/tree.ts';
import { appOf, type Shape, World } from './world.ts';

/** Two sources; in each two folders and a file; in these three files. */
const SMALL: Shape = (path) => {
	const level = path === '/' ? 0 : path.split('/').length - 1;
	return level === 0 ? { folders: 2, files: 0 } : level === 1 ? { folders: 2, files: 1 } : { folders: 0, files: 3 };
};

const FLAT: Shape = (path) => (path === '/' ? { folders: 1, files: 0 } : { folders: 0, files: 1_000_000 });

describe('the tree', () => {
	it('unfolds as far as the depth says', () => {
		const world = new World(SMALL);
		world.go();
		expect(world.shown).toEqual(['/d0', '/d0/d0', '/d0/d1', '/d0/f2', '/d1', '/d1/d0', '/d1/d1', '/d1/f2']);
		world.go('archive.shallower');
		expect(world.shown).toEqual(['/d0', '/d1']);
		world.go('archive.deeper', 'archive.deeper');
		expect(world.shown).toHaveLength(2 + 2 * 3 + 4 * 3);
		world.go('archive.shallower', 'archive.shallower', 'archive.shallower');
		expect([world.shown, world.state.depth]).toEqual([['/d0', '/d1'], 1]);
	});

	it('folds and unfolds by hand, and goes in and out with the same keys', () => {
		const world = new World(SMALL);
		world.go('archive.shallower', 'list.down', 'list.unfold');
		expect(world.shown).toEqual(['/d0', '/d1', '/d1/d0', '/d1/d1', '/d1/f2']);
		expect(world.underCursor).toBe('/d1');
		world.go('list.unfold', 'list.unfold', 'list.unfold');
		expect(world.underCursor).toBe('/d1/d0/f0');
		world.go('list.fold');
		expect(world.underCursor).toBe('/d1/d0');
		world.go('list.fold', 'list.fold', 'list.open');
		expect([world.underCursor, world.shown]).toEqual(['/d1', ['/d0', '/d1']]);
	});

	it('keeps folded what was folded by hand until the depth changes', () => {
		const world = new World(SMALL);
		world.go('list.fold', 'list.down', 'list.up');
		expect(world.shown[1]).toBe('/d1');
		world.go('archive.deeper');
		expect(world.shown[1]).toBe('/d0/d0');
	});

	it('shows the first rows of what the depth unfolds, and all at a key', () => {
		const world = new World((path) => (path === '/' ? { folders: 2, files: 0 } : { folders: 0, files: 60 }));
		world.go();
		expect(world.shown.slice(9, 13)).toEqual(['/d0/f8', '/d0/f9', '/d0 +50', '/d1']);
		expect(rowAt(world.state.folders, 11)).toMatchObject({ kind: 'more', files: 50, bytes: 500 });
		for (let row = 0; row < 11; row++) world.go('list.down');
		world.go('list.unfold');
		expect(world.shown.slice(10, 13)).toEqual(['/d0/f9', '/d0/f10', '/d0/f11']);
		expect(world.underCursor).toBe('/d0/f10');
	});

	it('goes through a million rows, and reads only what is seen', () => {
		const world = new World(FLAT);
		world.go();
		expect(rowCount(world.state.folders)).toBe(1_000_001);
		world.go('list.bottom');
		expect(world.underCursor).toBe('/d0/f999999');
		world.go('list.pageUp', 'list.up');
		expect(world.underCursor).toMatch(/^\/d0\/f9999[789]\d$/);
		expect(Object.keys(world.state.folders['/d0']!.pages).length).toBeLessThan(5);
		for (let page = 0; page < 200; page++) world.press('list.pageUp');
		expect(world.underCursor).toMatch(/ \?$/);
		world.load();
		expect(world.underCursor).toMatch(/^\/d0\/f99\d{4}$/);
	});

	it('forgets pages far away', () => {
		const world = new World(FLAT);
		world.go();
		for (let page = 0; page < 60; page++) world.answer('/d0', page);
		const pages = Object.keys(world.state.folders['/d0']!.pages).map(Number);
		expect(pages.length).toBeLessThanOrEqual(41);
		expect(pages).toContain(59);
	});

	it('says the same position for every row, whatever is unfolded', () => {
		const command = fc.constantFrom(
			...['list.down', 'list.unfold', 'list.fold', 'list.bottom', 'list.halfUp', 'archive.deeper'],
		);
		fc.assert(
			fc.property(fc.array(command, { maxLength: 40 }), (commands) => {
				const world = new World(SMALL);
				world.go(...commands);
				const { folders } = world.state;
				expect(new Set(world.shown).size).toBe(world.shown.length);
				for (let at = 0; at < rowCount(folders); at++) {
					const row = rowAt(folders, at)!;
					expect(positionOf(folders, row.folder, row.index)).toBe(at);
				}
			}),
			{ numRuns: 60 },
		);
	});
});

describe('the cursor', () => {
	it('stays on its row when others arrive above it', () => {
		const world = new World(SMALL);
		world.answer('/', 0);
		world.answer('/d1', 0);
		for (let row = 0; row < 4; row++) world.press('list.down');
		const before = world.underCursor;
		world.load();
		expect(before).toBe('/d1/d1');
		expect(world.underCursor).toBe(before);
		expect(world.state.list.cursor).toBe(6);
	});

	it('stays on its file when the order of the same rows changes', () => {
		const world = new World(SMALL);
		world.go('list.down', 'list.down');
		expect(world.underCursor).toBe('/d0/d1');
		const answer = world.page('/d0', 0);
		answer.rows.reverse();
		world.dispatch({ type: 'archive/rows', generation: world.state.generation, folder: '/d0', answer });
		expect(world.underCursor).toBe('/d0/d1');
	});

	it('stays on its file when the window changes', () => {
		const world = new World(FLAT);
		world.go('list.bottom', 'list.pageUp', 'list.pageUp');
		const before = world.underCursor;
		for (const [columns, rows] of [
			[60, 16],
			[160, 45],
			[80, 24],
		] as const) {
			world.app = appOf(columns, rows);
			world.dispatch({ type: 'resize', columns, rows });
			world.load();
			expect(world.underCursor).toBe(before);
			const { cursor, top } = world.state.list;
			expect(cursor >= top && cursor < top + rows).toBe(true);
		}
	});

	it('follows the end while a folder is being read', () => {
		const world = new World(FLAT);
		world.go();
		const folder = world.state.folders['/d0']!;
		world.state = { ...world.state, folders: { ...world.state.folders, '/d0': { ...folder, total: 5000 } } };
		world.press('list.bottom');
		expect(world.state.list.cursor).toBe(5000);
		world.answer('/d0', 49);
		expect(world.underCursor).toBe('/d0 999999 ?');
		world.press('list.up');
		world.answer('/d0', 48);
		expect(world.underCursor).toBe('/d0 999998 ?');
	});
});

describe('answers', () => {
	it('of an earlier question are not taken', () => {
		const world = new World(SMALL);
		const { generation } = world.state;
		world.dispatch({ type: 'reply', tag: 'archive.sort', value: 'size' });
		world.dispatch({ type: 'archive/rows', generation, folder: '/', answer: world.page('/', 0) });
		expect(world.state.stale).toBe(true);
		world.load();
		expect(world.state).toMatchObject({ stale: false, sort: 'size', descending: true });
	});

	it('of a changed snapshot replace all there was', () => {
		const world = new World(SMALL);
		world.go('list.bottom');
		world.revision = 'r2';
		world.answer('/', 0);
		expect(world.state.revision).toBe('r2');
		expect(world.state.folders['/d0']).toMatchObject({ open: true, total: undefined });
		world.load();
		expect(world.shown).toHaveLength(8);
	});

	it('keep what was shown until something newer is there', () => {
		const world = new World(SMALL);
		world.go();
		world.dispatch({ type: 'reply', tag: 'archive.snapshot', value: '3' });
		expect([world.state.snapshot, world.shown.length]).toEqual([3, 8]);
		world.load();
		expect(world.shown).toHaveLength(8);
	});

	it('about another job start anew, and marks stay with their job', () => {
		const world = new World(SMALL);
		world.go('list.mark');
		world.app = appOf(100, 30, 'home');
		world.dispatch({ type: 'tick', now: 1 });
		expect([world.state.job, rowCount(world.state.folders), marksOf(world.state)]).toEqual(['home', 1, {}]);
		world.app = appOf(100, 30, 'photos');
		world.dispatch({ type: 'tick', now: 2 });
		expect(Object.keys(marksOf(world.state))).toEqual(['/d0']);
	});
});

describe('marks', () => {
	const marked = (world: World) => Object.keys(marksOf(world.state)).sort();

	it('toggle and move on', () => {
		const world = new World(SMALL);
		world.go('list.down', 'list.mark', 'list.mark');
		expect(marked(world)).toEqual(['/d0/d0', '/d0/d1']);
		world.go('list.up', 'list.mark');
		expect(marked(world)).toEqual(['/d0/d0']);
		world.go('list.unmark');
		expect(marked(world)).toEqual([]);
	});

	it('of a folder stand for what is in it', () => {
		const world = new World(SMALL);
		world.go('list.down', 'list.mark', 'list.top', 'list.mark');
		expect(marked(world)).toEqual(['/d0']);
		expect(marksOf(world.state)['/d0']).toEqual({ files: 3, bytes: 30 });
		world.go('list.mark');
		expect(marked(world)).toEqual(['/d0']);
	});

	it('take a range, which esc gives up', () => {
		const world = new World(SMALL);
		world.go('list.down', 'list.range', 'list.down', 'list.down', 'app.back', 'list.range', 'list.up', 'list.range');
		expect(marked(world)).toEqual(['/d0/d1', '/d0/f2']);
		expect(world.state.range).toBeUndefined();
	});

	it('take all that is shown', () => {
		const world = new World(SMALL);
		world.go('list.markAll');
		expect(marked(world)).toEqual(['/d0', '/d1']);
		world.go('list.unmark', 'list.down', 'list.markAll');
		expect(marked(world)).toEqual(['/d0']);
	});

	it('are kept over sessions, and what cannot be read is dropped', () => {
		const world = new World(SMALL);
		world.go('list.mark');
		const saved = JSON.parse(JSON.stringify(savedArchive(world.state)));
		expect(initialArchive(saved).marks).toEqual(world.state.marks);
		for (const odd of [undefined, 7, { marks: 'x' }, { marks: { photos: { '/a': { files: 'x' }, b: 1 } } }]) {
			expect(Object.values(initialArchive(odd).marks).flatMap((own) => Object.keys(own))).toEqual([]);
		}
		expect(savedArchive(initialArchive())).toBeUndefined();
	});
});

describe('a filter', () => {
	const found = (world: World, text: string, cursor?: string) =>
		world.dispatch({
			type: 'archive/found',
			generation: world.state.generation,
			text,
			cursor,
			answer: {
				snapshot: { number: 7, time: 0, finished: true },
				rows: [world.row('/d0', cursor ? 1 : 0, 0)],
				searched: cursor ? 1 : 0.5,
				...(cursor ? {} : { cursor: 'next' }),
			},
		});
	const type = (world: World, text: string) => {
		for (const key of text) world.dispatch({ type: 'field', key });
	};

	it('has the keys until enter, and shows what was found as it comes', () => {
		const world = new World(SMALL);
		world.go('archive.filter');
		type(world, 'f0');
		found(world, 'f');
		expect(world.state.search?.rows).toEqual([]);
		found(world, 'f0');
		found(world, 'f0', 'next');
		expect(world.state.search).toMatchObject({ editing: true, searched: 1, cursor: undefined });
		expect(world.state.search?.rows.map(({ path }) => path)).toEqual(['/d0/f0', '/d0/f1']);
		world.dispatch({ type: 'field', key: 'down' });
		world.dispatch({ type: 'field', key: 'enter' });
		world.press('list.mark');
		expect(currentRow(world.state)?.path).toBe('/d0/f1');
		expect(Object.keys(marksOf(world.state))).toEqual(['/d0/f1']);
		world.press('app.back');
		expect(world.state.search).toBeUndefined();
	});

	it('leaves the tree as it was, and goes away when it is empty', () => {
		const world = new World(SMALL);
		world.go('list.bottom', 'archive.filter', 'list.up');
		type(world, 'x');
		world.dispatch({ type: 'field', key: 'esc' });
		expect(world.underCursor).toBe('/d1/f2');
		world.press('archive.filter');
		world.dispatch({ type: 'field', key: 'enter' });
		expect(world.state.search).toBeUndefined();
	});
});
