import type { TaskProgress } from '../core/task.ts';
import { progressLines, transferOf } from './progress-lines.ts';
import { RateEstimator } from './rate.ts';

const FRAME_MS = 250;
const PLAIN_MS = 30_000;

/** Draws a task's progress: a few lines in place on a terminal, else a plain line now and then. */
export class LiveView {
	readonly #stream: NodeJS.WriteStream;
	readonly #inPlace: boolean;
	readonly #started = Date.now();
	readonly #rate = new RateEstimator();
	#drawn = 0;
	#told = 0;
	#latest: TaskProgress | undefined;
	#timer: NodeJS.Timeout | undefined;

	constructor(stream: NodeJS.WriteStream, inPlace: boolean) {
		this.#stream = stream;
		this.#inPlace = inPlace;
		// Without a terminal what ends soon needs no line.
		if (!inPlace) this.#told = this.#started;
		// Countdowns and clocks move on while nothing else does.
		this.#timer = setInterval(() => this.#draw(), inPlace ? FRAME_MS * 2 : PLAIN_MS);
	}

	update(progress: TaskProgress): void {
		this.#latest = progress;
		this.#rate.add(Date.now(), transferOf(progress).done);
		if (Date.now() - this.#told >= (this.#inPlace ? FRAME_MS : PLAIN_MS)) this.#draw();
	}

	/** Prints a line above the display. */
	above(text: string): void {
		this.#erase();
		this.#stream.write(`${text}\n`);
		if (this.#inPlace) this.#draw();
	}

	end(): void {
		clearInterval(this.#timer);
		this.#erase();
	}

	#draw(): void {
		const progress = this.#latest;
		// A terminal that does not keep up is not pushed further.
		if (!progress || this.#stream.writableLength > 0) return;
		const now = Date.now();
		this.#told = now;
		const { done, total } = transferOf(progress);
		const remaining = total === undefined ? undefined : this.#rate.remaining(total - done);
		const pace = { rate: this.#rate.rate, remaining, elapsed: (now - this.#started) / 1000 };
		const width = this.#inPlace ? (this.#stream.columns ?? 80) : 200;
		const lines = progressLines(progress, pace, width, now);
		if (!this.#inPlace) {
			this.#stream.write(`${lines[0]}\n`);
			return;
		}
		const up = this.#drawn > 0 ? `\x1b[${this.#drawn}A` : '';
		this.#stream.write(`${up}${lines.map((line) => `\x1b[2K${line}\n`).join('')}\x1b[0J`);
		this.#drawn = lines.length;
	}

	#erase(): void {
		if (this.#drawn > 0) this.#stream.write(`\x1b[${this.#drawn}A\x1b[0J`);
		this.#drawn = 0;
	}
}
