/** Making a job in four steps: what, where to, when, go. Pure state and its reducer. */

import { FirnError } from '../../../../core/errors.ts';
import { GDRIVE_SIGN_IN } from '../../../../core/gdrive-client.ts';
import { BY_HAND, parseTrigger } from '../../../../core/schedule/trigger.ts';
import type { Measured } from '../../../../core/selection.ts';
import type { FirstSteps } from '../../../../protocol/contract.ts';
import type { Action } from '../../../actions.ts';
import { editField, type Field, fieldOf, insertText } from '../../../components/field.tsx';
import { fieldCommands } from '../../../components/field-commands.ts';
import { movedRow } from '../../../components/list.ts';
import { pastedPaths } from '../../sources/pasted-paths.ts';
import { type DriveState, driveUrl, NO_DRIVE, SIGNED_IN, SIGNED_IN_AND_ON, signInNameOf } from './drive.ts';

export const STEPS = ['what', 'where', 'when', 'go'] as const;
export type Step = (typeof STEPS)[number];

export interface Choice {
	path: string;
	on: boolean;
	/** What is in it, as far as it has been counted. */
	measured?: Measured;
}

export const FIELDS = [
	'folder',
	'bucket',
	'endpoint',
	'region',
	'profile',
	'credentials',
	'storageClass',
	'driveFolder',
	'signIn',
	'driveEndpoint',
	'time',
	'name',
] as const;
export type FieldName = (typeof FIELDS)[number];

/** The rows of all steps but the first: fields, and things to choose with ← →. */
export type FormRow = FieldName | 'kind' | 'account' | 'begins' | 'compression' | 'encrypt';

export const KINDS = ['folder', 's3', 'gdrive'] as const;

export const KIND_WORDS: Record<(typeof KINDS)[number], string> = {
	folder: 'a folder or disk of this machine',
	s3: 'S3 or a store like it',
	gdrive: 'Google Drive',
};

/** The simple ones; the form of a job has all. */
export const BEGINS = ['hand', 'daily', 'change'] as const;

export const COMPRESSIONS = ['none', 'zstd', 'gzip'] as const;

export interface WizardState {
	/** Whether there is no job yet. */
	first: boolean;
	step: Step;
	home: string;
	choices: Choice[];
	cursor: number;
	/** A path that is being typed. */
	typing: Field | undefined;
	kind: (typeof KINDS)[number];
	drive: DriveState;
	fields: Record<FieldName, Field>;
	/** Whether the folder is still the one that was offered. */
	offered: boolean;
	targets: { usual: string; outside: string };
	begins: (typeof BEGINS)[number];
	compression: (typeof COMPRESSIONS)[number];
	encrypt: boolean;
	/** What it costs, and what that was asked for; where nothing is known to cost anything, ''. */
	quote: { of: string; words: string };
	/** Row of the form that has the keys. */
	row: number;
	/** `wanted`: all is said, the engine is to be asked; `asked`: it has been. */
	begin: 'not yet' | 'wanted' | 'asked';
	error: { message: string; guidance?: string } | undefined;
}

export type WizardAction =
	| { type: 'wizard/offer'; steps: FirstSteps }
	| { type: 'wizard/measured'; measured: Measured[] }
	| { type: 'wizard/quote'; of: string; words: string }
	| { type: 'wizard/account'; name: string; account: DriveState['account'] }
	| { type: 'wizard/trial'; trial: DriveState['trial'] }
	| { type: 'wizard/tried' }
	| { type: 'wizard/asked' }
	/** What it costs is asked about first; all can still be changed after that. */
	| { type: 'wizard/priced' }
	| { type: 'wizard/failed'; step: Step; message: string; guidance?: string };

export function newWizard(first: boolean): WizardState {
	const empty = Object.fromEntries(FIELDS.map((name) => [name, fieldOf('')])) as Record<FieldName, Field>;
	return {
		first,
		step: 'what',
		home: '',
		choices: [],
		cursor: 0,
		typing: undefined,
		kind: 'folder',
		drive: NO_DRIVE,
		fields: { ...empty, driveFolder: fieldOf('firn'), signIn: fieldOf(GDRIVE_SIGN_IN), time: fieldOf('22:00') },
		offered: true,
		targets: { usual: '', outside: '' },
		begins: 'hand',
		compression: 'none',
		encrypt: true,
		quote: { of: '', words: '' },
		row: 0,
		begin: 'not yet',
		error: undefined,
	};
}

