/** The bytes of an object in Drive. */

import { FirnError } from '../../core/errors.ts';
import { notFound } from '../refusals.ts';
import { DRIVE_FLAGGED } from './errors.ts';
import { COST } from './quota.ts';
import { type DriveStore, lookUp } from './store.ts';

/**
 * The bytes `[start, end)` as far as the object has them.
 * @throws FirnError NOT_FOUND; NETWORK when the stream breaks or ends too early
 */
export async function* readObject(
	store: DriveStore,
	key: string,
	options: { start?: number; end?: number; signal?: AbortSignal } = {},
): AsyncGenerator<Uint8Array> {
	const { client } = store;
	const { start = 0, end = Number.MAX_SAFE_INTEGER, signal } = options;
	const [file] = await lookUp(store, key, signal);
	if (!file) throw notFound(key, client.place.url);
	const stop = Math.min(end, Number(file.size ?? 0));
	if (start >= stop) return;
	const doing = `read ${key}`;
	const ask = (query: Record<string, string>) =>
		client.send({
			address: `${client.endpoints.api}/files/${encodeURIComponent(file.id)}`,
			query: { alt: 'media', ...query },
			headers: { range: `bytes=${start}-${stop - 1}`, 'accept-encoding': 'identity' },
			cost: COST.download,
			doing,
			signal,
		});
	const answer = await ask({}).catch((error: unknown) => {
		if (!(error instanceof FirnError) || error.code !== DRIVE_FLAGGED) throw error;
		// What Drive takes for malware its owner gets only by saying so; who restores knows what it is.
		return ask({ acknowledgeAbuse: 'true' });
	});
	// A proxy that does not know ranges sends all of it.
	let skip = answer.status === 206 ? 0 : start;
	let left = stop - start;
	for await (const chunk of answer.bytes()) {
		const drop = Math.min(skip, chunk.length);
		skip -= drop;
		const piece = chunk.subarray(drop, drop + left);
		left -= piece.length;
		if (piece.length > 0) yield piece;
		if (left === 0) return;
	}
	throw new FirnError('NETWORK', `${client.place.store} ended the answer ${left} bytes too early, to ${doing}.`, {
		retry: 'now',
		guidance: 'It is tried again.',
	});
}
