import { describe, expect, test } from 'vitest';
import { activeBindings, activeScopes, BINDINGS, bindingOf } from '../../src/tui/keys/table.ts';
import { ALL_SCREENS } from '../../src/tui/screens/index.ts';
import { appState } from '../support/app-state.ts';

describe('the key table', () => {
	test('has no key twice within a scope', () => {
		for (const scope of new Set(BINDINGS.map((binding) => binding.scope))) {
			const keys = BINDINGS.filter((binding) => binding.scope === scope).flatMap((binding) => binding.keys);
			expect(
				keys.filter((key, at) => keys.indexOf(key) !== at),
				scope,
			).toEqual([]);
		}
	});

	test('says of every command what it does, in a sentence', () => {
		for (const { id, label, help } of BINDINGS) {
			expect(help, id).toMatch(/^[A-Z].*\.$/);
			expect(label.length, id).toBeLessThanOrEqual(18);
		}
	});

	test('gives no lower-case key to what deletes', () => {
		// What is taken out of a list on the screen deletes nothing.
		const lists = ['decrypt.remove', 'restore.remove', 'sources.remove', 'rules.delete'];
		const deleting = BINDINGS.filter(({ id }) => /\.(delete|remove)/i.test(id) && !lists.includes(id));
		for (const { id, keys, dangerous } of deleting) {
			expect(dangerous, id).toBe(true);
			expect(
				keys.every((key) => key === key.toUpperCase() || key.startsWith('ctrl+')),
				id,
			).toBe(true);
		}
	});

	test('binds no key that terminals cannot tell from another, nor function keys', () => {
		const keys = BINDINGS.flatMap((binding) => binding.keys);
		expect(keys.filter((key) => /^(ctrl\+[hijm\\]|f\d+)$/.test(key))).toEqual([]);
	});

	test.each(ALL_SCREENS.map(({ id }) => id))('on %s help and leaving are always there', (screen) => {
		const app = appState({ screen });
		expect(bindingOf(app, '?')?.id).toBe('app.help');
		expect(bindingOf(app, 'q')?.id).toBe('app.quit');
		expect(activeScopes(app).at(-1)).toBe('app');
		expect(activeBindings(app).filter(({ hint }) => hint !== undefined).length).toBeGreaterThan(2);
	});

	test('a key means what the highest scope says', () => {
		const app = appState({ screen: 'jobs' });
		for (const binding of activeBindings(app)) {
			const meant = binding.keys.map((key) => bindingOf(app, key)?.id);
			expect(meant, binding.id).toContain(binding.id);
		}
	});
});
