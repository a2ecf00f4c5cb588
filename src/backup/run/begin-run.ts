import { newRunId } from '../../core/ids.ts';
import type { TaskReporter } from '../../core/task.ts';
import { createRunKey, deleteRunKey, readRunKey } from '../../secrets/run-key.ts';
import type { RunRow } from '../../state/run-store.ts';
import { nothingToResume, refuseOther } from '../own-state.ts';
import type { RunBooks } from '../run-books.ts';
import { together, wantedScope } from '../run-scope.ts';
import type { BackupSpec } from '../spec.ts';

export interface Begun {
	run: RunRow;
	/** It goes on with what an earlier attempt has left. */
	resumed: boolean;
	/** The books are those of a run that did not come to its end. */
	afterInterruption: boolean;
}

/**
 * Begins a run in the books, or goes on with the one that did not come to its end.
 * @throws FirnError STATE_OF_OTHER_JOB, NOTHING_TO_RESUME
 */
export function beginRun(books: RunBooks, spec: BackupSpec, reporter: TaskReporter): Begun {
	const { job, version, secretsDir, full, mode } = spec;
	refuseOther(books, spec);
	const unfinished = books.runs.unfinished();
	if (!unfinished && mode === 'resume') throw nothingToResume(job.name);
	const resumed = unfinished !== undefined && !full;
	const afterInterruption = unfinished !== undefined || !books.runs.isTidy();
	books.transaction.begin();
	books.runs.setMeta('job', JSON.stringify(job));
	books.runs.setMeta('version', version);
	if (unfinished && !resumed) {
		for (const { archive } of books.archives.open(unfinished.run)) books.archives.markAbandoned(archive);
		books.runs.interrupt(unfinished.run, 'abandoned', null);
	}
	const run = resumed
		? unfinished
		: books.runs.begin(newRunId(new Date(), books.runs.lastId()), Date.now(), full, wantedScope(spec));
	if (resumed && mode === 'new') {
		// What is asked for now is done along with it.
		run.scope = together(unfinished.scope, wantedScope(spec));
		books.runs.setScope(run.run, run.scope);
	}
	books.runs.reopen(run.run);
	books.runs.clearProblems(run.run);
	books.transaction.commit();
	// After the commit, so that no key is ever on disk whose run is unknown; it is there before it is used.
	if (unfinished && !resumed) deleteRunKey(secretsDir, unfinished.id);
	if (job.encrypt && !readRunKey(secretsDir, run.id)) createRunKey(secretsDir, run.id);
	reporter.event({ event: 'run', run: run.id, resumed });
	return { run, resumed, afterInterruption };
}
