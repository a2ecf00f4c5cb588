import { Worker } from 'node:worker_threads';
import { besideModule } from '../../core/beside.ts';
import { FirnError, type PlainError, toFirnError } from '../../core/errors.ts';
import type { Explanation, FolderPage, Measured, Selection } from '../../core/selection.ts';
import type { MeasureQuery } from './measures.ts';

export interface ListQuery {
	/** Absolute. */
	path: string;
	selection: Selection;
	skipPaths: string[];
	cursor?: string | undefined;
	limit: number;
}

export interface ExplainQuery {
	/** Absolute. */
	paths: string[];
	selection: Selection;
	skipPaths: string[];
}

export type PreviewQuery = { list: ListQuery } | { explain: ExplainQuery } | { measure: MeasureQuery };

interface Waiting {
	resolve: (result: never) => void;
	reject: (error: Error) => void;
}

/** Shows what a backup would take in. Folders are listed and counted in threads, each started when it is first needed. */
export class Preview {
	// Apart, so that folders open at once however much is being counted.
	readonly #lister = new Asked();
	readonly #counter = new Asked();

	/** @throws FirnError FOLDER_UNREADABLE */
	list(query: ListQuery): Promise<FolderPage> {
		return this.#lister.ask({ list: query });
	}

	explain(query: ExplainQuery): Promise<Explanation[]> {
		return this.#lister.ask({ explain: query });
	}

	/** Counts for as long as it is asked now and then. */
	measure(query: MeasureQuery): Promise<Measured[]> {
		return this.#counter.ask({ measure: query });
	}

	async close(): Promise<void> {
		await Promise.all([this.#lister.close(), this.#counter.close()]);
	}
}

/** One thread and the questions it has not answered. */
class Asked {
	#worker: Worker | undefined;
	#next = 1;
	readonly #waiting = new Map<number, Waiting>();

	ask<T>(query: PreviewQuery): Promise<T> {
		const id = this.#next++;
		return new Promise<T>((resolve, reject) => {
			this.#waiting.set(id, { resolve, reject });
			this.#thread().postMessage({ id, query });
		});
	}

	async close(): Promise<void> {
		await this.#worker?.terminate();
	}

	#thread(): Worker {
		if (this.#worker) return this.#worker;
		const worker = new Worker(besideModule(import.meta.url, 'preview-thread'));
		worker.unref();
		worker.on('message', ({ id, result, error }: { id: number; result?: never; error?: PlainError }) => {
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
