/** `firn gdrive sign-in`: shows what is to be opened and typed in elsewhere, and follows until it is approved. */

import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { errnoCode, FirnError, toFirnError, usageError } from '../core/errors.ts';
import { EXIT } from '../core/exit-codes.ts';
import { type GdriveClient, parseClientFile } from '../core/gdrive-client.ts';
import { qrLines } from '../core/qr-code.ts';
import { safePrint } from '../core/safe-print.ts';
import { formatSize } from '../core/sizes.ts';
import type { Channel } from '../protocol/channel.ts';
import type { GdriveSignInView } from '../protocol/contract.ts';
import type { Context } from './context.ts';
import type { Output } from './output.ts';
import { readSecretText } from './secret-input.ts';

export interface SignInOptions {
	name?: string;
	browser?: boolean;
	clientFile?: string;
	clientId?: string;
	clientSecretFile?: string;
	endpoint?: string;
	qr?: boolean;
}

const POLL_MS = 500;

/** @returns 130 after ctrl-c, when it is given up */
export async function gdriveSignIn(context: Context, _args: string[], options: SignInOptions): Promise<number> {
	const { out } = context;
	const { name, endpoint, browser, qr } = options;
	const client = await givenClient(options);
	const engine = await context.engine();
	const interrupted = new AbortController();
	process.once('SIGINT', () => interrupted.abort());
	try {
		const begun = await engine.call('beginGdriveSignIn', {
			how: browser ? 'browser' : 'device',
			...(name === undefined ? {} : { name }),
			...(endpoint === undefined ? {} : { endpoint }),
			...(client === undefined ? {} : { client }),
		});
		const { id, url, code, expires } = begun;
		out.record({ event: 'sign-in', id, name: begun.name, how: begun.how, url, ...(code ? { code } : {}), expires });
		if (!out.json) await show(out, begun, (qr ?? true) && out.isTerminal && !context.options.ascii);
		const ended = await follow(out, engine, begun, interrupted.signal);
		return told(out, ended, endpoint);
	} finally {
		engine.close();
	}
}

/** The client that is named; undefined leaves it to the engine. @throws FirnError (usage) BAD_OPTIONS, BAD_CLIENT_FILE… */
async function givenClient(options: SignInOptions): Promise<GdriveClient | undefined> {
	const { clientFile, clientId, clientSecretFile } = options;
	if (clientFile !== undefined && (clientId !== undefined || clientSecretFile !== undefined)) {
		throw usageError('BAD_OPTIONS', '--client-file holds id and secret.', 'Leave the other options for them out.');
	}
	if (clientFile !== undefined) return parseClientFile(read(clientFile), clientFile);
	if (clientId === undefined) {
		if (clientSecretFile === undefined) return undefined;
		throw usageError('BAD_OPTIONS', 'A client secret belongs to a client.', 'Add --client-id ID.');
	}
	const secret =
		clientSecretFile === undefined
			? await readSecretText('Client secret (not shown): ', (text) => text.endsWith('\n'))
			: read(clientSecretFile);
	return { id: clientId, ...(secret.trim() === '' ? {} : { secret: secret.trim() }) };
}

function read(file: string): string {
	try {
		return readFileSync(file, 'utf8');
	} catch (error) {
		throw usageError('CLIENT_UNREADABLE', `The file ${file} cannot be read (${errnoCode(error)}).`);
	}
}

async function show(out: Output, { how, url, code }: GdriveSignInView, withCode: boolean): Promise<void> {
	if (how === 'browser') {
		out.result(`Open this address in a browser, on this machine or any other:\n\n  ${safePrint(url)}\n`);
		out.line('If it ends on a page that cannot be reached, paste the address of that page here, and press enter.');
	} else {
		out.result(`On any device, open  ${out.style('bold', safePrint(url))}`);
		out.result(`and type in this code:\n\n      ${out.style('bold', safePrint(code ?? ''))}\n`);
		if (withCode) {
			for (const line of await qrLines(url, 'light')) out.result(out.style(['whiteBright', 'bgBlack'], line));
			out.result('');
		}
	}
	out.line('Firn will see no files but those that it makes itself.');
}

/** Asks until it is over; shows how long it holds, and takes what is pasted. */
async function follow(
	out: Output,
	engine: Channel,
	begun: GdriveSignInView,
	interrupted: AbortSignal,
): Promise<GdriveSignInView> {
	const isLive = out.isTerminal && !out.json && !out.quiet;
	const { id, how } = begun;
	const lines = how === 'browser' ? createInterface({ input: process.stdin }) : undefined;
	lines?.on('line', (text) => {
		if (text.trim() === '') return;
		engine.call('answerGdriveSignIn', { id, text }).catch((error: unknown) => out.error(toFirnError(error)));
	});
	if (!isLive) out.line(`It holds for ${minutes(begun.expires)}.`);
	try {
		for (let view = begun; ; view = await engine.call('gdriveSignIn', { id })) {
			if (view.state !== 'waiting') return view;
			if (interrupted.aborted) return await engine.call('cancelGdriveSignIn', { id });
			// Under what is being pasted nothing may move.
			if (isLive && how === 'device')
				process.stdout.write(`\r\u001b[KWaiting for your approval, ${clock(view.expires)} left; ctrl-c gives up `);
			await sleep(POLL_MS, undefined, { signal: interrupted }).catch(() => {});
		}
	} finally {
		lines?.close();
		process.stdin.destroy();
		if (isLive && how === 'device') process.stdout.write('\r\u001b[K');
	}
}

function told(out: Output, view: GdriveSignInView, endpoint: string | undefined): number {
	const { state, name, account, place, jobs = [], error } = view;
	if (state === 'cancelled') {
		out.record({ event: 'cancelled', name });
		out.line('Given up; nothing was changed.');
		return EXIT.interrupted;
	}
	if (error) throw FirnError.fromPlain(error);
	out.record({ event: 'signed-in', name, ...account, place, jobs });
	const { email = '', used = 0, limit } = account ?? {};
	const room = limit === undefined ? '' : `, ${formatSize(Math.max(0, limit - used))} free of ${formatSize(limit)}`;
	out.line(`Signed in as ${out.style('bold', safePrint(email))}${room}.`);
	out.line(`The sign-in ${name} is kept in ${safePrint(place ?? '')}.`);
	const option =
		(name === 'gdrive' ? '' : ` --credentials ${name}`) + (endpoint ? ` --endpoint ${safePrint(endpoint)}` : '');
	if (jobs.length > 0) out.line(`${jobs.join(', ')} ${jobs.length === 1 ? 'uses' : 'use'} it from now on.`);
	else out.line(`Now: firn backup FOLDER --to gdrive:backup${option}`);
	return EXIT.ok;
}

const secondsTo = (expires: number) => Math.max(0, Math.ceil((expires - Date.now()) / 1000));
const minutes = (expires: number) => `${Math.ceil(secondsTo(expires) / 60)} minutes`;
const clock = (expires: number) => {
	const seconds = secondsTo(expires);
	return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
};
