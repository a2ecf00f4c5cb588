/** What the engine does about restores and decrypts: plans them, starts them, keeps their reports. */

import { resolve } from 'node:path';
import { recipientOf } from '../archive/age/identity.ts';
import type { Paths } from '../config/paths.ts';
import { assertAgreed, choose } from '../core/agree-cost.ts';
import { FirnError, toFirnError } from '../core/errors.ts';
import type { CostAnswer, KeyCheck } from '../core/restore-answers.ts';
import type { TaskHandle, TaskKind, TaskReporter, TaskSummary } from '../core/task.ts';
import type { DestinationConfig } from '../destinations/destination.ts';
import type { Prices } from '../pricing/price-table.ts';
import { quoteRead } from '../pricing/quote-restore.ts';
import type { Results, TaskView } from '../protocol/contract.ts';
import type { CheckedRequests } from '../protocol/requests.ts';
import type { IdentitySource } from '../restore/answer-inspect.ts';
import type { RestoreSpec } from '../restore/spec.ts';
import { parseIdentities, readIdentities } from '../secrets/identities.ts';
import type { Secrets } from '../secrets/secrets.ts';
import { hasCold } from '../state/cold-archives.ts';
import { readJobState } from '../state/job-state.ts';
import type { Credentials } from './credentials.ts';
import type { Noted } from './history.ts';
import type { Log } from './log.ts';
import { needsIdentity } from './needs-identity.ts';
import { pricesAt } from './prices.ts';
import type { Queries } from './queries.ts';
import { type ReportHead, Reports } from './reports.ts';
import type { Begin, Tasks } from './tasks.ts';
import { Thaws } from './thaws.ts';

export interface RestoresOptions {
	paths: Paths;
	secrets: Secrets;
	queries: Queries;
	tasks: Tasks;
	/** The state database of a job. @throws FirnError JOB_UNKNOWN, STATE_MISSING */
	stateOf: (job: string) => string;
	/** All state databases. */
	stateFiles: () => string[];
	/** Where the job of a state database writes to now, if it is still in the config. */
	destinationOf: (stateFile: string) => DestinationConfig | undefined;
	/** The environment for whoever opens a destination. */
	envFor: Credentials['envFor'];
	/** @param noted for the history, if it is to be there. @param thaw as in Tasks.start() */
	start: (kind: TaskKind, job: string, begin: Begin, noted: Noted | undefined, thaw?: string) => TaskView;
	onChange: () => void;
	log: Log;
}

/** What a restore costs, for the history. */
type Paid = Pick<Noted, 'agreed' | 'cost'>;

/** Of the paths that were asked for, so many are named in the report. */
const PATHS_NAMED = 20;

export class Restores {
	readonly #options: RestoresOptions;
	readonly #reports: Reports;
	readonly thaws: Thaws;

