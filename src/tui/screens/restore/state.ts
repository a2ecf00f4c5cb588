/** Getting files back in five steps: what, where to, the plan, progress, the report. Pure state and its reducer. */

import { homedir } from 'node:os';
import type { PlainError } from '../../../core/errors.ts';
import type { RestorePlanAnswer, TierAnswer } from '../../../core/restore-answers.ts';
import type { Action } from '../../actions.ts';
import { editField, type Field, fieldOf, insertText } from '../../components/field.tsx';
import { fieldCommands } from '../../components/field-commands.ts';
import { editIdentity, type IdentityInput, keptPath, pasteIdentity } from '../../components/identity-field.ts';
import { intoView, LIST_START, type ListState, movedRow, moveList } from '../../components/list.ts';
import { wizardLayout } from '../../components/wizard.tsx';
import { layout } from '../../layout/layout.ts';
import type { AppState } from '../../state.ts';
import { archiveRows, reportRows } from './heights.ts';
import { moveReport, NO_REPORT, type ReportPage, type ReportState, resizeReport, withPage } from './report-state.ts';
import { NO_SAMPLES, type Samples, withSample } from './samples.ts';

export const STEPS = ['what', 'where', 'plan', 'run', 'report'] as const;
export type Step = (typeof STEPS)[number];

export const EXISTING = ['keep', 'overwrite', 'newer'] as const;
export type Existing = (typeof EXISTING)[number];

export interface Snapshot {
	number: number;
	/** ms since 1970. */
	time: number;
	status: string;
	files: number;
	bytes: number;
}

export interface PlanState {
	/** Counts the questions; answers to earlier ones are dropped. */
	ask: number;
	busy: boolean;
	answer: RestorePlanAnswer | undefined;
	error: PlainError | undefined;
}

export interface RestoreState extends IdentityInput {
	step: Step;
	home: string;
	job: string | undefined;
	/** Newest first, by job. */
	snapshots: Record<string, Snapshot[]>;
	/** Undefined: the newest. */
	snapshot: number | undefined;
	/** Absolute; none is everything. */
	paths: string[];
	/** A path that is being typed. */
	typing: Field | undefined;
	target: Field;
	/** The target is still the one that was offered. */
	offered: boolean;
	existing: Existing;
	/** How fast cold archives are thawed, once that was asked. */
	tier: TierAnswer['tier'] | undefined;
	/** Row of the form that has the keys. */
	row: number;
	plan: PlanState;
	/** Of the plan's archives. */
	list: ListState;
	task: string | undefined;
	samples: Samples;
	report: ReportState;
	error: { message: string; guidance?: string } | undefined;
}

export type RestoreAction =
	| { type: 'restore/snapshots'; job: string; snapshots: Snapshot[] }
	| { type: 'restore/planned'; ask: number; answer: RestorePlanAnswer }
	| { type: 'restore/refused'; ask: number; error: PlainError }
	| { type: 'restore/begun'; task: string }
	| { type: 'restore/failed'; error: PlainError }
	| { type: 'restore/report'; page: ReportPage }
	| { type: 'restore/unreported'; error: PlainError };

const NO_PLAN: PlanState = { ask: 0, busy: false, answer: undefined, error: undefined };

/** A new wizard, with the draft of an earlier session if there is one. */
export function initial(saved?: unknown): RestoreState {
	const draft = (typeof saved === 'object' && saved !== null ? saved : {}) as Partial<Record<string, unknown>>;
	const text = (value: unknown) => (typeof value === 'string' ? value : '');
	const paths = Array.isArray(draft.paths) ? draft.paths.filter((path) => typeof path === 'string') : [];
	const existing = EXISTING.find((one) => one === draft.existing) ?? 'keep';
	const task = text(draft.task);
	const home = homedir();
	const job = text(draft.job) || undefined;
	const offer = job === undefined ? '' : offeredTarget(home, job);
	return {
		step: task !== '' ? 'run' : draft.step === 'where' ? 'where' : 'what',
		home,
		job,
		snapshots: {},
		snapshot: typeof draft.snapshot === 'number' ? draft.snapshot : undefined,
		paths,
		typing: undefined,
		target: fieldOf(text(draft.target) || offer),
		offered: text(draft.target) === '',
		existing,
		tier: undefined,
		identity: fieldOf(text(draft.identity)),
		pasted: undefined,
		row: 0,
		plan: NO_PLAN,
		list: LIST_START,
		task: task || undefined,
		samples: NO_SAMPLES,
		report: NO_REPORT,
		error: undefined,
	};
}

