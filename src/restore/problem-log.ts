import type { FileProblem, TaskReporter } from '../core/task.ts';

/** More than this is of no use to anybody, and would only fill logs and queues. */
const MOST = 1000;
const MOST_KEPT = 100;

/** Passes problems and notices on, as long as they are not too many. */
export class ProblemLog {
	readonly #reporter: TaskReporter;
	#problems = 0;
	#kept = 0;
	#ownersLost = false;

	constructor(reporter: TaskReporter) {
		this.#reporter = reporter;
	}

	problem(problem: FileProblem): void {
		this.#problems += 1;
		if (this.#problems <= MOST) this.#reporter.event({ event: 'problem', problem });
	}

	kept(path: string): void {
		this.#kept += 1;
		if (this.#kept <= MOST_KEPT) this.notice('info', `/${path} was there already with other content and was kept.`);
	}

	ownersLost(): void {
		if (this.#ownersLost) return;
		this.#ownersLost = true;
		this.notice('info', 'Owners are not restored: only root can give files away.');
	}

	notice(level: 'info' | 'warn', message: string): void {
		this.#reporter.event({ event: 'notice', level, message });
	}

	/** Tells how much was not told. */
	close(): void {
		if (this.#problems > MOST) this.notice('warn', `${this.#problems - MOST} more files could not be restored.`);
		if (this.#kept > MOST_KEPT) this.notice('info', `${this.#kept - MOST_KEPT} more files were kept.`);
	}
}
