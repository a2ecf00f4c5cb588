/** What can be done with keys and credentials in Settings: make, check, forget, store. */

import { FirnError, toFirnError } from '../../../core/errors.ts';
import { counted } from '../../../core/sizes.ts';
import { fieldOf } from '../../components/field.tsx';
import { displayName } from '../../components/text.ts';
import type { EffectContext } from '../../screen.ts';
import { type KeyRow, lostWithout } from './key-rows.ts';
import { askWhere, isAboutWhere, whereAnswered } from './move-effect.ts';
import type { SettingsState } from './state.ts';

const NEW_KEY = 'settings.newKey';
const REMOVE_KEY = 'settings.removeKey:';
const REMOVE_CREDENTIALS = 'settings.removeCredentials:';
const NAME = 'settings.credentials.name';
const ID = 'settings.credentials.id';
const SECRET = 'settings.credentials.secret';

/** Asks for the keys and credentials anew. */
export async function loadKeys({ call, dispatch }: EffectContext): Promise<void> {
	try {
		const keys = await call('keys', {});
		const { credentials } = await call('credentials', {});
		dispatch({ type: 'settings/keys', answer: { keys, credentials } });
	} catch (error) {
		dispatch({ type: 'settings/problem', error: toFirnError(error).toPlain() });
	}
}

export async function keyCommand(id: string, row: KeyRow, context: EffectContext): Promise<void> {
	const { open } = context;
	switch (id) {
		case 'settings.newKey':
			open({ kind: 'prompt', tag: NEW_KEY, title: 'A new key', label: 'What to call it:', field: fieldOf('') });
			return;
		case 'settings.checkKeys':
			await check(context);
			return;
		case 'settings.storeCredentials':
			if (row.kind === 'credentials') askFor(context, row.name);
			else open({ kind: 'prompt', tag: NAME, title: 'Keys for S3', label: 'What to call them:', field: fieldOf('') });
			return;
		case 'settings.forget':
			forget(row, context);
			return;
		case 'settings.moveSecrets': {
			const { keys } = context.screen<SettingsState>('settings');
			if (keys) askWhere(keys.keys.secrets, context);
		}
	}
}

/** What is typed until all of it is there; in memory only. */
const typed = new WeakMap<EffectContext, { name: string; accessKeyId: string }>();

function askFor(context: EffectContext, name: string): void {
	typed.set(context, { name, accessKeyId: '' });
	const title = `Keys for S3: ${displayName(name)}`;
	context.open({ kind: 'prompt', tag: ID, title, label: 'Access key ID:', field: fieldOf('') });
}

/** The answers to the questions above. */
export async function keyAnswered(tag: string, value: string, context: EffectContext): Promise<void> {
	try {
		if (!isAboutWhere(tag)) return await answered(tag, value.trim(), context);
		await whereAnswered(tag, value, context);
		await loadKeys(context);
	} catch (error) {
		if (!(error instanceof FirnError)) throw error;
		context.fail(error);
	}
}

async function answered(tag: string, value: string, context: EffectContext): Promise<void> {
	const { call, flash, open } = context;
	if (tag === NEW_KEY) {
		const { key } = await call('newKey', value === '' ? {} : { name: value });
		flash('info', `Made ${key.recipient}. K shows its recovery sheet.`);
	} else if (tag.startsWith(REMOVE_KEY)) {
		const [, losing, key] = /^(\d+):(.*)$/.exec(tag.slice(REMOVE_KEY.length))!;
		await call('removeKey', { key: key!, losing: Number(losing) });
		flash('info', `The identity of ${key} is no longer on this machine.`);
	} else if (tag.startsWith(REMOVE_CREDENTIALS)) {
		const name = tag.slice(REMOVE_CREDENTIALS.length);
		await call('removeCredentials', { name });
		flash('info', `The credentials ${displayName(name)} are forgotten.`);
	} else if (tag === NAME) {
		if (value !== '') askFor(context, value);
		return;
	} else if (tag === ID) {
		typed.set(context, { name: typed.get(context)?.name ?? '', accessKeyId: value });
		open({
			kind: 'prompt',
			tag: SECRET,
			title: 'Keys for S3',
			label: 'Secret access key:',
			field: fieldOf(''),
			secret: true,
		});
		return;
	} else if (tag === SECRET) {
		await store(value, context);
	} else return;
	await loadKeys(context);
}

async function store(secretAccessKey: string, context: EffectContext): Promise<void> {
	const { name, accessKeyId } = typed.get(context) ?? { name: '', accessKeyId: '' };
	typed.delete(context);
	if (accessKeyId === '' || secretAccessKey === '') {
		context.flash('error', 'Nothing was stored: both the access key ID and the secret access key are needed.');
		return;
	}
	const { place } = await context.call('setCredentials', { name, accessKeyId, secretAccessKey });
	context.flash('info', `The credentials ${displayName(name)} are kept in ${displayName(place)}.`);
}

function forget(row: KeyRow, { open, flash, screen }: EffectContext): void {
	if (row.kind === 'secrets') {
		flash('info', 'm puts the secrets elsewhere.');
		return;
	}
	if (row.kind === 'credentials') {
		const lines = ['Jobs cannot use them any more.'];
		const tag = REMOVE_CREDENTIALS + row.name;
		open({ kind: 'confirm', tag, title: `Forget the credentials ${displayName(row.name)}?`, lines, yes: 'Forget' });
		return;
	}
	const { key } = row;
	if (!key.held) {
		flash('info', 'Its identity is not on this machine.');
		return;
	}
	const lost = lostWithout(key);
	const tag = `${REMOVE_KEY}${lost}:${key.recipient}`;
	const title = 'Forget this identity?';
	const [unread] = screen<SettingsState>('settings').keys?.keys.problems ?? [];
	if (lost === 0 && !unread) {
		open({ kind: 'confirm', tag, title, lines: [key.recipient, 'No archive needs it.'], yes: 'Forget' });
		return;
	}
	const lines = [
		key.recipient,
		`Without it nothing on this machine opens ${counted(lost, 'archive')}. Without a copy elsewhere nobody does.`,
		...(unread ? [`There may be more: ${displayName(unread.message)}`] : []),
	];
	open({ kind: 'confirm', tag, title, lines, yes: 'Forget', phrase: `lose ${lost}` });
}

/** Reads the first bytes of each job's newest archive. */
async function check({ call, open, flash, fail, env }: EffectContext): Promise<void> {
	flash('info', 'Reading the beginning of the newest archive of each job.');
	try {
		const { checks } = await call('checkKeys', { env });
		const lines = checks.map(({ job, archive, opensWith, problem, from }) => {
			if (problem)
				return `${displayName(job)}: NOT OPENED. ${displayName([problem.message, problem.guidance].filter(Boolean).join(' '))}`;
			if (archive === null) return `${displayName(job)}: nothing encrypted is stored yet.`;
			const what = from === 'index' ? 'the index of its newest archive, which is frozen' : 'its newest archive';
			return `${displayName(job)}: ok, ${opensWith} opens ${what}.`;
		});
		const none = ['No job has stored anything yet.'];
		open({ kind: 'text', title: 'Do the keys fit?', lines: lines.length > 0 ? lines : none, top: 0 });
	} catch (error) {
		fail(error);
	}
}
