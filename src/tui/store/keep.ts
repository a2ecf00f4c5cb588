/** What the app remembers over sessions: drafts, marks and its looks, in one file of its own. */

import { readFileSync } from 'node:fs';
import { writeDurably } from '../../core/durable-file.ts';
import { ALL_SCREENS } from '../screens/index.ts';
import type { AppState } from '../state.ts';

export class Keep {
	readonly #file: string;
	#saved: string;

	constructor(file: string) {
		this.#file = file;
		this.#saved = '';
	}

	/** By screen; empty when there is nothing, or nothing readable: drafts are not worth an error. */
	read(): Record<string, unknown> {
		try {
			const text = readFileSync(this.#file, 'utf8');
			const kept: unknown = JSON.parse(text);
			this.#saved = text;
			return typeof kept === 'object' && kept !== null ? (kept as Record<string, unknown>) : {};
		} catch {
			return {};
		}
	}

	/** Writes what has changed since. @throws Error of the system, e.g. on a full disk */
	save(app: AppState): void {
		const kept: Record<string, unknown> = {};
		for (const { id, save } of ALL_SCREENS) {
			const data = save?.(app.screens[id]);
			if (data !== undefined) kept[id] = data;
		}
		const text = `${JSON.stringify(kept)}\n`;
		if (text === this.#saved) return;
		writeDurably(this.#file, text);
		this.#saved = text;
	}
}
