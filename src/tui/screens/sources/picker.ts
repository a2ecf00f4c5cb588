/**
 * Choosing what is backed up: a tree with a verdict for each row, the rules behind it, and what was chosen before. A
 * state of its own with its own reducer, so that it can be part of any screen. Pure.
 */

import type { Explanation, FolderPage, Measured, Selection, Verdict } from '../../../core/selection.ts';
import { counted } from '../../../core/sizes.ts';
import { intoView, moveList } from '../../components/list.ts';
import { cycle, withRule, withSource } from './choose.ts';
import { moveRule, ruleRows, withRuleToggled } from './rules.ts';
import {
	fold,
	readAnew,
	type Sort,
	type Tree,
	type TreeItem,
	type TreeRow,
	treeRows,
	unfold,
	unfoldTo,
	withPage,
	withProblem,
} from './tree.ts';

export interface Picker {
	/** As it is saved. */
	base: Selection;
	selection: Selection;
	/** Selections before, for undo; the newest last. */
	past: readonly Selection[];
	/** Rises with each change of the selection: verdicts of an older one are shown until the new ones come. */
	epoch: number;
	tree: Tree;
	/** Newer than those that came with the rows. */
	verdicts: Readonly<Record<string, { epoch: number; verdict: Verdict }>>;
	/** What is there, by path. */
	sizes: Readonly<Record<string, Measured>>;
	/** What a run takes of each source; for the selection of this epoch. */
	taken: { epoch: number; sources: Readonly<Record<string, Measured>> };
	/** Path of the row under the cursor, and the first row shown. */
	cursor: string;
	top: number;
	sort: Sort;
	hidden: boolean;
	pane: 'tree' | 'rules';
	/** Row under the cursor of the rules. */
	rule: number;
	/** Whether the selection and rules are shown where they do not fit beside the tree. */
	details: boolean;
	/** To be said; the same object is said once. */
	notice: { level: 'info' | 'warn'; text: string } | undefined;
}

/** What the picker is told by whoever asks the engine for it. */
export type PickerNews =
	| { type: 'page'; path: string; page: FolderPage; after?: string; epoch: number }
	| { type: 'failed'; path: string; problem: string }
	| { type: 'verdicts'; epoch: number; paths: readonly Explanation[] }
	| { type: 'sizes'; sizes: readonly Measured[] }
	| { type: 'taken'; epoch: number; sources: readonly Measured[] }
	/** Paths that were pasted or typed, with what is there. */
	| { type: 'add'; paths: readonly Explanation[] }
	| { type: 'saved'; selection: Selection };

const PAST_KEPT = 100;

export function newPicker(selection: Selection): Picker {
	let tree = unfold({}, '/');
	for (const source of selection.sources.slice(0, 20)) tree = unfoldTo(tree, source);
	return {
		base: selection,
		selection,
		past: [],
		epoch: 0,
		tree,
		verdicts: {},
		sizes: {},
		taken: { epoch: -1, sources: {} },
		cursor: selection.sources[0] ?? '/',
		top: 0,
		sort: 'name',
		hidden: true,
		pane: 'tree',
		rule: 0,
		details: false,
		notice: undefined,
	};
}

export function isChanged({ base, selection }: Picker): boolean {
	return JSON.stringify(base) !== JSON.stringify(selection);
}

export function rowsOf({ tree, sort, hidden, sizes }: Picker): readonly TreeRow[] {
	return treeRows(tree, { sort, hidden, sizes });
}

/** Index of the row under the cursor: its path, or else the nearest folder above it that is shown. */
export function cursorAt(picker: Picker): number {
	const rows = rowsOf(picker);
	for (let path = picker.cursor; ; path = parentOf(path)) {
		const at = rows.findIndex((row) => row.path === path);
		if (at !== -1) return at;
		if (path === '/') return 0;
	}
}

function parentOf(path: string): string {
	const nul = path.indexOf('\0');
	if (nul !== -1) return path.slice(0, nul);
	return path.slice(0, Math.max(1, path.lastIndexOf('/')));
}

