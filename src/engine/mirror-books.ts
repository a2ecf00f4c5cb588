/**
 * Books of mirrors of plain files, which keep none, for whoever looks at them: made by a look at the folder. They lie where
 * the plans of restores do, so what a process that lives no more has left goes with those.
 */

import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isPlainFolder } from '../mirror/pairs.ts';
import { readMirrorFolder } from '../restore/mirror/read-folder.ts';
import { makePlanFolder } from '../restore/plan-folder.ts';
import { readJobState } from '../state/job-state.ts';

interface Made {
	file: string;
	/** ms since 1970; when it was begun. */
	at: number;
	/** How long the look took. */
	took: number;
}

/** What was seen counts for this long, or for ten times as long as the look took. */
const FRESH_MS = 2000;
const TIMES = 10;

export class MirrorBooks {
	readonly #made = new Map<string, Made>();

	/**
	 * The state database that tells what a job has stored: its own, but for a mirror of plain files.
	 * @throws FirnError as readJobState() and readMirrorFolder()
	 */
	of(stateFile: string): string {
		const { job } = readJobState(stateFile);
		if (job.layout !== 'mirror' || !isPlainFolder(job)) return stateFile;
		const known = this.#made.get(stateFile);
		if (known && Date.now() - known.at < Math.max(FRESH_MS, known.took * TIMES)) return known.file;
		this.#forget(stateFile);
		const file = join(makePlanFolder(), 'books.sqlite3');
		const at = Date.now();
		try {
			readMirrorFolder(job, stateFile, file);
		} catch (error) {
			rmSync(dirname(file), { recursive: true, force: true });
			throw error;
		}
		this.#made.set(stateFile, { file, at, took: Date.now() - at });
		return file;
	}

	#forget(stateFile: string): void {
		const made = this.#made.get(stateFile);
		this.#made.delete(stateFile);
		if (made) rmSync(dirname(made.file), { recursive: true, force: true });
	}
}
