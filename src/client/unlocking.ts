/** Opens the vault when the engine says that it needs it, and asks again. */

import { FirnError } from '../core/errors.ts';
import type { Channel } from '../protocol/channel.ts';
import type { Passphrase } from './passphrase.ts';

/** `attempt` counts from 1; `isNew`: it is for a vault that is still to be made. Undefined when there is none. */
export type AskPassphrase = (wanted: {
	isNew: boolean;
	attempt: number;
	message: string;
}) => Promise<(Passphrase & { canRepeat?: boolean }) | undefined>;

const MOST_ATTEMPTS = 3;

/** The same channel; a person who mistypes a passphrase is asked again. */
export function unlocking(channel: Channel, ask: AskPassphrase): Channel {
	const unlock = async (locked: FirnError): Promise<void> => {
		const isNew = locked.code === 'PASSPHRASE_NEEDED';
		let reason = locked;
		for (let attempt = 1; ; attempt++) {
			const given = await ask({ isNew, attempt, message: reason.message });
			if (!given) throw reason;
			try {
				await channel.call('unlock', { passphrase: given.text, source: given.source });
				return;
			} catch (error) {
				const isWrong = error instanceof FirnError && error.code === 'VAULT_WRONG_PASSPHRASE';
				if (!isWrong || !given.canRepeat || attempt === MOST_ATTEMPTS) throw error;
				reason = error;
			}
		}
	};
	return {
		async call(method, params) {
			try {
				return await channel.call(method, params);
			} catch (error) {
				if (!(error instanceof FirnError) || !['VAULT_LOCKED', 'PASSPHRASE_NEEDED'].includes(error.code)) throw error;
				await unlock(error);
				return channel.call(method, params);
			}
		},
		follow: (task, listener) => channel.follow(task, listener),
		close: () => channel.close(),
	};
}
