/**
 * Where zstd frames end (RFC 8878, 3.1). Node's decoder stops after one frame without a word, so the borders must be
 * known from outside: block headers tell them without decompressing.
 */

import { badFrame } from './bad-frame.ts';

const MAGIC = 0xfd2fb528;
/** Frames without content, with 16 magic numbers. */
const SKIPPABLE = 0x184d2a50;

const DICTIONARY_BYTES = [0, 1, 2, 4];
const SIZE_BYTES = [0, 2, 4, 8];

type Step = 'magic' | 'skippable' | 'descriptor' | 'block' | 'skip';

export class ZstdFrameWalker {
	#step: Step = 'magic';
	/** The field that is being read, little-endian, and how many of its bytes are still missing. */
	#value = 0;
	#read = 0;
	/** Bytes to pass over before the step. */
	#skip = 0;
	#after: Step = 'magic';
	#checksum = false;

	/** Whether everything so far was whole frames. */
	get atBorder(): boolean {
		return this.#step === 'magic' && this.#read === 0;
	}

	/**
	 * Follows the bytes from `from` on to the end of the frame they belong to, or to their own end.
	 * @returns index behind the last byte that belongs to the frame
	 * @throws FirnError BAD_FRAME when they are no zstd frame
	 */
	follow(bytes: Uint8Array, from: number): number {
		let at = from;
		while (at < bytes.length) {
			if (this.#step === 'skip') {
				const used = Math.min(this.#skip, bytes.length - at);
				this.#skip -= used;
				at += used;
				if (this.#skip > 0) break;
				this.#step = this.#after;
				if (this.#step === 'magic') break;
				continue;
			}
			this.#value += bytes[at]! * 2 ** (8 * this.#read);
			this.#read += 1;
			at += 1;
			if (this.#read === LENGTH[this.#step]) {
				const { value, step } = { value: this.#value, step: this.#step };
				this.#value = 0;
				this.#read = 0;
				this.#field(step, value);
				if (this.atBorder) break;
			}
		}
		return at;
	}

	#field(step: Step, value: number): void {
		if (step === 'magic') {
			if (value === MAGIC) this.#step = 'descriptor';
			else if (value >= SKIPPABLE && value < SKIPPABLE + 16) this.#step = 'skippable';
			else throw badFrame('zstd', 'it is no zstd frame');
		} else if (step === 'skippable') {
			this.#pass(value, 'magic');
		} else if (step === 'descriptor') {
			if ((value & 0x08) !== 0) throw badFrame('zstd', 'its frame header is wrong');
			const single = (value & 0x20) !== 0;
			this.#checksum = (value & 0x04) !== 0;
			const size = SIZE_BYTES[value >> 6]! || (single ? 1 : 0);
			this.#pass((single ? 0 : 1) + DICTIONARY_BYTES[value & 3]! + size, 'block');
		} else {
			const type = (value >> 1) & 3;
			if (type === 3) throw badFrame('zstd', 'a block of it is of no known type');
			const size = type === 1 ? 1 : value >> 3;
			if ((value & 1) === 0) this.#pass(size, 'block');
			else this.#pass(size + (this.#checksum ? 4 : 0), 'magic');
		}
	}

	#pass(bytes: number, after: Step): void {
		this.#skip = bytes;
		this.#after = after;
		this.#step = bytes === 0 ? after : 'skip';
	}
}

const LENGTH: Record<Step, number> = { magic: 4, skippable: 4, descriptor: 1, block: 3, skip: 0 };
