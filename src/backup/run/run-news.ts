/** What a run has to tell: problems, which it books and counts, and notices. Another scan meets the same again, so each is told once. */

import type { FileProblem, TaskReporter } from '../../core/task.ts';
import type { RunRow } from '../../state/run-store.ts';
import type { RunBooks } from '../run-books.ts';
import type { SkipReason } from '../scan/scan.ts';
import type { BackupSpec } from '../spec.ts';

const WHY_SKIPPED: Record<SkipReason, string> = {
	socket: 'it is a socket',
	'pseudo-fs': 'it belongs to a file system that the kernel makes up',
	'other-fs': 'it lies on another file system',
	own: 'Firn itself keeps its files there',
	excluded: 'an exclude pattern matches it',
};

export class RunNews {
	readonly #spec: BackupSpec;
	readonly #reporter: TaskReporter;
	readonly #said = new Set<string>();
	#booked: { books: RunBooks; run: RunRow } | undefined;
	/** Problems, as the last scan has found them. */
	errors = 0;

	constructor(spec: BackupSpec, reporter: TaskReporter) {
		this.#spec = spec;
		this.#reporter = reporter;
	}

	/** From now on problems are booked. */
	bookIn(books: RunBooks, run: RunRow): void {
		this.#booked = { books, run };
	}

	problem(problem: FileProblem): void {
		this.errors += 1;
		if (this.#booked) {
			const { books, run } = this.#booked;
			books.transaction.begin();
			books.runs.addProblem(run.run, problem);
		}
		if (this.#isNew(`${problem.path}\0${problem.code}`)) this.#reporter.event({ event: 'problem', problem });
	}

	/** Another scan finds those again that persist. */
	forgetProblems(): void {
		this.errors = 0;
		if (!this.#booked) return;
		const { books, run } = this.#booked;
		books.transaction.begin();
		books.runs.clearProblems(run.run);
	}

	/** What a person named must not be missing without a word; the rest is left out as documented. */
	skipped({ path, reason }: { path: string; reason: SkipReason }): void {
		const { job, paths } = this.#spec;
		const what = job.sources.includes(`/${path}`) ? 'The source ' : paths?.includes(`/${path}`) ? '' : undefined;
		if (what !== undefined) this.notice('warn', `${what}/${path} is left out: ${WHY_SKIPPED[reason]}.`);
		else if (reason === 'socket') this.notice('info', `/${path} is a socket and is left out.`);
	}

	/** Deletions are backed up like all changes, but a disk that is not mounted looks the same. */
	emptied(path: string, count: () => number): void {
		if (!this.#spec.job.sources.includes(`/${path}`)) return;
		const message = `The source /${path} is empty, and the last snapshot has ${count()} entries of it. Is its disk mounted?`;
		this.notice('warn', message);
	}

	notice(level: 'info' | 'warn', message: string): void {
		if (this.#isNew(message)) this.#reporter.event({ event: 'notice', level, message });
	}

	#isNew(text: string): boolean {
		if (this.#said.has(text)) return false;
		this.#said.add(text);
		return true;
	}
}
