/** Fetched while what comes before is used; both by number and by bytes, so that memory stays bounded. */
export interface Fetched<T> {
	item: T;
	body?: Buffer;
	/** Why it could not be fetched. */
	error?: unknown;
}

const AT_ONCE = 8;
const MOST_BYTES = 64 * 1024 * 1024;

/** What is fetched of the items, in their order. */
export async function* prefetch<T extends { size: number }>(
	items: Iterable<T>,
	fetch: (item: T) => Promise<Buffer>,
): AsyncGenerator<Fetched<T>> {
	const ahead: { item: T; fetched: Promise<Fetched<T>> }[] = [];
	let bytes = 0;
	const left = items[Symbol.iterator]();
	let next = left.next();
	while (!next.done || ahead.length > 0) {
		while (!next.done && ahead.length < AT_ONCE && (ahead.length === 0 || bytes + next.value.size <= MOST_BYTES)) {
			const item = next.value;
			bytes += item.size;
			ahead.push({
				item,
				fetched: fetch(item).then(
					(body) => ({ item, body }),
					(error: unknown) => ({ item, error }),
				),
			});
			next = left.next();
		}
		const first = ahead.shift()!;
		yield await first.fetched;
		bytes -= first.item.size;
	}
}
