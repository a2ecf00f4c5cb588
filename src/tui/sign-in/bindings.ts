import type { Binding } from '../keys/binding.ts';

const back = { id: 'signIn.back', keys: ['esc'], label: 'give up', help: 'Give the sign-in up.', hint: 9 };
const inBrowser = {
	id: 'signIn.browser',
	keys: ['b'],
	label: 'by browser',
	help: 'Sign in with a browser, of this machine or another one.',
};
const other = { id: 'signIn.client', keys: ['C'], label: 'other client', help: 'Give another client id and secret.' };
const open = { id: 'signIn.open', label: 'open', help: 'Open the address in the browser of this machine.' };

/** By what is shown: a code, an address for a browser, the form of the client, and how it ended. */
export const SIGN_IN_BINDINGS: readonly Binding[] = [
	{ ...inBrowser, scope: 'signIn.code', hint: 1 },
	{
		id: 'signIn.qr',
		scope: 'signIn.code',
		keys: ['c'],
		label: 'QR code',
		help: 'Show the address as a QR code, or not.',
		hint: 2,
	},
	{ ...open, scope: 'signIn.code', keys: ['o'], hint: 3 },
	{ id: 'app.copy', scope: 'signIn.code', keys: ['y'], label: 'copy', help: 'Copy the address.', hint: 4 },
	{ ...other, scope: 'signIn.code', hint: 5 },
	{ ...back, scope: 'signIn.code' },
	{
		id: 'signIn.next',
		scope: 'signIn.browser',
		keys: ['enter'],
		label: 'take it',
		help: 'Take the address or code that was pasted.',
		hint: 1,
	},
	{ ...open, scope: 'signIn.browser', keys: ['ctrl+o'], hint: 2 },
	{ id: 'app.copy', scope: 'signIn.browser', keys: ['ctrl+y'], label: 'copy', help: 'Copy the address.', hint: 3 },
	{
		id: 'signIn.code',
		scope: 'signIn.browser',
		keys: ['tab'],
		label: 'by code',
		help: 'Sign in with a short code.',
		hint: 4,
	},
	{ ...back, scope: 'signIn.browser' },
	{ id: 'signIn.next', scope: 'signIn.client', keys: ['enter'], label: 'sign in', help: 'Begin to sign in.', hint: 1 },
	{
		id: 'list.nextPane',
		scope: 'signIn.client',
		keys: ['tab', 'down'],
		label: 'next field',
		help: 'To the next field.',
		hint: 2,
	},
	{ ...back, scope: 'signIn.client' },
	{ ...back, scope: 'signIn.asked' },
	{
		id: 'signIn.next',
		scope: 'signIn.done',
		keys: ['enter', 'esc'],
		label: 'go on',
		help: 'Go on with what the sign-in was for.',
		hint: 1,
	},
	{
		id: 'signIn.next',
		scope: 'signIn.failed',
		keys: ['enter'],
		label: 'begin anew',
		help: 'Begin to sign in anew.',
		hint: 1,
	},
	{ ...inBrowser, scope: 'signIn.failed', hint: 2 },
	{ ...other, scope: 'signIn.failed', hint: 3 },
	{ ...back, label: 'leave', scope: 'signIn.failed' },
];
