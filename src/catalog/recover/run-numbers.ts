/** Runs that came to nothing leave gaps; no larger ones than this. */
const GAP = 100_000;

/**
 * The numbers of runs as they are rebuilt, the oldest first. Each keeps the one it had, unless that does not fit behind
 * the one before it: two machines that wrote on from the same snapshot have given the same number twice.
 */
export class RunNumbers {
	readonly #numbers = new Map<string, number>();
	#last = 0;

	/** @param wanted as it was numbered, where that is known */
	of(runId: string, wanted: number | undefined): number {
		const known = this.#numbers.get(runId);
		if (known !== undefined) return known;
		const fits = wanted !== undefined && wanted > this.#last && wanted <= this.#last + GAP;
		const number = fits ? wanted : this.#last + 1;
		this.#last = number;
		this.#numbers.set(runId, number);
		return number;
	}
}

/** When a run began, by its id. */
export function startOf(runId: string): number {
	const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z/
		.exec(runId)!
		.map(Number);
	return Date.UTC(year!, month! - 1, day!, hour!, minute!, second!);
}
