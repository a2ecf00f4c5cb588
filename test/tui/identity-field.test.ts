/** A secret that is pasted into a field is used, and neither seen nor kept. */

import { expect, test } from 'vitest';
import { generateIdentity } from '../../src/archive/age/identity.ts';
import { fieldOf } from '../../src/tui/components/field.tsx';
import { spokenRow } from '../../src/tui/components/form.tsx';
import {
	editIdentity,
	type IdentityInput,
	identityParams,
	identityRow,
	keptPath,
	pasteIdentity,
} from '../../src/tui/components/identity-field.ts';
import { initial, save } from '../../src/tui/screens/restore/state.ts';

const EMPTY: IdentityInput = { identity: fieldOf(''), pasted: undefined };
const { identity, recipient } = generateIdentity();
const absolute = (path: string) => `/cwd/${path}`;

test('a pasted key file, or identities alone, are taken out of the field', () => {
	const file = `# created: 2026-11-21T10:00:00Z\n# public key: ${recipient}\n${identity}\n`;
	for (const text of [file, identity, ` ${identity.toLowerCase()} `]) {
		const input = pasteIdentity(EMPTY, text);
		expect(input.identity.text).toBe('');
		const { identityText } = identityParams(input, absolute);
		expect(identityText?.toUpperCase()).toBe(identity);
		const seen = JSON.stringify([identityRow(input), keptPath(input), spokenRow(identityRow(input))]);
		expect(seen.toUpperCase()).not.toContain('AGE-SECRET');
		expect(JSON.stringify(save({ ...initial(), ...input }))).not.toMatch(/AGE-SECRET/i);
	}
	const two = pasteIdentity(EMPTY, `${identity}\n${generateIdentity().identity}\n`);
	expect(two.pasted?.split('\n')).toHaveLength(2);
});

test('one that is typed is hidden from its first letters on, and kept nowhere', () => {
	let input = EMPTY;
	for (const key of identity) {
		input = editIdentity(input, key);
		if (input.identity.text.length < 'AGE-S'.length) continue;
		expect([identityRow(input).secret, keptPath(input)]).toEqual([true, '']);
		expect(spokenRow(identityRow(input))).toBe('Identity: typed, not read out');
	}
	expect(input).toEqual({ identity: fieldOf(''), pasted: identity });
});

test('any edit forgets it, moving about does not', () => {
	const input = pasteIdentity(EMPTY, identity);
	expect(editIdentity(input, 'left').pasted).toBe(identity);
	expect(editIdentity(input, 'backspace').pasted).toBeUndefined();
	const path = pasteIdentity(editIdentity(input, 'k'), 'ey.txt');
	expect(identityParams(path, absolute)).toEqual({ identityFiles: ['/cwd/key.txt'] });
	expect(keptPath(path)).toBe('key.txt');
});
