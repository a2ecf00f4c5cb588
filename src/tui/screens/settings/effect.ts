/** What commands of Settings lead to: tests, questions, and saving. */

import { FirnError, toFirnError } from '../../../core/errors.ts';
import type { Settings } from '../../../core/settings.ts';
import type { DestinationView } from '../../../protocol/contract.ts';
import type { Action } from '../../actions.ts';
import { fieldOf } from '../../components/field.tsx';
import { displayName } from '../../components/text.ts';
import type { EffectContext } from '../../screen.ts';
import { isActive } from '../run/state.ts';
import { driveAnswered, driveCommand, loadDrive } from './drive-effect.ts';
import { accountName } from './drive-rows.ts';
import { keyAnswered, keyCommand, loadKeys } from './key-effect.ts';
import { isKeyRow, nameOf } from './key-rows.ts';
import { currentRow, inWords, type Row, rowsOf, turned } from './rows.ts';
import { placeOf, type SettingsState } from './state.ts';
import { resultText } from './test-lines.ts';

type Changeable = Extract<Row, { kind: 'setting' | 'job' }>;

export function settingsEffect(action: Action, context: EffectContext): void {
	const { state, screen } = context;
	if (state().screen !== 'settings') return;
	if (action.type === 'open' || action.type === 'jobs') void load(context);
	if (action.type === 'reply') {
		answered(action.tag, action.value, context);
		void keyAnswered(action.tag, action.value, context);
		void driveAnswered(action.tag, action.value, context);
	}
	if (action.type !== 'command') return;
	if (action.id === 'app.reload') void load(context);
	const settings = screen<SettingsState>('settings');
	const row = currentRow(settings);
	if (settings.section === 'drive') driveCommand(action.id, row?.kind === 'signIn' ? row : undefined, context);
	if (row) void command(action.id, row, context);
}

async function load(context: EffectContext): Promise<void> {
	const { call, dispatch } = context;
	try {
		dispatch({ type: 'settings/loaded', answer: await call('settings', {}) });
		await loadKeys(context);
		await loadDrive(context);
	} catch (error) {
		dispatch({ type: 'settings/problem', error: toFirnError(error).toPlain() });
	}
}

/** What copying copies. */
function textOf(row: Row): string {
	if (row.kind === 'destination') return row.place.url;
	if (row.kind === 'key') return row.key.recipient;
	if (isKeyRow(row)) return nameOf(row);
	if (row.kind === 'signIn') return accountName(row);
	return row.kind === 'path' ? row.path : row.value;
}

async function command(id: string, row: Row, context: EffectContext): Promise<void> {
	const { screen, copy, flash, open, state } = context;
	if (isKeyRow(row)) await keyCommand(id, row, context);
	switch (id) {
		case 'app.copy': {
			const text = textOf(row);
			copy(text);
			return flash('info', `Copied ${text}`);
		}
		case 'settings.change':
			if (row.kind === 'setting' || row.kind === 'job') ask(row, context);
			return;
		case 'settings.test':
			if (row.kind === 'destination') await test(row.place, context);
			return;
		case 'settings.testAll':
			for (const one of rowsOf(screen<SettingsState>('settings'))) {
				if (one.kind === 'destination') await test(one.place, context);
			}
			return;
		case 'settings.details': {
			const found =
				row.kind === 'destination' ? screen<SettingsState>('settings').tests[placeOf(row.place)] : undefined;
			if (found && found.state !== 'running') {
				open({ kind: 'text', title: 'Test', lines: resultText(found, state().look.glyphs), top: 0 });
			}
			return;
		}
		case 'settings.more':
		case 'settings.less': {
			const value =
				row.kind === 'setting' || row.kind === 'job' ? turned(row, id === 'settings.more' ? 1 : -1) : undefined;
			if (value !== undefined) save(row as Changeable, value, context);
			return;
		}
		case 'settings.unset':
			if (row.kind === 'setting') save(row, null, context);
	}
}

async function test(place: DestinationView, { call, dispatch, screen, cwd, env }: EffectContext): Promise<void> {
	const id = placeOf(place);
	if (screen<SettingsState>('settings').tests[id]?.state === 'running') return;
	dispatch({ type: 'settings/test', place: id, test: { state: 'running', at: Date.now() } });
	try {
		const found = await call('testDestination', { job: place.jobs[0]!, cwd, env });
		dispatch({ type: 'settings/test', place: id, test: { state: 'found', at: Date.now(), found } });
	} catch (thrown) {
		const error = toFirnError(thrown).toPlain();
		dispatch({ type: 'settings/test', place: id, test: { state: 'error', at: Date.now(), error } });
	}
}

