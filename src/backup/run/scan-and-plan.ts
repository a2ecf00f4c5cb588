import type { ArchiveWorks } from '../archives/archive-works.ts';
import { Comparer } from '../plan/compare.ts';
import { Extras } from '../plan/extras.ts';
import { HardLinks } from '../plan/hard-links.ts';
import type { RunBooks } from '../run-books.ts';
import { scanRun } from '../scan/scan-run.ts';
import type { BackupSpec } from '../spec.ts';
import type { Begun } from './begin-run.ts';
import type { RunFlow } from './run-flow.ts';
import type { RunNews } from './run-news.ts';
import type { RunProgress } from './run-progress.ts';
import { scanInSlices } from './scan-slices.ts';

export interface ScanAndPlanOptions {
	spec: BackupSpec;
	books: RunBooks;
	begun: Begun;
	works: ArchiveWorks;
	news: RunNews;
	flow: RunFlow;
	progress: RunProgress;
}

/**
 * Goes once through all that the run looks at, and hands on what is new or changed. Waits when too much lies ahead of
 * the pack threads.
 * @returns what has compared it, and the hard links that were met
 * @throws as RunFlow.check()
 */
export async function scanAndPlan(options: ScanAndPlanOptions): Promise<{ comparer: Comparer; links: HardLinks }> {
	const { spec, books, begun, works, news, flow, progress } = options;
	const { run, afterInterruption } = begun;
	const links = new HardLinks();
	const how = {
		run: run.run,
		full: run.full,
		afterInterruption,
		gone: books.archives.gone(),
		extras: new Extras(spec.job.extras ?? []),
		onEmptied: (path: string, count: () => number) => news.emptied(path, count),
	};
	const comparer = new Comparer(books.entries, links, how, works.underWay);
	progress.scanned = comparer.counts;
	progress.phase = 'scan';
	progress.scanDone = false;
	books.transaction.begin();
	await scanInSlices(scanRun(spec.job, spec.skipPaths, run.scope), {
		news,
		onFolder: (folder) => comparer.compare(folder, (entry, link, own) => works.add(entry, link, own)),
		isFull: () => works.isFull,
		between: async () => {
			works.send();
			await flow.breathe();
			while (works.isFull) {
				works.makeRoom();
				await flow.changed();
			}
			books.transaction.begin();
		},
	});
	works.flush();
	progress.scanDone = true;
	progress.phase = 'upload';
	return { comparer, links };
}
