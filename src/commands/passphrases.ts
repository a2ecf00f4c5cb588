/** Passphrases for a command: without a person if there is a source, else typed, unseen. */

import { type Passphrase, unattendedPassphrase } from '../client/passphrase.ts';
import type { AskPassphrase } from '../client/unlocking.ts';
import { usageError } from '../core/errors.ts';
import { readSecretText } from './secret-input.ts';

/** What a channel asks when the vault is locked; a person only where nobody else knows. The app draws on the terminal. */
export function passphraseFor(file: string | undefined, askPerson: AskPassphrase): AskPassphrase {
	return async (wanted) => (await unattendedPassphrase(file, askPerson === askOnTerminal)) ?? askPerson(wanted);
}

/** Asks on the terminal, if there is one. */
export const askOnTerminal: AskPassphrase = async ({ isNew, attempt, message }) => {
	if (!process.stdin.isTTY || !process.stderr.isTTY) return undefined;
	if (attempt > 1) process.stderr.write(`${message}\n`);
	if (isNew) return newPassphrase('New passphrase for the vault: ');
	return { text: await typed('Passphrase of the vault: '), source: 'the terminal', canRepeat: true };
};

/** A passphrase that is typed twice. @throws FirnError PASSPHRASE_DIFFERS, PASSPHRASE_EMPTY */
export async function newPassphrase(question: string): Promise<Passphrase> {
	const text = await typed(question);
	if (text === '') throw usageError('PASSPHRASE_EMPTY', 'The passphrase is empty.', 'Nothing was changed.');
	if (text !== (await typed('The same again: '))) {
		throw usageError('PASSPHRASE_DIFFERS', 'The two passphrases are not the same.', 'Nothing was changed.');
	}
	return { text, source: 'the terminal' };
}

async function typed(question: string): Promise<string> {
	return (await readSecretText(question, (text) => text.endsWith('\n'))).replace(/\n+$/, '');
}
