import type { SnapshotsResults } from '../../protocol/requests/snapshots.ts';
import type { Parts } from '../parts.ts';
import type { Handlers } from './handlers.ts';

export function snapshotsHandlers({ queries, files, restores }: Parts): Handlers<keyof SnapshotsResults> {
	return {
		show: async (params) => {
			const stateFile = params.what === 'archives' ? files.withArchives(params.job) : files.of(params.job);
			return queries.show({ ...params, stateFile });
		},
		browse: async (params) => queries.browse({ ...params, stateFile: files.of(params.job) }),
		find: async (params) => queries.find({ ...params, stateFile: files.of(params.job) }),
		versions: async (params) => queries.versions({ ...params, stateFile: files.of(params.job) }),
		storage: async (params) => {
			const stateFile = files.withArchives(params.job);
			return queries.storage({ ...params, stateFile, thawed: restores.thaws.thawedArchives(stateFile) });
		},
	};
}