/** The rows in a window of `height`, and which of them is under the cursor. */
export function visibleRows(picker: Picker, height: number): { rows: readonly TreeRow[]; top: number; cursor: number } {
	const rows = rowsOf(picker);
	const { cursor, top } = intoView({ cursor: cursorAt(picker), top: picker.top }, rows.length, height);
	return { rows: rows.slice(top, top + height), top, cursor };
}

export function verdictOf(picker: Picker, item: TreeItem): Verdict & { stale: boolean } {
	const newer = picker.verdicts[item.path];
	const known = newer && newer.epoch >= item.epoch ? { ...newer.verdict, epoch: newer.epoch } : item;
	const { mark, decided, at, epoch } = known;
	return { mark, decided, at, stale: epoch !== picker.epoch };
}

/** The item under the cursor. */
export function currentItem(picker: Picker): TreeItem | undefined {
	const row = rowsOf(picker)[cursorAt(picker)];
	return row?.kind === 'item' ? row.item : undefined;
}

/** The selection changed by a person: to be undone with `u`. */
export function changed(picker: Picker, selection: Selection, notice?: Picker['notice']): Picker {
	if (selection === picker.selection) return { ...picker, notice };
	const past = [...picker.past.slice(-PAST_KEPT), picker.selection];
	return { ...picker, selection, past, epoch: picker.epoch + 1, notice };
}

/** @param height rows of the tree that are shown */
export function reducePicker(picker: Picker, command: string, height: number): Picker {
	switch (command) {
		case 'sources.undo':
			return undone(picker);
		case 'list.hidden':
			return settled({ ...picker, hidden: !picker.hidden }, height);
		case 'list.details':
			return { ...picker, details: !picker.details, pane: 'tree' };
		case 'list.nextPane':
		case 'list.previousPane':
		case 'sources.rules':
			return { ...picker, pane: picker.pane === 'tree' ? 'rules' : 'tree' };
		case 'app.reload':
			return { ...picker, tree: readAnew(picker.tree), sizes: {}, taken: { epoch: -1, sources: {} }, verdicts: {} };
	}
	return picker.pane === 'rules' ? inRules(picker, command) : inTree(picker, command, height);
}

function inTree(picker: Picker, command: string, height: number): Picker {
	const rows = rowsOf(picker);
	const at = cursorAt(picker);
	const row = rows[at];
	switch (command) {
		case 'sources.toggle':
			return toggled(picker, height);
		case 'list.fold': {
			if (row?.kind === 'item' && row.folder?.open && row.path !== '/') {
				return settled({ ...picker, tree: fold(picker.tree, row.path) }, height);
			}
			return settled({ ...picker, cursor: parentOf(row?.path ?? '/') }, height);
		}
		case 'list.unfold':
			if (row?.kind !== 'item' || row.item.type !== 'dir') return picker;
			if (row.folder?.open) return settled({ ...picker, cursor: rows[at + 1]?.path ?? picker.cursor }, height);
			return settled({ ...picker, cursor: row.path, tree: unfold(picker.tree, row.path) }, height);
		case 'list.open': {
			if (row?.kind !== 'item' || row.item.type !== 'dir') return picker;
			const tree = row.folder?.open ? fold(picker.tree, row.path) : unfold(picker.tree, row.path);
			return settled({ ...picker, cursor: row.path, tree }, height);
		}
	}
	const list = { cursor: at, top: picker.top };
	const moved = moveList(list, command, rows.length, height);
	return moved === list ? picker : { ...picker, cursor: rows[moved.cursor]?.path ?? '/', top: moved.top };
}

