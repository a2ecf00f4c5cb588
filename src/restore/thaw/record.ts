/** What is written down of a restore out of cold storage. */

import type { CostAnswer } from '../../core/restore-answers.ts';
import type { Prices, ThawTier } from '../../pricing/price-table.ts';
import type { ThawStore } from '../../state/thaw-store.ts';
import type { RestoreSpec } from '../spec.ts';
import type { Tally } from '../tally.ts';
import type { ThawArchive } from './archive-thaw.ts';

export interface ThawHead {
	/** That of its task. */
	id: string;
	job: string;
	/** ms since 1970. */
	created: number;
	/** `open`: goes on by itself whenever the engine runs. */
	status: 'open' | 'paused' | 'done' | 'failed' | 'cancelled';
	tier: ThawTier;
	/** Without secrets. */
	spec: Omit<RestoreSpec, 'identities' | 'env' | 'thaw'>;
	identityFiles: string[];
	/** What was agreed to be thawed, and for how much; the cost is absent when the prices are not known. */
	expected: { archives: number; bytes: number };
	cost?: CostAnswer;
	/** USD that somebody has agreed to. */
	agreedCost?: number;
	/** USD that it may cost in all. */
	maxCost?: number;
	/** USD of orders that were given again. */
	extraCost: number;
	prices?: Prices;
	/** The notice that all is thawed was given. */
	isTold?: boolean;
	/** What came of the archives that are settled. */
	tally: Tally;
}

export type ThawRecord = ThawStore<ThawHead, ThawArchive>;
