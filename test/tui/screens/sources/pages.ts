/** A picker with folders that were never on a disk. */

import type { FolderRow, Selection } from '../../../../src/core/selection.ts';
import { newPicker, newsForPicker, type Picker } from '../../../../src/tui/screens/sources/picker.ts';

export const HEIGHT = 10;

export const SELECTION: Selection = {
	sources: ['/srv/data'],
	excludes: ['*.iso'],
	excludeSystem: true,
	excludeDeveloper: false,
	oneFileSystem: false,
	to: '/dest',
};

/** A name as the engine lists it; a slash at its end makes it a folder. */
export function row(name: string, more: Partial<FolderRow> = {}): FolderRow {
	const isFolder = name.endsWith('/');
	return {
		name: name.replace(/\/$/, ''),
		type: isFolder ? 'dir' : 'file',
		bytes: isFolder ? 0 : 1000,
		mark: 'included',
		decided: { by: 'source', source: '/srv/data' },
		at: '/srv/data',
		...more,
	};
}

export function page(
	picker: Picker,
	path: string,
	rows: FolderRow[],
	more: { cursor?: string; total?: number; after?: string } = {},
) {
	const { after, cursor, total = rows.length } = more;
	const listed = { rows, total, ...(cursor === undefined ? {} : { cursor }) };
	const news = {
		type: 'page' as const,
		path,
		page: listed,
		epoch: picker.epoch,
		...(after === undefined ? {} : { after }),
	};
	return newsForPicker(picker, news, HEIGHT);
}

const outside = { mark: 'outside', decided: { by: 'outside' } } as const;
const leads = { mark: 'mixed', decided: { by: 'leads' } } as const;

/** `/srv/data` with two folders and two files, in a root with `/etc` and `/proc`. */
export function smallTree(selection: Selection = SELECTION): Picker {
	let picker = newPicker(selection);
	picker = page(picker, '/', [
		row('etc/', { ...outside, at: '/etc' }),
		row('proc/', { mark: 'outside', decided: { by: 'pseudo-fs' }, at: '/proc' }),
		row('srv/', { ...leads, at: '/srv' }),
	]);
	picker = page(picker, '/srv', [
		row('data/', { at: '/srv/data' }),
		row('private/', { ...outside, at: '/srv/private', problem: 'permission denied' }),
	]);
	return page(
		{ ...picker, tree: { ...picker.tree, '/srv/data': { open: true, state: 'wanted', items: [], total: 0 } } },
		'/srv/data',
		[
			row('photos/', { at: '/srv/data/photos' }),
			row('.cache/', { at: '/srv/data/.cache' }),
			row('disc.iso', {
				mark: 'excluded',
				decided: { by: 'pattern', index: 0, pattern: '*.iso' },
				at: '/srv/data/disc.iso',
				bytes: 5_000_000,
			}),
			row('notes.txt', { at: '/srv/data/notes.txt' }),
		],
	);
}
