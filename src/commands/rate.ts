/** Rate and remaining time of a transfer, smoothed so that they do not jump (after restic's estimator). */

const WINDOW_MS = 30_000;
const STEP_MS = 500;

export class RateEstimator {
	readonly #samples: { at: number; bytes: number }[] = [];
	/** The newest, which may be too close to the sample before it to be one itself. */
	#newest: { at: number; bytes: number } | undefined;

	/** Takes the total so far. */
	add(at: number, bytes: number): void {
		this.#newest = { at, bytes };
		const last = this.#samples.at(-1);
		if (last && at - last.at < STEP_MS) return;
		this.#samples.push({ at, bytes });
		while (this.#samples.length > 2 && at - this.#samples[0]!.at > WINDOW_MS) this.#samples.shift();
	}

	/** Bytes a second over the window; undefined until there is enough to tell. */
	get rate(): number | undefined {
		const first = this.#samples[0];
		const last = this.#newest;
		if (!first || !last || last.at - first.at < STEP_MS) return undefined;
		return ((last.bytes - first.bytes) * 1000) / (last.at - first.at);
	}

	/** Seconds until `left` more bytes are done. */
	remaining(left: number): number | undefined {
		const { rate } = this;
		return rate ? left / rate : undefined;
	}
}
