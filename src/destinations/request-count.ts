/** How many requests the threads of a task have sent to a store; a folder is sent none. */

/** In memory that all threads of the task share. */
export function createRequestCount(): SharedArrayBuffer {
	return new SharedArrayBuffer(4);
}

export function requestsIn(shared: SharedArrayBuffer): number {
	return Atomics.load(new Uint32Array(shared), 0);
}

/** What an opened destination is given to call for each request that leaves. */
export function counting(shared: SharedArrayBuffer): { onRequest: () => void } {
	const slot = new Uint32Array(shared);
	return { onRequest: () => void Atomics.add(slot, 0, 1) };
}
