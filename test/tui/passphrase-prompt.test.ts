/** The app asks for the passphrase of the vault once for all who wait, and not again until the user does something. */

import { expect, test } from 'vitest';
import { PassphrasePrompt } from '../../src/tui/passphrase-prompt.ts';
import type { Modal } from '../../src/tui/state.ts';

function prompt() {
	const opened: Modal[] = [];
	const passphrases = new PassphrasePrompt((modal) => {
		opened.push(modal);
		passphrases.effect({ type: 'modal', modal });
	});
	const close = () => passphrases.effect({ type: 'modal', modal: undefined });
	const answer = async (value: string) => {
		const { tag } = opened.at(-1) as Extract<Modal, { kind: 'prompt' }>;
		close();
		passphrases.effect({ type: 'reply', tag, value });
		await new Promise((later) => setTimeout(later, 5));
	};
	return { passphrases, opened, close, answer };
}

const wanted = { isNew: false, attempt: 1, message: '' };

test('one question for all who wait; what is typed is hidden', async () => {
	const { passphrases, opened, answer } = prompt();
	const both = Promise.all([passphrases.ask(wanted), passphrases.ask(wanted)]);
	expect(opened).toMatchObject([{ kind: 'prompt', secret: true }]);
	await answer('open sesame');
	expect(await both).toEqual(Array(2).fill({ text: 'open sesame', source: 'the app', canRepeat: true }));
	const again = passphrases.ask({ ...wanted, attempt: 2, message: 'It is wrong.' });
	expect(opened[1]).toMatchObject({ hint: 'It is wrong.' });
	await answer('x');
	expect((await again)?.text).toBe('x');
});

test('who closes it is asked again only after doing something', async () => {
	const { passphrases, opened, close, answer } = prompt();
	const first = passphrases.ask(wanted);
	close();
	expect(await first).toBeUndefined();
	expect(await passphrases.ask(wanted)).toBeUndefined();
	expect(opened).toHaveLength(1);
	passphrases.effect({ type: 'command', id: 'restore.next' });
	const second = passphrases.ask(wanted);
	await answer('y');
	expect((await second)?.text).toBe('y');
});

test('a new passphrase is typed twice, until it is the same', async () => {
	const { passphrases, answer } = prompt();
	const asked = passphrases.ask({ ...wanted, isNew: true });
	for (const text of ['one', 'two', 'three', 'three']) await answer(text);
	expect(await asked).toEqual({ text: 'three', source: 'the app', canRepeat: false });
});
