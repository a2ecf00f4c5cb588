/** The screen Settings: a few sections of rows, and what tests of destinations have found. Pure. */

import type { DestinationTest } from '../../../core/destination-test.ts';
import type { PlainError } from '../../../core/errors.ts';
import type { SettingKey, Settings } from '../../../core/settings.ts';
import type { DestinationView, Results } from '../../../protocol/contract.ts';
import type { Action } from '../../actions.ts';
import { intoView, LIST_START, type ListState, moveList } from '../../components/list.ts';
import { layout } from '../../layout/layout.ts';
import type { AppState, Size } from '../../state.ts';
import type { AccountState, DriveAnswer } from './drive-rows.ts';
import { listRows } from './geometry.ts';
import type { KeysAnswer } from './key-rows.ts';
import { rowsOf } from './rows.ts';

export const SECTIONS = ['destinations', 'limits', 'appearance', 'keys', 'drive', 'paths'] as const;
export type Section = (typeof SECTIONS)[number];

export const TITLES: Record<Section, string> = {
	destinations: 'Destinations',
	keys: 'Keys',
	drive: 'Google Drive',
	limits: 'Workers and limits',
	appearance: 'Appearance',
	paths: 'Paths',
};

/** `at`, here and below, in ms since 1970. */
export type TestState =
	| { state: 'running'; at: number }
	| { state: 'found'; at: number; found: DestinationTest }
	| { state: 'error'; at: number; error: PlainError };

export interface SettingsState {
	section: Section;
	lists: Record<Section, ListState>;
	/** What the engine has told; undefined until then. */
	answer: Results['settings'] | undefined;
	keys: KeysAnswer | undefined;
	drive: DriveAnswer | undefined;
	/** Why it has not. */
	problem: PlainError | undefined;
	/** By `placeOf`. */
	tests: Record<string, TestState>;
}

type Value = NonNullable<Settings[SettingKey]>;

export type SettingsAction =
	| { type: 'settings/loaded'; answer: Results['settings'] }
	| { type: 'settings/keys'; answer: KeysAnswer }
	| { type: 'settings/drive'; signIns: DriveAnswer['signIns'] }
	| { type: 'settings/account'; name: string; account: AccountState }
	| { type: 'settings/problem'; error: PlainError }
	/** Of a job, or else of all; undefined: as Firn has it. */
	| { type: 'settings/value'; job?: string; key: SettingKey; value: Value | undefined }
	| { type: 'settings/test'; place: string; test: TestState };

export const SETTINGS_START: SettingsState = {
	section: 'destinations',
	lists: {
		destinations: LIST_START,
		keys: LIST_START,
		drive: LIST_START,
		limits: LIST_START,
		appearance: LIST_START,
		paths: LIST_START,
	},
	answer: undefined,
	keys: undefined,
	drive: undefined,
	problem: undefined,
	tests: {},
};

/** What tells one destination from another. */
export function placeOf({ url, endpoint, region, profile, credentials }: DestinationView): string {
	return JSON.stringify([url, endpoint, region, profile, credentials]);
}

export function reduceSettings(state: SettingsState, action: Action, app: AppState): SettingsState {
	const { content } = layout(app.columns, app.rows);
	switch (action.type) {
		case 'settings/loaded':
			return inView({ ...state, answer: action.answer, problem: undefined }, content);
		case 'settings/keys':
			return inView({ ...state, keys: action.answer }, content);
		case 'settings/drive':
			return inView({ ...state, drive: withSignIns(state.drive, action.signIns) }, content);
		case 'settings/account':
			return withAccount(state, action);
		case 'settings/problem':
			return { ...state, problem: action.error };
		case 'settings/value':
			return state.answer ? { ...state, answer: withValue(state.answer, action) } : state;
		case 'settings/test':
			return { ...state, tests: { ...state.tests, [action.place]: action.test } };
		case 'open': {
			const section =
				action.screen === 'settings' ? (action.arg as { section?: Section } | undefined)?.section : undefined;
			return section === undefined ? state : { ...state, section };
		}
		case 'resize':
			return inView(state, content);
		case 'command':
			return commanded(state, action.id, content);
		default:
			return state;
	}
}

function commanded(state: SettingsState, id: string, content: Size): SettingsState {
	const { section, lists } = state;
	if (id === 'settings.next' || id === 'settings.previous') {
		const step = id === 'settings.next' ? 1 : SECTIONS.length - 1;
		return inView({ ...state, section: SECTIONS[(SECTIONS.indexOf(section) + step) % SECTIONS.length]! }, content);
	}
	const count = rowsOf(state).length;
	const list = moveList(lists[section], id, count, listRows(section, count, content));
	return list === lists[section] ? state : { ...state, lists: { ...lists, [section]: list } };
}

/** What is known of an account stays until Google has said it anew; of one that is signed out nothing does. */
function withSignIns(before: DriveAnswer | undefined, signIns: DriveAnswer['signIns']): DriveAnswer {
	const stored = signIns.filter((one) => one.stored).map(({ name }) => name);
	const accounts = Object.entries(before?.accounts ?? {}).filter(([name]) => stored.includes(name));
	return { signIns, accounts: Object.fromEntries(accounts) };
}

function withAccount(
	state: SettingsState,
	{ name, account }: Extract<SettingsAction, { type: 'settings/account' }>,
): SettingsState {
	const { drive } = state;
	return drive ? { ...state, drive: { ...drive, accounts: { ...drive.accounts, [name]: account } } } : state;
}

function withValue(
	answer: Results['settings'],
	{ job, key, value }: Extract<SettingsAction, { type: 'settings/value' }>,
): Results['settings'] {
	if (job !== undefined) {
		return { ...answer, jobs: answer.jobs.map((one) => (one.name === job ? { ...one, [key]: value } : one)) };
	}
	const { [key]: _old, ...others } = answer.settings;
	return { ...answer, settings: value === undefined ? others : { ...others, [key]: value } };
}

/** Rows may have gone, and the window may have got smaller. */
function inView(state: SettingsState, content: Size): SettingsState {
	const { section, lists } = state;
	const count = rowsOf(state).length;
	const list = intoView(lists[section], count, listRows(section, count, content));
	return { ...state, lists: { ...lists, [section]: list } };
}
