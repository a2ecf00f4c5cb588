/**
 * Carries the SDK's requests over node:http(s). The SDK's own handler opens a new connection for each large body
 * (Expect: 100-continue), tells no progress and cannot be slowed down; this one sends bodies in slices, tells how many
 * bytes are out, and gives up on a connection only when nothing at all has moved for a while.
 */

import http from 'node:http';
import https from 'node:https';
import type { Pace } from '../destination.ts';
import { IdleWatch } from './idle-watch.ts';

export interface Transfer {
	onProgress?: ((sent: number) => void) | undefined;
	pace?: Pace | undefined;
}

interface Request {
	protocol: string;
	hostname: string;
	port?: number;
	path: string;
	method: string;
	headers: Record<string, string>;
	query?: Record<string, string | string[] | null>;
	body?: unknown;
}

interface Response {
	statusCode: number;
	reason?: string;
	headers: Record<string, string>;
	body: http.IncomingMessage;
}

/** Only a whole one counts as movement: even the slowest line must get one out before it passes for dead. */
const SLICE = 64 * 1024;
/** Small, so that a slow limit leaves no gap that a server would take for a dead connection. */
const PACED_SLICE = 16 * 1024;

/** The SDK hands bodies on as they are, so a body finds its transfer here. */
const transfers = new WeakMap<object, Transfer>();

/** A view of `body` whose sending is told and paced. */
export function watched(body: Uint8Array, transfer: Transfer): Buffer {
	const view = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
	transfers.set(view, transfer);
	return view;
}

export class HttpHandler {
	readonly metadata = { handlerProtocol: 'http/1.1' };
	readonly #connectMs: number;
	readonly #idleMs: number;
	readonly #onRequest: () => void;
	readonly #http: http.Agent;
	readonly #https: https.Agent;

	/**
	 * @param options `env` names proxies as HTTP_PROXY, HTTPS_PROXY and NO_PROXY, as for all network tools; `onRequest` is
	 * called for each request, whatever comes of it
	 */
	constructor(options: { connectMs?: number; idleMs?: number; env?: NodeJS.ProcessEnv; onRequest?: () => void } = {}) {
		this.#connectMs = options.connectMs ?? 10_000;
		this.#idleMs = options.idleMs ?? 60_000;
		this.#onRequest = options.onRequest ?? (() => {});
		const agent = {
			keepAlive: true,
			keepAliveMsecs: 10_000,
			// Happy eyeballs gives each address 250 ms by default: too little for a satellite link, which then never connects.
			autoSelectFamilyAttemptTimeout: 3_000,
			proxyEnv: options.env ?? process.env,
		};
		this.#http = new http.Agent(agent);
		this.#https = new https.Agent(agent);
	}

	handle(
		request: Request,
		options: { abortSignal?: AbortSignal; requestTimeout?: number } = {},
	): Promise<{ response: Response }> {
		const { abortSignal: signal } = options;
		const secure = request.protocol === 'https:';
		return new Promise((resolve, reject) => {
			signal?.throwIfAborted();
			this.#onRequest();
			const sent = (secure ? https : http).request({
				agent: secure ? this.#https : this.#http,
				host: request.hostname.replace(/^\[|\]$/g, ''),
				port: request.port,
				method: request.method,
				path: request.path + queryString(request.query),
				headers: request.headers,
			});
			const watch = new IdleWatch(sent, this.#connectMs, options.requestTimeout ?? this.#idleMs);
			const abort = () => sent.destroy(signal!.reason instanceof Error ? signal!.reason : new Error('aborted'));
			signal?.addEventListener('abort', abort, { once: true });
			sent.once('close', () => {
				watch.stop();
				signal?.removeEventListener('abort', abort);
			});
			// After an answer this does nothing; the answer's stream tells the fault then.
			sent.on('error', reject);
			sent.once('response', (body: http.IncomingMessage) => {
				watch.answered(body);
				// An answer before the end of the body is a refusal: the rest is of no use, nor is the connection.
				body.once('close', () => {
					if (!sent.writableFinished) sent.destroy();
				});
				resolve({
					response: {
						statusCode: body.statusCode ?? 0,
						reason: body.statusMessage ?? '',
						headers: plainHeaders(body.headers),
						body,
					},
				});
			});
			sendBody(sent, request.body, watch).catch((error: Error) => sent.destroy(error));
		});
	}

	/** The SDK may try to set options here; it has none that matter. */
	updateHttpClientConfig(): void {}

	httpHandlerConfigs(): Record<string, never> {
		return {};
	}

	destroy(): void {
		this.#http.destroy();
		this.#https.destroy();
	}
}

async function sendBody(sent: http.ClientRequest, body: unknown, watch: IdleWatch): Promise<void> {
	if (body === undefined || body === null || body === '') {
		sent.end();
		return;
	}
	if (typeof body !== 'string' && !(body instanceof Uint8Array)) throw new TypeError('bodies are bytes or text');
	const transfer = transfers.get(Object(body));
	const bytes = typeof body === 'string' ? Buffer.from(body) : body;
	for (let at = 0, end = 0; at < bytes.length && !sent.destroyed && !watch.isAnswered; at = end) {
		const turn = transfer?.pace?.(Math.min(PACED_SLICE, bytes.length - at));
		end = Math.min(at + (turn ? PACED_SLICE : SLICE), bytes.length);
		if (turn) await watch.excuse(turn);
		if (sent.destroyed) return;
		await new Promise<void>((resolve) => {
			// The callback comes when the system has taken the bytes, also with an error, which 'error' tells.
			sent.write(bytes.subarray(at, end), () => resolve());
		});
		watch.moved();
		transfer?.onProgress?.(end);
	}
	if (!watch.isAnswered) sent.end();
}

function queryString(query: Request['query']): string {
	const parts: string[] = [];
	for (const [name, value] of Object.entries(query ?? {})) {
		for (const one of Array.isArray(value) ? value : [value]) {
			parts.push(one === null || one === undefined ? encodeQuery(name) : `${encodeQuery(name)}=${encodeQuery(one)}`);
		}
	}
	return parts.length === 0 ? '' : `?${parts.join('&')}`;
}

/** As SigV4 counts it: all but unreserved characters is escaped. */
function encodeQuery(text: string): string {
	return encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}

function plainHeaders(headers: http.IncomingHttpHeaders): Record<string, string> {
	const plain: Record<string, string> = {};
	for (const [name, value] of Object.entries(headers)) {
		if (value !== undefined) plain[name] = Array.isArray(value) ? value.join(', ') : value;
	}
	return plain;
}
