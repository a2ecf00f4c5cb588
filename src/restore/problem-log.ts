import type { FileProblem, TaskReporter } from '../core/task.ts';
import { ReportLines } from './report-lines.ts';

/** More than this is of no use to anybody, and would only fill logs and queues. */
const MOST = 1000;
const MOST_KEPT = 100;

/** Passes problems and notices on, as long as they are not too many; the report gets them all. */
export class ProblemLog {
	readonly #reporter: TaskReporter;
	readonly #report: ReportLines;
	#problems = 0;
	#kept = 0;
	#ownersLost = false;

	/** @param reportFile the report that is kept, if there is one */
	constructor(reporter: TaskReporter, reportFile?: string) {
		this.#reporter = reporter;
		this.#report = new ReportLines(reportFile);
	}

	problem(problem: FileProblem): void {
		this.#problems += 1;
		this.#report.add({ kind: 'problem', ...problem });
		if (this.#problems <= MOST) this.#reporter.event({ event: 'problem', problem });
	}

	kept(path: string): void {
		this.#kept += 1;
		this.#report.add({ kind: 'kept', path });
		if (this.#kept <= MOST_KEPT) this.#say('info', `/${path} was there already with other content and was kept.`);
	}

	ownersLost(): void {
		if (this.#ownersLost) return;
		this.#ownersLost = true;
		this.notice('info', 'Owners are not restored: only root can give files away.');
	}

	notice(level: 'info' | 'warn', message: string): void {
		this.#report.add({ kind: 'notice', level, message });
		this.#say(level, message);
	}

	#say(level: 'info' | 'warn', message: string): void {
		this.#reporter.event({ event: 'notice', level, message });
	}

	/** Tells how much was not told. */
	close(): void {
		if (this.#problems > MOST) this.#say('warn', `${this.#problems - MOST} more files could not be restored.`);
		if (this.#kept > MOST_KEPT) this.#say('info', `${this.#kept - MOST_KEPT} more files were kept.`);
		this.#report.close();
	}
}
