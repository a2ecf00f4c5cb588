/**
 * The running hash of a file that goes up in parts. Its state can be kept between parts, which that of node:crypto cannot:
 * so what Drive says of the whole file is compared also after a crash in the middle. MD5, for Drive gives it of all that
 * has content, SHA-256 of most; and it takes half the time. It has to tell damage on the way, not a forger: who could
 * forge a file at Drive could as well forge what Drive says of it, and is found out by the checks within the archive.
 */

import { createMD5 } from 'hash-wasm';

let hasher: ReturnType<typeof createMD5> | undefined;

/** One for all: between load and save nothing waits. */
function load() {
	hasher ??= createMD5();
	return hasher;
}

/** The state after more bytes, in base64; without one before, after the first. */
export async function hashOn(before: string | undefined, bytes: Uint8Array): Promise<string> {
	const md5 = await load();
	if (before === undefined) md5.init();
	else md5.load(Buffer.from(before, 'base64'));
	return Buffer.from(md5.update(bytes).save()).toString('base64');
}

/** The MD5 of all bytes so far, in hex. */
export async function digestOf(state: string): Promise<string> {
	return (await load()).load(Buffer.from(state, 'base64')).digest('hex');
}
