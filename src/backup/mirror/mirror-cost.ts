/** What a run of a mirror costs: in a dry run what it would, after one what it did. */

import type { TaskSummary } from '../../core/task.ts';
import { leastBytes } from '../../pricing/estimate.ts';
import { quoteMirror } from '../../pricing/quote-backup.ts';
import { quoteMirrorRun } from '../../pricing/quote-run.ts';
import type { RunRow } from '../../state/run-store.ts';
import type { RunBooks } from '../run-books.ts';
import type { BackupSpec } from '../spec.ts';
import type { MirrorSite } from './site.ts';

type Spec = Pick<BackupSpec, 'job' | 'prices'>;

/** Of all attempts of the run; nothing where nobody charges. */
export function costOf(
	{ prices, job }: Spec,
	books: RunBooks,
	run: RunRow,
	site: MirrorSite | undefined,
): Pick<TaskSummary, 'cost'> {
	if (!prices) return {};
	const { storageClass, partSize } = job;
	const sent = books.mirror().sentSince(run.started, { least: leastBytes(prices, storageClass), partSize });
	const cost = quoteMirrorRun(prices, storageClass, sent, { ...lookOf(job, site), hasChanged: true });
	return cost ? { cost } : {};
}

/** What a dry run has found that a run would cost; nothing where nobody charges. */
export function quoteOf({ prices, job }: Spec, site: MirrorSite): Pick<TaskSummary, 'quote'> {
	if (!prices) return {};
	const { region, dated, proven } = prices;
	const { storageClass } = job;
	const { objects, hasChanged } = site.counts;
	const quote = quoteMirror(prices, storageClass, objects, { ...lookOf(job, site), hasChanged });
	const of = { prices: { region, dated, proven }, ...(storageClass === undefined ? {} : { storageClass }) };
	return { quote: { ...of, objects: objects.objects, ...quote } };
}

function lookOf({ sources }: Spec['job'], site: MirrorSite | undefined): { pairs: number; lists: number } {
	return { pairs: sources.length, lists: site?.counts.lists ?? 0 };
}
