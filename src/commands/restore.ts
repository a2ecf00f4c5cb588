import { resolve } from 'node:path';
import { credentialEnvironment } from '../client/environment.ts';
import { FirnError } from '../core/errors.ts';
import { EXIT } from '../core/exit-codes.ts';
import type { Params } from '../protocol/contract.ts';
import type { Context } from './context.ts';
import { followTask } from './follow.ts';
import { identitiesFor } from './identity-option.ts';
import { jobArgument } from './job-argument.ts';
import { wholeNumber } from './numbers.ts';
import { printPlan } from './plan-view.ts';

export interface RestoreOptions {
	target: string;
	snapshot?: string;
	identity?: string[];
	existing?: 'keep' | 'overwrite' | 'newer';
	workers?: string;
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
		dryRun: options.dryRun === true,
		env: credentialEnvironment(),
	} satisfies Params<'restore'>;
	if (params.dryRun) return dryRun(context, params);
	return context.ask(async (engine) => {
		const { task, job: name } = await engine.call('restore', params);
		if (!options.detach) return followTask(context, engine, task, name);
		context.out.record({ event: 'started', job: name, task });
		context.out.line(`The restore goes on in the background. firn status shows it, firn stop ${name} stops it.`);
		return EXIT.ok;
	});
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