export function sourcesOf({ choices }: WizardState): string[] {
	return choices.filter(({ on }) => on).map(({ path }) => path);
}

/** What is chosen in all, as far as it is counted; a folder within another one counts once. */
export function chosenTotal({ choices }: WizardState): { files: number; bytes: number; counting: boolean } {
	const chosen = choices.filter(({ on }) => on);
	const isWithin = (path: string) =>
		chosen.some((other) => other.path !== path && `${path}/`.startsWith(`${other.path.replace(/\/$/, '')}/`));
	const total = { files: 0, bytes: 0, counting: false };
	for (const { path, measured } of chosen) {
		if (isWithin(path)) continue;
		total.files += measured?.files ?? 0;
		total.bytes += measured?.bytes ?? 0;
		total.counting ||= measured?.state !== 'done';
	}
	return total;
}

export function formRows({ step, kind, begins }: WizardState): FormRow[] {
	if (step === 'go') return ['name', 'encrypt', 'compression'];
	if (step === 'when') return begins === 'daily' ? ['begins', 'time'] : ['begins'];
	if (kind === 'folder') return ['kind', 'folder'];
	if (kind === 'gdrive') return ['kind', 'driveFolder', 'account', 'signIn', 'driveEndpoint'];
	return ['kind', 'bucket', 'endpoint', 'region', 'profile', 'credentials', 'storageClass'];
}

/** The field that has the keys, if one has. */
export function activeField(wizard: WizardState): FieldName | 'typing' | undefined {
	if (wizard.step === 'what') return wizard.typing ? 'typing' : undefined;
	const row = formRows(wizard)[wizard.row];
	return FIELDS.includes(row as FieldName) ? (row as FieldName) : undefined;
}

export function destinationOf({ kind, fields }: WizardState): string {
	if (kind === 'folder') return fields.folder.text.trim();
	if (kind === 'gdrive') return driveUrl(fields.driveFolder.text);
	const bucket = fields.bucket.text.trim().replace(/^s3:\/\//, '');
	return bucket === '' ? '' : `s3://${bucket}`;
}

/** When it begins by itself, as a job has it. */
export function triggerOf({ begins, fields }: WizardState): string {
	if (begins === 'daily') return `daily ${fields.time.text.trim()}`;
	return begins === 'hand' ? BY_HAND : 'on change';
}

/** A name for the job, of its first source. */
export function nameOf(sources: readonly string[]): string {
	const last = sources[0]?.split('/').filter(Boolean).at(-1) ?? '';
	return last.replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^[^A-Za-z0-9]+/, '') || 'backup';
}

/** The wizard after an action; undefined when it was left. */
export function reduceWizard(wizard: WizardState, action: Action): WizardState | undefined {
	switch (action.type) {
		case 'wizard/offer':
			return offer(wizard, action.steps);
		case 'wizard/measured': {
			const known = new Map(action.measured.map((one) => [one.path, one]));
			const choices = wizard.choices.map((choice) => ({
				...choice,
				...(known.has(choice.path) ? { measured: known.get(choice.path)! } : {}),
			}));
			return { ...wizard, choices };
		}
		case 'wizard/quote':
			return { ...wizard, quote: { of: action.of, words: action.words } };
		case 'wizard/account':
			return { ...wizard, drive: { ...wizard.drive, of: action.name, account: action.account } };
		case 'wizard/trial':
			return { ...wizard, drive: { ...wizard.drive, trial: action.trial } };
		case 'wizard/tried':
			// Whoever has gone back meanwhile is left there.
			return isTrying(wizard) ? { ...wizard, drive: { ...wizard.drive, trial: 'no' }, step: 'when', row: 0 } : wizard;
		case 'reply':
			return replied(wizard, action.tag);
		case 'wizard/asked':
			return { ...wizard, begin: 'asked' };
		case 'wizard/priced':
			return { ...wizard, begin: 'not yet' };
		case 'wizard/failed': {
			const { step, message, guidance } = action;
			return {
				...wizard,
				begin: 'not yet',
				drive: { ...wizard.drive, trial: 'no' },
				step,
				row: step === 'where' || step === 'when' ? 1 : 0,
				error: { message, ...(guidance ? { guidance } : {}) },
			};
		}
		case 'paste':
			return pasted(wizard, action.text);
		case 'field':
			return inField(wizard, action.key);
		case 'command':
			return commanded({ ...wizard, error: undefined }, action.id);
		default:
			return wizard;
	}
}

