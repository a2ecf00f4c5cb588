import type { Job } from '../../config/job.ts';
import type { Outcome, TaskReporter } from '../../core/task.ts';
import type { Destination } from '../../destinations/destination.ts';
import { deleteRunKey } from '../../secrets/run-key.ts';
import type { RunRow } from '../../state/run-store.ts';
import { writeManifest } from '../finish.ts';
import type { CompareCounts } from '../plan/compare.ts';
import { Extras } from '../plan/extras.ts';
import type { RunBooks } from '../run-books.ts';
import type { BackupSpec } from '../spec.ts';
import { tidyStore } from '../tidy.ts';

export interface EndOptions {
	spec: BackupSpec;
	books: RunBooks;
	run: RunRow;
	destination: Destination;
	reporter: TaskReporter;
	/** Of the last scan. */
	scanned: CompareCounts;
	packed: { newFiles: number; newBytes: number };
	errors: number;
}

/**
 * Makes a snapshot of what is stored: the manifest, then the books.
 * @returns how the run has ended, and all that its snapshot holds
 * @throws FirnError when the store cannot be written
 */
export async function endRun(options: EndOptions): Promise<{ status: Outcome; files: number; bytes: number }> {
	const { spec, books, run, destination, reporter, scanned, packed, errors } = options;
	const { job, version, secretsDir } = spec;
	// A snapshot may hold more than was looked at.
	const isAll = !run.scope && !job.extras?.length;
	if (!run.scope || run.scope.whole) endLostExtras(job, books, run);
	const { files, bytes } = isAll ? scanned : books.entries.totals();
	const totals = { files, bytes, ...packed, errors };
	const status = errors > 0 ? 'partial' : 'complete';
	books.transaction.commit();
	const gone = await tidyStore({ jobId: job.id, books, destination, reporter });
	const finished = new Date();
	await writeManifest(destination, job, run.id, books.manifest(job, run, status, totals, finished, version));
	// Before the run counts as ended, or else nobody would look for the key again. No archive is open any more.
	deleteRunKey(secretsDir, run.id);
	books.transaction.begin();
	for (const key of gone) books.archives.forgetAbandoned(key);
	books.runs.finish(run.run, status, totals, finished.getTime());
	books.transaction.commit();
	return { status, files, bytes };
}

/** No scan of the job stores extras again that are in the store no more. */
function endLostExtras(job: Job, books: RunBooks, run: RunRow): void {
	const extras = new Extras(job.extras ?? []);
	const gone = books.archives.gone();
	if (job.extras?.length && gone.size > 0) books.entries.closeIn(gone, run.run, (path) => extras.around(path) !== '');
}
