/** What work on the catalog is started with; plain data that crosses into its thread. */

import type { Job } from '../config/job.ts';
import type { KeepRules } from '../core/retention.ts';
import type { Prices } from '../pricing/price-table.ts';
import type { DeleteWhat } from '../state/doomed-archives.ts';

/** What is done with objects that the books do not know. */
export type UnknownPolicy = 'keep' | 'adopt' | 'delete';

export type CatalogWork =
	| { kind: 'planSync' }
	| SyncWork
	| PlanDeleteWork
	| DeleteWork
	| PlanPruneWork
	| PruneWork
	| PruneByRulesWork
	| PlanVerifyWork
	| VerifyWork;

export interface SyncWork {
	kind: 'sync';
	plan: string;
	unknown: UnknownPolicy;
	abortUploads: boolean;
	/** `AGE-SECRET-KEY-1…`, to adopt with; held in memory only. */
	identities?: string[];
}

export interface PlanDeleteWork {
	kind: 'planDelete';
	what: DeleteWhat;
	/** What the store charges, where that is known. */
	prices?: Prices;
}

export interface DeleteWork {
	kind: 'delete';
	plan: string;
	/** How many archives the person has confirmed. */
	archives: number;
}

export interface PlanPruneWork {
	kind: 'planPrune';
	keep: KeepRules;
	/** Deletes also what costs; else that waits until it is free. */
	pay: boolean;
	/** What the store charges, where that is known. */
	prices?: Prices;
}

export interface PruneWork {
	kind: 'prune';
	plan: string;
	/** How many snapshots and archives the person has confirmed. */
	dropped: number;
	archives: number;
}

export interface PruneByRulesWork {
	kind: 'pruneByRules';
	keep: KeepRules;
	prices?: Prices;
}

export interface PlanVerifyWork {
	kind: 'planVerify';
	/** Percent of the bytes that are to be read. */
	share: number;
	/** What the store charges, where that is known. */
	prices?: Prices;
}

export interface VerifyWork {
	kind: 'verify';
	share: number;
	/** `AGE-SECRET-KEY-1…`; held in memory only. */
	identities: string[];
}

export interface CatalogSpec {
	/** As the config has it, or else the state database. */
	job: Job;
	stateFile: string;
	/** Firn's own version. */
	version: string;
	work: CatalogWork;
	/** Credentials of the client's environment (`AWS_…`): for the thread only, never stored. */
	env?: Record<string, string>;
}
