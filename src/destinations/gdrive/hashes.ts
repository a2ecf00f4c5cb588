/**
 * Running hashes of a file that goes up in parts. Their states can be kept between parts, which those of node:crypto
 * cannot: so what Drive says of the whole file is compared also after a crash in the middle.
 */

import { createMD5, createSHA256 } from 'hash-wasm';

/** Base64 of hash-wasm's states. */
export interface HashState {
	sha256: string;
	md5: string;
}

export interface Digests {
	sha256: string;
	md5: string;
}

type Hasher = Awaited<ReturnType<typeof createSHA256>>;

let hashers: Promise<{ sha256: Hasher; md5: Hasher }> | undefined;

/** One pair for all: between load and save nothing waits. */
function load() {
	hashers ??= (async () => ({ sha256: await createSHA256(), md5: await createMD5() }))();
	return hashers;
}

/** The state after more bytes; without one before, after the first. */
export async function hashOn(before: HashState | undefined, bytes: Uint8Array): Promise<HashState> {
	const { sha256, md5 } = await load();
	const on = (hasher: Hasher, state: string | undefined) => {
		if (state === undefined) hasher.init();
		else hasher.load(Buffer.from(state, 'base64'));
		return Buffer.from(hasher.update(bytes).save()).toString('base64');
	};
	return { sha256: on(sha256, before?.sha256), md5: on(md5, before?.md5) };
}

/** The hashes of all bytes so far, in hex. */
export async function digestOf(state: HashState): Promise<Digests> {
	const { sha256, md5 } = await load();
	const end = (hasher: Hasher, saved: string) => hasher.load(Buffer.from(saved, 'base64')).digest('hex');
	return { sha256: end(sha256, state.sha256), md5: end(md5, state.md5) };
}
