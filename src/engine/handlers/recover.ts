import type { RecoverResults } from '../../protocol/requests/recover.ts';
import type { Parts } from '../parts.ts';
import type { Handlers } from './handlers.ts';

export function recoverHandlers({ recoveries }: Parts): Handlers<keyof RecoverResults> {
	return {
		planRecover: (params) => recoveries.plan(params),
		recover: (params) => recoveries.recover(params),
	};
}
