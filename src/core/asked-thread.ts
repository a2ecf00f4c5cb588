import { Worker } from 'node:worker_threads';
import { FirnError, type PlainError, toFirnError } from './errors.ts';

interface Waiting {
	resolve: (result: never) => void;
	reject: (error: Error) => void;
}

/** What a thread answers a question with. */
export type ThreadAnswer = { id: number; result?: unknown; error?: PlainError };

/** A thread that answers questions, and those it has not answered yet. It starts with the first, and holds no process up. */
export class AskedThread {
	readonly #module: URL;
	#worker: Worker | undefined;
	#next = 1;
	readonly #waiting = new Map<number, Waiting>();

	/** @param module what the thread runs: gets `{id, ...question}`, posts ThreadAnswer */
	constructor(module: URL) {
		this.#module = module;
	}

	/** @throws FirnError what the thread answers, or why it has ended */
	ask<T>(question: object): Promise<T> {
		const id = this.#next++;
		return new Promise<T>((resolve, reject) => {
			this.#waiting.set(id, { resolve, reject });
			this.#thread().postMessage({ id, ...question });
		});
	}

	async close(): Promise<void> {
		await this.#worker?.terminate();
	}

	#thread(): Worker {
		if (this.#worker) return this.#worker;
		const worker = new Worker(this.#module);
		worker.unref();
		worker.on('message', ({ id, result, error }: ThreadAnswer) => {
			const waiting = this.#waiting.get(id);
			this.#waiting.delete(id);
			if (error) waiting?.reject(FirnError.fromPlain(error));
			else waiting?.resolve(result as never);
		});
		worker.on('error', (error) => this.#fail(toFirnError(error)));
		this.#worker = worker;
		return worker;
	}

	#fail(error: FirnError): void {
		for (const { reject } of this.#waiting.values()) reject(error);
		this.#waiting.clear();
		this.#worker = undefined;
	}
}
