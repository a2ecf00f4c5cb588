/** `firn key …`: the identities of this machine. */

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { createDurably } from '../core/create-durably.ts';
import { errnoCode, FirnError, usageError } from '../core/errors.ts';
import { EXIT } from '../core/exit-codes.ts';
import { localDay, localSecond } from '../core/local-time.ts';
import { safePrint } from '../core/safe-print.ts';
import { counted } from '../core/sizes.ts';
import type { KeyView } from '../protocol/contract.ts';
import type { Context } from './context.ts';
import { describePlace } from './key-move.ts';
import { wholeNumber } from './numbers.ts';
import { readIdentityText } from './secret-input.ts';

/** `firn key list`: who writes to which key, and what needs it. */
export async function listKeys(context: Context): Promise<number> {
	const { out } = context;
	const { secrets, keys, problems } = await context.ask((engine) => engine.call('keys', {}));
	for (const key of keys) out.record({ ...key, secrets });
	for (const { message } of problems) out.note(`${out.style('yellow', 'note:')} ${safePrint(message)}`);
	if (keys.length === 0)
		out.line('There is no key yet: firn key new makes one, and so does the first encrypted backup.');
	else {
		const rows = keys.map((key) => [
			key.recipient,
			key.name ?? '-',
			key.since === null ? '-' : localDay(Date.parse(key.since)),
			key.held ? (key.isDefault ? 'here, for new jobs' : 'here') : 'not here',
			key.jobs.join(', ') || '-',
			String(archivesOf(key)),
		]);
		out.table(['recipient', 'name', 'since', 'identity', 'jobs', 'archives'], rows, [5]);
		out.line('');
	}
	for (const line of describePlace(secrets)) out.line(line);
	return EXIT.ok;
}

/** `firn key new [--name NAME]`. */
export async function newKey(context: Context, _args: string[], { name }: { name?: string }): Promise<number> {
	const { out } = context;
	const { key } = await context.ask((engine) => engine.call('newKey', name === undefined ? {} : { name }));
	out.record(key);
	out.result(key.recipient);
	out.line('The identity is kept on this machine. Keep a copy elsewhere: firn key export prints it.');
	if (!key.isDefault) out.line(`firn jobs edit JOB --add-recipient ${key.recipient} lets a job write to it.`);
	return EXIT.ok;
}

/** `firn key show KEY [--reveal]`. */
export async function showKey(context: Context, [name]: string[], { reveal }: { reveal?: boolean }): Promise<number> {
	const { out } = context;
	const { key, identity } = await context.ask((engine) =>
		engine.call('showKey', { key: name!, reveal: reveal === true }),
	);
	out.record({ ...key, ...(identity === undefined ? {} : { identity }) });
	out.result(`recipient  ${key.recipient}`);
	if (key.name !== null) out.result(`name       ${key.name}`);
	if (key.since !== null)
		out.result(`since      ${localSecond(Date.parse(key.since))}${key.origin === null ? '' : `, ${key.origin}`}`);
	out.result(`identity   ${identity ?? (key.held ? 'on this machine; --reveal shows it' : 'not on this machine')}`);
	out.result(`jobs       ${key.jobs.join(', ') || 'none writes to it'}`);
	for (const { job, archives, alone, firstRun, lastRun } of key.needed) {
		const others = alone === archives ? '' : `; other keys here open ${archives - alone} of them too`;
		const runs = firstRun === lastRun ? `run ${firstRun}` : `runs ${firstRun} to ${lastRun}`;
		out.result(`archives   ${counted(archives, 'archive')} of ${job}, ${runs}${others}`);
	}
	return EXIT.ok;
}

/** `firn key export [KEY] [--to FILE]`. */
export async function exportKeys(context: Context, [name]: string[], { to }: { to?: string }): Promise<number> {
	const { out } = context;
	const { content, recipients } = await context.ask((engine) =>
		engine.call('exportKeys', name === undefined ? {} : { key: name }),
	);
	if (to === undefined) {
		out.record({ recipients, content });
		out.result(content.trimEnd());
		return EXIT.ok;
	}
	const file = resolve(to);
	writePrivately(file, content);
	out.record({ recipients, file });
	out.line(
		`${recipients.length === 1 ? 'The identity was' : `${recipients.length} identities were`} written to ${safePrint(file)}, readable by you alone.`,
	);
	return EXIT.ok;
}