	constructor(options: RestoresOptions) {
		const { paths, tasks, log } = options;
		this.#options = options;
		this.#reports = new Reports({
			folder: paths.reportDir,
			isActive: (id) => tasks.list().some((view) => view.id === id && view.summary === undefined),
			onUnkept: (error) => log('warn', `No report is kept: ${String(error)}.`),
		});
		const identities = (identityFiles: string[], stateFile: string) =>
			this.#identities({ identityFiles }, () => needsIdentity(stateFile));
		const envOf = (file: string, env: Record<string, string>) => this.#envOf(file, env);
		this.thaws = new Thaws({ ...options, reports: this.#reports, identities, envOf });
	}

	async restore(params: CheckedRequests['restore']): Promise<Results['restore']> {
		const { startRestore } = await import('../restore/start-restore.ts');
		const { dryRun, existing } = params;
		const { job, ...what } = await this.#wanted(params);
		const paid = dryRun ? {} : await this.#paid(params, { job, ...what });
		if ('thaw' in paid) return { task: paid.thaw.id, job };
		const env = await this.#envOf(what.stateFile, params.env);
		const spec = {
			...what,
			identities: await this.#identities(params, () => needsIdentity(what.stateFile)),
			existing,
			dryRun,
			env,
		};
		const task = dryRun
			? this.#options.start('restore', job, (reporter) => startRestore(spec, reporter), undefined)
			: this.#startKept(
					'restore',
					{ job, target: spec.target, paths: spec.paths },
					(reporter, reportFile) => startRestore({ ...spec, ...reportFile }, reporter),
					paid,
				);
		return { task: task.id, job };
	}

	/**
	 * Sees to it that what a restore costs is agreed to, and begins it if it is one out of cold storage.
	 * @returns that, or what the history is to be told of one that thaws nothing
	 * @throws FirnError COST_NOT_AGREED and others of core/agree-cost.ts, also for a warm one that costs too much
	 */
	async #paid(params: CheckedRequests['restore'], { job, ...what }: Wanted): Promise<{ thaw: TaskView } | Paid> {
		const { existing, env, maxCost, tier, agreedCost, identityFiles } = params;
		const { destination, layout } = readJobState(what.stateFile).job;
		// What a mirror holds can be read at once.
		const isMirror = layout === 'mirror';
		if (!destination.url.startsWith('s3:')) return {};
		const priced = this.#priced(what.stateFile, env);
		const { prices, warm } = priced;
		if (!prices && !hasCold(what.stateFile)) return {};
		const { askPlan } = await import('../restore/ask.ts');
		const identities = await this.#identities(params, () => needsIdentity(what.stateFile));
		const { quote, snapshot, problems } = await askPlan({ ...what, ...priced, identities });
		if (problems.length > 0) throw FirnError.fromPlain(problems[0]!);
		const chosen = choose(quote, { tier, maxCost });
		assertAgreed(chosen, agreedCost);
		if (isMirror || (quote.cold.archives === 0 && quote.warm === 0 && quote.unknown === 0)) {
			const { reading } = quote;
			if (!prices || !reading) return {};
			return { agreed: agreedCost, cost: ({ details }) => costOfReading(prices, reading, details) };
		}
		const cost = chosen.tier?.cost ?? quote.reading;
		const thaw = await this.thaws.begin(
			{
				job,
				tier: tier ?? chosen.tier?.tier ?? 'bulk',
				spec: { ...what, snapshot: snapshot.number, existing, dryRun: false, warm },
				identityFiles,
				expected: { archives: quote.cold.archives, bytes: quote.cold.bytes },
				...(cost ? { cost } : {}),
				...(agreedCost === undefined ? {} : { agreedCost }),
				...(maxCost === undefined ? {} : { maxCost }),
				...(prices ? { prices } : {}),
			},
			{ identities, env },
		);
		return { thaw };
	}

	/** What a restore is priced by. */
	#priced(stateFile: string, env: Record<string, string>) {
		const prices = pricesAt(readJobState(stateFile).job.destination, this.#options.paths.pricesFile, env);
		const thawed = this.thaws.thawed(stateFile);
		return { prices, thawed, warm: Object.keys(thawed) };
	}

	/** Nothing is begun: what makes it impossible is told in the answer, as far as there can be one. */
	async planRestore(params: CheckedRequests['restore']): Promise<Results['planRestore']> {
		const { askPlan } = await import('../restore/ask.ts');
		const { job: _job, ...what } = await this.#wanted(params);
		const sources = await this.#identitySources(params, () => needsIdentity(what.stateFile));
		const identityProblem = sources.find(({ problem }) => problem)?.problem;
		return askPlan({
			...what,
			...this.#priced(what.stateFile, params.env),
			identities: sources.flatMap(({ identities }) => identities),
			...(identityProblem ? { identityProblem } : {}),
		});
	}

	async decrypt(params: CheckedRequests['decrypt']): Promise<Results['decrypt']> {
		const { startDecrypt } = await import('../restore/start-decrypt.ts');
		const { inputs, out, extract, existing, deleteEncrypted, job } = params;
		const stateFile = job === undefined ? undefined : this.#options.stateOf(job);
		const spec = {
			inputs,
			identities: await this.#identities(params, () => anyEncrypted(inputs)),
			extract,
			existing,
			deleteEncrypted,
			...(out ? { out } : {}),
			...(stateFile ? { stateFile } : {}),
		};
		const head = { job: job ?? '', target: out ?? '', paths: inputs };
		const task = this.#startKept('decrypt', head, (reporter, reportFile) =>
			startDecrypt({ ...spec, ...reportFile }, reporter),
		);
		return { task: task.id };
	}

	async inspect(params: CheckedRequests['inspect']): Promise<Results['inspect']> {
		const { inputs, out, job } = params;
		const { askInspect } = await import('../restore/ask.ts');
		return askInspect({
			inputs,
			sources: await this.#identitySources(params, () => anyEncrypted(inputs)),
			...(out === undefined ? {} : { out }),
			...(job === undefined ? {} : { stateFile: this.#options.stateOf(job) }),
		});
	}

	async checkKeys(params: CheckedRequests['checkKeys']): Promise<Results['checkKeys']> {
		const { askCheck } = await import('../restore/ask.ts');
		const { job, env } = params;
		const stateFiles = job === undefined ? this.#options.stateFiles() : [this.#options.stateOf(job)];
		const identities = await this.#identities(params, () => true);
		const checks: KeyCheck[] = [];
		// Each in an environment of its own, for each may have keys of its own.
		for (const stateFile of stateFiles) {
			const destination = this.#options.destinationOf(stateFile);
			const jobs = [{ stateFile, ...(destination ? { destination } : {}) }];
			checks.push(...(await askCheck({ jobs, identities }, await this.#options.envFor(destination, env))));
		}
		return { checks };
	}

	reports({ limit }: CheckedRequests['reports']): Results['reports'] {
		return { reports: this.#reports.list(limit) };
	}

	report({ id, cursor, limit }: CheckedRequests['report']): Results['report'] {
		return this.#reports.read(id, cursor, limit);
	}

	async #envOf(stateFile: string, env: Record<string, string>): Promise<Record<string, string>> {
		const destination = this.#options.destinationOf(stateFile) ?? readJobState(stateFile).job.destination;
		return this.#options.envFor(destination, env);
	}

	async #wanted(params: CheckedRequests['restore']): Promise<Wanted> {
		const { job, paths: asked, cwd, target, snapshot, workers } = params;
		const stateFile = this.#options.stateOf(job);
		const state = readJobState(stateFile);
		const of = snapshot === undefined ? {} : { snapshot };
		const paths = await this.#options.queries.resolvePaths({ stateFile, cwd, paths: asked, ...of });
		const threads = workers === undefined ? {} : { workers };
		return { job: state.job.name, stateFile, paths, target: resolve(cwd, target), ...of, ...threads };
	}

	/** Starts work whose problems are kept in a file. */
	#startKept(
		kind: TaskKind,
		{ paths, ...head }: Pick<ReportHead, 'job' | 'target' | 'paths'>,
		begin: (reporter: TaskReporter, report: { reportFile?: string }) => TaskHandle,
		paid: Paid = {},
	): TaskView {
		const begun: Begin = (reporter, id) => {
			const named = { paths: paths.slice(0, PATHS_NAMED), pathCount: paths.length };
			const file = this.#reports.begin({ id, kind, ...head, ...named, started: Date.now(), pid: process.pid });
			const handle = begin(reporter, file === undefined ? {} : { reportFile: file });
			if (file === undefined) return handle;
			return { ...handle, done: handle.done.then((summary) => this.#reports.end(file, summary)) };
		};
		return this.#options.start(kind, head.job, begun, { trigger: 'hand', ...paid });
	}

	/** Those that are given, else those of this machine; none of them is asked for where nothing is encrypted. */
	async #identities({ identityFiles, identityText }: Given, isNeeded: IsNeeded): Promise<string[]> {
		const given = [...identityFiles.flatMap(readIdentities), ...(identityText ? parseIdentities(identityText) : [])];
		if (given.length > 0) return given;
		return (await isNeeded()) ? this.#options.secrets.identities() : [];
	}

	/** The identities file by file; one that cannot be read keeps its problem. */
	async #identitySources({ identityFiles, identityText }: Given, isNeeded: IsNeeded): Promise<IdentitySource[]> {
		const pasted = identityText ? [sourceOf(PASTED, () => parseIdentities(identityText))] : [];
		const named = identityFiles.map((file) => sourceOf(file, () => readIdentities(file)));
		const given = await Promise.all([...named, ...pasted]);
		if (given.length > 0 || !(await isNeeded())) return given;
		const { secrets } = this.#options;
		const own = await sourceOf(secrets.where(), () => secrets.identities());
		return own.identities.length > 0 || own.problem ? [own] : [];
	}
}

/** Whether identities are needed at all. */
type IsNeeded = () => boolean | Promise<boolean>;

/** Whether any of the archives that are at hand is encrypted. @throws FirnError as findArchives() */
async function anyEncrypted(inputs: string[]): Promise<boolean> {
	const { findArchives } = await import('../restore/decrypt/find-archives.ts');
	return findArchives(inputs).archives.some(({ encrypted }) => encrypted);
}

type Given = Pick<CheckedRequests['inspect'], 'identityFiles'> & { identityText?: string | undefined };
type Wanted = Pick<RestoreSpec, 'stateFile' | 'paths' | 'target' | 'snapshot' | 'workers'> & { job: string };

/** In place of a file's name. */
const PASTED = 'what was pasted';

async function sourceOf(file: string, read: () => string[] | Promise<string[]>): Promise<IdentitySource> {
	try {
		const identities = await read();
		return { file, identities, recipients: identities.map(recipientOf) };
	} catch (error) {
		// The client can open it, and ask again.
		if (error instanceof FirnError && error.code === 'VAULT_LOCKED') throw error;
		return { file, identities: [], recipients: [], problem: toFirnError(error).toPlain() };
	}
}

/** Of the summary of a restore that thawed nothing. */
function costOfReading(
	prices: Prices,
	quoted: CostAnswer,
	{ plannedFetchBytes = 0, fetchedBytes = 0 }: TaskSummary['details'],
) {
	return quoteRead(prices, quoted, { planned: Number(plannedFetchBytes), fetched: Number(fetchedBytes) });
}
