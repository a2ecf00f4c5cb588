/**
 * The CRC-32 of two byte strings in a row from their CRCs alone, so that the checksum of an object follows from those of
 * its parts. The arithmetic is that of zlib's crc32_combine: shifting by n bytes is a multiplication by x^(8n) modulo
 * the polynomial.
 */

const POLYNOMIAL = 0xedb88320;
/** x^0 in the reflected bit order: the highest bit. */
const ONE = 0x80000000;

/** Product of two polynomials modulo the CRC polynomial. */
function multiply(a: number, b: number): number {
	let product = 0;
	let factor = b;
	for (let bit = ONE; bit !== 0; bit >>>= 1) {
		if ((a & bit) !== 0) product ^= factor;
		factor = (factor & 1) !== 0 ? (factor >>> 1) ^ POLYNOMIAL : factor >>> 1;
	}
	return product >>> 0;
}

/** SQUARES[n] is x^(2^n). */
const SQUARES: number[] = [ONE >>> 1];
for (let n = 1; n < 64; n++) SQUARES.push(multiply(SQUARES[n - 1]!, SQUARES[n - 1]!));

/**
 * The CRC-32 of `first` followed by `second`.
 * @param secondLength length of `second` in bytes
 */
export function crc32Combine(firstCrc: number, secondCrc: number, secondLength: number): number {
	let shift = ONE;
	// Length in bytes is times 8 in bits, hence the start at 3. Not with bit operations: they end at 32 bits.
	for (let rest = secondLength, n = 3; rest > 0; rest = Math.floor(rest / 2), n++) {
		if (rest % 2 === 1) shift = multiply(SQUARES[n]!, shift);
	}
	return (multiply(shift, firstCrc) ^ secondCrc) >>> 0;
}

/** The CRC-32 of all pieces in a row, or undefined when that of one is not known. */
export function crc32OfPieces(pieces: Iterable<{ crc32?: number; size: number }>): number | undefined {
	let crc = 0;
	for (const piece of pieces) {
		if (piece.crc32 === undefined) return undefined;
		crc = crc32Combine(crc, piece.crc32, piece.size);
	}
	return crc;
}
