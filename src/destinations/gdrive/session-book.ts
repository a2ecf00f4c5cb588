/**
 * What is known of upload sessions, which Drive cannot list: one encrypted file each, since the address of a session is a
 * secret. It is replaced whole before each part is sent, so that what Drive has can always be told from it.
 */

import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writeDurably } from '../../core/durable-file.ts';
import { errnoCode } from '../../core/errors.ts';
import { newJobId } from '../../core/ids.ts';
import type { GdriveSignIn } from './sign-in.ts';

const sessionSchema = z.object({
	/** Of the destination: several may keep their sessions in one folder. */
	url: z.string(),
	key: z.string(),
	file: z.string(),
	address: z.string(),
	/** Milliseconds since 1970. */
	begun: z.number(),
	/** Size and CRC-32 of each part that was begun; all but the last one are at Drive for sure. */
	parts: z.array(z.tuple([z.number(), z.number()])),
	/** Whether the last of them ends the file. */
	isEnded: z.boolean(),
	/** States of the hash before the last part and after it. */
	before: z.string().optional(),
	after: z.string().optional(),
});

export type Session = z.infer<typeof sessionSchema>;

const ID = /^[a-z2-9]{20}$/;
const CIPHER = 'aes-256-gcm';
const NONCE = 12;
const TAG = 16;

export class SessionBook {
	readonly #signIn: () => Pick<GdriveSignIn, 'sessionKey' | 'sessionsFolder'>;

	/** @param signIn asked each time: another key means that what the old one encrypted is lost */
	constructor(signIn: () => Pick<GdriveSignIn, 'sessionKey' | 'sessionsFolder'>) {
		this.#signIn = signIn;
	}

	newId(): string {
		return newJobId() + newJobId();
	}

	/** @throws the system's error */
	write(id: string, session: Session): void {
		const { sessionsFolder, sessionKey } = this.#signIn();
		writeDurably(join(sessionsFolder, id), seal(JSON.stringify(session), id, sessionKey));
	}

	/** Undefined for an id that is unknown, or whose file cannot be opened with this key. */
	async read(id: string): Promise<Session | undefined> {
		if (!ID.test(id)) return undefined;
		const { sessionsFolder, sessionKey } = this.#signIn();
		try {
			return sessionSchema.parse(JSON.parse(unseal(await readFile(join(sessionsFolder, id)), id, sessionKey)));
		} catch (error) {
			// Anything else that the system says is no answer.
			if (errnoCode(error) && errnoCode(error) !== 'ENOENT' && !isCryptoFault(error)) throw error;
			return undefined;
		}
	}

	/** The ids of all sessions; none where there is no folder yet. */
	async ids(): Promise<string[]> {
		return (await this.#names()).filter((name) => ID.test(name));
	}

	async #names(): Promise<string[]> {
		try {
			return await readdir(this.#signIn().sessionsFolder);
		} catch (error) {
			if (errnoCode(error) === 'ENOENT') return [];
			throw error;
		}
	}

	/** With what a killed process was about to put in its place. */
	async remove(id: string): Promise<void> {
		const { sessionsFolder } = this.#signIn();
		const names = (await this.#names()).filter((name) => name === id || name.startsWith(`${id}.`));
		await Promise.all(names.map((name) => rm(join(sessionsFolder, name), { force: true })));
	}
}

/** Forgets all sessions that this key opens: with it they are lost. @throws the system's error */
export async function clearBook(signIn: Pick<GdriveSignIn, 'sessionKey' | 'sessionsFolder'>): Promise<void> {
	const book = new SessionBook(() => signIn);
	for (const id of await book.ids()) if (await book.read(id)) await book.remove(id);
}

function isCryptoFault(error: unknown): boolean {
	return /^ERR_(CRYPTO|OSSL)/.test(errnoCode(error) ?? '');
}

/** Nonce, tag, then the text; bound to the id, so that no file can stand in for another. */
export function seal(text: string, id: string, key: string): Buffer {
	const nonce = randomBytes(NONCE);
	const cipher = createCipheriv(CIPHER, Buffer.from(key, 'base64'), nonce).setAAD(Buffer.from(id));
	const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
	return Buffer.concat([nonce, cipher.getAuthTag(), body]);
}

/** @throws when the file is not what was sealed */
export function unseal(file: Uint8Array, id: string, key: string): string {
	const nonce = file.subarray(0, NONCE);
	const cipher = createDecipheriv(CIPHER, Buffer.from(key, 'base64'), nonce, { authTagLength: TAG });
	cipher.setAAD(Buffer.from(id)).setAuthTag(file.subarray(NONCE, NONCE + TAG));
	return Buffer.concat([cipher.update(file.subarray(NONCE + TAG)), cipher.final()]).toString('utf8');
}
