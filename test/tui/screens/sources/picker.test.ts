import { expect, test } from 'vitest';
import type { Explanation } from '../../../../src/core/selection.ts';
import {
	currentItem,
	cursorAt,
	isChanged,
	newPicker,
	newsForPicker,
	type Picker,
	reducePicker,
	rowsOf,
	verdictOf,
	wantsOf,
	withPattern,
} from '../../../../src/tui/screens/sources/picker.ts';
import { ruleRows } from '../../../../src/tui/screens/sources/rules.ts';
import { draftsOf } from '../../../../src/tui/screens/sources/saved.ts';
import { cpuMs } from '../../../support/cpu.ts';
import { HEIGHT, page, row, SELECTION, smallTree } from './pages.ts';

const press = (picker: Picker, ...commands: string[]) =>
	commands.reduce((state, command) => reducePicker(state, command, HEIGHT), picker);
const at = (picker: Picker, path: string): Picker => ({ ...picker, cursor: path });
const paths = (picker: Picker) => rowsOf(picker).map((one) => one.path);

test('opens with the way to the sources, and asks for just that', () => {
	const picker = newPicker(SELECTION);
	expect(wantsOf(picker, HEIGHT).pages).toEqual([{ path: '/' }, { path: '/srv' }]);
	expect(currentItem(smallTree())?.path).toBe('/srv/data');
	expect(paths(smallTree())).toEqual([
		'/',
		'/etc',
		'/proc',
		'/srv',
		'/srv/data',
		'/srv/data/photos',
		'/srv/data/.cache',
		'/srv/data/disc.iso',
		'/srv/data/notes.txt',
		'/srv/private',
	]);
});

test('moves, folds and unfolds; a folder that is opened again is not listed again', () => {
	const picker = press(smallTree(), 'list.down');
	expect(currentItem(picker)?.path).toBe('/srv/data/photos');
	const up = press(picker, 'list.fold');
	expect(currentItem(up)?.path).toBe('/srv/data');
	const folded = press(up, 'list.fold');
	expect(paths(folded)).not.toContain('/srv/data/photos');
	const again = press(folded, 'list.unfold');
	expect(paths(again)).toEqual(paths(smallTree()));
	expect(wantsOf(again, HEIGHT).pages).toEqual([]);
	expect(currentItem(press(again, 'list.unfold'))?.path).toBe('/srv/data/photos');
	expect(wantsOf(press(picker, 'list.open'), HEIGHT).pages).toEqual([{ path: '/srv/data/photos' }]);
	expect(currentItem(press(picker, 'list.bottom'))?.path).toBe('/srv/private');
	expect(currentItem(press(picker, 'list.top'))?.path).toBe('/');
});

test('the cursor stays on its item when rows come, go and change places', () => {
	let picker = at(smallTree(), '/srv/data/notes.txt');
	picker = press(picker, 'list.hidden');
	expect(paths(picker)).not.toContain('/srv/data/.cache');
	expect(currentItem(picker)?.name).toBe('notes.txt');
	picker = { ...picker, sort: 'size' };
	expect(currentItem(picker)?.name).toBe('notes.txt');
	expect(paths(picker).indexOf('/srv/data/disc.iso')).toBeLessThan(paths(picker).indexOf('/srv/data/notes.txt'));
	const sizes = [{ path: '/srv/data/photos', state: 'done', files: 3, bytes: 9_000_000, unreadable: 0 } as const];
	picker = newsForPicker(picker, { type: 'sizes', sizes }, HEIGHT);
	expect(paths(picker)[5]).toBe('/srv/data/photos');
	expect(currentItem(picker)?.name).toBe('notes.txt');
	// What has gone leaves the cursor on the folder it was in.
	picker = page(picker, '/srv/data', [row('photos/')]);
	expect(currentItem(picker)?.path).toBe('/srv/data');
	expect(cursorAt(at(picker, '/srv/data/photos/deep/er'))).toBe(paths(picker).indexOf('/srv/data/photos'));
});