const isTrying = ({ step, kind, drive }: WizardState): boolean =>
	step === 'where' && kind === 'gdrive' && drive.trial === 'going';

/** Somebody has signed in: for going on, or only to look. */
function replied(wizard: WizardState, tag: string): WizardState {
	if (tag !== SIGNED_IN && tag !== SIGNED_IN_AND_ON) return wizard;
	return { ...wizard, drive: { ...NO_DRIVE, trial: tag === SIGNED_IN_AND_ON ? 'wanted' : 'no' } };
}

/** The sign-in that is named. */
export function signInName({ fields }: WizardState): string {
	return signInNameOf(fields.signIn.text);
}

function offer(wizard: WizardState, { home, sources, target, targetOutside }: FirstSteps): WizardState {
	const known = new Set(wizard.choices.map(({ path }) => path));
	const choices = sources.filter((path) => !known.has(path)).map((path) => ({ path, on: false }));
	return withTarget({
		...wizard,
		home,
		choices: [...wizard.choices, ...choices],
		targets: { usual: target, outside: targetOutside },
	});
}

/** As long as nobody has changed it, the folder is one that lies outside of what is chosen. */
function withTarget(wizard: WizardState): WizardState {
	if (!wizard.offered) return wizard;
	const { usual, outside } = wizard.targets;
	const isInside = sourcesOf(wizard).some((source) => `${usual}/`.startsWith(source === '/' ? '/' : `${source}/`));
	return { ...wizard, fields: { ...wizard.fields, folder: fieldOf(isInside ? outside : usual) } };
}

function pasted(wizard: WizardState, text: string): WizardState {
	const field = activeField(wizard);
	if (field === 'typing') return { ...wizard, typing: insertText(wizard.typing!, text) };
	if (field === 'folder' && wizard.offered && BEGINS_PATH.test(text))
		return withField(wizard, field, insertText(fieldOf(''), text));
	if (field) return withField(wizard, field, insertText(wizard.fields[field], text));
	if (wizard.step !== 'what') return wizard;
	return pastedPaths(text, { home: wizard.home, cwd: wizard.home }).split.reduce(withPath, wizard);
}

/** A path added and chosen, with the cursor on it. */
function withPath(wizard: WizardState, given: string): WizardState {
	const text = given.trim().replace(/(.)\/+$/, '$1');
	const path = text === '~' || text.startsWith('~/') ? wizard.home + text.slice(1) : text;
	if (path === '') return wizard;
	const at = wizard.choices.findIndex((choice) => choice.path === path);
	const choices = wizard.choices.map((choice, index) => (index === at ? { ...choice, on: true } : choice));
	if (at === -1) choices.push({ path, on: true });
	return withTarget({ ...wizard, choices, cursor: at === -1 ? choices.length - 1 : at });
}

function inField(wizard: WizardState, key: string): WizardState | undefined {
	const name = activeField(wizard)!;
	if (key === 'enter' && name === 'typing') {
		return { ...withPath(wizard, wizard.typing!.text), typing: undefined };
	}
	if (key === 'esc' && name === 'typing') return { ...wizard, typing: undefined };
	const command = FIELD_COMMANDS[key];
	if (command && name !== 'typing') return commanded({ ...wizard, error: undefined }, command);
	if (name === 'typing') return { ...wizard, typing: editField(wizard.typing!, key) };
	if (name === 'folder' && wizard.offered && BEGINS_PATH.test(key)) return withField(wizard, name, fieldOf(key));
	return withField(wizard, name, editField(wizard.fields[name], key));
}

const FIELD_COMMANDS = fieldCommands('wizard.next', 'wizard.back');

/** Whoever types or pastes a path of their own does not mean it to follow the one that was offered. */
const BEGINS_PATH = /^[/~]/;

function withField(wizard: WizardState, name: FieldName, field: Field): WizardState {
	const offered = wizard.offered && name !== 'folder';
	return { ...wizard, offered, fields: { ...wizard.fields, [name]: field } };
}

