/** What a sign-in asks of the engine: to begin, how far it is, what was pasted, and to give it up when it is left. */

import { readFileSync } from 'node:fs';
import { errnoCode, toFirnError, usageError } from '../../core/errors.ts';
import { type GdriveClient, parseClientFile } from '../../core/gdrive-client.ts';
import { qrLines } from '../../core/qr-code.ts';
import type { Action } from '../actions.ts';
import { displayName } from '../components/text.ts';
import type { EffectContext } from '../screen.ts';
import { absolute } from '../screens/restore/paths.ts';
import { showLink } from '../show-link.ts';
import { clientOf, isDone, type SignInOrder, type SignInState } from './state.ts';

/** The one that waits for approval, and what it was asked for; one for each app. */
const going = new WeakMap<EffectContext, string>();

/** Opens the sign-in over whatever is shown. */
export function openSignIn(order: SignInOrder, { dispatch }: EffectContext): void {
	dispatch({ type: 'signIn/open', ...order });
}

/** What was there at the action before. */
const shown = new WeakMap<EffectContext, SignInState | undefined>();

/** Follows from every action of the app. */
export function signInEffect(action: Action, context: EffectContext): void {
	const { signIn } = context.state();
	const before = shown.get(context);
	// What is dispatched from here comes through here, too.
	shown.set(context, signIn);
	const id = going.get(context);
	if (id !== undefined && id !== signIn?.view?.id) giveUpSignIn(context);
	if (before && isDone(before) && !signIn && action.type === 'command')
		context.dispatch({ type: 'reply', tag: before.tag, value: before.name });
	if (!signIn) return;
	if (signIn.phase === 'wanted') void begin(signIn, context);
	if (signIn.given === 'wanted') void give(signIn, context);
	if (action.type === 'tick' && signIn.phase === 'waiting') void poll(signIn, context);
	if (action.type !== 'command' || !signIn.view) return;
	if (action.id === 'signIn.open') void showLink(signIn.view.url, context);
	if (action.id === 'app.copy') {
		context.copy(signIn.view.url);
		context.flash('info', 'Copied the address.');
	}
}

/** Gives up the one that waits, such as when the app is left. */
export function giveUpSignIn(context: EffectContext): void {
	const id = going.get(context);
	going.delete(context);
	// Nobody waits for it any more: what is not taken back ends by itself when its time is over.
	if (id !== undefined) context.call('cancelGdriveSignIn', { id }).catch(() => {});
}

async function begin(order: SignInState, context: EffectContext): Promise<void> {
	const { call, dispatch, state } = context;
	dispatch({ type: 'signIn/asked' });
	const asked = state().signIn;
	try {
		const client = chosenClient(order, context.cwd);
		const { name, how, endpoint } = order;
		const view = await call('beginGdriveSignIn', {
			name,
			how,
			...(endpoint === undefined ? {} : { endpoint }),
			...(client === undefined ? {} : { client }),
		});
		const code = how === 'device' ? await qrLines(view.url, 'light') : [];
		going.set(context, view.id);
		// Left, or begun anew, in the meantime.
		if (state().signIn !== asked) giveUpSignIn(context);
		else dispatch({ type: 'signIn/begun', view, code });
	} catch (error) {
		if (state().signIn === asked) dispatch({ type: 'signIn/failed', error: toFirnError(error).toPlain() });
	}
}

/** @throws FirnError (usage) CLIENT_UNREADABLE, BAD_CLIENT_FILE */
function chosenClient(order: SignInState, cwd: string): GdriveClient | undefined {
	const given = clientOf(order);
	if (!given || !('file' in given)) return given;
	const file = absolute(given.file, cwd);
	return parseClientFile(read(file), displayName(file));
}

function read(file: string): string {
	try {
		return readFileSync(file, 'utf8');
	} catch (error) {
		throw usageError('CLIENT_UNREADABLE', `The file ${displayName(file)} cannot be read (${errnoCode(error)}).`);
	}
}

/** One question at a time. */
const polling = new WeakSet<EffectContext>();

async function poll({ view }: SignInState, context: EffectContext): Promise<void> {
	const id = view?.id;
	if (id === undefined || polling.has(context)) return;
	polling.add(context);
	try {
		const now = await context.call('gdriveSignIn', { id });
		if (now.state !== 'waiting' && going.get(context) === id) going.delete(context);
		context.dispatch({ type: 'signIn/view', view: now });
	} catch (thrown) {
		const error = toFirnError(thrown).toPlain();
		// An engine that is lost for a moment still has it; one that was started anew does not.
		if (error.code === 'NO_SUCH_SIGN_IN' && view) {
			going.delete(context);
			context.dispatch({ type: 'signIn/view', view: { ...view, state: 'failed', error } });
		}
	} finally {
		polling.delete(context);
	}
}

async function give({ view, pasted }: SignInState, { call, dispatch }: EffectContext): Promise<void> {
	dispatch({ type: 'signIn/given' });
	try {
		await call('answerGdriveSignIn', { id: view?.id ?? '', text: pasted.text.trim() });
	} catch (error) {
		dispatch({ type: 'signIn/failed', error: toFirnError(error).toPlain() });
	}
}
