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
});

const fileSchema = z.strictObject({
	version: z.literal(1),
	/** By recipient. */
	keys: z.record(z.string(), factsSchema),
});

export type KeyFacts = z.infer<typeof factsSchema>;
type Contents = z.infer<typeof fileSchema>;

/** What is known of each identity, by its recipient. @throws FirnError KEY_FACTS_BROKEN */
export function readKeyFacts(secretsDir: string): Map<string, KeyFacts> {
	return new Map(Object.entries(read(secretsDir).keys));
}

/** Adds to what is known of an identity. @throws FirnError KEY_FACTS_BROKEN, or the system's error */
export function noteKeyFacts(secretsDir: string, recipient: string, facts: KeyFacts): void {
	change(secretsDir, (keys) => {
		keys[recipient] = { ...keys[recipient], ...facts };
	});
}

/** Forgets what is known of an identity. @throws as noteKeyFacts() */
export function dropKeyFacts(secretsDir: string, recipient: string): void {
	change(secretsDir, (keys) => {
		delete keys[recipient];
	});
}

const fileOf = (secretsDir: string) => join(secretsDir, 'keys.json');

function change(secretsDir: string, what: (keys: Contents['keys']) => void): void {
	const contents = read(secretsDir);
	what(contents.keys);
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
