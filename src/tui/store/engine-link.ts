/** The app's way to the engine: starts it, keeps it, comes back when it was lost, and tells what goes on there. */

import { FirnError, toFirnError } from '../../core/errors.ts';
import type { Channel } from '../../protocol/channel.ts';
import type { Method, Params, Results, TaskView } from '../../protocol/contract.ts';
import type { Action } from '../actions.ts';

export interface EngineLinkOptions {
	/** A greeted channel; starts the engine if need be. */
	connect: () => Promise<{ channel: Channel; hello: Results['hello'] }>;
	dispatch: (action: Action) => void;
}

/** How often the list of tasks and jobs is asked for; their progress comes by itself. */
const POLL_MS = 1500;
const RETRY_MS = [1000, 2000, 4000, 8000];

/** An engine that has not answered for so long is left for another connection. */
const SILENCE_MS = 15_000;

function silence(): Promise<never> {
	const error = new FirnError('ENGINE_LOST', 'The engine does not answer.', { retry: 'later' });
	return new Promise((_, reject) => setTimeout(() => reject(error), SILENCE_MS).unref());
}

export class EngineLink {
	readonly #options: EngineLinkOptions;
	#channel: Promise<Channel> | undefined;
	#attempt = 0;
	/** Until then nobody may try to come to an engine: each try starts one. */
	#downUntil = 0;
	#timer: NodeJS.Timeout | undefined;
	#closed = false;
	#polling = false;
	#jobsText = '';
	readonly #followed = new Set<string>();

	constructor(options: EngineLinkOptions) {
		this.#options = options;
	}

	start(): void {
		void this.#poll();
	}

	close(): void {
		this.#closed = true;
		clearTimeout(this.#timer);
		this.#channel?.then((channel) => channel.close()).catch(() => {});
	}

	/** @throws FirnError; ENGINE_LOST at once while the engine is gone, so that nobody's asking starts another */
	async call<M extends Method>(method: M, params: Params<M>): Promise<Results[M]> {
		const connected = this.#connected();
		const channel = await connected;
		try {
			return await channel.call(method, params);
		} catch (thrown) {
			const error = toFirnError(thrown);
			if (error.code === 'ENGINE_LOST') this.#lost(connected, error.message);
			throw error;
		}
	}

	/** Asks at once what goes on. */
	refresh(): void {
		clearTimeout(this.#timer);
		void this.#poll();
	}

	#connected(): Promise<Channel> {
		if (this.#closed || Date.now() < this.#downUntil) {
			return Promise.reject(new FirnError('ENGINE_LOST', 'The engine has gone away.', { retry: 'later' }));
		}
		if (this.#channel) return this.#channel;
		const connecting = this.#options.connect().then(
			({ channel, hello }) => {
				this.#attempt = 0;
				this.#followed.clear();
				this.#options.dispatch({ type: 'engine', engine: { state: 'ok', pid: hello.pid, version: hello.version } });
				return channel;
			},
			(error) => {
				this.#lost(connecting, toFirnError(error).message);
				throw error;
			},
		);
		this.#channel = connecting;
		return connecting;
	}

	async #poll(): Promise<void> {
		if (this.#closed || this.#polling) return;
		this.#polling = true;
		const connected = this.#connected();
		try {
			const channel = await connected;
			const asked = Promise.all([channel.call('jobs', {}), channel.call('status', {})]);
			const [{ jobs }, { tasks }] = await Promise.race([asked, silence()]);
			const text = JSON.stringify(jobs);
			if (text !== this.#jobsText) this.#options.dispatch({ type: 'jobs', jobs });
			this.#jobsText = text;
			this.#options.dispatch({ type: 'tasks', tasks, at: Date.now() });
			for (const task of tasks) this.#follow(channel, task);
			this.#again(POLL_MS);
		} catch (error) {
			this.#lost(connected, toFirnError(error).message);
			this.#again(Math.max(0, this.#downUntil - Date.now()));
		} finally {
			this.#polling = false;
		}
	}

	/** Also of one that has ended meanwhile: it tells what happened. */
	#follow(channel: Channel, { id, state, summary }: TaskView): void {
		const isLive = summary !== undefined || state !== 'paused';
		if (this.#followed.has(id) || !isLive) return;
		this.#followed.add(id);
		const { dispatch } = this.#options;
		channel
			.follow(id, {
				progress: (progress, now) => dispatch({ type: 'progress', task: id, progress, state: now, at: Date.now() }),
				event: (event) => dispatch({ type: 'event', task: id, event, at: event.at }),
				done: (done) => {
					dispatch({ type: 'done', task: id, summary: done, at: Date.now() });
					this.refresh();
				},
			})
			.then(
				({ events, pace }) => {
					dispatch({ type: 'followed', task: id, pace });
					for (const event of events) dispatch({ type: 'event', task: id, event, at: event.at });
				},
				() => this.#followed.delete(id),
			);
	}

	/** Told once a connection, whoever notices first. */
	#lost(connection: Promise<Channel>, reason: string): void {
		if (this.#closed || this.#channel !== connection) return;
		this.#channel = undefined;
		connection.then((channel) => channel.close()).catch(() => {});
		const wait = RETRY_MS[Math.min(this.#attempt, RETRY_MS.length - 1)]!;
		this.#attempt += 1;
		const now = Date.now();
		this.#downUntil = now + wait;
		this.#again(wait);
		this.#options.dispatch({ type: 'engine', engine: { state: 'lost', reason, since: now, retryAt: now + wait } });
	}

	#again(ms: number): void {
		clearTimeout(this.#timer);
		if (!this.#closed) this.#timer = setTimeout(() => void this.#poll(), ms);
	}
}
