/** All bindings, and which of them hold now. */

import { ARCHIVE_BINDINGS } from '../screens/archive/bindings.ts';
import { DECRYPT_BINDINGS } from '../screens/decrypt/bindings.ts';
import { shownScreen } from '../screens/index.ts';
import { JOBS_BINDINGS } from '../screens/jobs/bindings.ts';
import { EDIT_BINDINGS } from '../screens/jobs/edit/bindings.ts';
import { HISTORY_BINDINGS } from '../screens/jobs/history/bindings.ts';
import { RECOVER_BINDINGS } from '../screens/jobs/recover/bindings.ts';
import { WIZARD_BINDINGS } from '../screens/jobs/wizard/bindings.ts';
import { LOG_BINDINGS } from '../screens/log/bindings.ts';
import { RESTORE_BINDINGS } from '../screens/restore/bindings.ts';
import { RUN_BINDINGS } from '../screens/run/bindings.ts';
import { SETTINGS_BINDINGS } from '../screens/settings/bindings.ts';
import { SOURCES_BINDINGS } from '../screens/sources/bindings.ts';
import { SIGN_IN_BINDINGS } from '../sign-in/bindings.ts';
import type { AppState } from '../state.ts';
import type { Key } from '../terminal/key-decoder.ts';
import type { Binding } from './binding.ts';
import { APP_BINDINGS, LIST_BINDINGS, MARK_BINDINGS } from './common-bindings.ts';

export const BINDINGS: readonly Binding[] = [
	...JOBS_BINDINGS,
	...EDIT_BINDINGS,
	...WIZARD_BINDINGS,
	...RECOVER_BINDINGS,
	...HISTORY_BINDINGS,
	...ARCHIVE_BINDINGS,
	...RUN_BINDINGS,
	...RESTORE_BINDINGS,
	...DECRYPT_BINDINGS,
	...SOURCES_BINDINGS,
	...SETTINGS_BINDINGS,
	...LOG_BINDINGS,
	...SIGN_IN_BINDINGS,
	...LIST_BINDINGS,
	...MARK_BINDINGS,
	...APP_BINDINGS,
];

/** The scopes that hold now, highest first. */
export function activeScopes(app: AppState): readonly string[] {
	const { scopes, state } = shownScreen(app);
	const own = scopes?.(state) ?? [app.screen, 'list'];
	return [...own, 'app'];
}

/** The bindings that hold now, highest scope first; a key means its first one. */
export function activeBindings(app: AppState): Binding[] {
	const taken = new Set<Key>();
	const active: Binding[] = [];
	for (const scope of activeScopes(app)) {
		const here = BINDINGS.filter((binding) => binding.scope === scope);
		active.push(...here.filter(({ keys }) => keys.some((key) => !taken.has(key))));
		for (const { keys } of here) for (const key of keys) taken.add(key);
	}
	return active;
}

/** What a key means now. */
export function bindingOf(app: AppState, key: Key): Binding | undefined {
	for (const scope of activeScopes(app)) {
		const found = BINDINGS.find((binding) => binding.scope === scope && binding.keys.includes(key));
		if (found) return found;
	}
	return undefined;
}

const SHOWN: Record<string, string> = {
	up: '↑',
	down: '↓',
	left: '←',
	right: '→',
	pageUp: 'PgUp',
	pageDown: 'PgDn',
	home: 'Home',
	end: 'End',
	'shift+tab': 'S-tab',
};

/** A key as people write it: `^S`, `↑`, `enter`. */
export function keyName(key: Key, ascii = false): string {
	if (key.startsWith('ctrl+')) return `^${key.slice(5).toUpperCase()}`;
	if (ascii && ['up', 'down', 'left', 'right'].includes(key)) return key;
	return SHOWN[key] ?? key;
}
