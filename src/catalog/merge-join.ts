import { FirnError } from '../core/errors.ts';

/** What stands under one key on both sides, or on one. */
export interface Pair<Known, Stored> {
	known?: Known;
	stored?: Stored;
}

const ASCII = /^[\x00-\x7f]*$/;

/**
 * Brings together what the books know and what a store lists, both ascending by key, holding one of each at a time.
 * Keys of ours are ASCII; others, which stores order each in its own way, are passed on as they come.
 * @throws FirnError STORE_ORDER when the store's keys do not ascend: what it lists later would seem to be missing
 */
export async function* mergeJoin<Known extends { key: string }, Stored extends { key: string }>(
	known: Iterable<Known>,
	stored: AsyncIterable<Stored>,
): AsyncGenerator<Pair<Known, Stored>> {
	const left = known[Symbol.iterator]();
	let next = left.next();
	let last: string | undefined;
	for await (const object of stored) {
		if (!ASCII.test(object.key)) {
			yield { stored: object };
			continue;
		}
		if (last !== undefined && object.key <= last) throw outOfOrder(last, object.key);
		last = object.key;
		for (; !next.done && next.value.key < object.key; next = left.next()) yield { known: next.value };
		if (!next.done && next.value.key === object.key) {
			yield { known: next.value, stored: object };
			next = left.next();
		} else yield { stored: object };
	}
	for (; !next.done; next = left.next()) yield { known: next.value };
}

function outOfOrder(before: string, after: string): FirnError {
	return new FirnError('STORE_ORDER', `The store lists ${after} behind ${before}: its keys are in no order.`, {
		guidance: 'Such a store cannot be compared with the books; firn verify looks for each archive by itself.',
	});
}
