/** What was asked of the store, for proofs such as "no part was sent twice". */

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
}

export class RequestLog {
	entries: LogEntry[] = [];

	count(operation: string): number {
		return this.entries.filter((entry) => entry.operation === operation).length;
	}

	of(operation: string): LogEntry[] {
		return this.entries.filter((entry) => entry.operation === operation);
	}

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

	clear(): void {
		this.entries = [];
	}
}
