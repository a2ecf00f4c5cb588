import type { ReactElement } from 'react';
import type { Channel, TaskListener } from '../protocol/channel.ts';
import type { Method, Params, Results } from '../protocol/contract.ts';
import type { Action } from './actions.ts';
import type { AppState, Flash, Modal, ScreenId, Size } from './state.ts';

/** What effects can reach. */
export interface EffectContext {
	state: () => AppState;
	/** State of one screen. */
	screen: <S>(id: ScreenId) => S;
	dispatch: (action: Action) => void;
	/** Asks the engine. @throws FirnError what it answers, or ENGINE_LOST */
	call: <M extends Method>(method: M, params: Params<M>) => Promise<Results[M]>;
	/** Asks for the jobs and tasks anew, after something was changed. */
	refresh: () => void;
	/** The engine's contract hosted in this process: for what must work without an engine. Follow tasks through it. */
	local: () => Promise<Channel>;
	/** Follows a task of a channel of one's own. */
	follow: (channel: Channel, task: string, listener: TaskListener) => void;
	open: (modal: Modal) => void;
	flash: (level: Flash['level'], text: string) => void;
	/** Says an error: its sentence and what to do. */
	fail: (error: unknown) => void;
	go: (screen: ScreenId, arg?: unknown) => void;
	copy: (text: string) => void;
	/** Where Firn was called. */
	cwd: string;
	/** Credentials and the like of this client's environment, for requests that take `env`. */
	env: Record<string, string>;
}

/** One screen: pure state, effects at its edge, a view. */
export interface Screen<S> {
	id: ScreenId;
	/** Name in the header. */
	title: string;
	/** State when the app opens; `saved` is what `save` gave in an earlier session, and may be anything. */
	initial: (saved?: unknown) => S;
	/** Pure. Gets every action; commands, fields and pastes only while the screen is active. */
	reduce: (state: S, action: Action, app: AppState) => S;
	/** What follows from an action after it was reduced: requests, modals, timers. Changes state only by dispatch. */
	effect?: (action: Action, context: EffectContext) => void;
	/** True while a text field of the screen has the keys. */
	hasField?: (state: S) => boolean;
	/** Scopes of bindings that hold, highest first; the screen's own and `list` if left out. */
	scopes?: (state: S) => readonly string[];
	/** Whether pasted or dropped text is paths here. */
	takesPaths?: (state: S) => boolean;
	/** What would be lost by leaving, for a question; undefined when nothing would. */
	unsaved?: (state: S) => string | undefined;
	/** Plain data to keep over sessions. */
	save?: (state: S) => unknown;
	View: (props: { state: S; app: AppState; area: Size }) => ReactElement;
	/** For screen readers: what the screen says, and the item under the cursor. */
	speak: (state: S, app: AppState) => { summary: string[]; item?: string };
}
