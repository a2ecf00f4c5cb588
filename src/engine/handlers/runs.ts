import type { RunsResults } from '../../protocol/requests/runs.ts';
import { control } from '../control.ts';
import type { Parts } from '../parts.ts';
import { scheduleStatus } from '../schedule/status.ts';
import type { Handlers } from './handlers.ts';

export function runsHandlers({ runs, tasks, config, scheduler, watches }: Parts): Handlers<keyof RunsResults> {
	return {
		backup: (params) => runs.backup(params),
		quoteBackup: (params) => runs.quote(params),
		resume: (params) => runs.resume(params),
		status: () => ({ tasks: runs.status(), schedule: scheduleStatus(config, scheduler, watches) }),
		control: (params) => control(params, tasks),
		stop: (params) => runs.stop(params),
	};
}
