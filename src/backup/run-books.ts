import type { DatabaseSync } from 'node:sqlite';
import type { Job } from '../config/job.ts';
import { ArchiveStore } from '../state/archive-store.ts';
import { EntryStore } from '../state/entry-store.ts';
import { openState } from '../state/open-state.ts';
import { type RunRow, RunStore, type RunTotals } from '../state/run-store.ts';
import { Transaction } from '../state/transaction.ts';

/** The state database of a job as a run writes it. */
export class RunBooks {
	readonly #db: DatabaseSync;
	readonly transaction: Transaction;
	readonly runs: RunStore;
	readonly archives: ArchiveStore;
	readonly entries: EntryStore;

	private constructor(db: DatabaseSync) {
		this.#db = db;
		this.transaction = new Transaction(db);
		this.runs = new RunStore(db);
		this.archives = new ArchiveStore(db);
		this.entries = new EntryStore(db);
	}

	/** @throws FirnError as openState() */
	static open(file: string, mode: 'write' | 'create'): RunBooks {
		return new RunBooks(openState(file, mode));
	}

	/**
	 * What a finished run consists of, for its manifest: enough to rebuild the state database together with the
	 * sidecars. Ended versions are those that this run found gone or replaced.
	 */
	manifest(job: Job, run: RunRow, status: string, totals: RunTotals, finished: Date, version: string): object {
		return {
			firn: 'manifest',
			format: 1,
			version,
			job,
			run: {
				number: run.run,
				id: run.id,
				started: new Date(run.started).toISOString(),
				finished: finished.toISOString(),
				status,
				...totals,
			},
			archives: this.archives.stored(run.run),
			ended: this.entries.ended(run.run),
			problems: this.runs.problems(run.run),
		};
	}

	close(): void {
		this.transaction.rollback();
		this.#db.close();
	}
}
