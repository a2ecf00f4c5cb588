/** Archives that lie on this machine, opened in five steps: files, key, target, progress, report. Pure. */

import { homedir } from 'node:os';
import type { PlainError } from '../../../core/errors.ts';
import type { InspectAnswer } from '../../../core/restore-answers.ts';
import type { RestoreProgress, TaskEvent, TaskSummary } from '../../../core/task.ts';
import type { Action } from '../../actions.ts';
import { editField, type Field, fieldOf, insertText } from '../../components/field.tsx';
import { fieldCommands } from '../../components/field-commands.ts';
import { editIdentity, type IdentityInput, keptPath, pasteIdentity } from '../../components/identity-field.ts';
import { movedRow } from '../../components/list.ts';
import { wizardLayout } from '../../components/wizard.tsx';
import { layout } from '../../layout/layout.ts';
import type { AppState } from '../../state.ts';
import { reportRows } from '../restore/heights.ts';
import {
	moveReport,
	NO_REPORT,
	type ReportPage,
	type ReportState,
	resizeReport,
	withPage,
} from '../restore/report-state.ts';
import { NO_SAMPLES, type Samples, withSample } from '../restore/samples.ts';
import { EXISTING, type Existing } from '../restore/state.ts';

export const STEPS = ['files', 'key', 'target', 'run', 'report'] as const;
export type Step = (typeof STEPS)[number];

/** What the archives turned out to be, when they were last looked at. */
export interface LookState {
	/** Counts the questions; answers to earlier ones are dropped. */
	ask: number;
	busy: boolean;
	answer: InspectAnswer | undefined;
	error: PlainError | undefined;
	/** What was wanted when it was asked, and is done if nothing speaks against it. */
	purpose: 'nothing' | 'next' | 'start';
}

/** The decrypt that this process runs. */
export interface Going {
	task: string;
	started: number;
	progress: RestoreProgress | undefined;
	events: { at: number; event: TaskEvent }[];
	summary: TaskSummary | undefined;
}

export interface DecryptState extends IdentityInput {
	step: Step;
	/** Archives and folders of archives, absolute. */
	inputs: string[];
	typing: Field | undefined;
	/** Name of a job or path of its state database; empty for none. */
	state: Field;
	extract: boolean;
	target: Field;
	/** The target is still the one that was offered. */
	offered: boolean;
	existing: Existing;
	deleteEncrypted: boolean;
	row: number;
	look: LookState;
	going: Going | undefined;
	samples: Samples;
	report: ReportState;
	error: { message: string; guidance?: string } | undefined;
}

export type DecryptAction =
	| { type: 'decrypt/add'; paths: string[] }
	| { type: 'decrypt/looked'; ask: number; answer: InspectAnswer }
	| { type: 'decrypt/refused'; ask: number; error: PlainError }
	| { type: 'decrypt/settled' }
	| { type: 'decrypt/begun'; task: string; at: number }
	| { type: 'decrypt/failed'; error: PlainError }
	| { type: 'decrypt/progress'; progress: RestoreProgress; at: number }
	| { type: 'decrypt/event'; event: TaskEvent; at: number }
	| { type: 'decrypt/done'; summary: TaskSummary }
	| { type: 'decrypt/report'; page: ReportPage }
	| { type: 'decrypt/unreported'; error: PlainError };

const EVENTS = 200;
const NO_LOOK: LookState = { ask: 0, busy: false, answer: undefined, error: undefined, purpose: 'nothing' };

/** A new wizard, with the draft of an earlier session if there is one. What deletes is never kept. */
export function initial(saved?: unknown): DecryptState {
	const draft = (typeof saved === 'object' && saved !== null ? saved : {}) as Partial<Record<string, unknown>>;
	const text = (value: unknown) => (typeof value === 'string' ? value : '');
	const inputs = Array.isArray(draft.inputs) ? draft.inputs.filter((path) => typeof path === 'string') : [];
	const step = STEPS.find((one) => one === draft.step);
	return {
		step: inputs.length > 0 && (step === 'key' || step === 'target') ? step : 'files',
		inputs,
		typing: inputs.length === 0 ? fieldOf('') : undefined,
		identity: fieldOf(text(draft.identity)),
		pasted: undefined,
		state: fieldOf(text(draft.state)),
		extract: draft.extract !== false,
		target: fieldOf(text(draft.target) || `${homedir()}/Decrypted`),
		offered: text(draft.target) === '',
		existing: EXISTING.find((one) => one === draft.existing) ?? 'keep',
		deleteEncrypted: false,
		row: 0,
		look: NO_LOOK,
		going: undefined,
		samples: NO_SAMPLES,
		report: NO_REPORT,
		error: undefined,
	};
}

