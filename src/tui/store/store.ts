/**
 * Holds the state, takes actions, and says when the screen is to be drawn. Keys are reduced as they come, ten of one
 * read one after the other; drawing follows once, as soon as the terminal has taken what was drawn before.
 */

import type { Action } from '../actions.ts';
import { typedText } from '../components/field.tsx';
import { deletionsEffect } from '../deletions/agree.ts';
import { activeBindings, bindingOf } from '../keys/table.ts';
import type { EffectContext } from '../screen.ts';
import { ALL_SCREENS, shownScreen } from '../screens/index.ts';
import { signInEffect } from '../sign-in/effect.ts';
import type { AppState } from '../state.ts';
import type { Key } from '../terminal/key-decoder.ts';
import { keyInModal, pasteInModal } from './modal.ts';
import { reduceApp } from './reduce.ts';

/** Whoever draws: whether it has room, and how fast it may be fed. */
export interface Surface {
	readonly idle: boolean;
	readonly lags: boolean;
	once: (event: 'drain', listener: () => void) => void;
}

const FRAME_MS = 250;
const SLOW_FRAME_MS = 1000;

/** Follows from an action of the app itself, such as leaving. */
export type AppEffect = (action: Action, context: EffectContext) => void;

export class Store {
	readonly #surface: Surface;
	readonly #listeners = new Set<() => void>();
	#state: AppState;
	#published: AppState;
	#context: EffectContext | undefined;
	#appEffect: AppEffect = () => {};
	#timer: NodeJS.Timeout | undefined;
	#timerIsSlow = false;
	#waiting = false;
	#drawn = 0;
	/** Frames published so far. */
	frames = 0;

	constructor(initial: AppState, surface: Surface) {
		this.#state = initial;
		this.#published = initial;
		this.#surface = surface;
	}

	/** Effects are connected once everything is there. */
	connect(context: EffectContext, appEffect: AppEffect): void {
		this.#context = context;
		this.#appEffect = appEffect;
	}

	get state(): AppState {
		return this.#state;
	}

	readonly subscribe = (listener: () => void): (() => void) => {
		this.#listeners.add(listener);
		return () => this.#listeners.delete(listener);
	};

	/** What is drawn. */
	readonly snapshot = (): AppState => this.#published;

	dispatch(action: Action, urgent = URGENT.has(action.type)): void {
		const before = this.#state;
		this.#state = reduceApp(before, action);
		if (this.#state !== before) this.#schedule(urgent);
		if (!this.#context) return;
		for (const screen of ALL_SCREENS) {
			if (ACTIVE_ONLY.has(action.type) && (before.signIn || screen.id !== this.#state.screen)) continue;
			screen.effect?.(action, this.#context);
		}
		signInEffect(action, this.#context);
		deletionsEffect(action, this.#context);
		this.#appEffect(action, this.#context);
	}

	/** A key, wherever it belongs now. */
	key(key: Key): void {
		const app = this.#state;
		if (app.flash && app.flash.level !== 'info') this.dispatch({ type: 'flash', flash: undefined });
		const always = { 'ctrl+c': 'app.quit', 'ctrl+l': 'app.redraw', 'ctrl+z': 'app.suspend' }[key];
		if (always) {
			this.dispatch({ type: 'command', id: always });
			return;
		}
		if (app.modal) {
			this.#keyInModal(key);
			return;
		}
		const { hasField, state } = shownScreen(app);
		const inField = hasField?.(state) === true;
		const binding = inField && isFieldKey(key) ? undefined : bindingOf(app, key);
		if (!binding || (inField && binding.scope === 'list')) {
			if (inField) this.dispatch({ type: 'field', key });
			return;
		}
		this.command(binding.id, binding.when?.(app) ?? true);
	}

	/** A command by its name, unless it cannot be done now: then that is said. */
	command(id: string, may: true | string): void {
		if (may === true) this.dispatch({ type: 'command', id });
		else this.dispatch({ type: 'flash', flash: { level: 'info', text: may, at: Date.now() } });
	}

	paste(text: string): void {
		const { modal } = this.#state;
		if (modal) this.dispatch({ type: 'modal', modal: pasteInModal(modal, text) });
		else this.dispatch({ type: 'paste', text });
	}

	#keyInModal(key: Key): void {
		const step = keyInModal(this.#state, this.#state.modal!, key);
		if (step.modal !== this.#state.modal) this.dispatch({ type: 'modal', modal: step.modal });
		if (step.modal) return;
		if (step.reply) this.dispatch({ type: 'reply', ...step.reply });
		if (step.command === undefined) return;
		const binding = bindingById(this.#state, step.command);
		this.command(step.command, binding?.when?.(this.#state) ?? true);
	}

	/** Keys are drawn at once, news four times a second, and neither while the terminal is behind. */
	#schedule(urgent: boolean): void {
		if (this.#waiting) return;
		if (urgent) {
			if (this.#timer && !this.#timerIsSlow) return;
			clearTimeout(this.#timer);
			this.#timerIsSlow = false;
			// After the other keys of the same read.
			this.#timer = setTimeout(() => this.#publish(), 0);
			return;
		}
		if (this.#timer) return;
		this.#timerIsSlow = true;
		const gap = this.#surface.lags ? SLOW_FRAME_MS : FRAME_MS;
		this.#timer = setTimeout(() => this.#publish(), Math.max(0, this.#drawn + gap - Date.now()));
	}

	#publish(): void {
		this.#timer = undefined;
		if (!this.#surface.idle) {
			this.#waiting = true;
			this.#surface.once('drain', () => {
				this.#waiting = false;
				this.#publish();
			});
			return;
		}
		if (this.#published === this.#state) return;
		this.#published = this.#state;
		this.#drawn = Date.now();
		this.frames += 1;
		for (const listener of this.#listeners) listener();
	}
}

/** Drawn at once. */
const URGENT = new Set<Action['type']>([
	'command',
	'field',
	'paste',
	'open',
	'resize',
	'modal',
	'reply',
	'flash',
	'look',
	'signIn/begun',
	'signIn/view',
	'signIn/failed',
	// What a key has asked for.
	'archive/rows',
	'archive/found',
	'archive/cursor',
	'log/rows',
	// Come seldom, and whoever has just opened the app waits for them.
	'engine',
	'jobs',
]);
const ACTIVE_ONLY = new Set<Action['type']>(['command', 'field', 'paste']);

/** Keys that a text field takes for itself. */
function isFieldKey(key: Key): boolean {
	return (
		typedText(key) !== undefined ||
		/^(left|right|home|end|backspace|delete|enter|esc|tab|shift\+tab|up|down|ctrl\+[aeukwdb]|alt\+.*|ctrl\+(left|right))$/.test(
			key,
		)
	);
}

function bindingById(app: AppState, id: string) {
	return activeBindings(app).find((binding) => binding.id === id);
}
