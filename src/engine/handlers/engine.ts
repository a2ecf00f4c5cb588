import { PROTOCOL } from '../../protocol/contract.ts';
import type { EngineResults } from '../../protocol/requests/engine.ts';
import type { Parts } from '../parts.ts';
import type { Handlers } from './handlers.ts';

export function engineHandlers({ options, secrets, tasks, scheduler, queries }: Parts): Handlers<keyof EngineResults> {
	return {
		hello: () => ({
			protocol: PROTOCOL,
			version: options.version,
			pid: process.pid,
			socket: options.paths.socketFile,
			hasSecrets: secrets.isSettled(),
		}),
		'engine.stop': () => {
			scheduler.close();
			const stopped = tasks.stop(undefined);
			options.onStop();
			return { stopped };
		},
		log: (params) => queries.log({ ...params, folder: options.paths.logDir }),
	};
}
