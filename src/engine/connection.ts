/** One client of the engine: answers its requests, tells it of the tasks it follows. */

import type { Socket } from 'node:net';
import { FirnError, toFirnError } from '../core/errors.ts';
import { type Method, PROTOCOL, type ServerMessage, type TaskView } from '../protocol/contract.ts';
import { encodeMessage, MessageReader } from '../protocol/framing.ts';
import { requestSchemas } from '../protocol/requests.ts';
import type { Engine } from './engine.ts';
import type { Refused } from './refused.ts';
import type { Follower } from './tasks.ts';

/** Progress is told at most this often. */
const PROGRESS_MS = 250;
/** A client that leaves more than this unread is cut off; it can come back and follow again. */
const MOST_UNREAD = 8 * 1024 * 1024;

export class Connection implements Follower {
	readonly #socket: Socket;
	readonly #engine: Engine;
	readonly #refused: Refused;
	readonly #reader = new MessageReader();
	readonly #following = new Set<() => void>();
	/** The newest progress that was not sent yet, by task. */
	readonly #news = new Map<string, TaskView>();
	#timer: NodeJS.Timeout | undefined;
	#greeted = false;

	constructor(socket: Socket, engine: Engine, refused: Refused) {
		this.#refused = refused;
		this.#socket = socket;
		this.#engine = engine;
		socket.on('data', (chunk: Buffer) => this.#receive(chunk));
		// A client that goes away is its own business; what it asked for goes on.
		socket.on('error', () => {});
		socket.on('close', () => {
			clearTimeout(this.#timer);
			for (const unfollow of this.#following) unfollow();
		});
	}

	progress(view: TaskView): void {
		this.#news.set(view.id, view);
		this.#timer ??= setTimeout(() => this.#tellNews(), PROGRESS_MS);
	}

	event(task: string, event: Extract<ServerMessage, { event: unknown }>['event']): void {
		this.#send({ task, event });
	}

	done(task: string, done: Extract<ServerMessage, { done: unknown }>['done']): void {
		const view = this.#news.get(task);
		this.#news.delete(task);
		if (view?.progress) this.#send({ task, progress: view.progress, state: view.state });
		this.#send({ task, done });
	}

	#receive(chunk: Buffer): void {
		try {
			for (const message of this.#reader.push(chunk)) void this.#answer(asRequest(message));
		} catch {
			// Not our protocol: there is nobody to explain it to.
			this.#socket.destroy();
		}
	}

	async #answer({ id, method, params }: { id: number; method: Method; params: unknown }): Promise<void> {
		try {
			this.#send({ id, result: await this.#call(method, params) });
		} catch (error) {
			this.#refused.note(method, params, error);
			this.#send({ id, error: toFirnError(error).toPlain() });
		}
	}

	async #call(method: Method, given: unknown): Promise<unknown> {
		const schema = Object.hasOwn(requestSchemas, method)
			? requestSchemas[method as keyof typeof requestSchemas]
			: undefined;
		if (!schema)
			throw new FirnError('UNKNOWN_REQUEST', `The engine does not know the request ${method}.`, { kind: 'usage' });
		const parsed = schema.safeParse(given);
		if (!parsed.success) {
			const issue = parsed.error.issues[0]!;
			throw new FirnError('BAD_REQUEST', `${method}: ${issue.path.join('.')} ${issue.message}.`, { kind: 'usage' });
		}
		const params = parsed.data as never;
		if (method === 'hello') this.#greet(params);
		else if (!this.#greeted) throw new FirnError('NO_HELLO', 'The first request must be hello.', { kind: 'usage' });
		if (method === 'follow') return this.#follow((params as { task: string }).task);
		return this.#engine.handlers[method](params);
	}

	#greet({ protocol }: { protocol: number }): void {
		this.#greeted = protocol === PROTOCOL;
	}

	#follow(task: string): object {
		const { unfollow, ...now } = this.#engine.follow(task, this);
		this.#following.add(unfollow);
		return now;
	}

	#tellNews(): void {
		this.#timer = undefined;
		// While the client does not read, only the newest is kept.
		if (this.#socket.writableLength > 0) {
			this.#timer = setTimeout(() => this.#tellNews(), PROGRESS_MS);
			return;
		}
		for (const [task, { progress, state }] of this.#news) if (progress) this.#send({ task, progress, state });
		this.#news.clear();
	}

	#send(message: ServerMessage): void {
		if (this.#socket.destroyed) return;
		this.#socket.write(encodeMessage(message));
		if (this.#socket.writableLength > MOST_UNREAD) this.#socket.destroy();
	}
}

/** @throws TypeError when it is not even of a request's shape */
function asRequest(message: unknown): { id: number; method: Method; params: unknown } {
	if (typeof message === 'object' && message !== null && 'id' in message && 'method' in message)
		return message as never;
	throw new TypeError('not a request');
}