test('space leaves out what is in a source and brings back what a rule leaves out, at once', () => {
	const picker = at(smallTree(), '/srv/data/photos');
	const out = press(picker, 'sources.toggle');
	expect(out.selection.excludes).toEqual(['*.iso', '/srv/data/photos']);
	expect(currentItem(out)?.name).toBe('.cache');
	const photos = rowsOf(out).find(({ path }) => path === '/srv/data/photos')!;
	expect(photos.kind === 'item' && verdictOf(out, photos.item)).toMatchObject({ mark: 'outside', stale: true });
	expect(wantsOf(out, HEIGHT).verdicts).toContain('/srv/data/photos');
	expect(isChanged(out)).toBe(true);
	const back = press(at(out, '/srv/data/disc.iso'), 'sources.toggle');
	expect(back.selection.excludes).toEqual(['*.iso', '/srv/data/photos', '!/srv/data/disc.iso']);
	expect(press(back, 'sources.undo', 'sources.undo').selection).toEqual(SELECTION);
	expect(press(smallTree(), 'sources.undo').notice?.text).toMatch(/nothing to undo/);
	expect(press(at(smallTree(), '/etc'), 'sources.toggle').selection.sources).toEqual(['/srv/data', '/etc']);
});

test('what cannot be backed up is refused with the reason', () => {
	const picker = press(at(smallTree(), '/proc'), 'sources.toggle');
	expect(picker.selection).toBe(smallTree().selection);
	expect(picker.notice).toMatchObject({ level: 'warn', text: expect.stringMatching(/pseudo file system/) });
});

test('verdicts of older rules stay until the new ones come, and late ones count no more than they are', () => {
	let picker = withPattern(smallTree(), 'notes.txt');
	expect(wantsOf(picker, HEIGHT).verdicts).toContain('/srv/data/notes.txt');
	const explained: Explanation = {
		path: '/srv/data/notes.txt',
		exists: true,
		mark: 'excluded',
		decided: { by: 'pattern', index: 1, pattern: 'notes.txt' },
		at: '/srv/data/notes.txt',
	};
	picker = newsForPicker(picker, { type: 'verdicts', epoch: picker.epoch, paths: [explained] }, HEIGHT);
	expect(wantsOf(picker, HEIGHT).verdicts).not.toContain('/srv/data/notes.txt');
	const item = currentItem(at(picker, '/srv/data/notes.txt'))!;
	expect(verdictOf(picker, item)).toMatchObject({ mark: 'excluded', stale: false });
	picker = press(picker, 'sources.undo');
	expect(verdictOf(picker, item)).toMatchObject({ mark: 'excluded', stale: true });
});

test('pages of a large folder come when the cursor gets there', () => {
	let picker = page(at(newPicker({ ...SELECTION, sources: ['/a'] }), '/'), '/', [row('a'), row('b')], {
		cursor: 'fb',
		total: 5,
	});
	expect(rowsOf(picker).at(-1)).toMatchObject({ kind: 'more', count: 3 });
	expect(wantsOf(picker, HEIGHT).pages).toEqual([{ path: '/', after: 'fb' }]);
	expect(wantsOf(picker, 2).pages).toEqual([]);
	picker = page(picker, '/', [row('c'), row('d'), row('e')], { after: 'fb', total: 5 });
	expect(paths(picker)).toEqual(['/', '/a', '/b', '/c', '/d', '/e']);
	expect(page(picker, '/', [row('c')], { after: 'fb' })).toEqual(picker);
	const failed = newsForPicker(
		press(at(smallTree(), '/etc'), 'list.open'),
		{ type: 'failed', path: '/etc', problem: 'permission denied' },
		HEIGHT,
	);
	expect(rowsOf(failed)[2]).toMatchObject({ kind: 'note', text: 'permission denied' });
	expect(wantsOf(press(at(failed, '/etc'), 'list.fold', 'list.unfold'), HEIGHT).pages).toEqual([{ path: '/etc' }]);
});

