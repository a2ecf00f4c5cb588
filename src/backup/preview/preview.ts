import { AskedThread } from '../../core/asked-thread.ts';
import { besideModule } from '../../core/beside.ts';
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

const thread = () => new AskedThread(besideModule(import.meta.url, 'preview-thread'));

/** Shows what a backup would take in. Folders are listed and counted in threads, each started when it is first needed. */
export class Preview {
	// Apart, so that folders open at once however much is being counted.
	readonly #lister = thread();
	readonly #counter = thread();

	/** @throws FirnError FOLDER_UNREADABLE */
	list(query: ListQuery): Promise<FolderPage> {
		return this.#lister.ask({ query: { list: query } satisfies PreviewQuery });
	}

	explain(query: ExplainQuery): Promise<Explanation[]> {
		return this.#lister.ask({ query: { explain: query } satisfies PreviewQuery });
	}

	/** Counts for as long as it is asked now and then. */
	measure(query: MeasureQuery): Promise<Measured[]> {
		return this.#counter.ask({ query: { measure: query } satisfies PreviewQuery });
	}

	async close(): Promise<void> {
		await Promise.all([this.#lister.close(), this.#counter.close()]);
	}
}
