/**
 * Removes from the store what no book of the job knows: uploads whose beginning was never noted, temporary files of
 * processes that were killed, and objects of archives that were given up. Done when a run has all it needs, so that
 * nothing found can still be of use.
 */

import { FirnError } from '../core/errors.ts';
import type { TaskReporter } from '../core/task.ts';
import type { Destination, OpenUpload } from '../destinations/destination.ts';
import type { RunBooks } from './run-books.ts';

export interface TidyOptions {
	jobId: string;
	books: RunBooks;
	destination: Destination;
	reporter: TaskReporter;
}

/** What another process may be writing just now is left alone for so long. */
const DAY_MS = 24 * 60 * 60 * 1000;
/** Names that belong to no job: the probes of `check`, and the note. */
const SHARED = ['.firn-probe', 'RECOVER.txt'];

/**
 * @returns keys of archives that were given up and of which nothing is left
 * @throws FirnError when the store cannot be reached; what it refuses is told as a notice
 */
export async function tidyStore({ jobId, books, destination, reporter }: TidyOptions): Promise<string[]> {
	const refused = (error: unknown, what: string) => {
		if (!(error instanceof FirnError) || error.retry === 'now' || error.code === 'STOPPED') throw error;
		reporter.event({ event: 'notice', level: 'warn', message: `${what}: ${error.message}` });
	};
	try {
		for await (const upload of destination.uploads(`${jobId}/`)) {
			const [, runId = ''] = upload.key.split('/');
			if (books.runs.has(runId)) await destination.abortUpload(upload);
		}
		for (const prefix of SHARED) {
			for await (const upload of destination.uploads(prefix)) {
				if (isOld(upload)) await destination.abortUpload(upload);
			}
		}
	} catch (error) {
		refused(error, 'Unfinished uploads could not be looked for');
	}
	const gone: string[] = [];
	for (const key of books.archives.abandoned()) {
		try {
			await destination.delete(key);
			gone.push(key);
		} catch (error) {
			refused(error, `The unfinished object ${key} could not be removed`);
		}
	}
	return gone;
}

function isOld({ begun }: OpenUpload): boolean {
	return Date.now() - begun.getTime() > DAY_MS;
}
