/**
 * Proves that no place of an archive was ever encrypted twice with different content: whatever was seen of an archive at
 * any moment agrees with whatever is seen later. Bytes not yet written are zeros.
 */
export class SameBytes {
	readonly #seen = new Map<string, Buffer>();
	readonly wrong: string[] = [];

	/** @param key of the archive; each has a key of its own to encrypt with */
	see(key: string, bytes: Buffer): void {
		const before = this.#seen.get(key);
		this.#seen.set(key, before ? merge(before, bytes) : Buffer.from(bytes));
		if (!before) return;
		const at = firstConflict(before, bytes);
		if (at !== undefined) this.wrong.push(`${key} had other bytes at ${at} before`);
	}
}

function firstConflict(a: Buffer, b: Buffer): number | undefined {
	const length = Math.min(a.length, b.length);
	if (a.compare(b, 0, length, 0, length) === 0) return undefined;
	for (let at = 0; at < length; at++) if (a[at] !== b[at] && a[at] !== 0 && b[at] !== 0) return at;
	return undefined;
}

function merge(a: Buffer, b: Buffer): Buffer {
	const merged = Buffer.alloc(Math.max(a.length, b.length));
	a.copy(merged);
	for (let at = 0; at < b.length; at++) if (merged[at] === 0) merged[at] = b[at]!;
	return merged;
}
