/** What the engine does about jobs that lie in a destination, but not on this machine: finds them and brings them back. */

import { existsSync } from 'node:fs';
import type { Found } from '../catalog/recover/look.ts';
import type { ConfigFile } from '../config/config-file.ts';
import { type Job, jobSchema } from '../config/job.ts';
import type { Paths } from '../config/paths.ts';
import { FirnError, toFirnError, usageError } from '../core/errors.ts';
import { makeFolders } from '../core/make-folders.ts';
import type { Presence } from '../core/recover-answers.ts';
import { safePrint } from '../core/safe-print.ts';
import type { TaskHandle, TaskKind, TaskReporter, TaskSummary } from '../core/task.ts';
import type { DestinationConfig } from '../destinations/destination.ts';
import { quoteReading } from '../pricing/quote-restore.ts';
import type { Results, TaskView } from '../protocol/contract.ts';
import type { CheckedRequests } from '../protocol/requests.ts';
import { parseIdentities, readIdentities } from '../secrets/identities.ts';
import type { Secrets } from '../secrets/secrets.ts';
import { readJobState } from '../state/job-state.ts';
import { destinationUrl } from './job-request.ts';
import { pricesAt } from './prices.ts';

type Params = CheckedRequests['planRecover'];

export interface RecoveriesOptions {
	paths: Paths;
	secrets: Secrets;
	config: ConfigFile;
	stateFileOf: (name: string) => string;
	stateFiles: () => string[];
	/** The environment that opens a destination. @throws FirnError as Credentials.envFor() */
	envFor: (destination: DestinationConfig, env: Record<string, string>) => Promise<Record<string, string>>;
	start: (kind: TaskKind, job: string, begin: (reporter: TaskReporter) => TaskHandle) => TaskView;
}

export class Recoveries {
	readonly #options: RecoveriesOptions;

	constructor(options: RecoveriesOptions) {
		this.#options = options;
	}