/** Opens what a value is chosen or typed in. */
function ask(row: Changeable, { open }: EffectContext, typed?: string, wrong?: string): void {
	const { setting, value } = row;
	const of = row.kind === 'job' ? ` of ${displayName(row.job)}` : setting.group === 'new jobs' ? ' of new jobs' : '';
	const tag = `settings.value:${row.kind === 'job' ? row.job : ''}:${setting.name}`;
	const title = `${setting.name}${of}`;
	if (setting.choices) {
		const items = setting.choices.map((one) => ({ label: one, value: one, note: one === value ? 'now' : '' }));
		open({ kind: 'menu', tag, title, items });
		return;
	}
	const hint = wrong ?? `Give ${setting.allowed}.`;
	open({ kind: 'prompt', tag, title, label: `${setting.help}:`, field: fieldOf(typed ?? value), hint });
}

function answered(tag: string, value: string, context: EffectContext): void {
	const [, job, name] = /^settings\.value:([^:]*):(.*)$/.exec(tag) ?? [];
	const row = rowsOf(context.screen<SettingsState>('settings')).find(
		(one): one is Changeable =>
			(one.kind === 'setting' || one.kind === 'job') &&
			one.setting.name === name &&
			(one.kind === 'job' ? one.job : '') === job,
	);
	if (!row) return;
	try {
		save(row, inWords(row.setting, value), context);
	} catch (error) {
		// Asked again, with what was typed and what is wrong with it.
		if (!(error instanceof FirnError)) throw error;
		ask(row, context, value, [error.message, error.guidance].join(' '));
	}
}

/** Saves come one after the other, so that the last key decides. One queue for each app. */
const queues = new WeakMap<EffectContext, Promise<void>>();

/**
 * Shows the value at once and saves it behind whatever is being saved.
 * @param value in the words of the setting; null takes it back
 */
function save(row: Changeable, value: string | null, context: EffectContext): void {
	const { setting } = row;
	const { key } = setting;
	const parsed = value === null ? undefined : setting.parse(value);
	context.dispatch({ type: 'settings/value', key, value: parsed, ...(row.kind === 'job' ? { job: row.job } : {}) });
	if (row.kind === 'setting') show({ [key]: parsed ?? setting.fallback }, context);
	const before = queues.get(context) ?? Promise.resolve();
	queues.set(
		context,
		before.then(() => (row.kind === 'job' ? saveJob(row, parsed, context) : saveSetting(row, value, context))),
	);
}

async function saveSetting(row: Changeable, value: string | null, context: EffectContext): Promise<void> {
	const { setting } = row;
	try {
		await context.call('saveSettings', { changes: { [setting.name]: value } });
		if (setting.key === 'accessible') context.flash('info', 'It holds from the next start of Firn on.');
	} catch (error) {
		await takeBack(row, error, context);
	}
}

async function saveJob(row: Extract<Row, { kind: 'job' }>, value: unknown, context: EffectContext): Promise<void> {
	const { job, setting } = row;
	const { call, cwd, flash, state } = context;
	try {
		await call('saveJob', { name: job, cwd, options: { [setting.key]: value } });
		const runs = Object.values(state().tasks).some((task) => task.job === job && isActive(task));
		if (runs) flash('info', 'It holds from the next run on; 3 changes the one that goes on.');
	} catch (error) {
		await takeBack(row, error, context);
	}
}

/** What was not saved is not shown any longer. */
async function takeBack(row: Changeable, error: unknown, context: EffectContext): Promise<void> {
	if (row.kind === 'setting') show({ [row.setting.key]: row.setting.parse(row.value) }, context);
	await load(context);
	context.fail(error);
}

/** How the app looks changes while it is looked at. */
function show({ color, ascii }: Settings, { dispatch }: EffectContext): void {
	if (color !== undefined) dispatch({ type: 'look', theme: color });
	if (ascii !== undefined) dispatch({ type: 'look', glyphs: ascii ? 'ascii' : 'auto' });
}
