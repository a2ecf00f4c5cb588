/** Whether rules may drop snapshots while nobody looks. */

import { FirnError } from '../core/errors.ts';
import { safePrint } from '../core/safe-print.ts';
import { formatCount } from '../core/sizes.ts';
import type { SnapshotRow } from '../state/dropped-runs.ts';

/** So many losses are always believed where something is left. */
const FEW = 10;

/**
 * A disk that is not mounted looks like a source that somebody has emptied: its runs are complete, and in time push out by
 * the rules all that still has its files. So these stay until a person has looked at the plan.
 * @param kept complete ones that stay, @param dropped those that go
 * @param count how many entries a snapshot has of a source
 * @throws FirnError SOURCE_LOST_FILES
 */
export function refuseLosses(
	{ name, sources }: { name: string; sources: readonly string[] },
	kept: readonly SnapshotRow[],
	dropped: readonly SnapshotRow[],
	count: (source: string, run: number) => number,
): void {
	const fullest = dropped.reduce<SnapshotRow | undefined>(
		(most, one) => (most && most.files > one.files ? most : one),
		undefined,
	);
	const newestFirst = kept.toReversed();
	for (const { run } of new Set([fullest, dropped.at(-1)].filter((one) => one !== undefined))) {
		for (const source of sources) {
			const before = count(source, run);
			let most = 0;
			const isEnough = () => most > 0 && (before - most <= FEW || before - most <= most);
			for (const { run: later } of newestFirst) {
				if (before === 0 || isEnough()) break;
				most = Math.max(most, count(source, later));
			}
			if (before === 0 || isEnough()) continue;
			throw new FirnError(
				'SOURCE_LOST_FILES',
				`Nothing was pruned: snapshot ${run} has ${formatCount(before)} entries of the source ${safePrint(source)}, and of those ` +
					`that the rules keep none has more than ${formatCount(most)}.`,
				{ guidance: `See that the source is complete, and its disk mounted. If it is: firn prune ${name}.` },
			);
		}
	}
}
