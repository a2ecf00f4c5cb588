/** The config: one readable JSON file, checked by a schema. A broken one is refused and kept as it is. */

import { readFileSync } from 'node:fs';
import { LowSync, type SyncAdapter } from 'lowdb';
import { z } from 'zod';
import { writeDurably } from '../core/durable-file.ts';
import { errnoCode, FirnError, usageError } from '../core/errors.ts';
import { type Job, jobSchema } from './job.ts';

const configSchema = z.strictObject({
	version: z.literal(1),
	jobs: z.array(jobSchema),
});

type Config = z.infer<typeof configSchema>;

/** lowdb's own file adapter neither syncs nor keeps the mode. */
class ConfigAdapter implements SyncAdapter<Config> {
	readonly #file: string;

	constructor(file: string) {
		this.#file = file;
	}

	read(): Config | null {
		let text: string;
		try {
			text = readFileSync(this.#file, 'utf8');
		} catch (error) {
			if (errnoCode(error) === 'ENOENT') return null;
			throw new FirnError(
				'CONFIG_UNREADABLE',
				`The config ${this.#file} cannot be read: ${(error as Error).message}.`,
				{
					kind: 'usage',
					cause: error,
				},
			);
		}
		return parseConfig(text, this.#file);
	}

	write(config: Config): void {
		writeDurably(this.#file, `${JSON.stringify(config, undefined, '\t')}\n`);
	}
}

function parseConfig(text: string, file: string): Config {
	let json: unknown;
	try {
		json = JSON.parse(text);
	} catch (error) {
		throw usageError('CONFIG_BROKEN', `The config ${file} is not JSON: ${(error as Error).message}.`, MEND);
	}
	const parsed = configSchema.safeParse(json);
	if (parsed.success) return parsed.data;
	const issue = parsed.error.issues[0]!;
	throw usageError(
		'CONFIG_BROKEN',
		`The config ${file} is wrong at ${issue.path.join('.') || 'its root'}: ${issue.message}.`,
		MEND,
	);
}

const MEND = 'Mend it by hand; Firn never overwrites a config that it does not understand.';

/** Reads and changes the jobs. Every call reads the file anew, so that edits by hand count at once. */
export class ConfigFile {
	readonly #db: LowSync<Config>;

	constructor(file: string) {
		this.#db = new LowSync(new ConfigAdapter(file), { version: 1, jobs: [] });
	}

	/** All jobs, in the order they were made. @throws FirnError CONFIG_BROKEN, CONFIG_UNREADABLE */
	jobs(): Job[] {
		this.#db.read();
		return this.#db.data.jobs;
	}

	job(name: string): Job | undefined {
		return this.jobs().find((job) => job.name === name);
	}

	/** Adds a job or replaces the one of the same id. */
	save(job: Job): void {
		this.#db.read();
		const at = this.#db.data.jobs.findIndex((existing) => existing.id === job.id);
		if (at === -1) this.#db.data.jobs.push(job);
		else this.#db.data.jobs[at] = job;
		this.#db.write();
	}
}