/** Never where the files came from: what is there is not to be touched unasked. */
const offeredTarget = (home: string, job: string): string => `${home}/Restored/${job}`;

/** What is kept over sessions: the draft, and the restore that goes on. */
export function save(state: RestoreState): unknown {
	const { step, job, snapshot, paths, target, offered, existing, task } = state;
	return {
		step: step === 'what' ? 'what' : 'where',
		...(job === undefined ? {} : { job }),
		...(snapshot === undefined ? {} : { snapshot }),
		...(task === undefined || step === 'report' ? {} : { task }),
		paths,
		target: offered ? '' : target.text,
		existing,
		identity: keptPath(state),
	};
}

export type Row = 'job' | 'snapshot' | 'path' | 'another' | 'target' | 'existing' | 'identity';

/** The rows of the step's form. */
export function formRows({ step, paths }: RestoreState): Row[] {
	if (step === 'what') return ['job', 'snapshot', ...paths.map(() => 'path' as const), 'another'];
	return step === 'where' ? ['target', 'existing', 'identity'] : [];
}

/** Rows before the first path. */
export const PATHS_AT = 2;

export function rowOf(state: RestoreState): Row | undefined {
	return formRows(state)[state.row];
}

/** The field that has the keys. */
export function activeField(state: RestoreState): 'typing' | 'target' | 'identity' | undefined {
	if (state.step === 'what') return state.typing ? 'typing' : undefined;
	const row = rowOf(state);
	return row === 'target' || row === 'identity' ? row : undefined;
}

export function reduce(state: RestoreState, action: Action, app: AppState): RestoreState {
	switch (action.type) {
		case 'open':
			return action.screen === 'restore' ? opened(state, action.arg, app) : state;
		case 'jobs':
			return state.job === undefined && app.job !== undefined ? withJob(state, app.job) : state;
		case 'restore/snapshots':
			return { ...state, snapshots: { ...state.snapshots, [action.job]: action.snapshots } };
		case 'restore/planned': {
			if (action.ask !== state.plan.ask) return state;
			const plan = { ...state.plan, busy: false, answer: action.answer, error: undefined };
			return { ...state, plan, list: LIST_START };
		}
		case 'restore/refused':
			if (action.ask !== state.plan.ask) return state;
			return { ...state, plan: { ...state.plan, busy: false, answer: undefined, error: action.error } };
		case 'restore/begun':
			return { ...state, step: 'run', task: action.task, samples: NO_SAMPLES, report: NO_REPORT, error: undefined };
		case 'restore/failed':
			// In the place of the plan: another one has to be made before it can be tried again.
			return state.step === 'plan'
				? { ...state, plan: { ...state.plan, error: action.error } }
				: { ...state, error: action.error };
		case 'restore/report':
			return { ...state, step: 'report', report: withPage(state.report, action.page) };
		case 'restore/unreported':
			return { ...state, step: 'report', report: { ...NO_REPORT, error: action.error } };
		case 'progress': {
			if (action.task !== state.task || action.progress.kind === 'backup') return state;
			return { ...state, samples: withSample(state.samples, action.at, action.progress.bytesDone) };
		}
		case 'reply':
			return replied(state, action.tag, action.value);
		case 'resize': {
			const list = intoView(state.list, state.plan.answer?.archives.rows.length ?? 0, heightOf(state, app));
			return { ...state, list, report: resizeReport(state.report, heightOf(state, app)) };
		}
		case 'paste':
			return pasted(state, action.text);
		case 'field':
			return inField(state, action.key);
		case 'command':
			return commanded({ ...state, error: undefined }, action.id, app);
		default:
			return state;
	}
}

