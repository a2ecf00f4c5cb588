/** The way to the store of a mirror: repeats what fails for a passing reason, keeps the limit, takes other credentials. */

import type { Job } from '../../../config/job.ts';
import type { Adjustment, TaskReporter } from '../../../core/task.ts';
import type { Destination } from '../../../destinations/destination.ts';
import { openDestination } from '../../../destinations/open-destination.ts';
import { replaceCredentials } from '../../../destinations/replace-credentials.ts';
import { counting, createRequestCount, requestsIn } from '../../../destinations/request-count.ts';
import { createRateLimit, setRateLimit, withRateLimit } from '../../../destinations/with-rate-limit.ts';
import { NUDGE, waitingFor, withRetry } from '../../../destinations/with-retry.ts';

export class StoreLink {
	readonly destination: Destination;
	/** Without repetitions. */
	readonly #store: Destination;
	readonly #requests: SharedArrayBuffer;
	readonly #limit: SharedArrayBuffer;
	readonly #nudge = new EventTarget();
	/** The store does not answer, or refuses. */
	waits = false;

	private constructor(store: Destination, requests: SharedArrayBuffer, limit: number, options: LinkOptions) {
		this.#store = store;
		this.#requests = requests;
		this.#limit = createRateLimit(limit);
		this.destination = withRetry(withRateLimit(store, this.#limit), {
			signal: options.signal,
			nudge: this.#nudge,
			onRetry: (notice) => {
				this.waits = true;
				options.reporter.event({ event: 'waiting', ...waitingFor(notice) });
			},
			onOver: () => {
				this.waits = false;
			},
		});
	}

	/** @throws FirnError as openDestination() */
	static async open({ destination, limitUpload }: Job, options: LinkOptions): Promise<StoreLink> {
		const requests = createRequestCount();
		const store = await openDestination(destination, process.env, counting(requests));
		return new StoreLink(store, requests, limitUpload, options);
	}

	get requests(): number {
		return requestsIn(this.#requests);
	}

	/** A store that was never reached may be a slip of the pen; one that was is waited for. @throws FirnError */
	async check(isNew: boolean): Promise<void> {
		await (isNew ? this.#store : this.destination).check();
	}

	adjust({ pause, limitUpload, env }: Adjustment): void {
		if (limitUpload !== undefined) setRateLimit(this.#limit, limitUpload);
		if (env) replaceCredentials(env);
		// Whatever it waits for may be there now.
		if (env || pause === false) this.#nudge.dispatchEvent(new Event(NUDGE));
	}

	close(): Promise<void> {
		return this.destination.close();
	}
}

interface LinkOptions {
	signal: AbortSignal;
	reporter: TaskReporter;
}
