import { counted } from '../../core/sizes.ts';
import type { SecretsResults } from '../../protocol/requests/secrets.ts';
import type { Parts } from '../parts.ts';
import type { Handlers } from './handlers.ts';

/** What they are given is in memory only: requests are not logged. */
export function secretsHandlers({ options: { log }, secrets, credentials }: Parts): Handlers<keyof SecretsResults> {
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
		credentials: () => credentials.list(),
		setCredentials: (params) => credentials.set(params),
		removeCredentials: (params) => credentials.remove(params),
	};
}
