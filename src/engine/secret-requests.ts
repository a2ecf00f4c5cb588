/** What the engine does about where secrets are kept: opens the vault, changes its passphrase, moves all of them. */

import { counted } from '../core/sizes.ts';
import type { Results } from '../protocol/contract.ts';
import type { CheckedRequests } from '../protocol/requests.ts';
import type { Secrets } from '../secrets/secrets.ts';
import type { EngineOptions } from './engine.ts';

type Method = 'unlock' | 'openVault' | 'moveSecrets' | 'changePassphrase';
type Handlers = { [M in Method]: (params: CheckedRequests[M]) => Promise<Results[M]> };

/** The handlers. What they are given is in memory only: requests are not logged. */
export function secretRequests(secrets: Secrets, log: EngineOptions['log']): Handlers {
	return {
		async unlock({ passphrase, source }) {
			await secrets.unlock({ text: passphrase, source });
			log('info', `the passphrase of the vault was given, from ${source}`);
			return {};
		},
		async openVault() {
			await secrets.openVault();
			return {};
		},
		async moveSecrets({ to }) {
			const count = await secrets.move(to);
			log('info', `${counted(count, 'secret')} moved to ${to}`);
			return { count, secrets: await secrets.place() };
		},
		async changePassphrase({ passphrase, source }) {
			await secrets.changePassphrase({ text: passphrase, source });
			log('info', `the passphrase of the vault was changed to the one from ${source}`);
			return {};
		},
	};
}
