/**
 * The key of an unfinished run, from which the file keys of its archives are derived (backup/archive-key.ts). It lets
 * a machine without any identity go on inside an encrypted archive, and is deleted when the run has ended.
 */

import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { syncFolder, writeDurably } from '../core/durable-file.ts';
import { errnoCode, FirnError } from '../core/errors.ts';

const KEY_BYTES = 32;

const fileOf = (secretsDir: string, runId: string) => join(secretsDir, 'runs', runId);

/** Makes a run's key; it is on disk when this returns. @throws the system's error */
export function createRunKey(secretsDir: string, runId: string): Buffer {
	const file = fileOf(secretsDir, runId);
	const key = randomBytes(KEY_BYTES);
	writeDurably(file, key);
	return key;
}

/** The run's key, or undefined when there is none (any more). @throws FirnError RUN_KEY_DAMAGED */
export function readRunKey(secretsDir: string, runId: string): Buffer | undefined {
	const file = fileOf(secretsDir, runId);
	try {
		const key = readFileSync(file);
		if (key.length === KEY_BYTES) return key;
	} catch (error) {
		if (errnoCode(error) === 'ENOENT') return undefined;
		throw error;
	}
	throw new FirnError('RUN_KEY_DAMAGED', `The key file ${file} is damaged.`, {
		guidance: 'Remove it, then run firn resume: unfinished archives are then made anew.',
	});
}

/** Deletes the run's key, and what a process that was killed while it made one has left. */
export function deleteRunKey(secretsDir: string, runId: string): void {
	const file = fileOf(secretsDir, runId);
	rmSync(file, { force: true });
	const folder = dirname(file);
	if (!existsSync(folder)) return;
	for (const name of readdirSync(folder)) {
		if (name.startsWith(`${runId}.`)) rmSync(join(folder, name), { force: true });
	}
	// Or else a power cut could bring the key back, and nobody would look for it again.
	syncFolder(folder);
}
