/** What can be done with sign-ins to Google Drive in Settings: make, make anew, give back. */

import { FirnError, toFirnError } from '../../../core/errors.ts';
import { GDRIVE_SIGN_IN } from '../../../core/gdrive-client.ts';
import { fieldOf } from '../../components/field.tsx';
import { displayName } from '../../components/text.ts';
import type { EffectContext } from '../../screen.ts';
import { openSignIn } from '../../sign-in/effect.ts';
import type { SignInRow } from './drive-rows.ts';

const SIGNED_IN = 'settings.signedIn';
const NAME = 'settings.signIn.name';
const SIGN_OUT = 'settings.signOut:';

/** Asks who is signed in, and Google for each account. */
export async function loadDrive({ call, dispatch }: EffectContext): Promise<void> {
	try {
		const { signIns } = await call('gdriveSignIns', {});
		dispatch({ type: 'settings/drive', signIns });
		const ask = async ({ name }: { name: string }) => {
			try {
				dispatch({ type: 'settings/account', name, account: await call('gdriveAccount', { name }) });
			} catch (error) {
				dispatch({ type: 'settings/account', name, account: { error: toFirnError(error).toPlain() } });
			}
		};
		await Promise.all(signIns.filter(({ stored }) => stored).map(ask));
	} catch (error) {
		dispatch({ type: 'settings/problem', error: toFirnError(error).toPlain() });
	}
}

/** @param row that the cursor is on, if there is one */
export function driveCommand(id: string, row: SignInRow | undefined, context: EffectContext): void {
	const { open, flash } = context;
	switch (id) {
		case 'settings.signIn':
			openSignIn({ tag: SIGNED_IN, name: row?.name ?? GDRIVE_SIGN_IN }, context);
			return;
		case 'settings.otherSignIn':
			open({
				kind: 'prompt',
				tag: NAME,
				title: 'Another account of Google Drive',
				label: 'What to call its sign-in:',
				field: fieldOf(''),
				hint: 'Jobs go by it with this name.',
			});
			return;
		case 'settings.signOut': {
			if (!row?.stored) {
				flash('info', 'Nobody is signed in there.');
				return;
			}
			const { name, jobs } = row;
			const wait = jobs.length > 0 ? [`These jobs then wait for a new sign-in: ${displayName(jobs.join(', '))}.`] : [];
			const lines = ['Google takes the sign-in no longer. What is stored stays.', ...wait];
			open({ kind: 'confirm', tag: SIGN_OUT + name, title: `Sign out ${displayName(name)}?`, lines, yes: 'Sign out' });
		}
	}
}

/** The answers to these questions, and that somebody has signed in. */
export async function driveAnswered(tag: string, value: string, context: EffectContext): Promise<void> {
	if (tag === NAME && value.trim() !== '') openSignIn({ tag: SIGNED_IN, name: value.trim() }, context);
	if (tag === SIGNED_IN) await loadDrive(context);
	if (tag.startsWith(SIGN_OUT)) await signOut(tag.slice(SIGN_OUT.length), context);
}

async function signOut(name: string, context: EffectContext): Promise<void> {
	const { call, flash, fail } = context;
	try {
		const { email, revoked, problem } = await call('gdriveSignOut', { name });
		const who = displayName(email ?? name);
		if (revoked) flash('info', `Signed out: ${who}.`);
		else
			flash(
				'warn',
				`The sign-in of ${who} is forgotten here, but Google still takes it: ${problem?.message ?? ''} Take it back at myaccount.google.com/connections.`,
			);
	} catch (error) {
		if (!(error instanceof FirnError)) throw error;
		fail(error);
	}
	await loadDrive(context);
}
