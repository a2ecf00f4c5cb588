/** Google's prices in quota units, for projects made since May 2026. */

import type { LogEntry, RequestLog } from './log.ts';

const PRICES: Record<string, number> = {
	GetFile: 5,
	About: 5,
	GenerateIds: 5,
	DeleteFile: 5,
	ListFiles: 100,
	CreateFile: 50,
	UpdateFile: 50,
	UploadMultipart: 50,
	StartUpload: 50,
	Download: 200,
	UploadChunk: 5,
	UploadStatus: 5,
	CancelUpload: 5,
};

/** What a request costs; signing in costs nothing. Google does not say what a chunk costs: it counts as any other. */
export const priceOf = (operation: string): number => PRICES[operation] ?? 0;

/** What all requests of a log cost together, or those of one operation. */
export function unitsOf(log: RequestLog, operation?: string): number {
	return log.entries
		.filter((entry) => operation === undefined || entry.operation === operation)
		.reduce((sum, entry) => sum + entry.units, 0);
}

/** Units of the last minute before a request, by the store's clock. */
export function unitsOfMinute(log: RequestLog, until: LogEntry): number {
	let sum = 0;
	for (let at = log.entries.length - 1; at >= 0; at--) {
		const entry = log.entries[at]!;
		if (entry.storeTime <= until.storeTime - 60_000) break;
		if (entry !== until && entry.status !== 0 && entry.status !== 403) sum += entry.units;
	}
	return sum;
}
