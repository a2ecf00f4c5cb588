/** What is known of identities beside the secret: names and dates. A file of its own, for it may be read by anybody. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { writeDurably } from '../core/durable-file.ts';
import { errnoCode, FirnError } from '../core/errors.ts';

const factsSchema = z.strictObject({
	/** What people call it. */
	name: z.string().optional(),
	/** When it was made or taken in here, ISO 8601. */
	since: z.iso.datetime().optional(),
	origin: z.enum(['made', 'imported']).optional(),
	/** When the user has confirmed that its recovery sheet is stored. */
	sheetStored: z.iso.datetime().optional(),
});

const fileSchema = z.strictObject({
	version: z.literal(1),
	/** By recipient. */
	keys: z.record(z.string(), factsSchema),
	/** When the user was last reminded of a recovery sheet. */
	reminded: z.iso.datetime().optional(),
});

export type KeyFacts = z.infer<typeof factsSchema>;
type Contents = z.infer<typeof fileSchema>;

/** What is known of each identity, by its recipient. @throws FirnError KEY_FACTS_BROKEN */
export function readKeyFacts(secretsDir: string): Map<string, KeyFacts> {
	return new Map(Object.entries(read(secretsDir).keys));
}

/** Adds to what is known of an identity. @throws FirnError KEY_FACTS_BROKEN, or the system's error */
export function noteKeyFacts(secretsDir: string, recipient: string, facts: KeyFacts): void {
	change(secretsDir, ({ keys }) => {
		keys[recipient] = { ...keys[recipient], ...facts };
	});
}

/** Forgets what is known of an identity. @throws as noteKeyFacts() */
export function dropKeyFacts(secretsDir: string, recipient: string): void {
	change(secretsDir, ({ keys }) => {
		delete keys[recipient];
	});
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** Whether it is a day since the user was reminded; from this call on it is not. @throws as noteKeyFacts() */
export function isTimeToRemind(secretsDir: string, now: Date): boolean {
	const { reminded } = read(secretsDir);
	const since = reminded === undefined ? Number.POSITIVE_INFINITY : now.getTime() - Date.parse(reminded);
	// A clock that was set back must not silence it for years.
	if (since >= 0 && since < DAY_MS) return false;
	change(secretsDir, (contents) => {
		contents.reminded = now.toISOString();
	});
	return true;
}

const fileOf = (secretsDir: string) => join(secretsDir, 'keys.json');

function change(secretsDir: string, what: (contents: Contents) => void): void {
	const contents = read(secretsDir);
	what(contents);
	writeDurably(fileOf(secretsDir), `${JSON.stringify(contents, undefined, '\t')}\n`);
}

function read(secretsDir: string): Contents {
	const file = fileOf(secretsDir);
	try {
		return fileSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
	} catch (error) {
		if (errnoCode(error) === 'ENOENT') return { version: 1, keys: {} };
		throw new FirnError('KEY_FACTS_BROKEN', `The list of the names of your keys, ${file}, cannot be read.`, {
			guidance: 'Mend or remove it: it holds names and dates only, no secrets.',
			kind: 'usage',
			cause: error,
		});
	}
}
