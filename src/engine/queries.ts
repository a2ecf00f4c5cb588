import { AskedThread } from '../core/asked-thread.ts';
import { besideModule } from '../core/beside.ts';
import type { Page, Results } from '../protocol/contract.ts';
import type { PathsQuery, ShowQuery } from './query.ts';
import type { Questions } from './query-thread.ts';

/** The engine's side of the query thread, which is started by the first query. */
export class Queries {
	readonly #thread = new AskedThread(besideModule(import.meta.url, 'query-thread'));

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

	close(): Promise<void> {
		return this.#thread.close();
	}

	#ask<T>(what: keyof Questions, query: object): Promise<T> {
		return this.#thread.ask({ what, query });
	}
}
