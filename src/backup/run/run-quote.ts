/** What a run would cost that stores what a dry run meets. */

import type { Job } from '../../config/job.ts';
import type { UploadQuoteAnswer } from '../../core/upload-quote.ts';
import type { Destination } from '../../destinations/destination.ts';
import type { Prices } from '../../pricing/price-table.ts';
import { quoteBackup } from '../../pricing/quote-backup.ts';
import { Owners } from '../pack/owners.ts';
import type { PlannedEntry } from '../plan/batch-codec.ts';
import { Forecast } from '../plan/forecast.ts';
import type { FirstName } from '../plan/hard-links.ts';
import { headerSize } from '../plan/sealed-size.ts';
import { tarBytesOf } from '../plan/tar-bytes.ts';

export class RunQuote {
	readonly #prices: Prices;
	readonly #storageClass: string | undefined;
	readonly #isFirst: boolean;
	readonly #isMost: boolean;
	readonly #forecast: Forecast;

	/** @param isFirst whether the job has never run */
	constructor(job: Job, prices: Prices, { limits, archiveClass }: Destination, isFirst: boolean) {
		this.#prices = prices;
		this.#storageClass = job.storageClass ?? archiveClass;
		this.#isFirst = isFirst;
		this.#isMost = job.compression !== 'none';
		const owners = new Owners();
		const { splitSize, partSize, workers } = job;
		this.#forecast = new Forecast({
			splitSize,
			partSize,
			workers,
			limits,
			header: job.encrypt ? headerSize(job.recipients) : undefined,
			tarBytes: (entry) => tarBytesOf(entry, owners),
		});
	}

	/** As ArchiveWorks.add(). @throws FirnError ARCHIVE_TOO_BIG */
	add(entry: PlannedEntry, link: FirstName | undefined, own: FirstName | undefined): void {
		this.#forecast.add(entry, link, own);
	}

	/** When all is added. @throws FirnError ARCHIVE_TOO_BIG */
	answer(): UploadQuoteAnswer {
		const { region, dated, proven } = this.#prices;
		const storageClass = this.#storageClass;
		const archives = this.#forecast.archives().map((archive) => ({ ...archive, count: 1 }));
		return {
			prices: { region, dated, proven },
			...(storageClass === undefined ? {} : { storageClass }),
			...quoteBackup(this.#prices, storageClass, archives, this.#isFirst),
			...(this.#isMost ? { isMost: true } : {}),
		};
	}
}