/** Rows of the list of the step. */
export function heightOf(state: RestoreState, { columns, rows }: AppState): number {
	const place = wizardLayout(layout(columns, rows).content, state.step === 'plan');
	return state.step === 'report' ? reportRows(state.report, place) : archiveRows(state.plan.answer, place);
}

/** Opened from another screen with what to restore, or from the header. */
function opened(state: RestoreState, arg: unknown, app: AppState): RestoreState {
	const given = (typeof arg === 'object' && arg !== null ? arg : {}) as Partial<Record<string, unknown>>;
	const job = typeof given.job === 'string' ? given.job : undefined;
	if (job === undefined) {
		const going = Object.values(app.tasks).find(({ kind, summary }) => kind === 'restore' && summary === undefined);
		if (state.step === 'what' && state.paths.length === 0 && going) return { ...state, step: 'run', task: going.id };
		return state.job === undefined && app.job !== undefined ? withJob(state, app.job) : state;
	}
	const list = Array.isArray(given.paths) ? given.paths.filter((path) => typeof path === 'string') : [];
	const paths = [...new Set(list.map((path) => (path.startsWith('/') ? path : `/${path}`)))];
	const fresh = { ...withJob(state, job), paths: paths.includes('/') ? [] : paths, task: undefined, row: 0 };
	const snapshot = typeof given.snapshot === 'number' ? given.snapshot : undefined;
	return { ...fresh, snapshot, step: list.length > 0 ? 'where' : 'what', plan: askAgain(state.plan) };
}

/** Another job: its own snapshots and paths, and a target that names it. */
function withJob(state: RestoreState, job: string): RestoreState {
	const same = state.job === job;
	const target = state.offered ? fieldOf(offeredTarget(state.home, job)) : state.target;
	return { ...state, job, target, ...(same ? {} : { snapshot: undefined, paths: [], row: 0 }) };
}

function replied(state: RestoreState, tag: string, value: string): RestoreState {
	if (tag === 'restore.job') return withJob(state, value);
	if (tag === 'restore.tier')
		return { ...state, tier: state.plan.answer?.quote.tiers.find(({ tier }) => tier === value)?.tier };
	if (tag === 'restore.snapshot') return { ...state, snapshot: value === 'newest' ? undefined : Number(value) };
	return state;
}

function pasted(state: RestoreState, text: string): RestoreState {
	const field = activeField(state);
	if (field === 'typing') return { ...state, typing: insertText(state.typing!, text) };
	if (field === 'identity') return { ...state, error: undefined, ...pasteIdentity(state, text) };
	if (field) return withTarget(state, insertText(state[field], text));
	if (state.step !== 'what') return state;
	return text.split(/[\r\n]+/).reduce(withPath, state);
}

/** A path of the snapshot added to what is wanted. */
function withPath(state: RestoreState, given: string): RestoreState {
	const path = given.trim().replace(/(.)\/+$/, '$1');
	if (path === '' || path === '/') return state;
	const rooted = path.startsWith('~/') ? state.home + path.slice(1) : path.startsWith('/') ? path : `/${path}`;
	if (state.paths.includes(rooted)) return state;
	const paths = [...state.paths, rooted];
	return { ...state, paths, row: PATHS_AT + paths.length };
}

function withTarget(state: RestoreState, target: Field): RestoreState {
	const offered = state.offered && target.text === state.target.text;
	return { ...state, offered, error: undefined, target };
}

