export function flipped(bytes: Uint8Array): Buffer {
	const copy = Buffer.from(bytes);
	copy[0]! ^= 1;
	return copy;
}