/** The draft, as it is kept over sessions. */
export function save(state: DecryptState): unknown {
	const { inputs, state: database, extract, target, offered, existing } = state;
	const step = state.step === 'files' || state.step === 'key' ? state.step : 'target';
	return {
		step,
		inputs,
		identity: keptPath(state),
		state: database.text,
		extract,
		target: offered ? '' : target.text,
		existing,
	};
}

/** Whether this process has one in hand: leaving would end it. */
export const isGoing = ({ going }: DecryptState): boolean => going !== undefined && going.summary === undefined;

export type Row = 'input' | 'another' | 'identity' | 'state' | 'mode' | 'target' | 'existing' | 'delete';

export function formRows({ step, inputs, extract }: DecryptState): Row[] {
	if (step === 'files') return [...inputs.map(() => 'input' as const), 'another'];
	if (step === 'key') return ['identity', 'state'];
	if (step === 'target') return extract ? ['mode', 'target', 'existing', 'delete'] : ['mode', 'target', 'delete'];
	return [];
}

export function rowOf(state: DecryptState): Row | undefined {
	return formRows(state)[state.row];
}

type FieldName = 'typing' | 'identity' | 'state' | 'target';

/** The field that has the keys. */
export function activeField(state: DecryptState): FieldName | undefined {
	if (state.step === 'files') return state.typing ? 'typing' : undefined;
	const row = rowOf(state);
	return row === 'identity' || row === 'state' || row === 'target' ? row : undefined;
}

export function reduce(state: DecryptState, action: Action, app: AppState): DecryptState {
	switch (action.type) {
		case 'open':
			// What lies on the disk may be another thing now.
			return action.screen === 'decrypt' && state.inputs.length > 0 && state.step !== 'run' && state.step !== 'report'
				? { ...state, look: askAgain(state.look, 'nothing') }
				: state;
		case 'decrypt/add':
			return added(state, action.paths);
		case 'decrypt/looked':
			return action.ask === state.look.ask ? looked(state, action.answer) : state;
		case 'decrypt/refused': {
			if (action.ask !== state.look.ask) return state;
			const look = { ...state.look, busy: false, answer: undefined, error: action.error, purpose: 'nothing' as const };
			return { ...state, look };
		}
		case 'decrypt/settled':
			return { ...state, look: { ...state.look, purpose: 'nothing' } };
		case 'decrypt/begun': {
			const going = { task: action.task, started: action.at, progress: undefined, events: [], summary: undefined };
			return { ...state, step: 'run', going, samples: NO_SAMPLES, report: NO_REPORT, error: undefined };
		}
		case 'decrypt/failed':
			return { ...state, error: action.error };
		case 'decrypt/progress':
			if (!state.going) return state;
			return {
				...state,
				going: { ...state.going, progress: action.progress },
				samples: withSample(state.samples, action.at, action.progress.bytesDone),
			};
		case 'decrypt/event': {
			if (!state.going) return state;
			const events = [...state.going.events.slice(1 - EVENTS), { at: action.at, event: action.event }];
			return { ...state, going: { ...state.going, events } };
		}
		case 'decrypt/done':
			return state.going ? { ...state, going: { ...state.going, summary: action.summary } } : state;
		case 'decrypt/report':
			return { ...state, step: 'report', report: withPage(state.report, action.page) };
		case 'decrypt/unreported':
			return { ...state, step: 'report', report: { ...NO_REPORT, error: action.error } };
		case 'resize':
			return { ...state, report: resizeReport(state.report, heightOf(state, app)) };
		case 'paste': {
			// Paths in a paste onto the list are looked for first: see the effect.
			const field = activeField(state);
			if (field === 'identity') return { ...state, error: undefined, ...pasteIdentity(state, action.text) };
			return field && field !== 'typing' ? withField(state, field, insertText(state[field], action.text)) : state;
		}
		case 'field':
			return inField(state, action.key);
		case 'command': {
			const clean = { ...state, error: undefined };
			if (state.step !== 'report') return stepped(clean, action.id);
			const report = moveReport(state.report, action.id, heightOf(state, app));
			return report === state.report ? stepped(clean, action.id) : { ...state, report };
		}
		default:
			return state;
	}
}

/** Rows of the report's list. */
export function heightOf({ report }: DecryptState, { columns, rows }: AppState): number {
	return reportRows(report, wizardLayout(layout(columns, rows).content, false));
}

function added(state: DecryptState, paths: string[]): DecryptState {
	const fresh = paths.filter((path) => !state.inputs.includes(path));
	const inputs = [...state.inputs, ...fresh];
	if (inputs.length === 0) return state;
	const look = fresh.length > 0 ? askAgain(state.look, 'nothing') : state.look;
	return { ...state, inputs, typing: undefined, row: inputs.length, look, error: undefined };
}

