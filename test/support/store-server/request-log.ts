/** What was asked of a simulated store, in the order in which it was asked. */
export class Requests<Entry extends { operation: string }> {
	entries: Entry[] = [];

	count(operation: string): number {
		return this.of(operation).length;
	}

	of(operation: string): Entry[] {
		return this.entries.filter((entry) => entry.operation === operation);
	}

	clear(): void {
		this.entries = [];
	}
}
