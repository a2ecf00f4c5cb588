/** What a restore will cost and how long the store will take, from its plan. Pure. */

import type { PlannedArchive, QuoteAnswer } from '../../core/restore-answers.ts';
import { coldClassOf } from '../../pricing/estimate.ts';
import type { Prices, ThawTier } from '../../pricing/price-table.ts';
import { quoteReading, quoteTiers, type WantedArchive } from '../../pricing/quote-restore.ts';
import { lookBy, pagesOf, pollCount } from './schedule.ts';

/** How fast a restore is expected to read, in bytes a second: for how long copies are ordered. */
export const EXPECTED_RATE = 10 * 1024 * 1024;

export interface QuoteQuestion {
	prices: Prices | undefined;
	/** Of archives whose thaw another restore has ordered: since when it goes on, or until when they are warm. */
	thawed: Readonly<Record<string, 'ongoing' | number>>;
	/** How many archives each run has stored, by the folder of the run. */
	stored: Readonly<Record<string, number>>;
	/** ms since 1970. */
	now: number;
}

/** The class that moves objects by itself, and maybe to where they must be thawed. */
export const TIERING = 'INTELLIGENT_TIERING';

type Wanted = WantedArchive & { key: string; files: number };

/** @param archives all that the restore reads */
export function quoteRestore(archives: readonly PlannedArchive[], question: QuoteQuestion): QuoteAnswer {
	const { prices, now, stored } = question;
	const wanted = archives
		.filter(({ status }) => status === 'stored')
		.map((one): Wanted => {
			const thawed = question.thawed[one.key];
			const isThawed = thawed === 'ongoing' || (thawed !== undefined && thawed > now);
			return { ...one, storageClass: one.storageClass ?? undefined, thawed: isThawed ? thawed : undefined };
		});
	const inCold = wanted.filter(({ storageClass }) => coldClassOf(storageClass));
	const cold = inCold.filter(({ thawed }) => thawed === undefined);
	const polls = (tier: ThawTier) => pollsOf(cold, stored, tier);
	const tiers = quoteTiers(prices, { archives: wanted, now, bytesPerSecond: EXPECTED_RATE, polls });
	const reading = quoteReading(prices, { archives: wanted });
	const sum = (value: (one: Wanted) => number) => cold.reduce((total, one) => total + value(one), 0);
	return {
		...(prices ? { prices: summary(prices) } : {}),
		tiers: tiers.sort((a, b) => (a.cost?.total ?? 0) - (b.cost?.total ?? 0)),
		...(reading ? { reading } : {}),
		cold: {
			archives: cold.length,
			files: sum(({ files }) => files),
			bytes: sum(({ size }) => size),
			wantedBytes: sum(({ fetchBytes }) => fetchBytes),
		},
		warm: inCold.length - cold.length,
		unknown: wanted.filter(({ storageClass }) => storageClass === TIERING).length,
	};
}

/** Requests that ask how far a thaw is, when it takes as long as it may. */
function pollsOf(cold: readonly Wanted[], stored: Readonly<Record<string, number>>, tier: ThawTier) {
	const runs = new Map<string, Wanted[]>();
	for (const one of cold) {
		const run = folderOf(one.key);
		runs.set(run, [...(runs.get(run) ?? []), one]);
	}
	const polls = { lists: 0, heads: 0 };
	for (const [run, mine] of runs) {
		const times = Math.max(...mine.map(({ storageClass }) => pollCount(coldClassOf(storageClass)!, tier)));
		const all = stored[run] ?? mine.length;
		if (lookBy(mine.length, all) === 'list') polls.lists += times * pagesOf(all);
		else polls.heads += times * mine.length;
	}
	return polls;
}

/** The folder of an archive's run. */
export const folderOf = (key: string): string => key.slice(0, key.lastIndexOf('/') + 1);

function summary({ region, dated, source, proven }: Prices): NonNullable<QuoteAnswer['prices']> {
	return { region, dated, source, proven };
}
