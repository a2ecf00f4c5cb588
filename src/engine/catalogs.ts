/** What the engine does about what is stored as a whole: plans and starts sync, delete, prune and verify, and hands out plans. */

import type { CatalogWork } from '../catalog/spec.ts';
import type { Job } from '../config/job.ts';
import { type FirnError, toFirnError, usageError } from '../core/errors.ts';
import type { TaskKind } from '../core/task.ts';
import type { Prices } from '../pricing/price-table.ts';
import type { Results } from '../protocol/contract.ts';
import type { CheckedRequests } from '../protocol/requests.ts';
import { parseIdentities, readIdentities } from '../secrets/identities.ts';
import type { Secrets } from '../secrets/secrets.ts';
import { readJobState } from '../state/job-state.ts';
import type { Credentials } from './credentials.ts';
import type { Noted } from './history.ts';
import type { Log } from './log.ts';
import { refuseMirror } from './mirror-jobs.ts';
import { needsIdentity } from './needs-identity.ts';
import { pricesAt } from './prices.ts';
import type { Queries } from './queries.ts';
import type { Begin, Tasks } from './tasks.ts';
import type { StartWork } from './work.ts';

export interface CatalogsOptions {
	log: Log;
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
	/** The rules of a job could not be followed after a run. */
	onPruneRefused: (job: string, error: FirnError) => void;
	tasks: Pick<Tasks, 'inTurn'>;
	start: StartWork;
}

interface Asked {
	job: string;
	env: Record<string, string>;
}

interface Given {
	identityFiles: string[];
	identityText?: string | undefined;
}

/** Plans are not there: they change nothing. */
const NOTED: Partial<Record<CatalogWork['kind'], Noted>> = {
	sync: { trigger: 'hand' },
	delete: { trigger: 'hand' },
	prune: { trigger: 'hand' },
	pruneByRules: { trigger: 'rules' },
	verify: { trigger: 'hand' },
};

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
		const identities = unknown === 'adopt' ? await this.#identities({ identityFiles, identityText }, true) : [];
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

	/** @throws FirnError (usage) NOTHING_TO_KEEP when neither the request nor the job has a rule */
	planPrune({ keep, pay, ...asked }: CheckedRequests['planPrune']): Promise<Results['planPrune']> {
		return this.#start('prune', asked, (job) => {
			const rules = keep ?? job.keep;
			if (!rules) {
				throw usageError(
					'NOTHING_TO_KEEP',
					`Job ${job.name} has no rules for which snapshots to keep.`,
					`Give some, such as --keep-last 5; firn jobs edit ${job.name} --keep-last 5 notes them.`,
				);
			}
			return { kind: 'planPrune', keep: rules, pay, ...this.#pricesOf(job, asked.env) };
		});
	}

	prune({ plan, dropped, archives, ...asked }: CheckedRequests['prune']): Promise<Results['prune']> {
		return this.#start('prune', asked, () => ({ kind: 'prune', plan, dropped, archives }));
	}

	/** Has the rules of a job followed after a run that was complete, if the job says so. Nobody is asked then. */
	pruningAfter(job: Job, env: Record<string, string>, begin: Begin): Begin {
		const { name, keep, pruneAfterRun } = job;
		if (!keep || !pruneAfterRun) return begin;
		const prune = () =>
			this.#start('prune', { job: name, env }, (now) => ({
				kind: 'pruneByRules',
				keep,
				...this.#pricesOf(now, env),
			})).catch((thrown: unknown) => {
				const error = toFirnError(thrown);
				const { code, message } = error;
				// Another prune goes on, or waits: it looks at this run, too.
				if (code !== 'JOB_BUSY') this.#options.onPruneRefused(name, error);
				this.#options.log('warn', `Its snapshots were not pruned: ${message}`, { job: name, kind: 'prune', code });
			});
		return (reporter, id) => {
			const handle = begin(reporter, id);
			void handle.done.then(({ status }) => {
				// Once the run counts as ended: the two must not go on at the same time.
				if (status === 'complete') setImmediate(prune);
			});
			return handle;
		};
	}

	#pricesOf({ destination }: Job, env: Record<string, string>): { prices?: Prices } {
		const prices = pricesAt(destination, this.#options.pricesFile, env);
		return prices ? { prices } : {};
	}

	async verify({ readData, dryRun, ...params }: CheckedRequests['verify']): Promise<Results['verify']> {
		const { identityFiles, identityText, ...asked } = params;
		if (dryRun)
			return this.#start('verify', asked, ({ destination }) => {
				const prices = pricesAt(destination, this.#options.pricesFile, asked.env);
				return { kind: 'planVerify', share: readData, ...(prices ? { prices } : {}) };
			});
		const identities = await this.#identities(
			{ identityFiles, identityText },
			needsIdentity(this.#options.stateOf(asked.job)),
		);
		return this.#start('verify', asked, ({ encrypt }) => {
			if (encrypt && readData > 0 && identities.length === 0)
				throw usageError(
					'NO_IDENTITY',
					'What is stored is encrypted, and there is no identity to open it.',
					'Give the identity it was made for with --identity FILE, or leave --read-data out.',
				);
			return { kind: 'verify', share: readData, identities };
		});
	}

	plan({ job, ...which }: CheckedRequests['plan']): Promise<Results['plan']> {
		return this.#options.queries.plan({ ...which, stateFile: this.#options.stateOf(job) });
	}

	/** Those that are given, else those of this machine, if any are needed. */
	async #identities({ identityFiles, identityText }: Given, isNeeded: boolean): Promise<string[]> {
		const given = [...identityFiles.flatMap(readIdentities), ...(identityText ? parseIdentities(identityText) : [])];
		return given.length > 0 || !isNeeded ? given : this.#options.secrets.identities();
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
		if (kind === 'delete' || kind === 'prune') refuseMirror(job);
		const own = await this.#options.envFor(job.destination, env);
		const spec = { job, stateFile, version: this.#options.version, work: workOf(job), env: own };
		const noted: Noted | undefined = NOTED[spec.work.kind];
		const begin: Begin = (reporter) => startCatalog(spec, reporter);
		const waits = spec.work.kind === 'pruneByRules';
		const whole = waits ? this.#options.tasks.inTurn(kind, job.name, begin) : begin;
		const task = this.#options.start(kind, job.name, whole, noted, { waits });
		return { task: task.id, job: job.name };
	}
}
