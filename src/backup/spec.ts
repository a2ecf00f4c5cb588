import type { Job } from '../config/job.ts';
import type { Prices } from '../pricing/price-table.ts';

/** What a backup run is started with; plain data that crosses into its thread. */
export interface BackupSpec {
	job: Job;
	stateFile: string;
	/** Where the keys of unfinished runs are kept (secrets/). */
	secretsDir: string;
	/** Absolute paths that are backed up alone, whatever the patterns say of them; absent: all of the job. */
	paths?: string[];
	/** Pack unchanged files too. An unfinished run is then given up instead of continued. */
	full: boolean;
	/** Of a mirror: compare content also where size and time say that it is the same. */
	checksum?: boolean;
	/** Of a mirror: so many deletions are taken over whatever they look like. */
	confirmDeletions?: number;
	/** Scan and compare only; nothing is written anywhere. */
	dryRun: boolean;
	/** `resume` refuses when there is nothing to resume; `new` continues an unfinished run as well, if there is one. */
	mode: 'new' | 'resume';
	/** Firn's own version, recorded beside what it wrote. */
	version: string;
	/** Absolute paths that are never entered, such as the state folder. */
	skipPaths: string[];
	/** Of the destination, if they are known. */
	prices?: Prices;
	/** Credentials of the client's environment (`AWS_…`): for the thread only, never stored. */
	env?: Record<string, string>;
}
