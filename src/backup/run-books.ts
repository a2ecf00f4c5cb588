import type { DatabaseSync } from 'node:sqlite';
import type { Job } from '../config/job.ts';
import { type FirnError, toFirnError } from '../core/errors.ts';
import { ArchiveStore } from '../state/archive-store.ts';
import { EntryStore } from '../state/entry-store.ts';
import { MirrorCopies } from '../state/mirror-copies.ts';
import { MirrorStore } from '../state/mirror-store.ts';
import { MirrorUploads } from '../state/mirror-uploads.ts';
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
	readonly uploads: MirrorUploads;
	readonly copies: MirrorCopies;

	private constructor(db: DatabaseSync) {
		this.#db = db;
		this.transaction = new Transaction(db);
		this.runs = new RunStore(db);
		this.archives = new ArchiveStore(db);
		this.entries = new EntryStore(db);
		this.uploads = new MirrorUploads(db);
		this.copies = new MirrorCopies(db);
	}

	/** @throws FirnError as openState() */
	static open(file: string, mode: 'write' | 'create'): RunBooks {
		return new RunBooks(openState(file, mode));
	}

	/** The objects of a mirror; each one has a list of its own of what is there. */
	mirror(): MirrorStore {
		return new MirrorStore(this.#db);
	}

	/**
	 * Ends a run that did not come to its end.
	 * @returns what keeps the books from saying so: the run stays `running` in a database that cannot be written, and is
	 * taken up again all the same
	 */
	interrupt(run: RunRow, error: FirnError): FirnError | undefined {
		try {
			this.transaction.commit();
			const stopped = error.code === 'STOPPED';
			this.runs.interrupt(run.run, stopped ? 'stopped' : 'failed', stopped ? null : JSON.stringify(error.toPlain()));
			return undefined;
		} catch (cause) {
			return toFirnError(cause);
		}
	}

	/**
	 * What a finished run consists of, for its manifest: enough to rebuild the state database together with the
	 * sidecars. Runs since the last manifest that came to nothing have none of their own, so what they did to the books is
	 * in this one.
	 */
	manifest(job: Job, run: RunRow, status: string, totals: RunTotals, finished: Date, version: string): object {
		const before = this.runs.lastFinished(run.run);
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
				full: run.full,
				...(run.scope ? { scope: run.scope } : {}),
				...totals,
			},
			archives: this.archives.stored(run.run),
			closed: this.entries.closed(before, run.run),
			problems: this.runs.problems(run.run),
			failedBefore: this.runs.between(before, run.run).map((failed) => ({
				number: failed.run,
				id: failed.id,
				started: new Date(failed.started).toISOString(),
				full: failed.full,
				...(failed.scope ? { scope: failed.scope } : {}),
				...(failed.error === null ? {} : { error: JSON.parse(failed.error) }),
				problems: this.runs.problems(failed.run),
			})),
		};
	}

	close(): void {
		this.transaction.rollback();
		this.#db.close();
	}
}
