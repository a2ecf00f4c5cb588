/** The thread that looks at folders of this machine, so that a slow disk holds up nobody else. */

import { parentPort } from 'node:worker_threads';
import { toFirnError } from '../../core/errors.ts';
import type { Explanation } from '../../core/selection.ts';
import { type Decided, Decider } from '../scan/decide.ts';
import { FolderLister } from './list-folder.ts';
import { Measures } from './measures.ts';
import type { ExplainQuery, PreviewQuery } from './preview.ts';

const port = parentPort!;
const lister = new FolderLister();
const measures = new Measures();

port.on('message', ({ id, query }: { id: number; query: PreviewQuery }) => {
	try {
		port.postMessage({ id, result: answer(query) });
	} catch (error) {
		port.postMessage({ id, error: toFirnError(error).toPlain() });
	}
});

function answer(query: PreviewQuery) {
	if ('measure' in query) return measures.ask(query.measure);
	if ('explain' in query) return explain(query.explain);
	const { path, selection, skipPaths, cursor, limit } = query.list;
	return lister.list(path, new Decider(selection, skipPaths), { cursor, limit });
}

function explain({ paths, selection, skipPaths }: ExplainQuery): Explanation[] {
	const decider = new Decider(selection, skipPaths);
	return paths.map((path) => explanation(path, decider.decide(path)));
}

function explanation(path: string, { verdict, exists, type, problem }: Decided): Explanation {
	return { path, exists, ...verdict, ...(type ? { type } : {}), ...(problem ? { problem } : {}) };
}