/** The next choice for what is under the cursor, which moves on. */
function toggled(picker: Picker, height: number): Picker {
	const item = currentItem(picker);
	if (!item) return picker;
	const verdict = verdictOf(picker, item);
	const selection = cycle(picker.selection, item.path, verdict);
	if (typeof selection === 'string') return { ...picker, notice: { level: 'warn', text: selection } };
	const next = changed(picker, selection, noticeOf(picker.selection, selection, item.path));
	// Shown at once; the engine's own word follows.
	const mark = isOut(verdict.mark) ? 'included' : 'outside';
	const shown = { epoch: picker.epoch, verdict: { mark, decided: verdict.decided, at: verdict.at } as const };
	const moved = moveList({ cursor: cursorAt(next), top: next.top }, 'list.down', rowsOf(next).length, height);
	return {
		...next,
		verdicts: { ...next.verdicts, [item.path]: shown },
		cursor: rowsOf(next)[moved.cursor]!.path,
		top: moved.top,
	};
}

/** Only what takes more with it than the eye sees is told. */
function noticeOf(before: Selection, after: Selection, path: string): Picker['notice'] {
	const gone = before.sources.length - after.sources.length;
	const rules = before.excludes.length - after.excludes.length;
	if (gone <= 0) return undefined;
	if (before.sources.includes(path)) {
		const too = rules > 0 ? `, and ${counted(rules, 'rule')} for what is in it` : '';
		return { level: 'info', text: `${path} is no source any more${too}. u undoes it.` };
	}
	return { level: 'info', text: `${path} takes in ${counted(gone + 1, 'source')} that lie in it. u undoes it.` };
}

function isOut(mark: Verdict['mark']): boolean {
	return mark === 'excluded' || mark === 'outside';
}

function inRules(picker: Picker, command: string): Picker {
	const { selection, rule } = picker;
	const rows = ruleRows(selection);
	switch (command) {
		case 'rules.back':
			return { ...picker, pane: 'tree' };
		case 'rules.toggle':
			return changed(picker, withRuleToggled(selection, rule));
		case 'rules.delete': {
			const row = rows[rule];
			if (row?.kind !== 'pattern') return picker;
			const excludes = selection.excludes.toSpliced(row.index, 1);
			const text = `Rule ${row.pattern} is gone. u brings it back.`;
			const next = changed(picker, { ...selection, excludes }, { level: 'info', text });
			return { ...next, rule: Math.min(rule, rows.length - 2) };
		}
		case 'rules.up':
		case 'rules.down': {
			const by = command === 'rules.up' ? -1 : 1;
			const moved = moveRule(selection, rule, by);
			return moved === selection ? picker : { ...changed(picker, moved), rule: rule + by };
		}
	}
	const moved = moveList({ cursor: rule, top: 0 }, command, rows.length, rows.length);
	return { ...picker, rule: moved.cursor };
}

function undone(picker: Picker): Picker {
	const selection = picker.past.at(-1);
	if (!selection) return { ...picker, notice: { level: 'info', text: 'There is nothing to undo.' } };
	const past = picker.past.slice(0, -1);
	return { ...picker, selection, past, epoch: picker.epoch + 1, notice: { level: 'info', text: 'Undone.' } };
}

/** A pattern typed for the job. @param index of the pattern it replaces */
export function withPattern(picker: Picker, typed: string, index?: number): Picker {
	const pattern = typed.trim();
	if (pattern === '') return picker;
	const { selection } = picker;
	if (index === undefined) {
		const next = changed(picker, withRule(selection, pattern));
		return { ...next, rule: ruleRows(next.selection).length - 1 };
	}
	return changed(picker, { ...selection, excludes: selection.excludes.with(index, pattern) });
}

export function newsForPicker(picker: Picker, news: PickerNews, height: number): Picker {
	switch (news.type) {
		case 'page':
			return settled({ ...picker, tree: withPage(picker.tree, news.path, news.page, news.after, news.epoch) }, height);
		case 'failed':
			return settled({ ...picker, tree: withProblem(picker.tree, news.path, news.problem) }, height);
		case 'verdicts': {
			const verdicts = { ...picker.verdicts };
			for (const { path, mark, decided, at } of news.paths) {
				verdicts[path] = { epoch: news.epoch, verdict: { mark, decided, at } };
			}
			return { ...picker, verdicts };
		}
		case 'sizes':
			return settled({ ...picker, sizes: { ...picker.sizes, ...byPath(news.sizes) } }, height);
		case 'taken':
			return news.epoch === picker.epoch
				? { ...picker, taken: { epoch: news.epoch, sources: byPath(news.sources) } }
				: picker;
		case 'add':
			return added(picker, news.paths, height);
		case 'saved':
			return { ...picker, base: news.selection, ...rebased(picker, news.selection) };
	}
}

