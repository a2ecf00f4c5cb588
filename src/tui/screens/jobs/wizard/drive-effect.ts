/** Before a job on Google Drive goes on: who is signed in, and whether the place takes what a backup needs. */

import { toFirnError } from '../../../../core/errors.ts';
import type { EffectContext } from '../../../screen.ts';
import { openSignIn } from '../../../sign-in/effect.ts';
import type { JobsState } from '../state.ts';
import { mustSignIn, SIGNED_IN, SIGNED_IN_AND_ON } from './drive.ts';
import { destinationOf, signInName, type WizardState } from './state.ts';

/** Follows from every action while the place is asked for. */
export function driveEffect(wizard: WizardState, context: EffectContext): void {
	const { drive, kind, step } = wizard;
	if (kind !== 'gdrive' || step !== 'where') return;
	const name = signInName(wizard);
	if (drive.of !== name) void askAccount(name, context);
	if (drive.trial === 'signIn') signIn(SIGNED_IN, wizard, context);
	if (drive.trial === 'wanted') void tryOut(wizard, context);
}

async function askAccount(name: string, context: EffectContext): Promise<void> {
	const { call, dispatch, screen } = context;
	dispatch({ type: 'wizard/account', name, account: undefined });
	const isStill = () => screen<JobsState>('jobs').wizard?.drive.of === name;
	try {
		const account = await call('gdriveAccount', { name });
		if (isStill()) dispatch({ type: 'wizard/account', name, account });
	} catch (error) {
		if (isStill()) dispatch({ type: 'wizard/account', name, account: { error: toFirnError(error).toPlain() } });
	}
}

function signIn(tag: string, wizard: WizardState, context: EffectContext): void {
	context.dispatch({ type: 'wizard/trial', trial: 'no' });
	openSignIn({ tag, name: signInName(wizard), ...whereOf(wizard) }, context);
}

/** Asks for the account and tries out the folder; who is not signed in is led there first. */
async function tryOut(wizard: WizardState, context: EffectContext): Promise<void> {
	const { call, dispatch, cwd, env } = context;
	dispatch({ type: 'wizard/trial', trial: 'going' });
	const credentials = signInName(wizard);
	try {
		const account = await call('gdriveAccount', { name: credentials });
		dispatch({ type: 'wizard/account', name: credentials, account });
		const to = destinationOf(wizard);
		const found = await call('testDestination', { to, credentials, ...whereOf(wizard), cwd, env });
		const wrong = found.steps.find(({ status }) => status === 'failed' || status === 'denied');
		if (found.verdict !== 'failed') dispatch({ type: 'wizard/tried' });
		else failed(wrong?.detail ?? found.summary, wrong?.guidance, context);
	} catch (thrown) {
		const error = toFirnError(thrown);
		if (mustSignIn(error)) signIn(SIGNED_IN_AND_ON, wizard, context);
		else failed(error.message, error.guidance, context);
	}
}

function failed(message: string, guidance: string | undefined, { dispatch }: EffectContext): void {
	dispatch({ type: 'wizard/failed', step: 'where', message, ...(guidance ? { guidance } : {}) });
}

function whereOf({ fields }: WizardState): { endpoint?: string } {
	const endpoint = fields.driveEndpoint.text.trim();
	return endpoint === '' ? {} : { endpoint };
}
