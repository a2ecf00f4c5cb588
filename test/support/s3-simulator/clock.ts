/** A clock that goes with the machine's, from wherever a test has set it. */
export class MovableClock {
	readonly #machine: () => number;
	#ahead = 0;

	constructor(machine: () => number) {
		this.#machine = machine;
	}

	/** Milliseconds since 1970. */
	now(): number {
		return this.#machine() + this.#ahead;
	}

	advance(ms: number): void {
		this.#ahead += ms;
	}

	/** @param to a time, or how far to go */
	move(to: { at: number } | { advance: number }): void {
		if ('at' in to) this.#ahead = to.at - this.#machine();
		else this.advance(to.advance);
	}
}
