/** The thread that answers queries, so that a listing of a million files does not hold up the engine. */

import { parentPort } from 'node:worker_threads';
import { toFirnError } from '../core/errors.ts';
import { type PathsQuery, resolvePaths, type ShowQuery, show } from './query.ts';

export type QueryMessage = { id: number } & ({ show: ShowQuery } | { paths: PathsQuery });

const port = parentPort!;
port.on('message', (message: QueryMessage) => {
	try {
		const result = 'show' in message ? show(message.show) : resolvePaths(message.paths);
		port.postMessage({ id: message.id, result });
	} catch (error) {
		port.postMessage({ id: message.id, error: toFirnError(error).toPlain() });
	}
});
