import { Worker } from 'node:worker_threads';
import { besideModule } from '../core/beside.ts';
import { FirnError, type PlainError, toFirnError } from '../core/errors.ts';
import type { Page, Results } from '../protocol/contract.ts';
import type { PathsQuery, ShowQuery } from './query.ts';
import type { Questions } from './query-thread.ts';

interface Waiting {
	resolve: (result: never) => void;
	reject: (error: Error) => void;
}

/** The engine's side of the query thread, which is started by the first query. */
export class Queries {
	#worker: Worker | undefined;
	#next = 1;
	readonly #waiting = new Map<number, Waiting>();

	show(query: ShowQuery): Promise<Page<Record<string, unknown>>> {
		return this.#ask('show', query);
	}

	/** Nothing is asked when there are no paths. */
	async resolvePaths(query: PathsQuery): Promise<string[]> {
		return query.paths.length === 0 ? [] : this.#ask('paths', query);
	}

	browse(query: Questions['browse']): Promise<Results['browse']> {
		return this.#ask('browse', query);
	}

	find(query: Questions['find']): Promise<Results['find']> {
		return this.#ask('find', query);
	}

	versions(query: Questions['versions']): Promise<Results['versions']> {
		return this.#ask('versions', query);
	}

	storage(query: Questions['storage']): Promise<Results['storage']> {
		return this.#ask('storage', query);
	}

	plan(query: Questions['plan']): Promise<Results['plan']> {
		return this.#ask('plan', query);
	}

	log(query: Questions['log']): Promise<Results['log']> {
		return this.#ask('log', query);
	}

	async close(): Promise<void> {
		await this.#worker?.terminate();
	}

	#ask<T>(what: keyof Questions, query: object): Promise<T> {
		const id = this.#next++;
		return new Promise<T>((resolve, reject) => {
			this.#waiting.set(id, { resolve, reject });
			this.#thread().postMessage({ id, what, query });
		});
	}

	#thread(): Worker {
		if (this.#worker) return this.#worker;
		const worker = new Worker(besideModule(import.meta.url, 'query-thread'));
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
