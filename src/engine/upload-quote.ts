import type { Job } from '../config/job.ts';
import type { UploadQuoteAnswer } from '../core/upload-quote.ts';
import { AWS_ARCHIVE_CLASS, isAwsEndpoint } from '../destinations/aws.ts';
import type { Prices } from '../pricing/price-table.ts';
import { type BackupQuote, fewestParts, fullArchives, quoteBackup, quoteMirror } from '../pricing/quote-backup.ts';
import { pricesAt } from './prices.ts';

/**
 * What storing so many files in the destination of a job costs, about: a dry run tells it exactly. Nothing is asked of
 * the store.
 * @throws FirnError BAD_PRICES
 */
export function uploadQuote(
	job: Job,
	content: { files: number; bytes: number },
	pricesFile: string,
	env: Record<string, string>,
): UploadQuoteAnswer {
	const found = pricesAt(job.destination, pricesFile, env);
	if (!found) return { archives: 0, requests: 0, storageMonth: 0 };
	const endpoint = job.destination.endpoint ?? (env.AWS_ENDPOINT_URL_S3 || env.AWS_ENDPOINT_URL || undefined);
	const isMirror = job.layout === 'mirror';
	const usual = isAwsEndpoint(endpoint) && !isMirror ? AWS_ARCHIVE_CLASS : undefined;
	const storageClass = job.storageClass ?? usual;
	const { region, dated, proven } = found;
	return {
		prices: { region, dated, proven },
		...(storageClass === undefined ? {} : { storageClass }),
		...(isMirror
			? { objects: content.files, ...mirrorQuote(found, job, content) }
			: quoteBackup(found, storageClass, fullArchives(job, content), true)),
	};
}

function mirrorQuote(prices: Prices, job: Job, content: { files: number; bytes: number }): BackupQuote {
	// At least a list for each pair; how much the mirror holds already only a dry run finds out.
	const pairs = job.sources.length;
	const look = { pairs, lists: pairs, hasChanged: content.files > 0 };
	return quoteMirror(prices, job.storageClass, fewestParts(job.partSize, content), look);
}
