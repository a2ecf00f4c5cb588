/** One request from its headers to the end of its answer, with whatever fault a test has laid on it. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { sendBody, WEB_PAGE } from '../store-server/send-body.ts';
import type { Call, Reply } from './call.ts';
import { ConnectionCut, DriveError, errorBody, OAuthError, UploadServerError } from './errors.ts';
import type { Fault, Faults } from './faults.ts';
import type { LogEntry, RequestLog } from './log.ts';
import { needsToken, perform, routeOf } from './route.ts';
import { priceOf, unitsOfMinute } from './units.ts';

export type Store = Pick<Call, 'base' | 'settings' | 'state' | 'accounts' | 'clock'> & {
	faults: Faults;
	log: RequestLog;
};

export async function answer(request: IncomingMessage, response: ServerResponse, store: Store): Promise<void> {
	const call = callOf(request, store);
	// A broken connection is part of the play.
	request.on('error', () => undefined);
	response.on('error', () => undefined);
	try {
		const reply = await act(call, store.log);
		if (!reply) response.destroy();
		else if (reply !== 'never') await send(call, response, reply);
	} catch (error) {
		const reply = refusalOf(call, error);
		if (reply) {
			await send(call, response, reply);
			return;
		}
		// Reading the body ends so when the client or a fault cuts the connection.
		if (!(error instanceof ConnectionCut || request.destroyed)) console.error(call.operation, error);
		response.destroy();
	}
}

/** What is to be answered; undefined cuts the connection, `never` leaves it open. */
async function act(call: Call, log: RequestLog): Promise<Reply | undefined | 'never'> {
	const { fault } = call;
	if (fault?.kind === 'delay') await sleep(fault.ms);
	if (fault?.kind === 'cut' && fault.when === 'before') return undefined;
	if (fault?.kind === 'hang' && fault.when === 'before') return 'never';
	if (fault?.kind === 'error' && !fault.applied) return laidOn(call, fault);
	if (fault?.kind === 'web-page') {
		return fault.json
			? { status: 200, body: { login: 'required' } }
			: { status: 200, headers: { 'content-type': 'text/html' }, body: WEB_PAGE };
	}
	// A session needs no token, but a wrong one is refused all the same.
	if (needsToken(call.operation) || call.log.authorized) call.project = checkedToken(call);
	if (call.log.units > 0 && unitsOfMinute(log, call.log) + call.log.units > call.settings.unitsPerMinute) {
		throw new DriveError(403, 'userRateLimitExceeded', 'User Rate Limit Exceeded');
	}
	const reply = await perform(call);
	if (fault?.kind === 'cut' || (fault?.kind === 'damage-received' && fault.ends === 'cut')) return undefined;
	if (fault?.kind === 'hang') return 'never';
	if (fault?.kind === 'error') return laidOn(call, fault);
	return reply;
}

/** @throws DriveError 401 */
function checkedToken(call: Call): string {
	const [scheme, token, ...more] = (call.request.headers.authorization ?? '').split(' ');
	if (scheme === '') throw new DriveError(401, 'required', 'Login Required.', 'Authorization');
	const project = scheme === 'Bearer' && more.length === 0 ? call.accounts.projectOf(token ?? '') : undefined;
	if (project === undefined) throw new DriveError(401, 'authError', 'Invalid Credentials', 'Authorization');
	return project;
}

/** A fault's error, in the shape that the endpoint has. */
function laidOn(call: Call, fault: Fault & { kind: 'error' }): Reply {
	const { status, reason, message = reason } = fault;
	const oauth = ['DeviceCode', 'Token', 'Revoke'].includes(call.operation);
	const reply = refusalOf(
		call,
		oauth ? new OAuthError(status, reason, message) : new DriveError(status, reason, message),
	);
	return { ...reply!, headers: { ...reply!.headers, ...fault.headers } };
}

function refusalOf(call: Call, error: unknown): Reply | undefined {
	if (error instanceof DriveError) {
		call.log.reason = error.reason;
		return { status: error.status, body: errorBody(error.status, error.reason, error.message, error.location) };
	}
	if (error instanceof OAuthError) {
		call.log.reason = error.code;
		return { status: error.status, body: { error: error.code, error_description: error.message } };
	}
	if (error instanceof UploadServerError) {
		call.log.reason = error.message;
		return { status: error.status, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: error.message };
	}
	return undefined;
}

/** Parameters that are no secrets. */
const TOLD = [
	'q',
	'fields',
	'pageSize',
	'orderBy',
	'count',
	'alt',
	'acknowledgeAbuse',
	'uploadType',
	'addParents',
	'removeParents',
	'spaces',
	'corpora',
];

function callOf(request: IncomingMessage, store: Store): Call {
	const { faults, log: requests, ...rest } = store;
	const url = new URL(request.url!, store.base);
	const query = url.searchParams;
	const contentRange = request.headers['content-range'];
	const { operation, fileId } = routeOf(request.method!, url.pathname, query, contentRange);
	const fault = faults.take(operation, { fileId });
	const log: LogEntry = {
		operation,
		fileId,
		session: undefined,
		query: Object.fromEntries([...query].filter(([name]) => TOLD.includes(name))),
		status: 0,
		reason: undefined,
		fault: fault?.kind,
		range: request.headers.range,
		contentRange,
		authorized: request.headers.authorization !== undefined,
		bytesIn: 0,
		bytesOut: 0,
		bytesTwice: 0,
		units: priceOf(operation),
		at: Date.now(),
		storeTime: store.clock.now(),
	};
	requests.entries.push(log);
	return { ...rest, request, operation, query, fileId, project: '', fault, log };
}

async function send(call: Call, response: ServerResponse, reply: Reply): Promise<void> {
	const { body, status } = reply;
	if (response.destroyed) return;
	const streams = typeof body === 'object' && Symbol.asyncIterator in body;
	const isJson = typeof body === 'object' && !streams;
	const text =
		body === undefined || streams
			? undefined
			: Buffer.from(isJson ? `${JSON.stringify(body, null, 1)}\n` : String(body));
	response.writeHead(status, {
		date: new Date(call.clock.now()).toUTCString(),
		...(isJson ? { 'content-type': 'application/json; charset=UTF-8' } : {}),
		...(status === 204 ? {} : { 'content-length': text?.length ?? reply.length ?? 0 }),
		...reply.headers,
	});
	call.log.status = status;
	await sendBody(response, streams ? (body as AsyncIterable<Uint8Array>) : text ? [text] : [], call.fault, call.log);
}
