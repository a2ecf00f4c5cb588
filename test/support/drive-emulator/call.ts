import type { IncomingMessage } from 'node:http';
import type { MovableClock } from '../s3-simulator/clock.ts';
import { badRequest, ConnectionCut } from './errors.ts';
import type { Fault } from './faults.ts';
import type { LogEntry } from './log.ts';
import type { Accounts } from './oauth/accounts.ts';
import type { State } from './state.ts';

/** What a test may turn while the emulator runs. */
export interface Settings {
	/** Files a page of a list has at most; Drive has 1000. */
	maxPageSize: number;
	/** Bytes of the account; undefined is without limit. */
	storageLimit: number | undefined;
	/** When a session is told that there is no room for it: with the chunk that has none, or when its file is made. */
	refusesFull: 'chunk' | 'end';
	/** Bytes uploaded in a day. */
	dailyUploadLimit: number;
	/** Quota units that may be spent in a minute. Google has 325,000; tests are faster than any network. */
	unitsPerMinute: number;
	/** What the page of the loopback flow does: ask, or answer at once. */
	consent: 'ask' | 'allow' | 'deny';
	/** Seconds between the polls of the device flow. */
	pollSeconds: number;
	/** A refresh gives a new refresh token and ends the old one. */
	rotates: boolean;
	/** The project is in "Testing": refresh tokens live for seven days. */
	testing: boolean;
	/** A chunk that is no multiple of 256 KiB: Google's pages forbid it, the live store keeps what is a multiple. */
	oddChunks: 'refused' | 'rounded';
}

/** One request on its way to an answer. */
export interface Call {
	request: IncomingMessage;
	/** The emulator's own address. */
	base: string;
	operation: string;
	query: URLSearchParams;
	/** From the address. */
	fileId: string | undefined;
	/** Of the token that it came with; empty for operations without one. */
	project: string;
	settings: Settings;
	state: State;
	accounts: Accounts;
	clock: MovableClock;
	fault: Fault | undefined;
	log: LogEntry;
}

export interface Reply {
	status: number;
	headers?: Record<string, string>;
	/** An object is sent as JSON. */
	body?: object | string | AsyncIterable<Uint8Array>;
	/** Of a body that is a stream. */
	length?: number;
}

export function header(call: Call, name: string): string | undefined {
	const value = call.request.headers[name];
	return Array.isArray(value) ? value.join(', ') : value;
}

/** The whole body of a request that is no upload. */
export async function textOf(call: Call): Promise<string> {
	const chunks: Buffer[] = [];
	for await (const chunk of call.request as AsyncIterable<Buffer>) {
		call.log.bytesIn += chunk.length;
		if (call.fault?.kind === 'cut-request' && call.log.bytesIn >= call.fault.afterBytes) throw new ConnectionCut();
		chunks.push(chunk);
	}
	return Buffer.concat(chunks).toString('utf8');
}

/** @throws DriveError when the body is no JSON object or is not said to be JSON */
export async function jsonOf(call: Call): Promise<Record<string, unknown>> {
	const text = await textOf(call);
	if (text === '') return {};
	if (!/^application\/json\b/.test(header(call, 'content-type') ?? '')) {
		throw badRequest(`Content type ${header(call, 'content-type')} is no application/json.`);
	}
	return parseJson(text);
}

/** @throws DriveError parseError */
export function parseJson(text: string): Record<string, unknown> {
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch {
		throw badRequest('Parse Error');
	}
	if (typeof value !== 'object' || value === null || Array.isArray(value)) throw badRequest('Parse Error');
	return value as Record<string, unknown>;
}
