/** What the engine answers about the jobs in a destination before one is recovered; plain data. */

import type { PlainError } from './errors.ts';
import type { CostAnswer } from './restore-answers.ts';

/** A job as its folder in the destination tells it. */
export interface FoundJob {
	id: string;
	/** What it was called; null where nothing of it could be opened. */
	name: string | null;
	sources: string[];
	/** Of a mirror in a store; it has no archives. */
	layout?: 'mirror';
	encrypted: boolean;
	/** Of the identities that open it, the recipients; only their beginnings while it is not open. */
	recipients: string[];
	/** Folders of runs, and of these the ones that ended with a manifest. */
	runs: number;
	finished: number;
	/** When the newest run began, ISO 8601. */
	newest: string;
	archives: number;
	archiveBytes: number;
	/** What recovering it reads: manifests and sidecars, and no archive. */
	requests: number;
	bytes: number;
	/** Why it cannot be opened. */
	problem?: PlainError;
}

/**
 * `new`: nothing of it is here. `settings`: it is among the jobs, but without a state database. `books`: its state
 * database is here, but it is not among the jobs. `known`: all of it is here already.
 */
export type Presence = 'new' | 'settings' | 'books' | 'known';

export interface RecoverableJob extends FoundJob {
	/** What it would be called here. */
	as: string | null;
	here: Presence;
	/** USD; null where the prices are not known or nothing costs. */
	cost: CostAnswer | null;
}

export interface RecoverPlan {
	destination: string;
	jobs: RecoverableJob[];
	/** What looking took already. */
	looked: { requests: number; bytes: number };
}
