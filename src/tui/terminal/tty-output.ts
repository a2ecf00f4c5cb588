/**
 * A terminal that never blocks the event loop. Node writes to a terminal synchronously: when an SSH link hangs, the
 * whole process would. Here one write is under way in a thread of libuv's pool; the rest is queued and joined.
 */

import { EventEmitter } from 'node:events';
import { write } from 'node:fs';
import { errnoCode } from '../../core/errors.ts';

type Done = (error?: Error | null) => void;

const RETRY_MS = 10;
/** A write that takes longer says that the link lags. */
const SLOW_MS = 250;

export class TtyOutput extends EventEmitter {
	readonly isTTY = true;
	readonly writable = true;
	readonly fd: number;
	readonly #source: NodeJS.WriteStream;
	#queue: { chunk: Buffer; done: Done | undefined }[] = [];
	#busy = false;
	#since = 0;
	#lastSlow = Number.NEGATIVE_INFINITY;
	/** While others have the terminal: what is drawn then is dropped, and has to be drawn anew. */
	muted = false;
	/** Bytes given to the terminal so far. */
	written = 0;

	/** @param source the terminal's stream: asked for its size, never written to */
	constructor(source: NodeJS.WriteStream) {
		super();
		this.fd = (source as unknown as { fd: number }).fd;
		this.#source = source;
		source.on('resize', () => this.emit('resize'));
	}

	get columns(): number {
		return this.#source.columns || 80;
	}

	get rows(): number {
		return this.#source.rows || 24;
	}

	/** Nothing is under way or queued: what is drawn now is seen now. */
	get idle(): boolean {
		return !this.#busy && this.#queue.length === 0;
	}

	/** Whether the terminal has not kept up lately (10 s). */
	get lags(): boolean {
		return (this.#busy && Date.now() - this.#since > SLOW_MS) || Date.now() - this.#lastSlow < 10_000;
	}

	write(chunk: string | Uint8Array, encoding?: BufferEncoding | Done, callback?: Done): boolean {
		const done = typeof encoding === 'function' ? encoding : callback;
		if (this.muted) {
			if (done) queueMicrotask(done);
			return true;
		}
		this.#queue.push({ chunk: typeof chunk === 'string' ? Buffer.from(chunk) : Buffer.from(chunk), done });
		// Ink writes three times a frame: joined they are one.
		if (!this.#busy) queueMicrotask(() => this.#flush());
		return this.idle;
	}

	/** Resolves when everything written so far has gone out, or after `ms`. */
	async drained(ms: number): Promise<boolean> {
		for (const until = Date.now() + ms; !this.idle && Date.now() < until; ) {
			await new Promise((resolve) => setTimeout(resolve, 5));
		}
		return this.idle;
	}

	getColorDepth(env?: NodeJS.ProcessEnv): number {
		return this.#source.getColorDepth(env);
	}

	hasColors(count?: number): boolean {
		return this.#source.hasColors(count ?? 16);
	}

	/** For those who ask for a stream, such as Ink: they use no more than what is here. */
	asStream(): NodeJS.WriteStream {
		return this as unknown as NodeJS.WriteStream;
	}

	#flush(): void {
		if (this.#busy || this.#queue.length === 0) return;
		const batch = this.#queue;
		this.#queue = [];
		this.#busy = true;
		this.#since = Date.now();
		this.#send(Buffer.concat(batch.map(({ chunk }) => chunk)), (error) => {
			this.#busy = false;
			if (Date.now() - this.#since > SLOW_MS) this.#lastSlow = Date.now();
			for (const { done } of batch) done?.(error);
			if (error) this.emit('lost', error);
			else if (this.#queue.length > 0) this.#flush();
			else this.emit('drain');
		});
	}

	#send(bytes: Buffer, done: (error?: Error) => void): void {
		write(this.fd, bytes, 0, bytes.length, null, (error, count) => {
			if (error && errnoCode(error) === 'EAGAIN') {
				setTimeout(() => this.#send(bytes, done), RETRY_MS);
			} else if (error) {
				done(error);
			} else {
				this.written += count;
				if (count < bytes.length) this.#send(bytes.subarray(count), done);
				else done();
			}
		});
	}
}
