/** The fields of a TAR header block as they are read: strings, octal and base-256 numbers, the checksum. */

import { FirnError } from '../core/errors.ts';

export const BLOCK = 512;
const CHECKSUM = 148;

/** A damaged or hostile TAR. */
export function badTar(why: string): FirnError {
	return new FirnError('BAD_TAR', `The TAR data is damaged: ${why}.`, {
		guidance: 'Fetch the archive again; if that does not help the stored object is damaged.',
	});
}

/** The bytes of a text field up to its NUL, if it has one. */
export function textField(block: Uint8Array, at: number, length: number): Uint8Array {
	const field = block.subarray(at, at + length);
	const end = field.indexOf(0);
	return end === -1 ? field : field.subarray(0, end);
}

/**
 * A number field: octal digits, or base-256 (GNU: first bit set, two's complement, big-endian).
 * @throws FirnError BAD_TAR when it is neither, or too large to be counted exactly
 */
export function numberField(block: Uint8Array, at: number, length: number, what: string): number {
	const first = block[at]!;
	if (first >= 0x80) return base256(block, at, length, what);
	let index = at;
	const end = at + length;
	while (index < end && (block[index] === 0x20 || block[index] === 0)) index += 1;
	let value = 0;
	for (; index < end; index++) {
		const digit = block[index]! - 0x30;
		if (digit < 0 || digit > 7) break;
		value = value * 8 + digit;
	}
	if (index < end && block[index] !== 0x20 && block[index] !== 0) throw badTar(`${what} of a header is no number`);
	return value;
}

function base256(block: Uint8Array, at: number, length: number, what: string): number {
	const negative = (block[at]! & 0x40) !== 0;
	// The marker bit is no part of the number; of a negative one the bit below it is the sign.
	let value = negative ? (block[at]! & 0x7f) - 0x80 : block[at]! & 0x3f;
	for (let index = at + 1; index < at + length; index++) {
		value = value * 256 + block[index]!;
		if (!Number.isSafeInteger(value)) throw badTar(`${what} of a header is too large`);
	}
	return value;
}

/** Whether all bytes are zero: the end of an archive. */
export function isZero(block: Uint8Array): boolean {
	for (let at = 0; at < BLOCK; at++) if (block[at] !== 0) return false;
	return true;
}

/** Checks the sum of a header block; old tars summed signed bytes. @throws FirnError BAD_TAR */
export function verifyChecksum(block: Uint8Array): void {
	let sum = 8 * 0x20;
	for (let at = 0; at < CHECKSUM; at++) sum += block[at]!;
	for (let at = CHECKSUM + 8; at < BLOCK; at++) sum += block[at]!;
	const stated = numberField(block, CHECKSUM, 8, 'the checksum');
	if (stated !== sum && stated !== sum - 256 * highBytes(block)) throw badTar('the checksum of a header is wrong');
}

/** How many bytes of a header block, but for those of its checksum, are negative where bytes have a sign. */
function highBytes(block: Uint8Array): number {
	let high = 0;
	for (let at = 0; at < BLOCK; at++) if (block[at]! >= 0x80 && (at < CHECKSUM || at >= CHECKSUM + 8)) high += 1;
	return high;
}
