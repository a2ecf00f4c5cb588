/**
 * The keychain of the login (Secret Service, macOS Keychain), by keytar. It answers "absent" for what is there and
 * locked, and cannot be asked for all it holds: the index of names tells what must be there.
 */

import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { FirnError } from '../../core/errors.ts';
import { describeName, notReadBack, type SecretStore, secretMissing } from '../store.ts';
import { type KeychainAnswer, type KeychainStep, runKeychainChild } from './run-child.ts';

const SERVICE = 'firn';

export interface KeychainOptions {
	/** Tells the entries of this home from those of others. */
	id: string;
	env?: NodeJS.ProcessEnv;
}

export class Keychain implements SecretStore {
	readonly kind = 'keychain';
	readonly place = `the keychain of your login (service ${SERVICE})`;
	readonly #id: string;
	readonly #env: NodeJS.ProcessEnv;

	constructor({ id, env = process.env }: KeychainOptions) {
		this.#id = id;
		this.#env = env;
	}

	/** Why it cannot be used, one clause; undefined when a secret was written, read back and removed. */
	async whyNot(): Promise<string | undefined> {
		const known = noKeychain(this.#env);
		if (known !== undefined) return known;
		const answer = await this.#try(this.#probe());
		const problem = problemOf(answer);
		return problem ?? (isProven(answer) ? undefined : 'it is locked');
	}

	/** @throws FirnError KEYCHAIN_FAILED, KEYCHAIN_LOCKED, SECRET_MISSING */
	async get(names: string[]): Promise<Map<string, string>> {
		if (names.length === 0) return new Map();
		const values = await this.#ask(names.map((name) => ({ account: this.#account(name), get: true })));
		return new Map(
			names.map((name, at) => {
				const value = values[at];
				if (typeof value === 'string') return [name, value];
				// A keychain that gives the others is not locked.
				if (!values.some((one) => typeof one === 'string')) throw lockedOrGone(name);
				const guidance = 'Take it in again with firn key import, or forget it with firn key remove.';
				throw secretMissing(this.place, name, guidance);
			}),
		);
	}

	/** @throws FirnError KEYCHAIN_FAILED, SECRET_NOT_STORED */
	async set(secrets: ReadonlyMap<string, string>): Promise<void> {
		if (secrets.size === 0) return;
		const values = await this.#ask([
			...[...secrets].map(([name, set]) => ({ account: this.#account(name), set })),
			...[...secrets.keys()].map((name) => ({ account: this.#account(name), get: true as const })),
		]);
		for (const [at, [name, secret]] of [...secrets].entries()) {
			if (values[at] !== secret) throw notReadBack(this.place, name);
		}
	}

	/** A locked keychain seems to be empty: only one that can be written is believed. @throws as get() */
	async remove(names: string[]): Promise<void> {
		if (names.length === 0) return;
		const steps = names.flatMap((name): KeychainStep[] => [
			{ account: this.#account(name), remove: true },
			{ account: this.#account(name), get: true },
		]);
		const values = await this.#ask([...steps, ...this.#probe()]);
		const left = names.find((_name, at) => values[at] !== null);
		if (left !== undefined || !isProven({ values })) throw lockedOrGone(left ?? names[0]!);
	}

	#account(name: string): string {
		return `${name} (${this.#id})`;
	}

	#probe(): KeychainStep[] {
		const account = this.#account('probe');
		return [
			{ account, set: `probe ${randomBytes(4).toString('hex')}` },
			{ account, get: true },
			{ account, remove: true },
		];
	}

	async #ask(steps: KeychainStep[]): Promise<(string | null)[]> {
		const known = noKeychain(this.#env);
		if (known !== undefined) throw failed(known);
		const answer = await this.#try(steps);
		const problem = problemOf(answer);
		if (problem !== undefined) throw failed(problem);
		return 'values' in answer ? answer.values : [];
	}

	#try(steps: KeychainStep[]): Promise<KeychainAnswer> {
		return runKeychainChild({ service: SERVICE, steps }, this.#env);
	}
}

/** Whether the probe, which comes last, was read back. */
function isProven(answer: KeychainAnswer): boolean {
	return 'values' in answer && answer.values.at(-1)?.startsWith('probe ') === true;
}

/** Why there is none, as far as that can be told without asking. */
function noKeychain(env: NodeJS.ProcessEnv): string | undefined {
	if (env.FIRN_KEYCHAIN === 'off') return 'FIRN_KEYCHAIN is off';
	if (process.platform !== 'linux') return undefined;
	const hasBus = env.DBUS_SESSION_BUS_ADDRESS || env.DISPLAY || existsSync(join(env.XDG_RUNTIME_DIR || '/', 'bus'));
	return hasBus ? undefined : 'there is no D-Bus session';
}

function problemOf(answer: KeychainAnswer): string | undefined {
	if ('values' in answer) return undefined;
	if ('missing' in answer) return `keytar, which talks to it, is not installed (${answer.missing})`;
	if ('silent' in answer) return 'it does not answer';
	if ('crashed' in answer) return `keytar, which talks to it, ended with ${answer.crashed}`;
	return answer.error.replace(/[.\s]+$/, '');
}

function failed(why: string): FirnError {
	return new FirnError('KEYCHAIN_FAILED', `The keychain cannot be used: ${why}.`, {
		guidance: 'Log in to the desktop whose keychain it is, or give an identity file with --identity.',
		retry: 'later',
	});
}

function lockedOrGone(name: string): FirnError {
	return new FirnError('KEYCHAIN_LOCKED', `The keychain is locked, or ${describeName(name)} was removed from it.`, {
		guidance: 'Unlock the keychain and try again; if it is open, take the secret in again.',
		retry: 'later',
	});
}