function commanded(wizard: WizardState, id: string): WizardState | undefined {
	const rows = wizard.step === 'what' ? wizard.choices.length + 1 : formRows(wizard).length;
	const at = wizard.step === 'what' ? wizard.cursor : wizard.row;
	const row = movedRow(at, rows, id);
	if (row !== undefined) return wizard.step === 'what' ? { ...wizard, cursor: row } : { ...wizard, row };
	switch (id) {
		case 'wizard.add':
			return wizard.step === 'what' ? { ...wizard, typing: fieldOf('') } : wizard;
		case 'wizard.toggle':
			return toggled(wizard);
		case 'list.fold':
			return turned(wizard, -1);
		case 'list.unfold':
			return turned(wizard, 1);
		case 'wizard.next':
			return next(wizard);
		case 'wizard.back':
			if (wizard.step === 'what') return undefined;
			return {
				...wizard,
				step: STEPS[STEPS.indexOf(wizard.step) - 1]!,
				row: 0,
				drive: { ...wizard.drive, trial: 'no' },
			};
		default:
			return wizard;
	}
}

function toggled(wizard: WizardState): WizardState {
	if (wizard.cursor === wizard.choices.length) return { ...wizard, typing: fieldOf('') };
	const choices = wizard.choices.map((choice, at) => (at === wizard.cursor ? { ...choice, on: !choice.on } : choice));
	return withTarget({ ...wizard, choices, cursor: Math.min(choices.length, wizard.cursor + 1) });
}

function turned(wizard: WizardState, by: number): WizardState {
	if (wizard.step === 'what') return wizard;
	switch (formRows(wizard)[wizard.row]) {
		case 'kind':
			return { ...wizard, kind: KINDS[(KINDS.indexOf(wizard.kind) + by + KINDS.length) % KINDS.length]! };
		case 'account':
			return { ...wizard, drive: { ...wizard.drive, trial: 'signIn' } };
		case 'begins': {
			const at = BEGINS.indexOf(wizard.begins) + by + BEGINS.length;
			return { ...wizard, begins: BEGINS[at % BEGINS.length]! };
		}
		case 'encrypt':
			return { ...wizard, encrypt: !wizard.encrypt };
		case 'compression': {
			const at = COMPRESSIONS.indexOf(wizard.compression) + by + COMPRESSIONS.length;
			return { ...wizard, compression: COMPRESSIONS[at % COMPRESSIONS.length]! };
		}
		default:
			return wizard;
	}
}

function next(wizard: WizardState): WizardState {
	const sources = sourcesOf(wizard);
	if (wizard.step === 'what') {
		if (wizard.cursor === wizard.choices.length && sources.length === 0) return { ...wizard, typing: fieldOf('') };
		if (sources.length === 0)
			return { ...wizard, error: { message: 'Nothing is chosen yet: space chooses the folder under the cursor.' } };
		const name = wizard.fields.name.text === '' ? fieldOf(nameOf(sources)) : wizard.fields.name;
		return { ...wizard, step: 'where', row: 1, fields: { ...wizard.fields, name } };
	}
	if (wizard.step === 'where') {
		if (destinationOf(wizard) === '')
			return { ...wizard, error: { message: wizard.kind === 's3' ? 'Which bucket?' : 'Which folder?' } };
		if (wizard.kind === 'gdrive')
			return wizard.drive.trial === 'no' ? { ...wizard, drive: { ...wizard.drive, trial: 'wanted' } } : wizard;
		return { ...wizard, step: 'when', row: 0 };
	}
	if (wizard.step === 'when') {
		const error = triggerProblem(wizard);
		return error ? { ...wizard, row: 1, error } : { ...wizard, step: 'go', row: 0 };
	}
	return wizard.begin === 'asked' ? wizard : { ...wizard, begin: 'wanted' };
}

/** What is wrong with when it begins. */
export function triggerProblem(wizard: WizardState): WizardState['error'] {
	try {
		parseTrigger(triggerOf(wizard));
		return undefined;
	} catch (error) {
		if (!(error instanceof FirnError)) throw error;
		return { message: error.message, guidance: 'Give a time of the day, such as 22:00.' };
	}
}
