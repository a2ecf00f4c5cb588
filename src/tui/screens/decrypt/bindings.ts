import type { Binding } from '../../keys/binding.ts';

const back = {
	id: 'decrypt.back',
	keys: ['esc'],
	label: 'back',
	help: 'To the step before; the draft is kept.',
	hint: 8,
};
const next = { id: 'decrypt.next', keys: ['enter'], label: 'go on', help: 'To the next step.', hint: 1 };
const field = { id: 'list.nextPane', keys: ['tab'], label: 'next field', help: 'To the next field.', hint: 3 };

/** By step: each says only what can be done there. */
export const DECRYPT_BINDINGS: readonly Binding[] = [
	{ ...next, scope: 'decrypt.files' },
	{
		id: 'decrypt.add',
		scope: 'decrypt.files',
		keys: ['a'],
		label: 'type a path',
		help: 'Type the path of an archive or of a folder of archives; paste and drop work, too.',
		hint: 2,
	},
	{
		id: 'decrypt.takeOut',
		scope: 'decrypt.files',
		keys: ['x', 'delete', 'backspace'],
		label: 'take out',
		help: 'Take the path under the cursor out again; the files stay where they are.',
		hint: 3,
	},
	{
		id: 'decrypt.choose',
		scope: 'decrypt.files',
		keys: ['space'],
		label: 'choose',
		help: 'Type another path, when the cursor is on it.',
	},
	{ ...next, scope: 'decrypt.key' },
	{ ...field, scope: 'decrypt.key' },
	{ ...back, scope: 'decrypt.key' },
	{ ...next, scope: 'decrypt.target', label: 'decrypt', help: 'Asks once more, then begins.', dangerous: true },
	{ ...field, scope: 'decrypt.target' },
	{
		id: 'decrypt.choose',
		scope: 'decrypt.target',
		keys: ['space'],
		label: 'choose',
		help: 'The next choice.',
		hint: 4,
	},
	{ ...back, scope: 'decrypt.target' },
	{
		id: 'decrypt.stop',
		scope: 'decrypt.run',
		keys: ['x'],
		label: 'stop',
		help: 'Stop it; what is finished stays, and is found again next time.',
		hint: 1,
		dangerous: true,
	},
	{
		id: 'app.copy',
		scope: 'decrypt.report',
		keys: ['y'],
		label: 'copy its path',
		help: 'Copy the path of the report.',
		hint: 1,
	},
	{
		id: 'decrypt.new',
		scope: 'decrypt.report',
		keys: ['enter', 'n'],
		label: 'new decrypt',
		help: 'Begin a new one.',
		hint: 2,
	},
	{ ...back, scope: 'decrypt.report' },
];
