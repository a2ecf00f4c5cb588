import { quoteUpload, type UploadQuote } from './estimate.ts';
import type { Prices } from './price-table.ts';

/** TAR header, PAX records and padding of a file, about; companions of a run beside those of its archives. */
const FILE_OVERHEAD = 1536;
const RUN_COMPANIONS = 3;

/** How a job packs. */
export interface Packing {
	storageClass: string | undefined;
	/** TAR bytes of an archive, bytes of an upload part. */
	splitSize: number;
	partSize: number;
}

/** What storing so many files costs, in USD: as if nothing became smaller by compression. */
export function quoteBackup(
	prices: Prices,
	{ storageClass, splitSize, partSize }: Packing,
	{ files, bytes }: { files: number; bytes: number },
): UploadQuote & { archives: number } {
	const all = bytes + files * FILE_OVERHEAD;
	const archives = Math.ceil(all / splitSize);
	const parts = Math.ceil(all / partSize);
	// The beginning and the end of an upload in parts are one request each.
	const multipart = all > partSize ? archives * 2 : 0;
	const companions = archives === 0 ? 0 : archives + RUN_COMPANIONS;
	const work = { storageClass, archives, bytes: all, parts: multipart > 0 ? parts : 0, multipart, companions };
	return { ...quoteUpload(prices, work), archives };
}

/** What storing so many files as an object each costs, in USD. */
export function quoteMirror(
	prices: Prices,
	{ storageClass, partSize }: Omit<Packing, 'splitSize'>,
	{ files, bytes }: { files: number; bytes: number },
): UploadQuote & { archives: number } {
	// Which files are sent in parts is not known; the fewest requests that these bytes take are.
	const parts = Math.floor(bytes / partSize);
	const work = { storageClass, archives: files, bytes, parts, multipart: 0, companions: files > 0 ? 1 : 0 };
	return { ...quoteUpload(prices, work), archives: 0 };
}