/** What was wanted is done if the archives and the key are right. */
function looked(state: DecryptState, answer: InspectAnswer): DecryptState {
	const { purpose } = state.look;
	const isRight = answer.problems.length === 0;
	const look: LookState = {
		...state.look,
		busy: false,
		answer,
		error: undefined,
		purpose: purpose === 'start' && isRight ? 'start' : 'nothing',
	};
	return purpose === 'next' && isRight ? { ...state, look, step: 'target', row: 1 } : { ...state, look };
}

function askAgain({ ask, answer }: LookState, purpose: LookState['purpose']): LookState {
	return { ask: ask + 1, busy: true, answer, error: undefined, purpose };
}

function withField(state: DecryptState, name: 'state' | 'target', field: Field): DecryptState {
	const offered = state.offered && (name !== 'target' || field.text === state.target.text);
	return { ...state, offered, error: undefined, [name]: field };
}

const FIELD_COMMANDS = fieldCommands('decrypt.next', 'decrypt.back');

function inField(state: DecryptState, key: string): DecryptState {
	const name = activeField(state);
	if (name === undefined) return state;
	if (name === 'typing') {
		// enter with a path is the effect's: only there it is known what is on the disk.
		if (key === 'enter') return state.typing!.text.trim() === '' ? next({ ...state, typing: undefined }) : state;
		// Also with nothing in it: the number keys lead to other screens only from outside a field.
		if (key === 'esc' || key === 'up') return { ...state, typing: undefined };
		return { ...state, error: undefined, typing: editField(state.typing!, key) };
	}
	const command = FIELD_COMMANDS[key];
	if (command) return stepped({ ...state, error: undefined }, command);
	if (name === 'identity') return { ...state, error: undefined, ...editIdentity(state, key) };
	return withField(state, name, editField(state[name], key));
}

function stepped(state: DecryptState, id: string): DecryptState {
	const row = movedRow(state.row, formRows(state).length, id);
	if (row !== undefined) return { ...state, row };
	switch (id) {
		case 'decrypt.next':
			return next(state);
		case 'decrypt.back':
			return { ...state, step: BACK[state.step], row: 0 };
		case 'decrypt.add':
			return state.step === 'files' ? { ...state, typing: fieldOf('') } : state;
		case 'decrypt.takeOut':
			return removed(state);
		case 'decrypt.choose':
			return rowOf(state) === 'another' ? { ...state, typing: fieldOf('') } : turned(state, 1);
		case 'list.fold':
			return turned(state, -1);
		case 'list.unfold':
			return turned(state, 1);
		case 'decrypt.new':
			return {
				...state,
				step: 'files',
				inputs: [],
				typing: fieldOf(''),
				row: 0,
				look: NO_LOOK,
				going: undefined,
				report: NO_REPORT,
				deleteEncrypted: false,
			};
		default:
			return state;
	}
}

const BACK: Record<Step, Step> = { files: 'files', key: 'files', target: 'key', run: 'run', report: 'target' };

function removed(state: DecryptState): DecryptState {
	if (rowOf(state) !== 'input') return state;
	const inputs = state.inputs.filter((_, at) => at !== state.row);
	const look = inputs.length > 0 ? askAgain(state.look, 'nothing') : { ...NO_LOOK, ask: state.look.ask + 1 };
	return { ...state, inputs, look, typing: inputs.length === 0 ? fieldOf('') : undefined };
}

function turned(state: DecryptState, by: number): DecryptState {
	switch (rowOf(state)) {
		case 'mode':
			return { ...state, extract: !state.extract };
		case 'delete':
			return { ...state, deleteEncrypted: !state.deleteEncrypted };
		case 'existing': {
			const at = EXISTING.indexOf(state.existing) + by + EXISTING.length;
			return { ...state, existing: EXISTING[at % EXISTING.length]! };
		}
		default:
			return state;
	}
}

function next(state: DecryptState): DecryptState {
	const { look } = state;
	switch (state.step) {
		case 'files': {
			if (state.inputs.length === 0) {
				const message = 'Which archives? Type, paste or drop the path of one, or of a folder of them.';
				return { ...state, typing: state.typing ?? fieldOf(''), error: { message } };
			}
			// Files that are not there are told on this step; a key that does not fit on the next one.
			if (look.error) return { ...state, look: askAgain(look, 'nothing') };
			return { ...state, step: 'key', row: 0 };
		}
		case 'key':
			return { ...state, look: askAgain(look, 'next') };
		case 'target':
			if (state.extract && state.target.text.trim() === '')
				return { ...state, row: 1, error: { message: 'Files need a folder to go to.' } };
			return { ...state, look: askAgain(look, 'start') };
		default:
			return state;
	}
}
