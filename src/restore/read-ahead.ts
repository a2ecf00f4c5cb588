/** The same pieces, the next of which is asked for while one is worked on: disk and processor do not wait in turn. */
export async function* readAhead<T>(source: AsyncIterable<T>): AsyncGenerator<T, void, undefined> {
	const pieces = source[Symbol.asyncIterator]();
	let next = ask(pieces);
	try {
		for (;;) {
			const piece = await next;
			if (piece.done) return;
			next = ask(pieces);
			yield piece.value;
		}
	} finally {
		await pieces.return?.();
	}
}

/** A failure is told when its turn comes, or never if nobody asks any more. */
function ask<T>(pieces: AsyncIterator<T>): Promise<IteratorResult<T>> {
	const next = pieces.next();
	next.catch(() => {});
	return next;
}
