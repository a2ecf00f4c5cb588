/** What was asked of the store, for proofs such as "no part was sent twice", and for its bill (bill.ts). */

import { Requests } from '../store-server/request-log.ts';
import type { Tier } from './types.ts';

export interface LogEntry {
	operation: string;
	bucket: string;
	key: string;
	uploadId: string | undefined;
	partNumber: number | undefined;
	/** 0 until answered, or when the connection was cut. */
	status: number;
	/** Body bytes taken. */
	bytesIn: number;
	fault: string | undefined;
	range: string | undefined;
	/** Milliseconds since 1970. */
	at: number;
	/** The same by the store's clock. */
	storeTime: number;
	/** Body bytes given. */
	bytesOut: number;
	/** Class and size of the object that it is about or makes. */
	storageClass?: string;
	size?: number;
	/** What a RestoreObject came to: a new thaw, a faster one, or only a longer one. */
	thaw?: { kind: 'new' | 'upgrade' | 'extended'; tier: Tier; ready: number; expires: number | undefined };
	/** Objects that a delete or an overwrite ended, with their age. */
	ended?: { storageClass: string; size: number; stored: number }[];
}

export class RequestLog extends Requests<LogEntry> {
	/** `upload id/number` of each part that the store acknowledged more than once. */
	partsStoredTwice(): string[] {
		const counts = new Map<string, number>();
		for (const entry of this.of('UploadPart')) {
			if (entry.status !== 200) continue;
			const name = `${entry.uploadId}/${entry.partNumber}`;
			counts.set(name, (counts.get(name) ?? 0) + 1);
		}
		return [...counts].filter(([, count]) => count > 1).map(([name]) => name);
	}
}
