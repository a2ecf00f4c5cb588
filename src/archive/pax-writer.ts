/** Writes PAX extended headers (POSIX.1-2001): `LENGTH KEY=VALUE\n` records in blocks of their own before a header. */

import { encodePath } from '../core/path-bytes.ts';

/** Collects the records of one header. */
export class PaxRecords {
	readonly #pieces: Buffer[] = [];
	#odd = false;

	add(key: string, value: string): void {
		this.#pieces.push(record(key, Buffer.from(value)));
	}

	/**
	 * A name. Bytes that are not UTF-8 go in as they are, and `hdrcharset` says so; also where accents stand apart from
	 * their letters, because bsdtar joins them otherwise, and two names may become one.
	 */
	addPath(key: string, value: string): void {
		if (!value.isWellFormed() || value.normalize() !== value) this.#odd = true;
		this.#pieces.push(record(key, encodePath(value)));
	}

	/** All records, in the order they came, the charset first. */
	take(): Buffer {
		if (this.#odd) this.#pieces.unshift(record('hdrcharset', Buffer.from('BINARY')));
		return this.#pieces.length === 1 ? this.#pieces[0]! : Buffer.concat(this.#pieces);
	}
}

/** The length at its start counts itself, which may make it one digit longer. */
function record(key: string, value: Buffer): Buffer {
	const rest = key.length + value.length + 3;
	let length = rest + String(rest).length;
	if (rest + String(length).length > length) length += 1;
	const out = Buffer.allocUnsafe(length);
	const at = out.write(`${length} ${key}=`, 'latin1');
	out.set(value, at);
	out[length - 1] = 0x0a;
	return out;
}

/** Decimal seconds; before 1970 the fraction counts towards zero: -1.5 is half a second before -1. */
export function paxTime(seconds: number, nanoseconds: number): string {
	if (nanoseconds === 0) return String(seconds);
	if (seconds >= 0) return `${seconds}.${fraction(nanoseconds)}`;
	return `-${-(seconds + 1)}.${fraction(1e9 - nanoseconds)}`;
}

/** Nine digits without the zeros at their end. */
function fraction(nanoseconds: number): string {
	let value = nanoseconds;
	let digits = 9;
	for (; value % 10 === 0; digits--) value /= 10;
	const text = String(value);
	return text.length === digits ? text : text.padStart(digits, '0');
}
