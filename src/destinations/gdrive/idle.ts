/** Ends a request on which nothing has moved for too long. A slow line never runs into it, nor does a wait of our own. */
export class Idle {
	readonly #aborter = new AbortController();
	readonly #ms: number;
	#timer: NodeJS.Timeout | undefined;

	constructor(ms: number) {
		this.#ms = ms;
		this.moved();
	}

	get signal(): AbortSignal {
		return this.#aborter.signal;
	}

	/** Bytes went out or came in. */
	moved(): void {
		clearTimeout(this.#timer);
		const end = () => {
			const error = new Error(`nothing moved for ${this.#ms / 1000} s`);
			this.#aborter.abort(Object.assign(error, { code: 'ETIMEDOUT' }));
		};
		this.#timer = setTimeout(end, this.#ms);
		this.#timer.unref();
	}

	/** Until something moves again, time does not count. */
	stop(): void {
		clearTimeout(this.#timer);
	}
}
