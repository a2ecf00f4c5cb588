import { resolve } from 'node:path';
import { credentialEnvironment } from '../client/environment.ts';
import { choose, notAgreed } from '../core/agree-cost.ts';
import { FirnError } from '../core/errors.ts';
import { EXIT } from '../core/exit-codes.ts';
import { parseUsd } from '../core/money.ts';
import { safePrint } from '../core/safe-print.ts';
import type { Channel } from '../protocol/channel.ts';
import type { Params } from '../protocol/contract.ts';
import { askYes } from './ask-yes.ts';
import type { Context } from './context.ts';
import { followTask } from './follow.ts';
import { identitiesFor } from './identity-option.ts';
import { jobArgument } from './job-argument.ts';
import { wholeNumber } from './numbers.ts';
import { printPlan } from './plan-view.ts';
import { printQuote, tierSentence } from './quote-view.ts';

export interface RestoreOptions {
	target: string;
	snapshot?: string;
	identity?: string[];
	existing?: 'keep' | 'overwrite' | 'newer';
	workers?: string;
	tier?: 'bulk' | 'standard' | 'expedited';
	maxCost?: string;
	dryRun?: boolean;
	detach?: boolean;
}

/** `firn restore JOB [PATH...] --target DIR`. */
export async function restore(context: Context, [job, ...paths]: string[], options: RestoreOptions): Promise<number> {
	const params = {
		job: jobArgument(job!),
		paths,
		cwd: process.cwd(),
		target: resolve(options.target),
		...(options.snapshot === undefined ? {} : { snapshot: wholeNumber('--snapshot', options.snapshot, 1) }),
		...(await context.ask((engine) => identitiesFor(context, engine, job!, options.identity))),
		...(options.existing === undefined ? {} : { existing: options.existing }),
		...(options.workers === undefined ? {} : { workers: wholeNumber('--workers', options.workers, 1, 64) }),
		...(options.tier === undefined ? {} : { tier: options.tier }),
		...(options.maxCost === undefined ? {} : { maxCost: parseUsd(options.maxCost) }),
		dryRun: options.dryRun === true,
		env: credentialEnvironment(),
	} satisfies Params<'restore'>;
	if (params.dryRun) return dryRun(context, params);
	return context.ask(async (engine) => {
		const begun = await begin(context, engine, params);
		if (!begun) return EXIT.interrupted;
		const { task, job: name } = begun;
		if (!options.detach) return followTask(context, engine, task, name);
		context.out.record({ event: 'started', job: name, task });
		context.out.line(`The restore goes on in the background. firn status shows it, firn stop ${name} stops it.`);
		return EXIT.ok;
	});
}

/**
 * Begins it; what costs more than a cent only once that is agreed to, by --yes or on the terminal.
 * @returns undefined when the answer is no
 * @throws FirnError COST_NOT_AGREED and others of core/agree-cost.ts
 */
async function begin({ out, options }: Context, engine: Channel, params: Params<'restore'>) {
	try {
		return await engine.call('restore', params);
	} catch (error) {
		if (!(error instanceof FirnError) || error.code !== 'COST_NOT_AGREED') throw error;
	}
	const { existing: _existing, dryRun: _dryRun, ...asked } = params;
	const plan = await engine.call('planRestore', asked);
	const chosen = choose(plan.quote, params);
	out.record({ event: 'quote', tier: chosen.tier?.tier, cost: chosen.cost, ...plan.quote });
	for (const warning of plan.warnings) out.line(safePrint(warning));
	printQuote(out, plan.quote);
	if (!options.yes) {
		if (out.json || !process.stdin.isTTY || !out.isTerminal) throw notAgreed(chosen);
		if (chosen.tier) out.line(`Chosen: ${tierSentence(chosen.tier)}.`);
		if (!(await askYes('Go on? Type yes: '))) {
			out.line('Nothing was begun.');
			return undefined;
		}
	}
	return engine.call('restore', { ...params, agreedCost: chosen.cost ?? 0 });
}

/** Says what would be done; what makes it impossible ends it as it would the restore itself. */
async function dryRun(context: Context, params: Params<'restore'>): Promise<number> {
	const { out } = context;
	const { existing: _existing, dryRun: _dryRun, ...asked } = params;
	const plan = await context.ask((engine) => engine.call('planRestore', asked));
	const { snapshot, files, bytes, fetchBytes, requests, archives, problems } = plan;
	out.record({ event: 'plan', ...plan });
	printPlan(out, plan);
	out.record({
		event: 'summary',
		status: problems.length > 0 ? 'failed' : 'complete',
		run: snapshot.run,
		files,
		bytes,
		archives: archives.count,
		errors: problems.length,
		dryRun: 1,
		snapshot: snapshot.number,
		filesSkipped: 0,
		alreadyRight: 0,
		mismatches: 0,
		fetchedBytes: 0,
		requests: 0,
		plannedFetchBytes: fetchBytes,
		plannedRequests: requests,
	});
	if (problems.length === 0) return EXIT.ok;
	return FirnError.fromPlain(problems[0]!).kind === 'usage' ? EXIT.usage : EXIT.failed;
}
