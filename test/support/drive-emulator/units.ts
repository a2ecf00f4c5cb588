/** Google's prices in quota units, for projects made since May 2026. */

import type { RequestLog } from './log.ts';

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
};

/** What a request costs; signing in and the chunks of a session, which was paid when it began, cost nothing. */
export const priceOf = (operation: string): number => PRICES[operation] ?? 0;

/** What all requests of a log cost together, or those of one operation. */
export function unitsOf(log: RequestLog, operation?: string): number {
	return log.entries
		.filter((entry) => operation === undefined || entry.operation === operation)
		.reduce((sum, entry) => sum + entry.units, 0);
}
