/**
 * Frees the memory of bytes that nobody needs any more, so that the next ones have it while it is in the processor's
 * cache. Left to the garbage collector it lasts for about 16 MiB, and then costs a look at the whole heap. The bytes are
 * gone when it returns; those that share their memory with others are left alone.
 */
export function giveBack({ buffer, byteLength }: Uint8Array): void {
	if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0);
}