test('a hundred thousand rows answer a key in a moment', () => {
	const rows = Array.from({ length: 100_000 }, (_, index) => row(`n${index}`));
	let picker = page(newPicker({ ...SELECTION, sources: ['/n99999'] }), '/', rows);
	const start = cpuMs();
	for (let count = 0; count < 100; count++) picker = press(picker, count % 2 ? 'list.up' : 'list.pageUp');
	expect(cpuMs() - start).toBeLessThan(1000);
	expect(wantsOf(picker, 30).verdicts.length).toBeLessThan(31);
});

test('pasted paths are added, with one sentence about them, and undone together', () => {
	const explained = (path: string, exists = true): Explanation => ({
		path,
		exists,
		mark: 'outside',
		decided: { by: 'outside' },
		at: path,
	});
	const asked = [explained('/etc'), explained('/srv/data/photos'), explained('/missing', false)];
	const picker = newsForPicker(smallTree(), { type: 'add', paths: asked }, HEIGHT);
	expect(picker.notice?.text).toBe('3 paths: 1 added, 1 in the sources already, 1 not found (/missing). u undoes it.');
	expect(picker.selection.sources).toEqual(['/srv/data', '/etc']);
	expect(currentItem(picker)?.path).toBe('/etc');
	expect(press(picker, 'sources.undo').selection.sources).toEqual(['/srv/data']);
	const above = newsForPicker(smallTree(), { type: 'add', paths: [explained('/srv')] }, HEIGHT);
	expect(above.selection.sources).toEqual(['/srv']);
});

test('rules are added, edited, moved, turned and deleted', () => {
	let picker = press(smallTree(), 'sources.rules');
	expect(picker.pane).toBe('rules');
	picker = withPattern(picker, ' *.tmp ');
	picker = withPattern(picker, '/srv/x');
	expect(picker.selection.excludes).toEqual(['*.iso', '*.tmp', '/srv/x']);
	expect(ruleRows(picker.selection)[picker.rule]).toMatchObject({ pattern: '/srv/x' });
	picker = press(picker, 'rules.up', 'rules.up', 'rules.up');
	expect(picker.selection.excludes).toEqual(['/srv/x', '*.iso', '*.tmp']);
	picker = press(picker, 'rules.down', 'rules.toggle');
	expect(picker.selection.excludes).toEqual(['*.iso', '!/srv/x', '*.tmp']);
	picker = withPattern(picker, '*.bak', 1);
	picker = press(picker, 'list.bottom', 'rules.delete');
	expect(picker.selection.excludes).toEqual(['*.iso', '*.bak']);
	picker = press(picker, 'list.top', 'rules.toggle', 'list.down', 'rules.toggle', 'rules.delete', 'rules.up');
	expect(picker.selection).toMatchObject({
		excludeSystem: false,
		excludeDeveloper: true,
		excludes: ['*.iso', '*.bak'],
	});
	expect(withPattern(picker, '  ')).toBe(picker);
	expect(press(picker, 'rules.back').pane).toBe('tree');
	expect(press(picker, ...Array(12).fill('sources.undo')).selection).toEqual(SELECTION);
});

test('what was saved in another form is what counts', () => {
	const picker = withPattern(smallTree(), 'x');
	const saved = newsForPicker(
		picker,
		{ type: 'saved', selection: { ...picker.selection, sources: ['/real'] } },
		HEIGHT,
	);
	expect([isChanged(saved), saved.selection.sources]).toEqual([false, ['/real']]);
});

test('drafts of an earlier session may be anything', () => {
	expect(
		draftsOf({ drafts: { good: SELECTION, bad: { ...SELECTION, sources: ['relative'] }, odd: 7, no: null } }),
	).toEqual({
		good: SELECTION,
	});
	for (const saved of [undefined, null, 1, 'x', [], { drafts: [] }, { drafts: null }])
		expect(draftsOf(saved)).toEqual({});
});
