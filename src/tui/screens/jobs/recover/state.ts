/** Bringing a job back on a new machine, in three steps: where its backups are, which job, go. Pure state. */

import type { PlainError } from '../../../../core/errors.ts';
import { GDRIVE_SIGN_IN } from '../../../../core/gdrive-client.ts';
import type { RecoverableJob, RecoverPlan } from '../../../../core/recover-answers.ts';
import type { Action } from '../../../actions.ts';
import { editField, type Field, fieldOf, insertText } from '../../../components/field.tsx';
import { fieldCommands } from '../../../components/field-commands.ts';
import { editIdentity, type IdentityInput, pasteIdentity } from '../../../components/identity-field.ts';
import { movedRow } from '../../../components/list.ts';
import { driveUrl } from '../wizard/drive.ts';
import { KINDS } from '../wizard/state.ts';

export const STEPS = ['where', 'which', 'go'] as const;
export type Step = (typeof STEPS)[number];

export const FIELDS = [
	'folder',
	'bucket',
	'endpoint',
	'region',
	'profile',
	'driveFolder',
	'signIn',
	'driveEndpoint',
	'name',
] as const;
export type FieldName = (typeof FIELDS)[number];
export type FormRowName = FieldName | 'kind' | 'identity';

type Problem = Pick<PlainError, 'message' | 'guidance'>;

export interface RecoverState extends IdentityInput {
	step: Step;
	kind: (typeof KINDS)[number];
	fields: Record<FieldName, Field>;
	/** Row of the form that has the keys. */
	row: number;
	/** What was found; looked for anew with every way from the first step to the second. */
	plan: RecoverPlan | undefined;
	cursor: number;
	/** `look` and `start` are wanted of the engine, `looking` and `starting` under way. */
	busy: 'no' | 'look' | 'looking' | 'start' | 'starting';
	/** The task, once it goes on. */
	task: string | undefined;
	error: Problem | undefined;
}

export type RecoverAction =
	| { type: 'recover/asked'; what: 'looking' | 'starting' }
	| { type: 'recover/found'; plan: RecoverPlan }
	| { type: 'recover/started'; task: string }
	/** Somebody has to sign in first. */
	| { type: 'recover/signIn' }
	| { type: 'recover/failed'; error: Problem };

/** The tag of a sign-in that it goes on with. */
export const SIGNED_IN = 'recover.signedIn';

export function newRecover(): RecoverState {
	const empty = Object.fromEntries(FIELDS.map((name) => [name, fieldOf('')])) as Record<FieldName, Field>;
	return {
		step: 'where',
		kind: 'folder',
		fields: { ...empty, driveFolder: fieldOf('firn'), signIn: fieldOf(GDRIVE_SIGN_IN) },
		identity: fieldOf(''),
		pasted: undefined,
		row: 1,
		plan: undefined,
		cursor: 0,
		busy: 'no',
		task: undefined,
		error: undefined,
	};
}

export function rowsOf({ step, kind }: RecoverState): FormRowName[] {
	if (step === 'which') return [];
	if (step === 'go') return ['name'];
	if (kind === 'gdrive') return ['kind', 'driveFolder', 'signIn', 'driveEndpoint', 'identity'];
	return kind === 'folder'
		? ['kind', 'folder', 'identity']
		: ['kind', 'bucket', 'endpoint', 'region', 'profile', 'identity'];
}

/** The field that has the keys, if one has. */
export function activeField(state: RecoverState): FieldName | 'identity' | undefined {
	const row = rowsOf(state)[state.row];
	return state.busy !== 'no' || state.task !== undefined || row === 'kind' ? undefined : row;
}

