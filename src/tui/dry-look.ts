import type { EffectContext } from './screen.ts';
import type { LiveTask } from './state.ts';

/** A dry run that somebody waits for in a dialog, to be asked about what it finds. One at a time. */
export class DryLook<Of> {
	readonly #context: EffectContext;
	readonly #tag: string;
	readonly #screens: ReadonlySet<string>;
	/** `known`: the engine's list has had it. */
	#looking: { of: Of; task: string; known: boolean } | undefined;

	/**
	 * @param tag of the dialog that waits
	 * @param screens on which its end may be told
	 */
	constructor(context: EffectContext, tag: string, screens: readonly string[]) {
		this.#context = context;
		this.#tag = tag;
		this.#screens = new Set(screens);
	}

	begin(of: Of, task: string): void {
		this.#looking = { of, task, known: false };
	}

	/**
	 * Takes what came of it, once, and closes the dialog; not over another question, nor on another screen.
	 * @param isWhole whether all that it tells has come
	 * @returns undefined while it goes on; without a task when the engine has forgotten it
	 */
	takeEnd(isWhole: (task: LiveTask) => boolean = () => true): { of: Of; task: LiveTask | undefined } | undefined {
		const { state, dispatch } = this.#context;
		const { tasks, modal, screen } = state();
		const looking = this.#looking;
		if (!looking || !this.#screens.has(screen)) return undefined;
		const isOurs = modal?.kind === 'wait' && modal.tag === this.#tag;
		if (modal && !isOurs) return undefined;
		const task = tasks[looking.task];
		looking.known ||= task !== undefined;
		if (task ? !task.summary || !isWhole(task) : !looking.known) return undefined;
		this.#looking = undefined;
		if (isOurs) dispatch({ type: 'modal', modal: undefined });
		return { of: looking.of, task };
	}

	/** Stops it; then this is said. */
	async giveUp(said: string): Promise<void> {
		const { call, fail, flash, refresh } = this.#context;
		const looking = this.#looking;
		this.#looking = undefined;
		if (!looking) return;
		try {
			await call('stop', { task: looking.task });
			flash('info', said);
			refresh();
		} catch (error) {
			fail(error);
		}
	}
}
