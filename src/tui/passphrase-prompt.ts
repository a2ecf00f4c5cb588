/** Asks for the passphrase of the vault in the app, when the engine needs it for what was just asked of it. */

import type { AskPassphrase } from '../client/unlocking.ts';
import type { Action } from './actions.ts';
import { fieldOf } from './components/field.tsx';
import { displayName } from './components/text.ts';
import type { Modal } from './state.ts';

const TAG = 'vault.passphrase';

export class PassphrasePrompt {
	readonly #open: (modal: Modal) => void;
	/** One question at a time: whoever else needs the vault meanwhile waits for the same answer. */
	#asking: ReturnType<AskPassphrase> | undefined;
	#answer: ((text: string | undefined) => void) | undefined;
	/** What plans ahead must not ask again and again: only a command of the user's does. */
	#declined = false;

	constructor(open: (modal: Modal) => void) {
		this.#open = open;
	}

	readonly ask: AskPassphrase = (wanted) => {
		if (this.#declined) return Promise.resolve(undefined);
		this.#asking ??= this.#ask(wanted).finally(() => {
			this.#asking = undefined;
		});
		return this.#asking;
	};

	/** Follows from every action of the app. */
	effect(action: Action): void {
		if (action.type === 'command') this.#declined = false;
		if (action.type === 'reply' && action.tag === TAG) this.#settle(action.value);
		else if (action.type === 'modal' && !isOurs(action.modal)) {
			// The reply, if there is one, comes right behind.
			const answer = this.#answer;
			setTimeout(() => this.#answer === answer && this.#settle(undefined), 0);
		}
	}

	async #ask({ isNew, attempt, message }: Parameters<AskPassphrase>[0]): ReturnType<AskPassphrase> {
		const hint = attempt > 1 ? displayName(message) : 'It is held in memory until the engine leaves.';
		const text = await this.#typed(isNew ? 'A passphrase for the new vault:' : 'Its passphrase:', hint);
		if (!text) return undefined;
		if (isNew && text !== (await this.#typed('The same again:', 'Nobody can open the vault without it.'))) {
			return this.#ask({ isNew, attempt: attempt + 1, message: 'The two were not the same.' });
		}
		return { text, source: 'the app', canRepeat: !isNew };
	}

	#typed(label: string, hint: string): Promise<string | undefined> {
		return new Promise((resolve) => {
			this.#answer = resolve;
			this.#open({
				kind: 'prompt',
				tag: TAG,
				title: 'The vault of your keys',
				label,
				field: fieldOf(''),
				hint,
				secret: true,
			});
		});
	}

	#settle(text: string | undefined): void {
		const answer = this.#answer;
		this.#answer = undefined;
		if (answer && !text) this.#declined = true;
		answer?.(text);
	}
}

function isOurs(modal: Modal | undefined): boolean {
	return modal?.kind === 'prompt' && modal.tag === TAG;
}
