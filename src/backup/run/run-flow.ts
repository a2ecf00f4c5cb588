/** Lets a run be stopped, listen to its pack threads, and wait for them. */

import { FirnError } from '../../core/errors.ts';

export class RunFlow {
	readonly #abort = new AbortController();
	#failure: FirnError | undefined;
	#wake: () => void = () => {};

	/** Ends waiting for the store; its reason is thrown. */
	get signal(): AbortSignal {
		return this.#abort.signal;
	}

	/** At the next safe point. */
	stop(): void {
		this.#abort.abort(new FirnError('STOPPED', 'The run was stopped.', { retry: 'later' }));
		this.wake();
	}

	/** Something has gone wrong that ends the run. */
	fail(error: FirnError): void {
		this.#failure ??= error;
	}

	/** Something has moved on: whoever waits for that looks again. */
	wake(): void {
		this.#wake();
	}

	/** @throws the reason of a stop; what has gone wrong */
	check(): void {
		this.#abort.signal.throwIfAborted();
		if (this.#failure) throw this.#failure;
	}

	/** Lets messages in. @throws as check() */
	async breathe(): Promise<void> {
		await new Promise(setImmediate);
		this.check();
	}

	/** Waits until something has moved on. @throws as check() */
	async changed(): Promise<void> {
		this.check();
		await new Promise<void>((resolve) => {
			this.#wake = resolve;
		});
		this.check();
	}
}
