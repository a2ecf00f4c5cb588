import { leastKept, type UploadQuote } from './estimate.ts';
import { objectClass, warmBelowOf } from './object-class.ts';
import type { Prices } from './price-table.ts';
import { quoteArchives } from './quote-archives.ts';
import { quoteObjects, type SentObjects } from './quote-run.ts';
import { archiveRun, type MirrorLook } from './run-requests.ts';

/** TAR header, PAX records and padding of a file, about. */
const FILE_OVERHEAD = 1536;

export interface BackupQuote extends UploadQuote {
	archives: number;
	/** Bytes of all that is stored. */
	bytes: number;
	/** Of the archives, those that are too small for the class and go to STANDARD, and their bytes. */
	warm: number;
	warmBytes: number;
	/** Requests that are charged for as writes: what is read or deleted is left out. */
	sent: number;
	/** What the class charges for in any case: for so many days, which cost so many USD. */
	least?: { days: number; cost: number };
}

/** Archives of one size. */
export interface ArchivesToSend {
	count: number;
	size: number;
	partSize: number;
}

/**
 * What a run costs that makes these archives, in USD.
 * @param isFirst of its job
 */
export function quoteBackup(
	prices: Prices,
	storageClass: string | undefined,
	archives: readonly ArchivesToSend[],
	isFirst: boolean,
): BackupQuote {
	const warmBelow = warmBelowOf(prices, storageClass);
	const placed = archives.map((group) => {
		const whole = group.size <= group.partSize ? group.size : undefined;
		return { ...group, storageClass: objectClass(storageClass, warmBelow, whole) };
	});
	const warm = placed.filter((group) => group.storageClass !== storageClass);
	const { sent, requests, storageMonth, least } = quoteArchives(prices, placed);
	const besides = archiveRun(prices, isFirst);
	return {
		archives: countOf(placed),
		bytes: bytesOf(placed),
		warm: countOf(warm),
		warmBytes: bytesOf(warm),
		sent: sent + besides.requests,
		requests: requests + besides.cost,
		storageMonth,
		...withLeast(prices, storageClass, least),
	};
}

/**
 * Archives that so many files come to, about: as if all were filled to the brim. What is exact takes the size of each
 * file (backup/plan/forecast).
 */
export function fullArchives(
	{ splitSize, partSize }: { splitSize: number; partSize: number },
	{ files, bytes }: { files: number; bytes: number },
): ArchivesToSend[] {
	const all = bytes + files * FILE_OVERHEAD;
	const full = Math.floor(all / splitSize);
	const rest = all - full * splitSize;
	const groups = [
		{ count: full, size: splitSize, partSize },
		{ count: 1, size: rest, partSize },
	];
	return groups.filter(({ count, size }) => count > 0 && size > 0);
}

/** Objects of a mirror that so many files come to, about: the fewest parts that these bytes take. */
export function fewestParts(partSize: number, { files, bytes }: { files: number; bytes: number }): SentObjects {
	return { objects: files, multipart: 0, parts: Math.floor(bytes / partSize), bytes };
}

/** What a run of a mirror costs, in USD. @param look what is asked of the store besides */
export function quoteMirror(
	prices: Prices,
	storageClass: string | undefined,
	content: SentObjects,
	look: MirrorLook,
): BackupQuote {
	const quote = quoteObjects(prices, storageClass, content, look);
	const { cost } = leastKept(prices, storageClass, quote.storageMonth);
	const none = { archives: 0, warm: 0, warmBytes: 0 };
	return { ...none, bytes: content.bytes, ...quote, ...withLeast(prices, storageClass, cost) };
}

function countOf(groups: readonly ArchivesToSend[]): number {
	return groups.reduce((sum, { count }) => sum + count, 0);
}

function bytesOf(groups: readonly ArchivesToSend[]): number {
	return groups.reduce((sum, { count, size }) => sum + count * size, 0);
}

function withLeast(prices: Prices, storageClass: string | undefined, cost: number): Pick<BackupQuote, 'least'> {
	return cost > 0 ? { least: { days: leastKept(prices, storageClass, 0).days, cost } } : {};
}
