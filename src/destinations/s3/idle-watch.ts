import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Ends a request that does not connect in time, or on which nothing has moved for too long in either direction. A slow
 * line never runs into it, nor does a reader that takes its time.
 */
export class IdleWatch {
	readonly #request: ClientRequest;
	readonly #idleMs: number;
	readonly #connectMs: number;
	readonly #timer: NodeJS.Timeout;
	#socket: Socket | undefined;
	#answer: IncomingMessage | undefined;
	#last = performance.now();
	#read = 0;
	#excused = false;

	constructor(request: ClientRequest, connectMs: number, idleMs: number) {
		this.#request = request;
		this.#connectMs = connectMs;
		this.#idleMs = idleMs;
		request.once('socket', (socket: Socket) => {
			this.#socket = socket;
			this.#read = socket.bytesRead;
		});
		this.#timer = setInterval(() => this.#look(), Math.min(1000, Math.max(20, Math.min(connectMs, idleMs) / 4)));
		this.#timer.unref();
	}

	get isAnswered(): boolean {
		return this.#answer !== undefined;
	}

	/** Bytes went out. */
	moved(): void {
		this.#last = performance.now();
	}

	answered(answer: IncomingMessage): void {
		this.#answer = answer;
		this.moved();
	}

	/** A wait that is our own will: it does not count. */
	async excuse(wait: Promise<void>): Promise<void> {
		this.#excused = true;
		await wait;
		this.#excused = false;
		this.moved();
	}

	stop(): void {
		clearInterval(this.#timer);
	}

	#look(): void {
		const socket = this.#socket;
		const read = socket?.bytesRead ?? 0;
		// What has arrived and is not taken waits for our own side.
		const untaken = (this.#answer?.readableLength ?? 0) > 0;
		if (read !== this.#read || untaken || this.#excused) {
			this.#read = read;
			this.moved();
			return;
		}
		const connecting = socket?.connecting ?? false;
		const limit = connecting ? this.#connectMs : this.#idleMs;
		if (performance.now() - this.#last < limit) return;
		const error = Object.assign(
			new Error(connecting ? `no connection within ${limit / 1000} s` : `nothing moved for ${limit / 1000} s`),
			{ code: 'ETIMEDOUT' },
		);
		this.#answer?.destroy(error);
		this.#request.destroy(error);
	}
}
