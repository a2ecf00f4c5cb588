/** What answers the requests, method by method. Each subject of the contract (protocol/requests/) has its file here. */

import type { Method, Results } from '../../protocol/contract.ts';
import type { CheckedRequests } from '../../protocol/requests.ts';
import type { Parts } from '../parts.ts';
import { engineHandlers } from './engine.ts';
import { gdriveHandlers } from './gdrive.ts';
import { historyHandlers } from './history.ts';
import { jobsHandlers } from './jobs.ts';
import { keysHandlers } from './keys.ts';
import { recoverHandlers } from './recover.ts';
import { restoresHandlers } from './restores.ts';
import { runsHandlers } from './runs.ts';
import { secretsHandlers } from './secrets.ts';
import { selectionHandlers } from './selection.ts';
import { settingsHandlers } from './settings.ts';
import { snapshotsHandlers } from './snapshots.ts';
import { storedHandlers } from './stored.ts';

/** One for each of these methods. `follow` belongs to a connection: it goes on after its answer. */
export type Handlers<M extends Method = Method> = {
	[N in Exclude<M, 'follow'>]: (params: CheckedRequests[N]) => Promise<Results[N]> | Results[N];
};

export function makeHandlers(parts: Parts): Handlers {
	return {
		...engineHandlers(parts),
		...runsHandlers(parts),
		...historyHandlers(parts),
		...jobsHandlers(parts),
		...selectionHandlers(parts),
		...snapshotsHandlers(parts),
		...restoresHandlers(parts),
		...recoverHandlers(parts),
		...storedHandlers(parts),
		...keysHandlers(parts),
		...secretsHandlers(parts),
		...gdriveHandlers(parts),
		...settingsHandlers(parts),
	};
}
