import type { RestoresResults } from '../../protocol/requests/restores.ts';
import type { Parts } from '../parts.ts';
import type { Handlers } from './handlers.ts';

export function restoresHandlers({ restores }: Parts): Handlers<keyof RestoresResults> {
	return {
		restore: (params) => restores.restore(params),
		planRestore: (params) => restores.planRestore(params),
		thaws: () => restores.thaws.list(),
		upgradeThaw: (params) => restores.thaws.upgrade(params),
		cancelThaw: (params) => restores.thaws.cancel(params),
		decrypt: (params) => restores.decrypt(params),
		inspect: (params) => restores.inspect(params),
		reports: (params) => restores.reports(params),
		report: (params) => restores.report(params),
	};
}
