/** The state databases: which job has which, and which there are. */

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ConfigFile } from '../config/config-file.ts';
import { FirnError, usageError } from '../core/errors.ts';
import { type JobState, readJobState } from '../state/job-state.ts';
import { jobUnknown } from './job-request.ts';
import { refuseMirror } from './mirror-jobs.ts';

export class StateFiles {
	readonly #folder: string;
	readonly #config: ConfigFile;

	constructor(folder: string, config: ConfigFile) {
		this.#folder = folder;
		this.#config = config;
	}

	/** The state database of a job, given by name or by path. @throws FirnError (usage) JOB_UNKNOWN, STATE_MISSING */
	of(job: string): string {
		if (job.includes('/') || job.endsWith('.sqlite3')) {
			if (existsSync(job)) return job;
			throw usageError(
				'STATE_MISSING',
				`There is no state database ${job}.`,
				'Give a job or the path of its state database.',
			);
		}
		const file = this.named(job);
		if (!existsSync(file) && !this.#config.job(job)) throw jobUnknown(job, this.#config);
		return file;
	}

	/** The same, for what needs archives. @throws FirnError (usage) JOB_UNKNOWN, STATE_MISSING, MIRROR_HAS_NO_ARCHIVES */
	withArchives(job: string): string {
		const file = this.of(job);
		refuseMirror(this.#config.job(job) ?? stateIfSound(file)?.job);
		return file;
	}

	/** Where that of a job of this name is, or will be. */
	named(job: string): string {
		return join(this.#folder, `${job}.sqlite3`);
	}

	/** All that there are, also of jobs that are no longer in the config. */
	all(): string[] {
		if (!existsSync(this.#folder)) return [];
		return readdirSync(this.#folder)
			.filter((name) => name.endsWith('.sqlite3'))
			.map((name) => join(this.#folder, name));
	}
}

/** A database that cannot be read must not hide the others; whoever uses it is told. */
export function stateIfSound(file: string): JobState | undefined {
	try {
		return readJobState(file);
	} catch (error) {
		if (error instanceof FirnError) return undefined;
		throw error;
	}
}
