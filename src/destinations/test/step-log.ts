import type { StepName, TestStep } from '../../core/destination-test.ts';
import { FirnError, toFirnError } from '../../core/errors.ts';

/** What a step needs, and what it costs when that is refused. */
export interface StepWords {
	right?: string;
	cost?: string;
	/** What helps when it is denied; the error's own guidance if left out. */
	allow?: string;
}

/** Says what was found instead of "it works": the store has no such thing. */
export class Absent extends Error {}

/** Tries one thing after another and notes what came of it, and how long it took. */
export class StepLog {
	readonly steps: TestStep[] = [];

	/** @param work gives what was found, a sentence. Never throws; tells whether it went well. */
	async try(name: StepName, words: StepWords, work: () => Promise<string>): Promise<boolean> {
		const began = performance.now();
		const { right, cost, allow } = words;
		const base = { name, ...(right === undefined ? {} : { right }) };
		const ms = () => Math.round(performance.now() - began);
		try {
			const detail = await work();
			this.steps.push({ ...base, status: 'ok', ms: ms(), detail });
			return true;
		} catch (thrown) {
			if (thrown instanceof Absent) {
				this.steps.push({ ...base, status: 'absent', ms: ms(), detail: thrown.message });
				return false;
			}
			const error = readable(thrown);
			const isDenied = error.code === 'DEST_DENIED';
			const guidance = isDenied ? (allow ?? error.guidance) : error.guidance;
			this.steps.push({
				...base,
				status: isDenied ? 'denied' : 'failed',
				ms: ms(),
				detail: error.message,
				...(cost === undefined ? {} : { cost }),
				...(guidance === undefined ? {} : { guidance }),
			});
			return false;
		}
	}

	/** Notes what was not tried, and why. */
	skip(name: StepName, detail: string): void {
		this.steps.push({ name, status: 'skipped', ms: 0, detail });
	}

	/** Forgets what came of it, before it is tried more thoroughly. */
	drop(name: StepName): void {
		const at = this.steps.findLastIndex((step) => step.name === name);
		if (at >= 0) this.steps.splice(at, 1);
	}

	last(name: StepName): TestStep | undefined {
		return this.steps.findLast((step) => step.name === name);
	}
}

function readable(thrown: unknown): FirnError {
	if (!(thrown instanceof DOMException) || thrown.name !== 'TimeoutError') return toFirnError(thrown, 'TEST_FAILED');
	return new FirnError('TEST_TIMEOUT', 'The destination did not answer in time.', {
		retry: 'later',
		guidance: 'Look at the network or the disk, then test again.',
	});
}
