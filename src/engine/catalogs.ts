/** What the engine does about what is stored as a whole: plans and starts sync, delete and verify, and hands out plans. */

import type { CatalogWork } from '../catalog/spec.ts';
import type { Job } from '../config/job.ts';
import { usageError } from '../core/errors.ts';
import type { TaskHandle, TaskKind, TaskReporter } from '../core/task.ts';
import type { Results, TaskView } from '../protocol/contract.ts';
import type { CheckedRequests } from '../protocol/requests.ts';
import { parseIdentities, readIdentities } from '../secrets/identities.ts';
import type { Secrets } from '../secrets/secrets.ts';
import { readJobState } from '../state/job-state.ts';
import type { Credentials } from './credentials.ts';
import { pricesAt } from './prices.ts';
import type { Queries } from './queries.ts';

export interface CatalogsOptions {
	version: string;
	/** The user's own price table. */
	pricesFile: string;
	secrets: Secrets;
	/** Credentials and the like that work on a destination needs. */
	envFor: Credentials['envFor'];
	queries: Queries;
	/** The state database of a job. @throws FirnError JOB_UNKNOWN, STATE_MISSING */
	stateOf: (job: string) => string;
	/** The job as the config has it now, if it does. */
	jobOf: (id: string) => Job | undefined;
	start: (kind: TaskKind, job: string, begin: (reporter: TaskReporter) => TaskHandle) => TaskView;
}

interface Asked {
	job: string;
	env: Record<string, string>;
}

interface Given {
	identityFiles: string[];
	identityText?: string | undefined;
}

export class Catalogs {
	readonly #options: CatalogsOptions;

	constructor(options: CatalogsOptions) {
		this.#options = options;
	}

	planSync(params: CheckedRequests['planSync']): Promise<Results['planSync']> {
		return this.#start('sync', params, () => ({ kind: 'planSync' }));
	}

	async sync({ plan, unknown, abortUploads, ...params }: CheckedRequests['sync']): Promise<Results['sync']> {
		const { identityFiles, identityText, ...asked } = params;
		const identities = unknown === 'adopt' ? await this.#identities({ identityFiles, identityText }) : [];
		return this.#start('sync', asked, () => ({ kind: 'sync', plan, unknown, abortUploads, identities }));
	}

	planDelete({ archives, all, unneeded, ...asked }: CheckedRequests['planDelete']): Promise<Results['planDelete']> {
		const ways = [archives.length > 0, all, unneeded].filter(Boolean).length;
		if (ways !== 1) {
			throw usageError(
				'BAD_OPTION',
				ways === 0 ? 'Delete which archives?' : 'More than one way to choose archives was given.',
				'Name archives, or say --all or --unneeded.',
			);
		}
		const what = all ? { all: true as const } : unneeded ? { unneeded: true as const } : { archives };
		return this.#start('delete', asked, ({ destination }) => {
			const prices = pricesAt(destination, this.#options.pricesFile, asked.env);
			return { kind: 'planDelete', what, ...(prices ? { prices } : {}) };
		});
	}

	delete({ plan, archives, ...asked }: CheckedRequests['delete']): Promise<Results['delete']> {
		return this.#start('delete', asked, () => ({ kind: 'delete', plan, archives }));
	}

	async verify({ readData, dryRun, ...params }: CheckedRequests['verify']): Promise<Results['verify']> {
		const { identityFiles, identityText, ...asked } = params;
		if (dryRun)
			return this.#start('verify', asked, ({ destination }) => {
				const prices = pricesAt(destination, this.#options.pricesFile, asked.env);
				return { kind: 'planVerify', share: readData, ...(prices ? { prices } : {}) };
			});
		const identities = await this.#identities({ identityFiles, identityText });
		return this.#start('verify', asked, ({ encrypt }) => {
			if (encrypt && readData > 0 && identities.length === 0)
				throw usageError(
					'NO_IDENTITY',
					'The archives are encrypted, and there is no identity to open them.',
					'Give the identity they were made for with --identity FILE, or leave --read-data out.',
				);
			return { kind: 'verify', share: readData, identities };
		});
	}

	plan({ job, ...which }: CheckedRequests['plan']): Promise<Results['plan']> {
		return this.#options.queries.plan({ ...which, stateFile: this.#options.stateOf(job) });
	}

	async #identities({ identityFiles, identityText }: Given): Promise<string[]> {
		const given = [...identityFiles.flatMap(readIdentities), ...(identityText ? parseIdentities(identityText) : [])];
		return given.length > 0 ? given : this.#options.secrets.identities();
	}

	/** @throws FirnError JOB_UNKNOWN, STATE_MISSING, JOB_BUSY */
	async #start(
		kind: TaskKind,
		{ job: named, env }: Asked,
		workOf: (job: Job) => CatalogWork,
	): Promise<{ task: string; job: string }> {
		const { startCatalog } = await import('../catalog/start-catalog.ts');
		const stateFile = this.#options.stateOf(named);
		const known = readJobState(stateFile).job;
		const job = this.#options.jobOf(known.id) ?? known;
		const own = await this.#options.envFor(job.destination, env);
		const spec = { job, stateFile, version: this.#options.version, work: workOf(job), env: own };
		const task = this.#options.start(kind, job.name, (reporter) => startCatalog(spec, reporter));
		return { task: task.id, job: job.name };
	}
}