/** What was saved may be written in another way, such as a link that was resolved. */
function rebased(picker: Picker, selection: Selection): Pick<Picker, 'selection' | 'epoch'> {
	const isSame = JSON.stringify(picker.selection) === JSON.stringify(selection);
	return isSame ? { selection, epoch: picker.epoch } : { selection, epoch: picker.epoch + 1 };
}

function byPath(measured: readonly Measured[]): Record<string, Measured> {
	return Object.fromEntries(measured.map((one) => [one.path, one]));
}

/** Paths as sources, with the cursor on the first of them. */
function added(picker: Picker, paths: readonly Explanation[], height: number): Picker {
	const there = paths.filter(({ exists }) => exists);
	const missing = paths.filter(({ exists }) => !exists);
	let { selection, tree } = picker;
	let count = 0;
	for (const { path } of there) {
		const next = withSource(selection, path);
		if (next !== selection) count += 1;
		selection = next;
		tree = unfoldTo(tree, path);
	}
	const known = there.length - count;
	const parts = [
		`${paths.length} ${paths.length === 1 ? 'path' : 'paths'}: ${count} added`,
		...(known > 0 ? [`${known} in the sources already`] : []),
		...(missing.length > 0 ? [`${missing.length} not found (${missing[0]!.path})`] : []),
	];
	const text = `${parts.join(', ')}.${count > 0 ? ' u undoes it.' : ''}`;
	const next = changed({ ...picker, tree }, selection, { level: missing.length > 0 ? 'warn' : 'info', text });
	return settled({ ...next, pane: 'tree', cursor: there[0]?.path ?? picker.cursor }, height);
}

/** The window moved so that the cursor is in it; from far away with what is around it. */
function settled(picker: Picker, height: number): Picker {
	const cursor = cursorAt(picker);
	const count = rowsOf(picker).length;
	const isFar = cursor < picker.top - 1 || cursor > picker.top + height;
	const top = isFar ? Math.max(0, cursor - Math.floor(height / 3)) : picker.top;
	const list = intoView({ cursor, top }, count, height);
	return list.top === picker.top ? picker : { ...picker, top: list.top };
}

/** What the engine has to be asked for now. */
export interface Wants {
	/** Folders to list, with the cursor of the page. */
	pages: { path: string; after?: string }[];
	/** Rows whose verdict is of older rules. */
	verdicts: string[];
	/** Folders that are to be counted. */
	sizes: string[];
	/** Whether what a run takes is to be counted. */
	taken: boolean;
}

export function wantsOf(picker: Picker, height: number): Wants {
	const { tree, sizes, selection, taken, epoch } = picker;
	const { rows } = visibleRows(picker, height);
	const open = Object.entries(tree).filter(([, folder]) => folder.open && folder.state === 'wanted');
	const more = rows.flatMap((row) => {
		const after = row.kind === 'more' ? tree[row.of]?.cursor : undefined;
		return row.kind === 'more' && after !== undefined ? [{ path: row.of, after }] : [];
	});
	const items = rows.flatMap((row) => (row.kind === 'item' ? [row.item] : []));
	const folders = [
		...items.filter(({ type, path }) => type === 'dir' && path !== '/').map(({ path }) => path),
		...selection.sources,
	];
	const isDone = (one: Measured | undefined) => one?.state === 'done';
	return {
		pages: [...open.map(([path]) => ({ path })), ...more],
		verdicts: items.filter((item) => verdictOf(picker, item).stale).map(({ path }) => path),
		sizes: [...new Set(folders)].filter((path) => !isDone(sizes[path])),
		taken:
			selection.sources.length > 0 &&
			!(taken.epoch === epoch && selection.sources.every((path) => isDone(taken.sources[path]))),
	};
}