function inField(state: RestoreState, key: string): RestoreState {
	const name = activeField(state);
	if (name === undefined) return state;
	if (name === 'typing') {
		if (key === 'esc') return { ...state, typing: undefined };
		if (key === 'enter') return { ...withPath(state, state.typing!.text), typing: undefined };
		return { ...state, typing: editField(state.typing!, key) };
	}
	const command = FIELD_COMMANDS[key];
	if (command) return stepped({ ...state, error: undefined }, command);
	if (name === 'identity') return { ...state, error: undefined, ...editIdentity(state, key) };
	return withTarget(state, editField(state.target, key));
}

export const FIELD_COMMANDS = fieldCommands('restore.next', 'restore.back');

function commanded(state: RestoreState, id: string, app: AppState): RestoreState {
	const height = heightOf(state, app);
	if (state.step === 'report') {
		const report = moveReport(state.report, id, height);
		if (report !== state.report) return { ...state, report };
	}
	if (state.step === 'plan') {
		const list = moveList(state.list, id, state.plan.answer?.archives.rows.length ?? 0, height);
		if (list !== state.list) return { ...state, list };
	}
	const going = state.task === undefined ? undefined : app.tasks[state.task];
	if (id === 'restore.start' && going && going.summary === undefined) return { ...state, step: 'run' };
	return stepped(state, id);
}

function stepped(state: RestoreState, id: string): RestoreState {
	const row = movedRow(state.row, formRows(state).length, id);
	if (row !== undefined) return { ...state, row };
	switch (id) {
		case 'restore.next':
			return next(state);
		case 'restore.back':
			return { ...state, step: BACK[state.step], row: 0 };
		case 'restore.add':
			return state.step === 'what' ? { ...state, typing: fieldOf('') } : state;
		case 'restore.takeOut': {
			if (rowOf(state) !== 'path') return state;
			return { ...state, paths: state.paths.filter((_, at) => at !== state.row - PATHS_AT) };
		}
		case 'restore.all':
			return { ...state, paths: [], row: 0 };
		case 'restore.choose':
			if (rowOf(state) === 'another') return { ...state, typing: fieldOf('') };
			return rowOf(state) === 'existing' ? turned(state, 1) : state;
		case 'list.fold':
			return turned(state, -1);
		case 'list.unfold':
			return turned(state, 1);
		case 'restore.new':
			return { ...state, step: 'what', row: 0, paths: [], task: undefined, report: NO_REPORT };
		default:
			return state;
	}
}

const BACK: Record<Step, Step> = { what: 'what', where: 'what', plan: 'where', run: 'plan', report: 'where' };

/** The choice under the cursor, turned. */
function turned(state: RestoreState, by: number): RestoreState {
	const row = rowOf(state);
	if (row === 'existing') {
		const at = EXISTING.indexOf(state.existing) + by + EXISTING.length;
		return { ...state, existing: EXISTING[at % EXISTING.length]! };
	}
	if (row === 'snapshot') {
		// The first choice is the newest, whichever that will be.
		const all = [undefined, ...(state.snapshots[state.job ?? ''] ?? []).map(({ number }) => number)];
		const at = all.indexOf(state.snapshot) + by;
		return { ...state, snapshot: all[Math.max(0, Math.min(all.length - 1, at))] };
	}
	return state;
}

function next(state: RestoreState): RestoreState {
	switch (state.step) {
		case 'what':
			if (state.job === undefined) return { ...state, error: { message: 'There is no job to restore from yet.' } };
			return { ...state, step: 'where', row: 0, plan: askAgain(state.plan) };
		case 'where':
			if (state.target.text.trim() === '') return { ...state, row: 0, error: { message: 'Into which folder?' } };
			return { ...state, step: 'plan', row: 0, plan: askAgain(state.plan) };
		default:
			return state;
	}
}

/** What is known stays to be seen until there is something newer. */
function askAgain({ ask, answer }: PlanState): PlanState {
	return { ask: ask + 1, busy: true, answer, error: undefined };
}
