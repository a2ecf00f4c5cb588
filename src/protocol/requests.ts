/** What the engine can be asked, as schemas: everything that comes over the socket is checked before it is believed. */

import type { z } from 'zod';
import { engineRequests } from './requests/engine.ts';
import { gdriveRequests } from './requests/gdrive.ts';
import { historyRequests } from './requests/history.ts';
import { jobsRequests } from './requests/jobs.ts';
import { keysRequests } from './requests/keys.ts';
import { recoverRequests } from './requests/recover.ts';
import { restoresRequests } from './requests/restores.ts';
import { runsRequests } from './requests/runs.ts';
import { secretsRequests } from './requests/secrets.ts';
import { selectionRequests } from './requests/selection.ts';
import { settingsRequests } from './requests/settings.ts';
import { snapshotsRequests } from './requests/snapshots.ts';
import { storedRequests } from './requests/stored.ts';

export type { JobOptions } from './requests/parts.ts';

export const requestSchemas = {
	...engineRequests,
	...runsRequests,
	...historyRequests,
	...jobsRequests,
	...selectionRequests,
	...snapshotsRequests,
	...restoresRequests,
	...recoverRequests,
	...storedRequests,
	...keysRequests,
	...secretsRequests,
	...gdriveRequests,
	...settingsRequests,
} as const;

export type Requests = { [M in keyof typeof requestSchemas]: z.input<(typeof requestSchemas)[M]> };
export type CheckedRequests = { [M in keyof typeof requestSchemas]: z.output<(typeof requestSchemas)[M]> };
