/** A sign-in in words. Pure. */

import { formatSize } from '../../core/sizes.ts';
import type { GdriveAccountView } from '../../protocol/contract.ts';
import { displayName } from '../components/text.ts';
import type { Tone } from '../theme/theme.ts';
import { isDone, type SignInState } from './state.ts';

/** `3.2 GiB free of 15 GiB`, or `no limit`. */
export function roomWords({ used, limit }: GdriveAccountView): string {
	return limit === undefined
		? `${formatSize(used)} used, no limit`
		: `${formatSize(Math.max(0, limit - used))} free of ${formatSize(limit)}`;
}

/** `14:32` */
export function timeLeft(expires: number, now: number): string {
	const seconds = Math.max(0, Math.ceil((expires - now) / 1000));
	return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

interface StateWords {
	sign: 'ok' | 'warn' | 'error' | 'busy' | 'off';
	tone: Tone;
	text: string;
}

/** How far it is, in a sign and a sentence. */
export function stateWords(state: SignInState, now: number): StateWords {
	const { phase, view, error, given } = state;
	if (phase === 'client') return { sign: 'off', tone: 'muted', text: 'Which client signs in?' };
	if (phase === 'wanted' || phase === 'asked') return { sign: 'busy', tone: 'busy', text: 'Asking Google.' };
	if (phase === 'waiting' && view) {
		const text = given === 'yes' ? 'Asking Google for what the code stands for.' : 'Waiting for you to approve it.';
		return { sign: 'busy', tone: 'busy', text: `${text} ${timeLeft(view.expires, now)} left.` };
	}
	if (isDone(state)) return { sign: 'ok', tone: 'ok', text: `Approved as ${displayName(view?.account?.email ?? '')}.` };
	const ends = {
		SIGN_IN_DENIED: 'Denied: the sign-in was refused on the page of Google.',
		SIGN_IN_EXPIRED: 'Expired: nobody has approved it in time.',
		NO_SUCH_SIGN_IN: 'Lost: the engine was started anew meanwhile.',
	}[error?.code ?? ''];
	return { sign: 'error', tone: 'error', text: ends ?? 'It did not work.' };
}

/** What is to be known beside the state, in sentences. */
export function endWords(state: SignInState): string[] {
	const { view, error, name } = state;
	if (isDone(state)) {
		const jobs = view?.jobs ?? [];
		const account = view?.account;
		return [
			...(account ? [`There is ${roomWords(account)}.`] : []),
			`The sign-in ${name} is kept in ${displayName(view?.place ?? '')}.`,
			...(jobs.length > 0
				? [`${displayName(jobs.join(', '))} ${jobs.length === 1 ? 'goes' : 'go'} by it from now on.`]
				: []),
			'Firn sees no files but those that it makes itself.',
			'enter goes on.',
		];
	}
	if (error?.code === 'PLAIN_FILE_REFUSED')
		return [
			'The secrets of this machine lie in a plain file, and that is no place for a sign-in to Google.',
			'7 Settings, Keys, m puts them into the keychain or into a vault under a passphrase. Begin anew after that.',
		];
	const isSaid = /^(SIGN_IN_DENIED|SIGN_IN_EXPIRED|NO_SUCH_SIGN_IN)$/.test(error?.code ?? '');
	const why = error && !isSaid ? [displayName([error.message, error.guidance].filter(Boolean).join(' '))] : [];
	return [...why, 'Nothing was changed. enter begins anew.'];
}
