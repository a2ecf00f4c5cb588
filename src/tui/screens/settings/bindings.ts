import type { Binding } from '../../keys/binding.ts';
import type { AppState } from '../../state.ts';
import { canTurn, currentRow } from './rows.ts';
import { placeOf, type SettingsState } from './state.ts';

const rowOf = (app: AppState) => currentRow(app.screens.settings as SettingsState);

const isSignedIn = (app: AppState): true | string =>
	rowOf(app)?.kind === 'signIn' ? true : 'Nobody is signed in: s signs in.';

const onTurn = (app: AppState): true | string =>
	canTurn(rowOf(app)) ? true : 'This is not one of a few values: enter changes it.';

const isTested = (app: AppState): true | string => {
	const row = rowOf(app);
	const { tests } = app.screens.settings as SettingsState;
	const test = row?.kind === 'destination' ? tests[placeOf(row.place)] : undefined;
	return test && test.state !== 'running' ? true : 'It has not been tested yet: t does.';
};

const isSet = (app: AppState): true | string => {
	const row = rowOf(app);
	return row?.kind === 'setting' && row.isSet ? true : 'This was not set.';
};

/** Where there are destinations, where there are values, and everywhere on the screen. */
export const SETTINGS_BINDINGS: readonly Binding[] = [
	{
		id: 'settings.test',
		scope: 'settings.destinations',
		keys: ['t', 'enter'],
		label: 'test',
		help: 'Try out what can be done at the destination; leaves nothing behind.',
		hint: 1,
	},
	{
		id: 'settings.testAll',
		scope: 'settings.destinations',
		keys: ['T'],
		label: 'test all',
		help: 'Test all destinations, one after the other.',
		hint: 2,
	},
	{
		id: 'settings.details',
		scope: 'settings.destinations',
		keys: ['i'],
		label: 'whole result',
		help: 'All that a test has found, with times and what to do.',
		hint: 3,
		when: isTested,
	},
	{
		id: 'settings.checkKeys',
		scope: 'settings.keys',
		keys: ['c'],
		label: 'check',
		help: 'Prove that the keys here open the newest archive of each job; reads a few KiB.',
		hint: 1,
	},
	{
		id: 'settings.newKey',
		scope: 'settings.keys',
		keys: ['n'],
		label: 'new key',
		help: 'Make one more identity.',
		hint: 2,
	},
	{
		id: 'settings.storeCredentials',
		scope: 'settings.keys',
		keys: ['s'],
		label: 'store S3 keys',
		help: 'Keep keys for S3 with the other secrets, for jobs that go by their name.',
		hint: 3,
	},
	{
		id: 'settings.forget',
		scope: 'settings.keys',
		keys: ['D'],
		label: 'forget',
		help: 'Forget an identity, or stored keys for S3.',
		hint: 4,
		dangerous: true,
	},
	{
		id: 'settings.moveSecrets',
		scope: 'settings.keys',
		keys: ['m'],
		label: 'move secrets',
		help: 'Keep all secrets in the keychain, a vault or a plain file; or give the vault another passphrase.',
		hint: 5,
	},
	{
		id: 'settings.signIn',
		scope: 'settings.drive',
		keys: ['s', 'enter'],
		label: 'sign in',
		help: 'Sign in to Google Drive, or sign in again.',
		hint: 1,
	},
	{
		id: 'settings.otherSignIn',
		scope: 'settings.drive',
		keys: ['n'],
		label: 'another account',
		help: 'Sign in to one more account, under a name of its own.',
		hint: 2,
		when: isSignedIn,
	},
	{
		id: 'settings.signOut',
		scope: 'settings.drive',
		keys: ['D'],
		label: 'sign out',
		help: 'Give the sign-in back to Google and forget it.',
		hint: 3,
		when: isSignedIn,
		dangerous: true,
	},
	{
		id: 'settings.change',
		scope: 'settings.values',
		keys: ['enter'],
		label: 'change',
		help: 'Choose or type another value.',
		hint: 1,
	},
	{
		id: 'settings.more',
		scope: 'settings.values',
		keys: ['right', 'l'],
		label: 'next value',
		help: 'The next value, at once.',
		hint: 2,
		when: onTurn,
	},
	{
		id: 'settings.less',
		scope: 'settings.values',
		keys: ['left', 'h'],
		label: 'value before',
		help: 'The value before, at once.',
		hint: 3,
		when: onTurn,
	},
	{
		id: 'settings.unset',
		scope: 'settings.values',
		keys: ['u'],
		label: 'unset',
		help: 'Take a setting back: Firn decides again.',
		hint: 4,
		when: isSet,
	},
	{
		id: 'settings.next',
		scope: 'settings',
		keys: ['tab'],
		label: 'next section',
		help: 'To the next section.',
		hint: 8,
	},
	{
		id: 'settings.previous',
		scope: 'settings',
		keys: ['shift+tab'],
		label: 'section before',
		help: 'To the section before.',
	},
];

/** The scopes that hold in each section. */
export function scopesOf({ section }: SettingsState): readonly string[] {
	if (section === 'paths') return ['settings', 'list'];
	if (section === 'drive') return ['settings.drive', 'settings', 'list'];
	if (section === 'keys') return ['settings.keys', 'settings', 'list'];
	return [section === 'destinations' ? 'settings.destinations' : 'settings.values', 'settings', 'list'];
}
