import { Text } from 'ink';
import { describeDecision } from '../../../core/describe-decision.ts';
import type { Selection } from '../../../core/selection.ts';
import { counted, formatSize } from '../../../core/sizes.ts';
import type { JobView } from '../../../protocol/contract.ts';
import type { Action } from '../../actions.ts';
import { Pane } from '../../components/pane.tsx';
import { displayName } from '../../components/text.ts';
import { layout, modeOf } from '../../layout/layout.ts';
import type { Screen } from '../../screen.ts';
import type { AppState } from '../../state.ts';
import { sourcesEffect } from './effect.ts';
import {
	changed,
	currentItem,
	isChanged,
	newPicker,
	newsForPicker,
	type Picker,
	reducePicker,
	verdictOf,
	withPattern,
} from './picker.ts';
import { PickerView } from './picker-view.tsx';
import { treeHeight } from './places.ts';
import { ruleRows } from './rules.ts';
import { draftsOf } from './saved.ts';
import { totalsOf } from './selection-view.tsx';
import { type SourcesState, selectionOf } from './state.ts';
import { MARK_WORDS } from './words.ts';

/** What a job backs up, and by which rules. */
export const sourcesScreen: Screen<SourcesState> = {
	id: 'sources',
	title: 'Sources',
	initial: (saved) => ({ job: undefined, pickers: {}, drafts: draftsOf(saved) }),
	reduce,
	effect: sourcesEffect,
	scopes: ({ job, pickers }) => [pickers[job ?? '']?.pane === 'rules' ? 'sources.rules' : 'sources', 'list'],
	takesPaths: () => true,
	unsaved: ({ pickers }) => {
		const jobs = Object.keys(pickers).filter((job) => isChanged(pickers[job]!));
		return jobs.length === 0 ? undefined : `The sources of ${jobs.join(', ')} are not saved. They are kept as a draft.`;
	},
	save: ({ pickers, drafts }) => ({ drafts: openDrafts(pickers, drafts) }),
	View: ({ state, app, area }) => {
		const picker = state.pickers[app.job ?? ''];
		if (picker) return <PickerView picker={picker} title={`Sources of job ${displayName(app.job!)}`} area={area} />;
		return (
			<Pane title="Sources" {...area} bare={modeOf(area) === 'narrow'} focus>
				<Text>{app.jobs ? 'There is no job yet. 1 leads to the first steps.' : 'Waiting for the engine.'}</Text>
			</Pane>
		);
	},
	speak,
};

function reduce(before: SourcesState, action: Action, app: AppState): SourcesState {
	const state = looked(before, action, app);
	const { job } = state;
	if (action.type === 'sources/news') {
		return withPicker(state, action.job, (picker) => newsForPicker(picker, action.news, heightOf(app, picker)));
	}
	if (job === undefined || app.screen !== 'sources') return state;
	switch (action.type) {
		case 'command':
			return withPicker(state, job, (picker) => reducePicker(picker, action.id, heightOf(app, picker)));
		case 'reply':
			return withPicker(state, job, (picker) => replied(picker, action.tag, action.value));
		default:
			return state;
	}
}

/** With the picker of the job that is looked at, and all others as the engine knows them. */
function looked(before: SourcesState, action: Action, app: AppState): SourcesState {
	let state = before;
	if (action.type === 'jobs') {
		const known = action.jobs.filter(({ name }) => state.pickers[name]);
		state = {
			...state,
			pickers: Object.fromEntries(known.map((job) => [job.name, follows(state.pickers[job.name]!, job)])),
		};
	}
	if (app.screen !== 'sources' || (app.job === state.job && state.pickers[app.job ?? ''])) return state;
	const job = app.jobs?.find(({ name }) => name === app.job);
	if (!job) return { ...state, job: undefined };
	if (state.pickers[job.name]) return { ...state, job: job.name };
	const draft = state.drafts[job.name];
	const fresh = newPicker(selectionOf(job));
	const picker = draft ? changed(fresh, { ...draft, ...destinationOf(job) }) : fresh;
	return { ...state, job: job.name, pickers: { ...state.pickers, [job.name]: picker } };
}

const destinationOf = (job: JobView): Pick<Selection, 'to'> => ({ to: job.destination });

/** The picker after the job was changed elsewhere; what is not saved here stays. */
function follows(picker: Picker, job: JobView): Picker {
	const base = selectionOf(job);
	if (JSON.stringify(base) === JSON.stringify(picker.base)) return picker;
	return isChanged(picker) ? { ...picker, base } : { ...picker, base, selection: base, epoch: picker.epoch + 1 };
}

function replied(picker: Picker, tag: string, value: string): Picker {
	if (tag === 'sources.exclude') return withPattern(picker, value);
	if (tag.startsWith('sources.edit:')) return withPattern(picker, value, Number(tag.slice('sources.edit:'.length)));
	if (tag === 'sources.sort' && (value === 'name' || value === 'size')) return { ...picker, sort: value };
	return picker;
}

function withPicker(state: SourcesState, job: string, change: (picker: Picker) => Picker): SourcesState {
	const before = state.pickers[job];
	const after = before && change(before);
	return after === before || !after ? state : { ...state, pickers: { ...state.pickers, [job]: after } };
}

function heightOf({ columns, rows }: AppState, picker: Picker): number {
	return treeHeight(layout(columns, rows).content, picker);
}

/** What is not saved, of this session and of earlier ones. */
function openDrafts(pickers: SourcesState['pickers'], drafts: SourcesState['drafts']): Record<string, Selection> {
	const unseen = Object.entries(drafts).filter(([job]) => !pickers[job]);
	const open = Object.entries(pickers).filter(([, picker]) => isChanged(picker));
	return Object.fromEntries([...unseen, ...open.map(([job, { selection }]) => [job, selection] as const)]);
}

function speak({ job, pickers }: SourcesState): { summary: string[]; item?: string } {
	const picker = pickers[job ?? ''];
	if (!picker) return { summary: ['There is no job yet.'] };
	const { done, included } = totalsOf(picker);
	const total = `${counted(included.files, 'file')}, ${formatSize(included.bytes)}${done ? '' : ' so far'}`;
	const summary = [
		`Sources of job ${job}${isChanged(picker) ? ', not saved' : ''}`,
		`${counted(picker.selection.sources.length, 'source')}: ${total}`,
	];
	return { summary, item: picker.pane === 'rules' ? spokenRule(picker) : spokenItem(picker) };
}

function spokenItem(picker: Picker): string {
	const item = currentItem(picker);
	if (!item) return 'more names';
	const verdict = verdictOf(picker, item);
	const measured = picker.sizes[item.path];
	const size =
		item.type === 'file' ? formatSize(item.bytes) : measured?.state === 'done' ? formatSize(measured.bytes) : '';
	const fold =
		item.type === 'dir' ? (picker.tree[item.path]?.open ? 'open folder' : 'folder') : (item.type ?? 'unknown');
	const why = describeDecision(verdict, item.path);
	return [displayName(item.name), fold, MARK_WORDS[verdict.mark], why, item.problem ?? '', size]
		.filter(Boolean)
		.join(', ');
}

function spokenRule({ selection, rule }: Picker): string {
	const row = ruleRows(selection)[rule];
	if (!row) return 'no rule';
	if (row.kind === 'switch') return `${row.text}, ${row.on ? 'on' : 'off'}`;
	return row.pattern.startsWith('!')
		? `bring back ${displayName(row.pattern.slice(1))}`
		: `leave out ${displayName(row.pattern)}`;
}
