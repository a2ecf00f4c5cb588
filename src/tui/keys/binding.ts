import type { AppState } from '../state.ts';
import type { Key } from '../terminal/key-decoder.ts';

/** A command of the app and its keys. Hints, help, palette and the key list of the README come from these. */
export interface Binding {
	/** What tests, palette and reducers call it, such as `run.pause`. */
	id: string;
	/** Where it holds: `app`, `list`, a screen, or a scope of a screen's own. */
	scope: string;
	/** The first one is shown. */
	keys: readonly Key[];
	/** One or two words for the line of hints. */
	label: string;
	/** The same, where it depends on what is shown. */
	labelNow?: (app: AppState) => string;
	/** One sentence for the help. */
	help: string;
	/** True, or why it cannot be done now. */
	when?: (app: AppState) => true | string;
	/** Place in the line of hints; absent: only in the help. */
	hint?: number;
	/** Deletes, stops or costs: opens a question first. */
	dangerous?: true;
}
