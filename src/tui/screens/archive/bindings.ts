import type { Binding } from '../../keys/binding.ts';
import { matchBindings } from '../../keys/common-bindings.ts';
import type { AppState } from '../../state.ts';
import { currentRow } from './reduce.ts';
import { marksOf } from './reduce-marks.ts';
import type { ArchiveState } from './state.ts';
import { isLinked, isStored } from './stored-at.ts';

const stateOf = (app: AppState): ArchiveState => app.screens.archive as ArchiveState;

/** There is something to look at. */
function isShown(app: AppState): true | string {
	const { job, view } = stateOf(app);
	return job !== undefined && view !== undefined ? true : 'Nothing is stored yet.';
}

/** There are archives that can be deleted. */
function hasArchives(app: AppState): true | string {
	const { job } = stateOf(app);
	const isMirror = app.jobs?.some(({ name, layout }) => name === job && layout === 'mirror');
	return isMirror ? 'A mirror has no archives to be deleted: as the job says, runs take deletions over.' : isShown(app);
}

/** The keys of lists mean the same here as everywhere; these are the screen's own. */
export const ARCHIVE_BINDINGS: readonly Binding[] = [
	{
		id: 'archive.filter',
		scope: 'archive',
		keys: ['/'],
		label: 'filter',
		help: 'Find files while you type: words, status: archive: size:>1g before:2024-01-01 after: or type:file.',
		hint: 2,
		when: isShown,
	},
	...matchBindings('archive', (app) => (stateOf(app).search ? true : 'Nothing is looked for: / does.')),
	{
		id: 'archive.restore',
		scope: 'archive',
		keys: ['r'],
		label: 'restore',
		help: 'Restore what is marked, or what is under the cursor.',
		hint: 3,
		when: (app) => {
			const state = stateOf(app);
			const isAny = Object.keys(marksOf(state)).length > 0 || currentRow(state) !== undefined;
			return isAny ? true : 'There is nothing to restore here.';
		},
	},
	{
		id: 'archive.snapshot',
		scope: 'archive',
		keys: ['s'],
		label: 'snapshot',
		help: 'Look at the files as another run left them.',
		hint: 4,
		when: isShown,
	},
	{
		id: 'archive.sort',
		scope: 'archive',
		keys: ['o'],
		label: 'sort',
		help: 'Choose the order.',
		hint: 5,
		when: isShown,
	},
	{
		id: 'archive.shallower',
		scope: 'archive',
		keys: ['['],
		label: 'less depth',
		help: 'Show folders as one line one level higher up.',
		when: isShown,
	},
	{
		id: 'archive.deeper',
		scope: 'archive',
		keys: [']'],
		label: 'depth',
		help: 'Unfold folders one level further down.',
		hint: 7,
		when: isShown,
	},
	{
		id: 'archive.details',
		scope: 'archive',
		keys: ['i'],
		label: 'details',
		help: 'Show or hide what is known of the row under the cursor.',
		hint: 6,
		when: isShown,
	},
	{
		id: 'archive.copyStored',
		scope: 'archive',
		keys: ['Y'],
		label: 'copy where',
		help: 'Copy where the archive of the file is stored: its link, or destination and key.',
		when: isStored,
	},
	{
		id: 'archive.link',
		scope: 'archive',
		keys: ['O'],
		label: 'open link',
		help: 'Open the page at which the store shows the archive; without a browser at hand its address is copied.',
		when: isLinked,
	},
	{
		id: 'archive.keepFilter',
		scope: 'archive.filter',
		keys: ['enter'],
		label: 'keep the filter',
		help: 'Leave the line and go through what was found.',
		hint: 1,
	},
	{
		id: 'archive.clearFilter',
		scope: 'archive.filter',
		keys: ['esc'],
		label: 'clear',
		help: 'Back to the folders.',
		hint: 2,
	},
	{
		id: 'archive.alongFound',
		scope: 'archive.filter',
		keys: ['up', 'down'],
		label: 'along the matches',
		help: 'Move in what was found while you type.',
		hint: 3,
	},
	{
		id: 'archive.sync',
		scope: 'archive',
		keys: ['S'],
		label: 'sync',
		help: 'Compare the store with the books, and put right what differs.',
		dangerous: true,
		when: isShown,
	},
	{
		id: 'archive.verify',
		scope: 'archive',
		keys: ['V'],
		label: 'verify',
		help: 'Prove what is stored, without thawing or by reading a share of it.',
		when: isShown,
	},
	{
		id: 'archive.delete',
		scope: 'archive',
		keys: ['D'],
		label: 'delete',
		help: 'Delete archives; what is freed, lost and charged is shown first.',
		dangerous: true,
		when: hasArchives,
	},
];
