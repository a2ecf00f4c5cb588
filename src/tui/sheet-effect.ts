/** The recovery sheet in the app: asked for when there is a new key, shown, written to a file, confirmed. */

import { createDurably } from '../core/create-durably.ts';
import { errnoCode } from '../core/errors.ts';
import { qrLines } from '../core/qr-code.ts';
import type { Action } from './actions.ts';
import { fieldOf } from './components/field.tsx';
import { displayName, wrap } from './components/text.ts';
import type { EffectContext } from './screen.ts';
import { absolute } from './screens/restore/paths.ts';
import { loadKeys } from './screens/settings/key-effect.ts';
import type { MenuItem } from './state.ts';
import { ASCII } from './theme/glyphs.ts';

const MENU = 'sheet.menu';
const FILE = 'sheet.file';

const ITEMS: MenuItem[] = [
	{ label: 'Write it to a file', value: 'write', note: 'to print it; readable by you alone' },
	{ label: 'Show it here', value: 'show', note: 'whoever sees it can read the backups' },
	{ label: 'It is stored safely', value: 'stored', note: 'no more reminders' },
	{ label: 'Later', value: 'later', note: 'K brings this back' },
];

/** Follows from every action of the app. */
export function sheetEffect(action: Action, context: EffectContext): void {
	switch (action.type) {
		case 'command':
			if (action.id === 'app.sheet') void offer(context);
			return;
		case 'done': {
			const task = context.state().tasks[action.task];
			const isGood = task?.kind === 'backup' && !task.dryRun && action.summary.status === 'complete';
			if (isGood) void remind(context);
			return;
		}
		case 'reply':
			if (action.tag === MENU) void chosen(action.value, context);
			if (action.tag === FILE && action.value.trim() !== '') void write(action.value, context);
			return;
	}
}

/** Behind the first backup: a question in the middle of the screen, once. */
export async function offerNewSheet({ call, open }: EffectContext): Promise<void> {
	const { recipients } = await call('sheetReminder', {});
	if (recipients.length === 0) return;
	open({
		kind: 'menu',
		tag: MENU,
		title: 'Without your key nobody can read the backup: keep a recovery sheet',
		items: ITEMS,
	});
}

async function offer({ call, open, flash, fail }: EffectContext): Promise<void> {
	try {
		const { keys } = await call('keys', {});
		if (keys.some(({ held }) => held)) open({ kind: 'menu', tag: MENU, title: 'Recovery sheet', items: ITEMS });
		else flash('info', 'There is no key on this machine yet: the first encrypted backup makes one.');
	} catch (error) {
		fail(error);
	}
}

/** A line, at most once a day. */
async function remind({ call, flash, state }: EffectContext): Promise<void> {
	if (state().modal || state().flash?.level === 'error') return;
	const { recipients } = await call('sheetReminder', {});
	if (recipients.length > 0)
		flash('info', 'Still to do, for the day this machine is lost: the recovery sheet. K shows it.');
}

async function chosen(what: string, context: EffectContext): Promise<void> {
	const { call, open, flash, fail } = context;
	try {
		if (what === 'show') await show(context);
		if (what === 'write') {
			const field = fieldOf('~/firn-recovery-sheet.txt');
			const hint = 'Print it, then remove the file.';
			open({ kind: 'prompt', tag: FILE, title: 'Recovery sheet', label: 'A new file:', field, hint });
		}
		if (what === 'stored') {
			await call('recoverySheet', { stored: true });
			await loadKeys(context);
			flash('info', 'Noted: the recovery sheet is stored. You will not be reminded of it again.');
		}
	} catch (error) {
		fail(error);
	}
}

async function show({ call, open, state }: EffectContext): Promise<void> {
	const { text, identities } = await call('recoverySheet', {});
	const width = Math.max(20, state().columns - 8);
	const codes = state().look.glyphs === ASCII ? [] : await Promise.all(identities.map((one) => qrLines(one, 'light')));
	const drawn = codes.flatMap((lines, at) => ['', `QR code of key ${at + 1}`, '', ...lines]);
	open({
		kind: 'text',
		title: 'Recovery sheet',
		lines: [...text.split('\n').flatMap(indented(width)), ...drawn],
		asIs: true,
		top: 0,
	});
}

/** Breaks lines that are too long, keeping their indentation. */
const indented = (width: number) => (line: string) => {
	const indent = /^ */.exec(line)![0];
	return wrap(line.slice(indent.length), width - indent.length).map((piece) => indent + piece);
};

async function write(path: string, { call, flash, fail, cwd }: EffectContext): Promise<void> {
	const file = absolute(path.trim(), cwd);
	try {
		const { text, identities } = await call('recoverySheet', {});
		const codes = await Promise.all(identities.map((one) => qrLines(one, 'dark')));
		const drawn = codes.map((lines, at) => `\nQR code of key ${at + 1}\n\n${lines.join('\n')}\n`);
		if (createDurably(file, text + drawn.join('')))
			flash('warn', `The recovery sheet is in ${displayName(file)}: print it, then remove it.`);
		else flash('error', `There is a file ${displayName(file)} already: name another one.`);
	} catch (error) {
		if (errnoCode(error) === undefined) fail(error);
		else flash('error', `${displayName(file)} cannot be written (${errnoCode(error)}).`);
	}
}
