/** The app's way to the engine: starts it, keeps it, comes back when it was lost, and tells what goes on there. */

import { toFirnError } from '../../core/errors.ts';
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

export class EngineLink {
	readonly #options: EngineLinkOptions;
	#channel: Promise<Channel> | undefined;
	#attempt = 0;
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
		void this.#channel?.then((channel) => channel.close());
	}

	/** @throws FirnError */
	async call<M extends Method>(method: M, params: Params<M>): Promise<Results[M]> {
		const channel = await this.#connected();
		try {
			return await channel.call(method, params);
		} catch (thrown) {
			const error = toFirnError(thrown);
			if (error.code === 'ENGINE_LOST') this.#lost(error.message);
			throw error;
		}
	}

	/** Asks at once what goes on. */
	refresh(): void {
		clearTimeout(this.#timer);
		void this.#poll();
	}

	#connected(): Promise<Channel> {
		this.#channel ??= this.#options.connect().then(
			({ channel, hello }) => {
				this.#attempt = 0;
				this.#followed.clear();
				this.#options.dispatch({ type: 'engine', engine: { state: 'ok', pid: hello.pid, version: hello.version } });
				return channel;
			},
			(error) => {
				this.#channel = undefined;
				throw error;
			},
		);
		return this.#channel;
	}

	async #poll(): Promise<void> {
		if (this.#closed || this.#polling) return;
		this.#polling = true;
		try {
			const channel = await this.#connected();
			const [{ jobs }, { tasks }] = await Promise.all([channel.call('jobs', {}), channel.call('status', {})]);
			const text = JSON.stringify(jobs);
			if (text !== this.#jobsText) this.#options.dispatch({ type: 'jobs', jobs });
			this.#jobsText = text;
			this.#options.dispatch({ type: 'tasks', tasks, at: Date.now() });
			for (const task of tasks) this.#follow(channel, task);
			this.#again(POLL_MS);
		} catch (error) {
			this.#lost(toFirnError(error).message);
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

	#lost(reason: string): void {
		if (this.#closed) return;
		void this.#channel?.then((channel) => channel.close()).catch(() => {});
		this.#channel = undefined;
		const wait = RETRY_MS[Math.min(this.#attempt, RETRY_MS.length - 1)]!;
		this.#attempt += 1;
		const now = Date.now();
		this.#options.dispatch({ type: 'engine', engine: { state: 'lost', reason, since: now, retryAt: now + wait } });
		this.#again(wait);
	}

	#again(ms: number): void {
		clearTimeout(this.#timer);
		if (!this.#closed) this.#timer = setTimeout(() => void this.#poll(), ms);
	}
}
