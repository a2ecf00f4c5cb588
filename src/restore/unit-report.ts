import type { FileProblem } from '../core/task.ts';
import type { Tally } from './tally.ts';
import type { WorkReport } from './work-report.ts';

/** Passes on what one unit does, and can take back what it has counted as restored: the unit will be done again. */
export class UnitReport implements WorkReport {
	readonly tally: Tally;
	readonly #report: WorkReport;
	readonly #restored = { files: 0, bytes: 0, alreadyRight: 0 };

	constructor(report: WorkReport) {
		this.#report = report;
		this.tally = report.tally;
	}

	takeBack(): void {
		const { tally } = this;
		tally.files -= this.#restored.files;
		tally.bytes -= this.#restored.bytes;
		tally.alreadyRight -= this.#restored.alreadyRight;
	}

	get archive(): string {
		return this.#report.archive;
	}

	set archive(key: string) {
		this.#report.archive = key;
	}

	get path(): string {
		return this.#report.path;
	}

	set path(path: string) {
		this.#report.path = path;
	}

	problem(problem: FileProblem): void {
		this.#report.problem(problem);
	}

	restored(bytes: number, wasRight: boolean): void {
		this.#restored.files += 1;
		this.#restored.bytes += bytes;
		if (wasRight) this.#restored.alreadyRight += 1;
		this.#report.restored(bytes, wasRight);
	}

	kept(path: string): void {
		this.#report.kept(path);
	}

	ownersLost(): void {
		this.#report.ownersLost();
	}

	tick(): void {
		this.#report.tick();
	}
}
