import { displayName } from '../components/text.ts';
import type { AppState, Size } from '../state.ts';
import { activeField, CLIENT_FIELDS, type SignInState, scopeOf } from './state.ts';
import { SignInView } from './view.tsx';
import { endWords, stateWords } from './words.ts';

/** What has the keys and the area of the screen while somebody signs in. */
export const signInScreen = {
	title: 'Google Drive',
	hasField: (state: SignInState) => activeField(state) !== undefined,
	scopes: (state: SignInState) => [scopeOf(state)],
	takesPaths: ({ phase }: SignInState) => phase === 'client',
	View: ({ state, app, area }: { state: SignInState; app: AppState; area: Size }) => (
		<SignInView state={state} now={app.now} area={area} />
	),
	speak,
};

/** The code letter by letter; what is typed in secret is not said. */
function speak(state: SignInState, app: AppState): { summary: string[]; item?: string } {
	const { phase, view, how, row, fields, pasted, error } = state;
	// How long it holds would be news each second.
	const summary = [stateWords(state, app.now).text.replace(/ \S+ left\.$/, '')];
	if (phase === 'client') {
		const name = CLIENT_FIELDS[row] ?? 'file';
		const typed = name === 'secret' ? 'typed, not read out' : displayName(fields[name].text);
		const label = { file: 'Path of the client file', id: 'Client id', secret: 'Client secret' }[name];
		return { summary: [...summary, ...(error ? [error.message] : [])], item: `${label}: ${typed}` };
	}
	if (phase === 'ended') return { summary: [...summary, ...endWords(state)] };
	if (phase !== 'waiting' || !view) return { summary };
	if (how === 'browser')
		return {
			summary: [...summary, `Open ${view.url} in a browser, and paste here the address on which it ends.`],
			item: `Address: ${displayName(pasted.text)}`,
		};
	return {
		summary: [...summary, `On any device, open ${view.url} and type in ${[...(view.code ?? '')].join(' ')}.`],
	};
}
