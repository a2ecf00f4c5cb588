import type { HistoryResults } from '../../protocol/requests/history.ts';
import type { Parts } from '../parts.ts';
import type { Handlers } from './handlers.ts';

export function historyHandlers({ history }: Parts): Handlers<keyof HistoryResults> {
	return {
		history: (params) => history.list(params),
		historyDetails: ({ id, limit }) => history.details(id, limit),
	};
}