/** Makes a file of the user's that nobody else can read. @throws FirnError (usage) OUT_EXISTS, OUT_NOT_WRITTEN */
export function writePrivately(file: string, content: string): void {
	let made: boolean;
	try {
		made = createDurably(file, content);
	} catch (error) {
		throw new FirnError('OUT_NOT_WRITTEN', `The file ${file} cannot be written (${errnoCode(error)}).`, {
			guidance: 'Name a file in a folder that you can write to.',
			kind: 'usage',
			cause: error,
		});
	}
	if (!made) throw usageError('OUT_EXISTS', `There is a file ${file} already.`, 'Name another one with --to.');
}

/** `firn key import FILE|-`. */
export async function importKeys(context: Context, [from]: string[], { name }: { name?: string }): Promise<number> {
	const { out } = context;
	const content = from === '-' ? await readIdentityText() : readText(from!);
	const { added, known } = await context.ask((engine) =>
		engine.call('importKeys', { content, ...(name === undefined ? {} : { name }) }),
	);
	for (const key of added) out.record({ ...key, added: true });
	for (const recipient of known) out.record({ recipient, added: false });
	for (const key of added) {
		const opens = archivesOf(key);
		out.result(`${key.recipient}  taken in${opens > 0 ? `, opens ${counted(opens, 'archive')}` : ''}`);
	}
	for (const recipient of known) out.result(`${recipient}  was here already`);
	return EXIT.ok;
}

function readText(file: string): string {
	try {
		return readFileSync(file, 'utf8');
	} catch (error) {
		throw usageError(
			'IDENTITY_MISSING',
			`The identity file ${file} cannot be read (${errnoCode(error)}).`,
			'Give the path of an age identity file, or - to paste one.',
		);
	}
}

/** `firn key remove KEY [--losing N]`. */
export async function removeKey(context: Context, [name]: string[], { losing }: { losing?: string }): Promise<number> {
	const { out } = context;
	const { key } = await context.ask((engine) => engine.call('showKey', { key: name! }));
	const given = losing === undefined ? undefined : wholeNumber('--losing', losing, 0);
	const lost = key.needed.reduce((sum, { alone }) => sum + alone, 0);
	const number = given ?? (key.held && !context.options.yes ? await confirmed(context, key, lost) : undefined);
	if (number === 'no') return EXIT.interrupted;
	const removed = await context.ask((engine) =>
		engine.call('removeKey', { key: key.recipient, ...(number === undefined ? {} : { losing: number }) }),
	);
	out.record(removed.key);
	out.line(`The identity of ${key.recipient} is no longer on this machine.`);
	for (const job of key.jobs) out.line(`Job ${job} still writes to it.`);
	return EXIT.ok;
}

/** Asks on a terminal; a key that archives need takes more than a yes. Without one the engine decides. */
async function confirmed({ out }: Context, { recipient }: KeyView, lost: number): Promise<number | undefined | 'no'> {
	if (out.json || !out.isTerminal || !process.stdin.isTTY) {
		if (lost > 0) return undefined;
		throw usageError('NOT_CONFIRMED', 'The key was not removed: nobody can be asked.', 'Say --yes.');
	}
	const lines = createInterface({ input: process.stdin, output: process.stdout });
	try {
		if (lost === 0) {
			const answer = await lines.question(`Remove the identity of ${recipient}? No archive needs it. [y/N] `);
			return /^y(es)?$/i.test(answer.trim()) ? undefined : 'no';
		}
		out.line(`Without the identity of ${recipient} nothing on this machine opens ${counted(lost, 'archive')}.`);
		const answer = await lines.question(`If you have a copy elsewhere, type the number of archives to remove it: `);
		return answer.trim() === String(lost) ? lost : 'no';
	} finally {
		lines.close();
	}
}

function archivesOf({ needed }: KeyView): number {
	return needed.reduce((sum, { archives }) => sum + archives, 0);
}
