/** Requests under way at a time. */
export const LANES = 8;

/** Works on the items as they come, on at most `most` at a time. @throws the first failure, when the others have ended */
export async function inParallel<T>(
	items: AsyncIterable<T> | Iterable<T>,
	most: number,
	work: (item: T) => Promise<void>,
): Promise<void> {
	const going = new Set<Promise<void>>();
	let failure: { error: unknown } | undefined;
	try {
		for await (const item of items) {
			const one = work(item)
				.catch((error: unknown) => {
					failure ??= { error };
				})
				.finally(() => going.delete(one));
			going.add(one);
			if (going.size >= most) await Promise.race(going);
			if (failure) break;
		}
	} finally {
		await Promise.all(going);
	}
	if (failure) throw failure.error;
}
