/**
 * The thread that answers queries, so that a listing of a million files does not hold up the engine. Between two
 * queries it goes on with what those before them left to be counted.
 */

import { parentPort } from 'node:worker_threads';
import { toFirnError } from '../core/errors.ts';
import { type BrowseQuery, Browsers, type FindQuery, type StorageQuery, type VersionsQuery } from './browsers.ts';
import { type LogQuery, queryLog } from './log-query.ts';
import { MirrorBooks } from './mirror-books.ts';
import { type PlanQuery, queryPlan } from './plan-query.ts';
import { type PathsQuery, resolvePaths, type ShowQuery, show } from './query.ts';

/** What the thread can be asked. */
export interface Questions {
	show: ShowQuery;
	paths: PathsQuery;
	browse: BrowseQuery;
	find: FindQuery;
	versions: VersionsQuery;
	storage: StorageQuery;
	plan: PlanQuery;
	log: LogQuery;
}

export type QueryMessage = { [Q in keyof Questions]: { id: number; what: Q; query: Questions[Q] } }[keyof Questions];

/** How long a query may have to wait for counting. */
const STEP_MS = 15;
/** How often it is seen whether what is kept is still wanted. */
const LOOK_MS = 60_000;

const port = parentPort!;
const browsers = new Browsers();
const books = new MirrorBooks();
let isWorking = false;
let look: NodeJS.Timeout | undefined;

port.on('message', (message: QueryMessage) => {
	try {
		port.postMessage({ id: message.id, result: answer(message) });
	} catch (error) {
		port.postMessage({ id: message.id, error: toFirnError(error).toPlain() });
	}
	if (!isWorking) {
		isWorking = true;
		setImmediate(work);
	}
});

function answer({ what, query }: QueryMessage): unknown {
	switch (what) {
		case 'show':
			return show(query.what === 'runs' || query.what === 'archives' ? query : seen(query));
		case 'paths':
			return resolvePaths(seen(query));
		case 'browse':
			return browsers.browse(seen(query));
		case 'find':
			return browsers.find(seen(query));
		case 'versions':
			return browsers.versions(seen(query));
		case 'storage':
			return browsers.storage(query);
		case 'plan':
			return queryPlan(query);
		case 'log':
			return queryLog(query);
	}
}

/** Asked of the books that tell what is there. */
function seen<Q extends { stateFile: string }>(query: Q): Q {
	return { ...query, stateFile: books.of(query.stateFile) };
}

function work(): void {
	clearTimeout(look);
	isWorking = browsers.work(STEP_MS);
	if (isWorking) setImmediate(work);
	else if (!browsers.isEmpty) look = setTimeout(work, LOOK_MS);
}
