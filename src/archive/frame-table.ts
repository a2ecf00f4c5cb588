/** Where the frames of a compressed archive lie: pairs of lengths as varints, a few bytes a frame. */

import { FirnError } from '../core/errors.ts';

export class FrameTable {
	/** Start offsets, with the totals behind the last frame. */
	readonly #raw: number[] = [0];
	readonly #payload: number[] = [0];

	get count(): number {
		return this.#raw.length - 1;
	}

	get rawTotal(): number {
		return this.#raw.at(-1)!;
	}

	get payloadTotal(): number {
		return this.#payload.at(-1)!;
	}

	add(rawLength: number, payloadLength: number): void {
		this.#raw.push(this.rawTotal + rawLength);
		this.#payload.push(this.payloadTotal + payloadLength);
	}

	/** Lengths [raw, payload] of all frames. */
	lengths(): [number, number][] {
		return Array.from({ length: this.count }, (_, at) => [
			this.#raw[at + 1]! - this.#raw[at]!,
			this.#payload[at + 1]! - this.#payload[at]!,
		]);
	}

	/**
	 * The payload bytes that hold the raw bytes [rawStart, rawEnd), and the raw bytes [rawBase, rawLimit) that come of them.
	 * @throws FirnError BAD_FRAME_TABLE when the table has no such bytes
	 */
	payloadRange(
		rawStart: number,
		rawEnd: number,
	): { payloadStart: number; payloadEnd: number; rawBase: number; rawLimit: number } {
		const first = this.#frameAt(rawStart);
		const last = rawEnd > rawStart ? this.#frameAt(rawEnd - 1) : first;
		return {
			payloadStart: this.#payload[first]!,
			payloadEnd: this.#payload[last + 1]!,
			rawBase: this.#raw[first]!,
			rawLimit: this.#raw[last + 1]!,
		};
	}

	encode(): Buffer {
		const bytes: number[] = [];
		for (const [raw, payload] of this.lengths()) {
			writeVarint(bytes, raw);
			writeVarint(bytes, payload);
		}
		return Buffer.from(bytes);
	}

	/** @throws FirnError BAD_FRAME_TABLE */
	static decode(bytes: Uint8Array): FrameTable {
		const table = new FrameTable();
		for (let at = 0; at < bytes.length; ) {
			const raw = readVarint(bytes, at);
			const payload = readVarint(bytes, raw.next);
			table.add(raw.value, payload.value);
			at = payload.next;
		}
		return table;
	}

	#frameAt(raw: number): number {
		let low = 0;
		let high = this.count - 1;
		if (raw < 0 || raw >= this.rawTotal) throw new FirnError('BAD_FRAME_TABLE', `No frame holds the TAR byte ${raw}.`);
		while (low < high) {
			const middle = (low + high + 1) >> 1;
			if (this.#raw[middle]! <= raw) low = middle;
			else high = middle - 1;
		}
		return low;
	}
}

function writeVarint(out: number[], value: number): void {
	let rest = value;
	while (rest >= 128) {
		out.push((rest % 128) + 128);
		rest = Math.floor(rest / 128);
	}
	out.push(rest);
}

function readVarint(bytes: Uint8Array, from: number): { value: number; next: number } {
	let value = 0;
	let factor = 1;
	for (let at = from; at < bytes.length && factor < 2 ** 50; at++) {
		value += (bytes[at]! % 128) * factor;
		if (!Number.isSafeInteger(value)) break;
		if (bytes[at]! < 128) return { value, next: at + 1 };
		factor *= 128;
	}
	throw new FirnError('BAD_FRAME_TABLE', 'The frame table of the archive is damaged.');
}
