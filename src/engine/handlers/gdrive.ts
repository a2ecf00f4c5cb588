import type { GdriveResults } from '../../protocol/requests/gdrive.ts';
import type { Parts } from '../parts.ts';
import type { Handlers } from './handlers.ts';

export function gdriveHandlers({ signIns, storedSignIns }: Parts): Handlers<keyof GdriveResults> {
	return {
		gdriveSignIns: () => storedSignIns.list(),
		beginGdriveSignIn: (params) => signIns.begin(params),
		gdriveSignIn: (params) => signIns.state(params),
		answerGdriveSignIn: (params) => signIns.answer(params),
		cancelGdriveSignIn: (params) => signIns.cancel(params),
		gdriveSignOut: (params) => storedSignIns.signOut(params),
		gdriveAccount: (params) => storedSignIns.account(params),
	};
}
