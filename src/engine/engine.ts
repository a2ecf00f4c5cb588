/** What the engine can do, whoever asks: over the socket, or in the same process. */

import type { Paths } from '../config/paths.ts';
import type { Results } from '../protocol/contract.ts';
import type { SecretsOptions } from '../secrets/placement.ts';
import { type Handlers, makeHandlers } from './handlers/handlers.ts';
import type { Log } from './log.ts';
import { makeParts, type Parts } from './parts.ts';
import type { Scheduler } from './schedule/scheduler.ts';
import type { Follower, Tasks } from './tasks.ts';

export interface EngineOptions {
	paths: Paths;
	version: string;
	/** The passphrase of the vault, where nobody has to be asked for it. */
	passphrase?: SecretsOptions['passphrase'];
	/** A task began or ended. */
	onChange: () => void;
	/** Ends the engine's process. */
	onStop: () => void;
	log: Log;
}

export class Engine {
	readonly #parts: Parts;
	readonly scheduler: Scheduler;
	readonly tasks: Tasks;
	readonly handlers: Handlers;

	constructor(options: EngineOptions) {
		this.#parts = makeParts(options);
		this.scheduler = this.#parts.scheduler;
		this.tasks = this.#parts.tasks;
		this.handlers = makeHandlers(this.#parts);
	}

	/** Follows a task until it ends or `unfollow` is called. */
	follow(id: string, follower: Follower): Results['follow'] & { unfollow: () => void } {
		return this.tasks.follow(id, follower);
	}

	/** Whether any work goes on, or waits. */
	get busy(): boolean {
		const { restores, signIns } = this.#parts;
		return this.tasks.busy || restores.thaws.isWaiting || signIns.isWaiting || this.scheduler.isNeeded;
	}

	/** Goes on with what an earlier engine has left and what goes on by itself. */
	goOn(): void {
		this.#parts.restores.thaws.resumeAll();
		void this.scheduler.keep();
	}

	async close(): Promise<void> {
		const { watches, history, queries, preview } = this.#parts;
		watches.close();
		history.close();
		await Promise.all([queries.close(), preview.close()]);
	}
}
