/** Requests to Drive: with a token, counted, paced by quota units, and with errors that say what was tried. */

import type { Pace } from '../destination.ts';
import type { RequestHooks } from '../request-count.ts';
import { driveAccount } from './about.ts';
import { type Endpoints, endpointsOf } from './endpoints.ts';
import { driveError, faultOf, isFull, networkError, notDrive, type Place, retryAfterOf } from './errors.ts';
import { Idle } from './idle.ts';
import { Quota } from './quota.ts';
import { Room } from './room.ts';
import { Tokens } from './tokens.ts';

const IDLE_MS = 60_000;
const SLICE = 256 * 1024;
/** What is read of a refusal. */
const MOST_WORDS = 64 * 1024;

export interface DriveRequest {
	/** Whole; of an upload session it is a secret and shows up nowhere. */
	address: string;
	/** For messages. */
	doing: string;
	cost: number;
	method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
	query?: Readonly<Record<string, string>>;
	headers?: Readonly<Record<string, string>>;
	body?: Uint8Array;
	signal?: AbortSignal | undefined;
	onProgress?: ((sent: number) => void) | undefined;
	pace?: Pace | undefined;
	isUpload?: boolean;
	/** Statuses beside 2xx that are an answer and no error. */
	expects?: readonly number[];
}

export interface DriveAnswer {
	status: number;
	headers: Headers;
	/** @throws FirnError NETWORK when it is none of Drive */
	json(): Promise<unknown>;
	/** The body as it comes. */
	bytes(): AsyncGenerator<Uint8Array>;
	/** Lets go of the body. */
	drop(): Promise<void>;
}

export class DriveClient {
	readonly place: Place;
	readonly endpoints: Endpoints;
	readonly #tokens: Tokens;
	readonly #quota: Quota;
	readonly #room = new Room((signal) => driveAccount(this, signal));
	readonly #onRequest: () => void;

	constructor(
		where: { url: string; endpoint?: string | undefined },
		env: Readonly<Record<string, string | undefined>>,
		hooks: RequestHooks = {},
	) {
		this.endpoints = endpointsOf(where.endpoint);
		this.place = { url: where.url, store: this.endpoints.store };
		this.#tokens = new Tokens(env, this.endpoints, this.place);
		this.#quota = new Quota(hooks.quotaClock);
		this.#onRequest = hooks.onRequest ?? (() => undefined);
	}

	/** @throws FirnError for refusals and faults of the network; the signal's reason */
	async send(request: DriveRequest): Promise<DriveAnswer> {
		const { signal, doing, expects = [], isUpload = false, body } = request;
		signal?.throwIfAborted();
		const sends = isUpload && body !== undefined && body.length > 0;
		const full = sends ? await this.#room.refuses(body.length, signal) : undefined;
		if (full) throw driveError(full.fault, this.place, doing, isUpload, full.figures);
		await this.#quota.spend(request.cost, signal);
		let token = await this.#tokens.get();
		for (let attempt = 1; ; attempt++) {
			signal?.throwIfAborted();
			const idle = new Idle(IDLE_MS);
			const response = await this.#fetch(request, token, idle);
			if (response.ok || expects.includes(response.status)) {
				if (sends) this.#room.taken();
				return this.#answer(response, request, idle);
			}
			const words = await firstWords(response);
			idle.stop();
			signal?.throwIfAborted();
			if (response.status === 401 && attempt === 1) {
				token = await this.#tokens.get(token);
				continue;
			}
			const afterMs = retryAfterOf(response.headers.get('retry-after'));
			const fault = { ...faultOf(response.status, words), ...(afterMs === undefined ? {} : { afterMs }) };
			const figures = isFull(fault) ? await this.#room.refused(fault, signal) : '';
			throw driveError(fault, this.place, doing, isUpload, figures);
		}
	}

	/** The answer's JSON. */
	async ask<T>(request: DriveRequest): Promise<T> {
		return (await (await this.send(request)).json()) as T;
	}

	async #fetch(request: DriveRequest, token: string, idle: Idle): Promise<Response> {
		const { address, method = 'GET', query, headers, body, signal, doing } = request;
		const url = query ? `${address}?${new URLSearchParams(query)}` : address;
		this.#onRequest();
		try {
			return await fetch(url, {
				method,
				redirect: 'manual',
				headers: {
					...headers,
					authorization: `Bearer ${token}`,
					...(body ? { 'content-length': String(body.length) } : {}),
				},
				...(body ? bodyOf(body, request, idle) : {}),
				signal: signal ? AbortSignal.any([signal, idle.signal]) : idle.signal,
			});
		} catch (error) {
			idle.stop();
			signal?.throwIfAborted();
			throw networkError(error, this.place, doing);
		}
	}

	#answer(response: Response, { doing, signal }: DriveRequest, idle: Idle): DriveAnswer {
		const { place } = this;
		const failed = (error: unknown) => {
			signal?.throwIfAborted();
			return networkError(error, place, doing);
		};
		const done = () => idle.stop();
		return {
			status: response.status,
			headers: response.headers,
			async json() {
				const text = await response
					.text()
					.catch((error: unknown) => Promise.reject(failed(error)))
					.finally(done);
				try {
					return JSON.parse(text);
				} catch {
					throw notDrive(place, doing);
				}
			},
			async *bytes() {
				const reader = response.body?.getReader();
				try {
					for (;;) {
						idle.moved();
						const next = await reader?.read();
						// The time that the reader takes is not the network's.
						idle.stop();
						if (!next || next.done) return;
						yield next.value;
					}
				} catch (error) {
					throw failed(error);
				} finally {
					idle.stop();
					await reader?.cancel().catch(() => undefined);
				}
			},
			async drop() {
				done();
				await response.body?.cancel().catch(() => undefined);
			},
		};
	}
}

/** A body that goes out in slices, as the pace allows, each a sign of life; what is no more than one without a pace, at once. */
function bodyOf(body: Uint8Array, { pace, onProgress }: DriveRequest, idle: Idle): RequestInit {
	if (body.length === 0 || (!pace && !onProgress && body.length <= SLICE)) {
		return { body: body as Uint8Array<ArrayBuffer> };
	}
	async function* slices() {
		for (let at = 0; at < body.length; at += SLICE) {
			const slice = body.subarray(at, at + SLICE);
			const wait = pace?.(slice.length);
			if (wait) {
				idle.stop();
				await wait;
			}
			idle.moved();
			yield slice;
			onProgress?.(at + slice.length);
		}
	}
	return { body: ReadableStream.from(slices()) as ReadableStream<Uint8Array>, duplex: 'half' } as RequestInit;
}

async function firstWords(response: Response): Promise<string> {
	let text = '';
	const decoder = new TextDecoder();
	try {
		for await (const chunk of response.body ?? []) {
			text += decoder.decode(chunk, { stream: true });
			if (text.length > MOST_WORDS) break;
		}
	} catch {
		// The status says enough.
	}
	return text;
}
