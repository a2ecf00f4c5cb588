/** Google Drive as the place of a new job: whose account it is, and whether it has been tried out. Pure. */

import type { PlainError } from '../../../../core/errors.ts';
import { GDRIVE_SIGN_IN } from '../../../../core/gdrive-client.ts';
import type { GdriveAccountView } from '../../../../protocol/contract.ts';
import { displayName } from '../../../components/text.ts';
import { roomWords } from '../../../sign-in/words.ts';

/** Tags of the sign-in: to look whose it is, and to go on with it. */
export const SIGNED_IN = 'wizard.signedIn';
export const SIGNED_IN_AND_ON = 'wizard.signedInAndOn';

export interface DriveState {
	/** The sign-in whose account was asked for; '' before. */
	of: string;
	/** Undefined while Google is asked. */
	account: GdriveAccountView | { error: PlainError } | undefined;
	/** `signIn`: it is to be signed in. `wanted`, `going`: the place is tried out before the next step. */
	trial: 'no' | 'signIn' | 'wanted' | 'going';
}

export const NO_DRIVE: DriveState = { of: '', account: undefined, trial: 'no' };

/** `firn/photos` as a destination; '' where no folder is named. */
export function driveUrl(typed: string): string {
	const folder = typed
		.trim()
		.replace(/^gdrive:/i, '')
		.replace(/^\/+|\/+$/g, '');
	return folder === '' ? '' : `gdrive:${folder}`;
}

export const signInNameOf = (typed: string): string => typed.trim() || GDRIVE_SIGN_IN;

/** Whether somebody has to sign in, says an error about the account. */
export const mustSignIn = ({ code }: { code: string }): boolean =>
	code === 'NOT_SIGNED_IN' || code === 'BAD_CREDENTIALS';

/** Whose account it is, in a few words. */
export function accountWords({ account }: DriveState): string {
	if (!account) return 'asking';
	if ('email' in account) return `${displayName(account.email)}, ${roomWords(account)}`;
	const { code, message } = account.error;
	if (code === 'NOT_SIGNED_IN') return 'nobody is signed in: enter signs in';
	return code === 'BAD_CREDENTIALS' ? 'the sign-in is dead: enter signs in anew' : displayName(message);
}
