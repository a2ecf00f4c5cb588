/**
 * Reads the terminal and hands on one key at a time: to the app's own reducer, or, while one of Ink's widgets has the
 * keys, to Ink. Ink takes a whole read for one key, so it gets a stand-in for stdin that holds one key at a time.
 */

import { EventEmitter } from 'node:events';
import { type Input, type Key, KeyDecoder } from './key-decoder.ts';

/** An escape sequence that is cut in two comes together again within this. */
const ESCAPE_MS = 40;
/** A run of characters in one read that is longer was hardly typed. */
const TYPED = 8;

export interface InputHandler {
	key: (key: Key) => void;
	paste: (text: string) => void;
	/** Whether one of Ink's widgets has the keys. */
	isInk: () => boolean;
	/** Whether an unbracketed run of characters may be dropped paths. */
	takesPaths: () => boolean;
	lost: () => void;
}

/** What Ink needs of a stdin. */
class InkInput extends EventEmitter {
	readonly isTTY = true;
	#held: string | null = null;

	read(): string | null {
		const held = this.#held;
		this.#held = null;
		return held;
	}

	give(bytes: string): void {
		this.#held = bytes;
		this.emit('readable');
	}

	setRawMode(): this {
		return this;
	}

	setEncoding(): this {
		return this;
	}

	ref(): this {
		return this;
	}

	unref(): this {
		return this;
	}
}

const BYTES: Record<Key, string> = {
	up: '\x1b[A',
	down: '\x1b[B',
	enter: '\r',
	space: ' ',
	home: '\x1b[H',
	end: '\x1b[F',
	pageUp: '\x1b[5~',
	pageDown: '\x1b[6~',
};

export class TtyInput {
	readonly #source: NodeJS.ReadStream;
	readonly #handler: InputHandler;
	readonly #decoder = new KeyDecoder();
	readonly #ink = new InkInput();
	readonly #queue: Input[] = [];
	#timer: NodeJS.Timeout | undefined;
	#working = false;

	constructor(source: NodeJS.ReadStream, handler: InputHandler) {
		this.#source = source;
		this.#handler = handler;
	}

	/** For Ink's `stdin`. */
	get inkStdin(): NodeJS.ReadStream {
		return this.#ink as unknown as NodeJS.ReadStream;
	}

	/** Takes the terminal: raw, key by key. */
	start(): void {
		this.#source.setRawMode(true);
		this.#source.on('data', this.#onData);
		this.#source.on('end', this.#handler.lost);
		this.#source.on('error', this.#handler.lost);
		this.#source.resume();
	}

	/** Gives it back. */
	stop(): void {
		clearTimeout(this.#timer);
		this.#source.off('data', this.#onData);
		try {
			this.#source.setRawMode(false);
		} catch {
			// The terminal is gone: nothing is left to give back.
		}
		this.#source.pause();
	}

	readonly #onData = (chunk: Buffer): void => {
		clearTimeout(this.#timer);
		const inputs = this.#decoder.feed(chunk);
		this.#queue.push(...(this.#asDrop(chunk, inputs) ?? inputs));
		if (this.#decoder.pending) {
			this.#timer = setTimeout(() => {
				this.#queue.push(...this.#decoder.flush());
				void this.#work();
			}, ESCAPE_MS);
		}
		void this.#work();
	};

	/** Terminals without bracketed paste send dropped paths as if they were typed. */
	#asDrop(chunk: Buffer, inputs: Input[]): Input[] | undefined {
		if (inputs.length <= TYPED || !this.#handler.takesPaths()) return undefined;
		const text = chunk.toString();
		const isPath = /^(\/|'|"|~\/|file:)/.test(text) && text.slice(1).includes('/') && !text.includes('\x1b');
		return isPath ? [{ type: 'paste', text }] : undefined;
	}

	async #work(): Promise<void> {
		if (this.#working) return;
		this.#working = true;
		try {
			for (let input = this.#queue.shift(); input; input = this.#queue.shift()) {
				if (input.type === 'paste') this.#handler.paste(input.text);
				else if (this.#handler.isInk() && this.#isForInk(input.key)) await this.#giveInk(input.key);
				else this.#handler.key(input.key);
			}
		} finally {
			this.#working = false;
		}
	}

	#isForInk(key: Key): boolean {
		return key in BYTES || key.length === 1;
	}

	/** One key, and time for React to bring about what follows from it. */
	async #giveInk(key: Key): Promise<void> {
		this.#ink.give(BYTES[key] ?? key);
		await new Promise((resolve) => setImmediate(resolve));
		await new Promise((resolve) => setImmediate(resolve));
	}
}
