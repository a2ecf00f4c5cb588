/** The way to the store of a run: repeats what fails for a passing reason, and counts the requests. */

import type { TaskReporter } from '../core/task.ts';
import type { Destination, DestinationConfig } from '../destinations/destination.ts';
import { openDestination } from '../destinations/open-destination.ts';
import { counting, createRequestCount, requestsIn } from '../destinations/request-count.ts';
import { withRateLimit } from '../destinations/with-rate-limit.ts';
import { NUDGE, waitingFor, withRetry } from '../destinations/with-retry.ts';

export interface LinkOptions {
	/** Ends waiting for the store. */
	signal: AbortSignal;
	reporter: TaskReporter;
	/** Of what goes this way: destinations/with-rate-limit. */
	rateLimit?: SharedArrayBuffer;
}

export class StoreLink {
	readonly destination: Destination;
	/** Without repetitions. */
	readonly #store: Destination;
	/** Of this run, whatever thread has sent them. */
	readonly requestCount: SharedArrayBuffer;
	readonly #nudge = new EventTarget();
	/** The store does not answer, or refuses. */
	waits = false;

	private constructor(store: Destination, requestCount: SharedArrayBuffer, options: LinkOptions) {
		const { signal, reporter, rateLimit } = options;
		this.#store = store;
		this.requestCount = requestCount;
		this.destination = withRetry(rateLimit ? withRateLimit(store, rateLimit) : store, {
			signal,
			nudge: this.#nudge,
			untilRoom: true,
			onRetry: (notice) => {
				this.waits = true;
				reporter.event({ event: 'waiting', ...waitingFor(notice) });
			},
			onOver: () => {
				this.waits = false;
			},
		});
	}

	/** @throws FirnError as openDestination() */
	static async open(destination: DestinationConfig, options: LinkOptions): Promise<StoreLink> {
		const requestCount = createRequestCount();
		const store = await openDestination(destination, process.env, counting(requestCount));
		return new StoreLink(store, requestCount, options);
	}

	get requests(): number {
		return requestsIn(this.requestCount);
	}

	/** A store that was never reached may be a slip of the pen; one that was is waited for. @throws FirnError */
	async check(isNew: boolean): Promise<void> {
		await (isNew ? this.#store : this.destination).check();
	}

	/** Whatever it waits for may be there now. */
	nudge(): void {
		this.#nudge.dispatchEvent(new Event(NUDGE));
	}

	close(): Promise<void> {
		return this.destination.close();
	}
}
