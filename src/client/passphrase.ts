/**
 * Where the passphrase of the vault comes from when nobody is there to be asked. The first source that is set counts:
 * when it fails, the others are not tried, and it is named.
 */

import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { errnoCode, usageError } from '../core/errors.ts';

export interface Passphrase {
	text: string;
	/** For people; never the passphrase itself. */
	source: string;
}

const CREDENTIAL = 'firn-passphrase';

/**
 * In this order: the file of --passphrase-file, FIRN_PASSPHRASE_FILE, FIRN_PASSPHRASE_COMMAND, the systemd credential
 * (https://systemd.io/CREDENTIALS), FIRN_PASSPHRASE. Undefined when none is set.
 * @param terminal whether the command may ask a person on the terminal
 * @throws FirnError (usage) PASSPHRASE_UNREADABLE, PASSPHRASE_EMPTY
 */
export async function unattendedPassphrase(
	file: string | undefined,
	terminal: boolean,
	env: NodeJS.ProcessEnv = process.env,
): Promise<Passphrase | undefined> {
	if (file !== undefined) return fromFile(file, `the file ${file} (--passphrase-file)`);
	const { FIRN_PASSPHRASE_FILE, FIRN_PASSPHRASE_COMMAND, FIRN_PASSPHRASE, CREDENTIALS_DIRECTORY } = env;
	if (FIRN_PASSPHRASE_FILE)
		return fromFile(FIRN_PASSPHRASE_FILE, `the file ${FIRN_PASSPHRASE_FILE} (FIRN_PASSPHRASE_FILE)`);
	if (FIRN_PASSPHRASE_COMMAND) return fromCommand(FIRN_PASSPHRASE_COMMAND, terminal, env);
	// Other services have credentials too, for other purposes.
	const credential = CREDENTIALS_DIRECTORY ? join(CREDENTIALS_DIRECTORY, CREDENTIAL) : undefined;
	if (credential && existsSync(credential)) return fromFile(credential, `the systemd credential ${CREDENTIAL}`);
	if (FIRN_PASSPHRASE) return asPassphrase(FIRN_PASSPHRASE, 'FIRN_PASSPHRASE');
	return undefined;
}

/** The passphrase in a file. @throws FirnError (usage) PASSPHRASE_UNREADABLE, PASSPHRASE_EMPTY */
export function fromFile(file: string, source: string): Passphrase {
	let text: string;
	try {
		text = readFileSync(file, 'utf8');
	} catch (error) {
		throw unreadable(source, `cannot be read (${errnoCode(error)})`);
	}
	return asPassphrase(text, source);
}

function fromCommand(command: string, terminal: boolean, env: NodeJS.ProcessEnv): Promise<Passphrase> {
	// Not the command itself: there may be secrets in it.
	const source = 'FIRN_PASSPHRASE_COMMAND';
	return new Promise((resolve, reject) => {
		// What is piped into Firn is not for the command.
		const input = terminal && process.stdin.isTTY ? 'inherit' : 'ignore';
		const stdio = [input, 'pipe', terminal ? 'inherit' : 'ignore'] as const;
		const child = spawn('/bin/sh', ['-c', command], { stdio: [...stdio], env });
		let out = '';
		child.stdout!.setEncoding('utf8');
		child.stdout!.on('data', (chunk: string) => {
			out += chunk;
		});
		child.on('error', (error) => reject(unreadable(source, `could not be run (${errnoCode(error)})`)));
		child.on('close', (code, signal) => {
			if (code !== 0) reject(unreadable(source, `ended with ${signal ?? `code ${code}`}`));
			else resolve(Promise.resolve().then(() => asPassphrase(out, source)));
		});
	});
}

/** Without the line feed that files and commands end with. */
function asPassphrase(given: string, source: string): Passphrase {
	const text = given.replace(/\r?\n$/, '');
	if (text === '') throw usageError('PASSPHRASE_EMPTY', `The passphrase from ${source} is empty.`);
	return { text, source };
}

function unreadable(source: string, why: string): Error {
	return usageError(
		'PASSPHRASE_UNREADABLE',
		`The passphrase was to come from ${source}, which ${why}.`,
		'Mend it there.',
	);
}
