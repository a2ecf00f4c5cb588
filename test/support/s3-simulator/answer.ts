/** One request from its headers to the end of its answer, with whatever fault a test has laid on it. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { sendBody, WEB_PAGE } from '../store-server/send-body.ts';
import type { Call, Reply, Settings } from './call.ts';
import { S3Error } from './errors.ts';
import type { Fault, Faults } from './faults.ts';
import type { LogEntry, RequestLog } from './log.ts';
import { operationOf, perform } from './route.ts';
import { checkSignature } from './sigv4.ts';
import type { State } from './state.ts';
import { xml } from './xml.ts';

export interface Store {
	settings: Settings;
	credentials: ReadonlyMap<string, string>;
	state: State;
	faults: Faults;
	log: RequestLog;
}

export async function answer(request: IncomingMessage, response: ServerResponse, store: Store): Promise<void> {
	const call = callOf(request, store);
	call.log.fault = call.fault?.kind;
	// A broken connection is part of the play.
	request.on('error', () => undefined);
	response.on('error', () => undefined);
	try {
		const reply = await act(call, store);
		if (!reply) request.socket.destroy();
		else if (reply !== 'never') await send(call, response, reply);
	} catch (error) {
		if (!(error instanceof S3Error)) {
			// Reading the body ends so when the client or a fault cuts the connection.
			if (!request.socket.destroyed && !request.destroyed) console.error(call.operation, error);
			request.socket.destroy();
			return;
		}
		await send(call, response, errorReply(call, error));
	}
}

/** What is to be answered; undefined cuts the connection, `never` leaves it open. */
async function act(call: Call, store: Store): Promise<Reply | undefined | 'never'> {
	const { fault } = call;
	if (fault?.kind === 'delay') await sleep(fault.ms);
	if (fault?.kind === 'cut' && fault.when === 'before') return undefined;
	if (fault?.kind === 'hang' && fault.when === 'before') return 'never';
	if (fault?.kind === 'error' && !fault.applied) return refusal(call, fault);
	if ((fault?.kind === 'error-in-200' || fault?.kind === 'empty-200') && !fault.applied) return strange(call, fault);
	if (fault?.kind === 'web-page') return { status: 200, headers: { 'content-type': 'text/html' }, body: WEB_PAGE };
	const { region, quirks, signedNow } = store.settings;
	checkSignature(call.request, {
		credentials: store.credentials,
		region,
		anyRegion: quirks.region === 'ignored',
		now: signedNow(),
	});
	const reply = await perform(call);
	if (fault?.kind === 'cut') return undefined;
	if (fault?.kind === 'hang') return 'never';
	if (fault?.kind === 'error') return refusal(call, fault);
	if (fault?.kind === 'error-in-200' || fault?.kind === 'empty-200') return strange(call, fault);
	return reply;
}

function refusal(call: Call, fault: Fault & { kind: 'error' }): Reply {
	const reply = errorReply(call, new S3Error(fault.status, fault.code, fault.message ?? fault.code));
	return { ...reply, headers: { ...reply.headers, ...fault.headers } };
}

function strange(call: Call, fault: Fault & { kind: 'error-in-200' | 'empty-200' }): Reply {
	if (fault.kind === 'empty-200') return { status: 200, headers: {}, body: '' };
	return { ...errorReply(call, new S3Error(500, fault.code)), status: 200 };
}

function callOf(request: IncomingMessage, store: Store): Call {
	const [path = '/', queryText = ''] = request.url!.split(/\?(.*)/s);
	const [, bucketName = '', key = ''] = /^\/([^/]*)\/?(.*)$/s.exec(path) ?? [];
	const query = new URLSearchParams(queryText.replaceAll('+', '%2B'));
	const copies = request.headers['x-amz-copy-source'] !== undefined;
	const operation = operationOf(request.method!, key, query, copies, bucketName);
	const partNumber = query.has('partNumber') ? Number(query.get('partNumber')) : undefined;
	const name = decodeURIComponent(key);
	const entry: LogEntry = {
		operation,
		bucket: bucketName,
		key: name,
		uploadId: query.get('uploadId') ?? undefined,
		partNumber,
		status: 0,
		bytesIn: 0,
		fault: undefined,
		range: request.headers.range,
		at: Date.now(),
		storeTime: store.settings.now(),
		bytesOut: 0,
	};
	store.log.entries.push(entry);
	const fault = store.faults.take(operation, { key: name, partNumber });
	return { ...store.settings, request, operation, bucketName, key: name, query, state: store.state, fault, log: entry };
}

function errorReply(call: Call, error: S3Error): Reply {
	const body = xml('Error', {
		Code: error.code,
		Message: error.message,
		Resource: `/${call.bucketName}/${call.key}`,
		RequestId: 'simulated',
		...error.extra,
	});
	const region = error.code === 'PermanentRedirect' || error.extra.Region ? { 'x-amz-bucket-region': call.region } : {};
	return { status: error.status, headers: { 'content-type': 'application/xml', ...region }, body };
}

async function send(call: Call, response: ServerResponse, reply: Reply): Promise<void> {
	const { body, status } = reply;
	if (response.destroyed) return;
	const text = typeof body === 'string' ? Buffer.from(body) : undefined;
	const length = text?.length ?? reply.length ?? 0;
	const hasBody = call.request.method !== 'HEAD' && status !== 204;
	response.writeHead(status, {
		'x-amz-request-id': 'simulated',
		date: new Date(call.signedNow()).toUTCString(),
		...reply.headers,
		...(status === 204 ? {} : { 'content-length': call.request.method === 'HEAD' && text ? 0 : length }),
	});
	call.log.status = status;
	if (!hasBody || body === undefined) {
		response.end();
		return;
	}
	await sendBody(response, text ? [text] : (body as AsyncIterable<Uint8Array>), call.fault, call.log);
}