	/** @throws FirnError (usage) BAD_DESTINATION, NOTHING_THERE, JOB_NOT_THERE, BAD_IDENTITY, and those of the store */
	async plan(params: Params): Promise<Results['planRecover']> {
		const { askLook } = await import('../catalog/recover/ask-look.ts');
		const destination = destinationOf(params);
		const { identities } = await this.#identities(params);
		const found = await askLook({ destination, identities, env: await this.#options.envFor(destination, params.env) });
		if (found.jobs.length === 0) {
			throw usageError(
				'NOTHING_THERE',
				`There is no job in ${destination.url}.`,
				`Give the very place that the backups went to, prefix and all.${ofPlainFiles(destination.url)}`,
			);
		}
		const prices = pricesAt(destination, this.#options.paths.pricesFile, params.env);
		const jobs = named(found, params.job, destination.url).map((job) => {
			const { requests, bytes } = job;
			const { here, name } = this.#presence(job.id);
			const reading = [{ size: 0, storageClass: undefined, fetchBytes: bytes, requests }];
			const cost = quoteReading(prices, { archives: reading }) ?? null;
			return { ...job, here, as: name ?? params.name ?? job.name, cost };
		});
		return { destination: destination.url, jobs, looked: found.looked };
	}

	/**
	 * Begins to recover a job that a plan has named.
	 * @throws FirnError (usage) JOB_EXISTS, JOB_NAME_TAKEN, BAD_JOB_NAME, BAD_DESTINATION, BAD_IDENTITY
	 */
	async recover(params: CheckedRequests['recover']): Promise<Results['recover']> {
		const { job: id, most } = params;
		const destination = destinationOf(params);
		const env = await this.#options.envFor(destination, params.env);
		const { identities, given } = await this.#identities(params);
		const { here, name: known } = this.#presence(id);
		const name = known ?? params.name;
		if (here === 'known') throw exists(name, this.#options.stateFileOf(name));
		if (here === 'books') {
			await this.#bringBack(name, given);
			return { job: name, task: null };
		}
		this.#refuseName(name, id);
		const { startRecover } = await import('../catalog/recover/start-recover.ts');
		makeFolders(this.#options.paths.stateDir, 0o700);
		const stateFile = this.#options.stateFileOf(name);
		const spec = { destination, identities, job: id, name, stateFile, env, ...(most ? { most } : {}) };
		const task = this.#options.start('recover', name, (reporter) => {
			const handle = startRecover(spec, reporter);
			return { stop: () => handle.stop(), done: handle.done.then((summary) => this.#ended(name, given, summary)) };
		});
		return { job: name, task: task.id };
	}

	/** The state database is whole and in its place: what is left is to name the job, and to keep the identity. */
	async #ended(name: string, given: string[], summary: TaskSummary): Promise<TaskSummary> {
		if (summary.status !== 'complete' && summary.status !== 'partial') return summary;
		try {
			await this.#bringBack(name, given);
			return summary;
		} catch (thrown) {
			return { ...summary, status: 'failed', errors: summary.errors + 1, error: toFirnError(thrown).toPlain() };
		}
	}

	async #bringBack(name: string, identities: string[]): Promise<void> {
		const { secrets, config, stateFileOf } = this.#options;
		await secrets.addIdentities(identities);
		const { job } = readJobState(stateFileOf(name));
		if (!config.jobs().some(({ id }) => id === job.id)) config.save({ ...job, name });
	}

	/** What of a job is on this machine, and what it is called here. */
	#presence(id: string): { here: Exclude<Presence, 'new'>; name: string } | { here: 'new'; name?: undefined } {
		const { config, stateFiles, stateFileOf } = this.#options;
		const job = config.jobs().find((one) => one.id === id);
		if (job) return { here: existsSync(stateFileOf(job.name)) ? 'known' : 'settings', name: job.name };
		for (const file of stateFiles()) {
			const state = jobIn(file);
			if (state?.id === id && stateFileOf(state.name) === file) return { here: 'books', name: state.name };
		}
		return { here: 'new' };
	}

	#refuseName(name: string, id: string): void {
		const { config, stateFileOf } = this.#options;
		if (!jobSchema.shape.name.safeParse(name).success) {
			throw usageError(
				'BAD_JOB_NAME',
				`A job cannot be called "${safePrint(name)}".`,
				'Give another name with --name: letters, digits, dots, dashes and underscores.',
			);
		}
		const other = config.jobs().find((job) => job.name === name && job.id !== id);
		if (!other && !existsSync(stateFileOf(name))) return;
		throw usageError(
			'JOB_NAME_TAKEN',
			other
				? `There is another job ${name} here.`
				: `There is a state database ${stateFileOf(name)}, which is that of another job or damaged.`,
			other ? 'Give another name with --name.' : 'Move it away, or give another name with --name.',
		);
	}

	/** Those that open the job; `given` are the ones that are not kept here yet. */
	async #identities({ identityFiles, identityText }: Params): Promise<{ identities: string[]; given: string[] }> {
		const given = [...identityFiles.flatMap(readIdentities), ...(identityText ? parseIdentities(identityText) : [])];
		return { identities: [...given, ...(await this.#options.secrets.identities())], given };
	}
}

function destinationOf(params: Params): DestinationConfig {
	const { from, cwd, endpoint, region, profile, pathStyle, credentials } = params;
	const where = Object.entries({ endpoint, region, profile, pathStyle, credentials }).filter(
		([, value]) => value !== undefined,
	);
	return { url: destinationUrl(from, cwd), ...Object.fromEntries(where) };
}

/** The jobs that are meant, by name or id; all without one. */
function named({ jobs }: Found, wanted: string | undefined, url: string): Found['jobs'] {
	if (wanted === undefined) return jobs;
	const found = jobs.filter(({ id, name }) => id === wanted || name === wanted);
	if (found.length > 0) return found;
	const there = jobs.map(({ id, name }) => (name === null ? id : `${name} (${id})`)).join(', ');
	throw usageError('JOB_NOT_THERE', `There is no job ${wanted} in ${url}.`, `There is ${there}.`);
}

function jobIn(file: string): Job | undefined {
	try {
		return readJobState(file).job;
	} catch (error) {
		if (error instanceof FirnError) return undefined;
		throw error;
	}
}

function exists(name: string, file: string): FirnError {
	return usageError(
		'JOB_EXISTS',
		`Job ${name} is here already, with its state database ${file}.`,
		`firn restore ${name} works as it is. To rebuild the state database, move that file away and run firn recover again.`,
	);
}

/** A mirror of plain files is to be a folder like any other: nothing of Firn's lies in it that could be read back. */
function ofPlainFiles(url: string): string {
	if (!url.startsWith('/')) return '';
	return ' A mirror of plain files has no job in it and needs none: copy from it what is wanted; or back up there again with --layout mirror --checksum, which copies only what differs and notes the checksums anew.';
}
