import type { StoredResults } from '../../protocol/requests/stored.ts';
import type { Parts } from '../parts.ts';
import type { Handlers } from './handlers.ts';

export function storedHandlers({ catalogs }: Parts): Handlers<keyof StoredResults> {
	return {
		planSync: (params) => catalogs.planSync(params),
		sync: (params) => catalogs.sync(params),
		planDelete: (params) => catalogs.planDelete(params),
		delete: (params) => catalogs.delete(params),
		planPrune: (params) => catalogs.planPrune(params),
		prune: (params) => catalogs.prune(params),
		verify: (params) => catalogs.verify(params),
		plan: (params) => catalogs.plan(params),
	};
}
