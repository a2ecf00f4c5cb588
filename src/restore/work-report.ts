import type { FileProblem, Waiting } from '../core/task.ts';
import { emptyTally, type Tally } from './tally.ts';

/** Where the parts of a restore tell what they do; each thread has one. */
export interface WorkReport {
	readonly tally: Tally;
	/** The archive and file in hand, for the live display. */
	archive: string;
	path: string;
	problem(problem: FileProblem): void;
	/** A file, or another name of one with no bytes of its own, is as it was backed up. */
	restored(bytes: number, wasRight: boolean): void;
	/** A file that was there already and is not what was backed up. */
	kept(path: string): void;
	ownersLost(): void;
	/** Something was done: a good moment to tell how far it has come. */
	tick(): void;
}

export type WorkEvent =
	| { type: 'problem'; problem: FileProblem }
	| { type: 'kept'; path: string }
	| { type: 'ownersLost' }
	| { type: 'tick'; tally: Tally; archive: string; path: string }
	| { type: 'waiting'; waiting: Waiting };

const TICK_MS = 200;

/** A report that passes everything on as plain data, progress at most five times a second. */
export class EventReport implements WorkReport {
	readonly tally = emptyTally();
	archive = '';
	path = '';
	readonly #say: (event: WorkEvent) => void;
	#told = 0;

	constructor(say: (event: WorkEvent) => void) {
		this.#say = say;
	}

	problem(problem: FileProblem): void {
		this.tally.errors += 1;
		if (problem.code === 'HASH_MISMATCH') this.tally.mismatches += 1;
		this.#say({ type: 'problem', problem });
	}

	restored(bytes: number, wasRight: boolean): void {
		this.tally.files += 1;
		this.tally.bytes += bytes;
		if (wasRight) this.tally.alreadyRight += 1;
	}

	kept(path: string): void {
		this.tally.skipped += 1;
		this.#say({ type: 'kept', path });
	}

	ownersLost(): void {
		this.#say({ type: 'ownersLost' });
	}

	tick(): void {
		const now = Date.now();
		if (now - this.#told >= TICK_MS) this.flush(now);
	}

	/** Tells how far it has come. */
	flush(now = Date.now()): void {
		this.#told = now;
		this.#say({ type: 'tick', tally: { ...this.tally }, archive: this.archive, path: this.path });
	}
}
