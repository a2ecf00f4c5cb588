/** The config: one readable JSON file, checked by a schema. A broken one is refused and kept as it is. */

import { readFileSync, realpathSync } from 'node:fs';
import { LowSync, type SyncAdapter } from 'lowdb';
import { z } from 'zod';
import { writeDurably } from '../core/durable-file.ts';
import { errnoCode, FirnError, usageError } from '../core/errors.ts';
import { safePrint } from '../core/safe-print.ts';
import { type SettingKey, type Settings, settingsIssue } from '../core/settings.ts';
import { describeIssue } from './describe-issue.ts';
import { type Job, jobSchema } from './job.ts';
import { jitterIssue } from './job-schedule.ts';

const configSchema = z.strictObject({
	version: z.literal(1, { error: 'this Firn reads version 1; a newer Firn may have written it' }),
	settings: z
		.custom<Settings>()
		.superRefine((settings, context) => {
			const issue = settingsIssue(settings);
			if (!issue) return;
			context.addIssue({ code: 'custom', path: issue.key === undefined ? [] : [issue.key], message: issue.message });
		})
		.optional(),
	jobs: z.array(jobSchema).superRefine((jobs, context) => {
		for (const field of ['name', 'id'] as const) {
			const twice = jobs.findIndex((job, at) => jobs.findIndex((other) => other[field] === job[field]) < at);
			if (twice >= 0) context.addIssue({ code: 'custom', path: [twice, field], message: 'two jobs have the same' });
		}
		for (const [at, job] of jobs.entries()) {
			const message = jitterIssue(job);
			if (message !== undefined) context.addIssue({ code: 'custom', path: [at, 'jitter'], message });
		}
	}),
});

type Config = z.infer<typeof configSchema>;

/** lowdb's own file adapter neither syncs nor keeps the mode. */
class ConfigAdapter implements SyncAdapter<Config> {
	readonly #file: string;

	constructor(file: string) {
		this.#file = file;
	}

	read(): Config {
		let text: string;
		try {
			text = readFileSync(this.#file, 'utf8');
		} catch (error) {
			// Not null: lowdb would go on with what it read before.
			if (errnoCode(error) === 'ENOENT') return { version: 1, jobs: [] };
			throw new FirnError('CONFIG_UNREADABLE', `The config ${this.#file} cannot be read (${errnoCode(error)}).`, {
				guidance: 'See who owns it and what it is.',
				kind: 'usage',
				cause: error,
			});
		}
		return parseConfig(text, `The config ${this.#file}`, MEND);
	}

	write(config: Config): void {
		writeDurably(realFile(this.#file), `${JSON.stringify(config, undefined, '\t')}\n`);
	}
}

/** People keep their configs elsewhere and link to them: the link stays. */
function realFile(file: string): string {
	try {
		return realpathSync(file);
	} catch (error) {
		if (errnoCode(error) === 'ENOENT') return file;
		throw error;
	}
}

/** The jobs of a text that is written like a config. @param source what to call it @throws FirnError CONFIG_BROKEN */
export function readJobs(text: string, source: string): Job[] {
	return parseConfig(text, source, 'Give what firn jobs export has written. Nothing was taken in.').jobs;
}

function parseConfig(text: string, what: string, guidance: string): Config {
	let json: unknown;
	try {
		// Some editors begin a file with a byte order mark.
		json = JSON.parse(text.replace(/^\ufeff/, ''));
	} catch (error) {
		throw usageError('CONFIG_BROKEN', `${what} is not JSON: ${safePrint((error as Error).message)}.`, guidance);
	}
	const parsed = configSchema.safeParse(json);
	if (parsed.success) return parsed.data;
	throw usageError('CONFIG_BROKEN', `${what} is wrong at ${describeIssue(parsed.error, json)}.`, guidance);
}

const MEND = 'Mend it by hand; Firn never overwrites a config that it does not understand.';

/** Reads and changes jobs and settings. Every call reads the file anew, so that edits by hand count at once. */
export class ConfigFile {
	readonly #file: string;
	readonly #db: LowSync<Config>;

	constructor(file: string) {
		this.#file = file;
		this.#db = new LowSync(new ConfigAdapter(file), { version: 1, jobs: [] });
	}

	/** All jobs, in the order they were made. @throws FirnError CONFIG_BROKEN, CONFIG_UNREADABLE */
	jobs(): Job[] {
		this.#db.read();
		return this.#db.data.jobs;
	}

	/** @throws FirnError as jobs() */
	job(name: string): Job | undefined {
		return this.jobs().find((job) => job.name === name);
	}

	/** What was set for all of Firn. @throws FirnError as jobs() */
	settings(): Settings {
		this.#db.read();
		return this.#db.data.settings ?? {};
	}

	/** Sets what is given, already checked; undefined leaves it to Firn again. @throws FirnError as save() */
	saveSettings(changes: { [K in SettingKey]?: Settings[K] | undefined }): void {
		this.#change((config) => {
			const all = { ...config.settings, ...changes };
			const kept = Object.entries(all).filter(([, value]) => value !== undefined);
			if (kept.length > 0) config.settings = Object.fromEntries(kept);
			else delete config.settings;
		});
	}

	/** Adds a job or replaces the one of the same id. @throws FirnError as jobs(), CONFIG_NOT_WRITTEN */
	save(job: Job): void {
		this.#change(({ jobs }) => {
			const at = jobs.findIndex(({ id }) => id === job.id);
			if (at === -1) jobs.push(job);
			else jobs[at] = job;
		});
	}

	/** Adds jobs of new ids, all at once. @throws FirnError as save() */
	add(more: Job[]): void {
		this.#change(({ jobs }) => jobs.push(...more));
	}

	/** Takes a job out, if it is there. */
	remove(id: string): void {
		this.#change(({ jobs }) => {
			const at = jobs.findIndex((job) => job.id === id);
			if (at >= 0) jobs.splice(at, 1);
		});
	}

	#change(what: (config: Config) => void): void {
		// Anew, so that what was changed by hand meanwhile stays.
		this.#db.read();
		what(this.#db.data);
		try {
			this.#db.write();
		} catch (error) {
			throw new FirnError('CONFIG_NOT_WRITTEN', `The config ${this.#file} cannot be written (${errnoCode(error)}).`, {
				kind: 'usage',
				cause: error,
			});
		}
	}
}