export function placeOf({ kind, fields }: RecoverState): string {
	if (kind === 'folder') return fields.folder.text.trim();
	if (kind === 'gdrive') return driveUrl(fields.driveFolder.text);
	const bucket = fields.bucket.text.trim().replace(/^s3:\/\//, '');
	return bucket === '' ? '' : `s3://${bucket}`;
}

export function chosenJob({ plan, cursor }: RecoverState): RecoverableJob | undefined {
	return plan?.jobs[cursor];
}

/** The state after an action; undefined when it was left. */
export function reduceRecover(state: RecoverState, action: Action): RecoverState | undefined {
	switch (action.type) {
		case 'recover/asked':
			return { ...state, busy: action.what };
		case 'recover/found':
			return { ...state, busy: 'no', step: 'which', plan: action.plan, cursor: firstNew(action.plan) };
		case 'recover/started':
			return { ...state, busy: 'no', task: action.task };
		case 'recover/signIn':
			return { ...state, busy: 'no' };
		case 'reply':
			return action.tag === SIGNED_IN && state.step === 'where' ? { ...state, busy: 'look' } : state;
		case 'recover/failed':
			return { ...state, busy: 'no', task: undefined, error: action.error };
		case 'paste':
			return withField(
				state,
				(field) => insertText(field, action.text),
				(input) => pasteIdentity(input, action.text),
			);
		case 'field':
			return inField(state, action.key);
		case 'command':
			return commanded({ ...state, error: undefined }, action.id);
		default:
			return state;
	}
}

/** A job that is not here yet and can be opened comes first. */
function firstNew({ jobs }: RecoverPlan): number {
	const at = jobs.findIndex(({ here, problem }) => here !== 'known' && !problem);
	return Math.max(0, at);
}

const FIELD_COMMANDS = fieldCommands('recover.next', 'recover.back');

function inField(state: RecoverState, key: string): RecoverState | undefined {
	const command = FIELD_COMMANDS[key];
	if (command) return commanded({ ...state, error: undefined }, command);
	return withField(
		state,
		(field) => editField(field, key),
		(input) => editIdentity(input, key),
	);
}

function withField(
	state: RecoverState,
	edit: (field: Field) => Field,
	editSecret: (input: IdentityInput) => IdentityInput,
): RecoverState {
	const name = activeField(state);
	if (name === undefined) return state;
	if (name === 'identity') return { ...state, ...editSecret(state) };
	return { ...state, fields: { ...state.fields, [name]: edit(state.fields[name]) } };
}

function commanded(state: RecoverState, id: string): RecoverState | undefined {
	const isList = state.step === 'which';
	const count = isList ? (state.plan?.jobs.length ?? 0) : rowsOf(state).length;
	const at = isList ? state.cursor : state.row;
	const row = movedRow(at, count, id);
	if (row !== undefined) return isList ? { ...state, cursor: row } : { ...state, row };
	switch (id) {
		case 'list.fold':
		case 'list.unfold':
			if (state.busy !== 'no' || rowsOf(state)[state.row] !== 'kind') return state;
			return { ...state, kind: KINDS[(KINDS.indexOf(state.kind) + (id === 'list.fold' ? 2 : 1)) % KINDS.length]! };
		case 'recover.next':
			return state.busy === 'no' && state.task === undefined ? next(state) : state;
		case 'recover.back':
			// What goes on does so in the background; what was asked is not waited for.
			if (state.step === 'where' || state.task !== undefined) return undefined;
			return { ...state, step: state.step === 'go' ? 'which' : 'where', row: 1, busy: 'no' };
		default:
			return state;
	}
}

function next(state: RecoverState): RecoverState {
	if (state.step === 'where') {
		if (placeOf(state) !== '') return { ...state, busy: 'look' };
		const message = state.kind === 's3' ? 'Which bucket?' : 'Which folder?';
		return { ...state, row: 1, error: { message } };
	}
	const job = chosenJob(state);
	if (!job) return state;
	if (state.step === 'go') return { ...state, busy: 'start' };
	if (job.problem) return { ...state, error: job.problem };
	if (job.here === 'known') return { ...state, error: { message: `The job ${job.as} is here already.` } };
	return { ...state, step: 'go', row: 0, fields: { ...state.fields, name: fieldOf(job.as ?? '') } };
}
