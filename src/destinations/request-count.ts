/** How many requests the threads of a task have sent to a store, which is none for a folder, and what those have cost. */

/** Behind the count; such a slot has its place at a multiple of its size. */
const CLOCK_AT = 8;

/** What an opened destination is given by whoever opens it in several threads. */
export interface RequestHooks {
	/** Called for each request that leaves, repeated ones too. */
	onRequest?: () => void;
	/** One slot: until when what they have spent together lasts, where a store counts that. */
	quotaClock?: BigInt64Array;
}

/** In memory that all threads of the task share. */
export function createRequestCount(): SharedArrayBuffer {
	return new SharedArrayBuffer(CLOCK_AT + BigInt64Array.BYTES_PER_ELEMENT);
}

export function requestsIn(shared: SharedArrayBuffer): number {
	return Atomics.load(new Uint32Array(shared, 0, 1), 0);
}

/** What makes an opened destination count there. */
export function counting(shared: SharedArrayBuffer): Required<RequestHooks> {
	const slot = new Uint32Array(shared, 0, 1);
	return {
		onRequest: () => void Atomics.add(slot, 0, 1),
		quotaClock: new BigInt64Array(shared, CLOCK_AT, 1),
	};
}
