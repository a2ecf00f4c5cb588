/** Which secrets there are and where, without any secret: a keychain cannot be asked for what it holds. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { createDurably } from '../core/create-durably.ts';
import { writeDurably } from '../core/durable-file.ts';
import { errnoCode, FirnError } from '../core/errors.ts';

const STORES = ['keychain', 'vault', 'file'] as const;

const indexSchema = z.strictObject({
	version: z.literal(1),
	/** Tells this home's entries in the keychain from those of others. */
	id: z.string().regex(/^[0-9a-f]{8}$/),
	store: z.enum(STORES),
	/** Why there, one clause for people. */
	why: z.string(),
	/** In the order in which they came; the first identity is the one that new jobs write to. Empty for a file. */
	names: z.array(z.string()),
	/** A move has not ended: copies may lie there too. */
	alsoIn: z.enum(STORES).optional(),
});

export type StoreIndex = z.infer<typeof indexSchema>;

export const indexFile = (secretsDir: string): string => join(secretsDir, 'index.json');

/** The index, or undefined when there was no need of one yet. @throws FirnError SECRETS_INDEX_BROKEN */
export function readStoreIndex(secretsDir: string): StoreIndex | undefined {
	const file = indexFile(secretsDir);
	try {
		return indexSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
	} catch (error) {
		if (errnoCode(error) === 'ENOENT') return undefined;
		throw new FirnError('SECRETS_INDEX_BROKEN', `The list of your secrets, ${file}, cannot be read.`, {
			guidance: 'Put a copy in its place. It holds names only: with a vault, it can be removed and is made anew.',
			kind: 'usage',
			cause: error,
		});
	}
}

/** @throws FirnError IDENTITY_NOT_STORED */
export function writeStoreIndex(secretsDir: string, index: StoreIndex): void {
	stored(secretsDir, () => writeDurably(indexFile(secretsDir), format(index)));
}

/** The first index. @returns false when another process has made one meanwhile @throws as writeStoreIndex() */
export function createStoreIndex(secretsDir: string, index: StoreIndex): boolean {
	return stored(secretsDir, () => createDurably(indexFile(secretsDir), format(index)));
}

const format = (index: StoreIndex) => `${JSON.stringify(index, undefined, '\t')}\n`;

function stored<T>(secretsDir: string, write: () => T): T {
	try {
		return write();
	} catch (error) {
		const file = indexFile(secretsDir);
		throw new FirnError(
			'IDENTITY_NOT_STORED',
			`The list of your secrets, ${file}, cannot be written (${errnoCode(error)}).`,
			{
				guidance: 'Make room or give rights there.',
				retry: 'later',
				cause: error,
			},
		);
	}
}
