/**
 * Signing in to Google Drive, over whatever screen is shown: from the question for a code to the account that has
 * approved it. Pure state and its reducer; the engine holds the sign-in itself.
 */

import type { PlainError } from '../../core/errors.ts';
import type { GdriveClient } from '../../core/gdrive-client.ts';
import type { GdriveSignInView } from '../../protocol/contract.ts';
import type { Action } from '../actions.ts';
import { editField, type Field, fieldOf, insertText } from '../components/field.tsx';
import { fieldCommands } from '../components/field-commands.ts';
import { movedRow } from '../components/list.ts';

/** The client that Google knows, when Firn knows none: the file that its console hands out, or what is in it. */
export const CLIENT_FIELDS = ['file', 'id', 'secret'] as const;
export type ClientField = (typeof CLIENT_FIELDS)[number];

export interface SignInOrder {
	/** The answer's, when it is done; its value is the name of the sign-in. */
	tag: string;
	name: string;
	/** In place of Google's own hosts. */
	endpoint?: string;
}

export interface SignInState extends SignInOrder {
	how: 'device' | 'browser';
	/**
	 * `client`: the client is typed in. `wanted`: all is said, the engine is to be asked; `asked`: it has been.
	 * `waiting`: a person has to approve it. `ended`: it is done, or came to nothing.
	 */
	phase: 'client' | 'wanted' | 'asked' | 'waiting' | 'ended';
	fields: Record<ClientField, Field>;
	row: number;
	view: GdriveSignInView | undefined;
	/** The address as a QR code, once it is drawn. */
	code: readonly string[];
	/** Whether the code is wanted: else only where there is room beside the rest. */
	codeWanted: boolean;
	/** What is pasted from the browser; `given`: the engine has it. */
	pasted: Field;
	given: 'no' | 'wanted' | 'yes';
	error: Pick<PlainError, 'message' | 'guidance' | 'code'> | undefined;
}

export type SignInAction =
	| ({ type: 'signIn/open' } & SignInOrder)
	| { type: 'signIn/close' }
	| { type: 'signIn/asked' }
	| { type: 'signIn/begun'; view: GdriveSignInView; code: readonly string[] }
	| { type: 'signIn/view'; view: GdriveSignInView }
	| { type: 'signIn/given' }
	/** It could not be begun, or what was given for it was wrong. */
	| { type: 'signIn/failed'; error: Pick<PlainError, 'message' | 'guidance' | 'code'> };

export function newSignIn({ tag, name, endpoint }: SignInOrder): SignInState {
	return {
		tag,
		name,
		...(endpoint === undefined ? {} : { endpoint }),
		how: 'device',
		phase: 'wanted',
		fields: { file: fieldOf(''), id: fieldOf(''), secret: fieldOf('') },
		row: 0,
		view: undefined,
		code: [],
		codeWanted: false,
		pasted: fieldOf(''),
		given: 'no',
		error: undefined,
	};
}

/** The field that has the keys. */
export function activeField({ phase, how, row }: SignInState): ClientField | 'pasted' | undefined {
	if (phase === 'client') return CLIENT_FIELDS[row];
	return phase === 'waiting' && how === 'browser' ? 'pasted' : undefined;
}

export const isDone = ({ phase, view }: SignInState): boolean => phase === 'ended' && view?.state === 'done';

/** Where its keys are. */
export function scopeOf(state: SignInState): string {
	const { phase, how } = state;
	if (phase === 'client') return 'signIn.client';
	if (phase === 'ended') return isDone(state) ? 'signIn.done' : 'signIn.failed';
	if (phase !== 'waiting') return 'signIn.asked';
	return how === 'browser' ? 'signIn.browser' : 'signIn.code';
}

/** What was typed as the client, if anything: a file to read, or the client itself. */
export function clientOf({ fields }: SignInState): { file: string } | GdriveClient | undefined {
	const [file, id, secret] = CLIENT_FIELDS.map((name) => fields[name].text.trim()) as [string, string, string];
	if (file !== '') return { file };
	return id === '' ? undefined : { id, ...(secret === '' ? {} : { secret }) };
}

/** The sign-in after an action; undefined when it was left. */
export function reduceSignIn(state: SignInState, action: Action): SignInState | undefined {
	switch (action.type) {
		case 'open':
		case 'signIn/close':
			return undefined;
		case 'signIn/asked':
			return { ...state, phase: 'asked' };
		case 'signIn/begun':
			return withView({ ...state, code: action.code }, action.view);
		case 'signIn/view':
			return action.view.id === state.view?.id ? withView(state, action.view) : state;
		case 'signIn/given':
			return { ...state, given: 'yes' };
		case 'signIn/failed':
			return failed(state, action.error);
		case 'paste':
			return edited(state, (field) => insertText(field, action.text));
		case 'field':
			return inField(state, action.key);
		case 'command':
			return commanded(state, action.id);
		default:
			return state;
	}
}

function withView(state: SignInState, view: GdriveSignInView): SignInState {
	if (view.state === 'waiting') return { ...state, view, phase: 'waiting' };
	return { ...state, view, phase: 'ended', error: view.error };
}

/** Codes of a client that is missing or is not the right one: then it is asked for. */
const ABOUT_CLIENT = /CLIENT/;

function failed(state: SignInState, error: NonNullable<SignInState['error']>): SignInState {
	if (state.phase === 'waiting') return { ...state, given: 'no', error };
	return { ...state, phase: ABOUT_CLIENT.test(error.code) ? 'client' : 'ended', error };
}

function begin(state: SignInState, how: SignInState['how']): SignInState {
	return { ...state, how, phase: 'wanted', view: undefined, error: undefined, pasted: fieldOf(''), given: 'no' };
}

function edited(state: SignInState, change: (field: Field) => Field): SignInState {
	const name = activeField(state);
	if (name === undefined) return state;
	if (name === 'pasted') return { ...state, pasted: change(state.pasted), error: undefined };
	return { ...state, fields: { ...state.fields, [name]: change(state.fields[name]) }, error: undefined };
}

const FIELD_COMMANDS = fieldCommands('signIn.next', 'signIn.back');

function inField(state: SignInState, key: string): SignInState | undefined {
	// Only the client has more than one field.
	const other = key === 'tab' && state.phase !== 'client' ? 'signIn.code' : undefined;
	const command = other ?? FIELD_COMMANDS[key];
	return command ? commanded(state, command) : edited(state, (field) => editField(field, key));
}

function commanded(state: SignInState, id: string): SignInState | undefined {
	switch (id) {
		case 'signIn.back':
			return undefined;
		case 'signIn.browser':
			return begin(state, 'browser');
		case 'signIn.code':
			return begin(state, 'device');
		case 'signIn.client':
			return { ...state, phase: 'client', view: undefined, error: undefined, row: 0 };
		case 'signIn.qr':
			return { ...state, codeWanted: !state.codeWanted };
		case 'signIn.next':
			return next(state);
	}
	const row = state.phase === 'client' ? movedRow(state.row, CLIENT_FIELDS.length, id) : undefined;
	return row === undefined ? state : { ...state, row };
}

function next(state: SignInState): SignInState | undefined {
	if (state.phase === 'client') {
		if (clientOf(state)) return begin(state, state.how);
		return { ...state, error: { code: 'BAD_CLIENT_ID', message: 'Give the path of the file, or the client id.' } };
	}
	if (state.phase === 'waiting') return state.pasted.text.trim() === '' ? state : { ...state, given: 'wanted' };
	// Whoever asked for it goes on when it is done.
	if (state.phase === 'ended') return isDone(state) ? undefined : begin(state, state.how);
	return state;
}
