import { credentialEnvironment } from '../client/environment.ts';
import { FirnError, usageError } from '../core/errors.ts';
import { EXIT } from '../core/exit-codes.ts';
import { localDay } from '../core/local-time.ts';
import { formatUsd } from '../core/money.ts';
import type { RecoverableJob, RecoverPlan } from '../core/recover-answers.ts';
import { safePrint } from '../core/safe-print.ts';
import { counted, formatCount, formatSize } from '../core/sizes.ts';
import type { Channel } from '../protocol/channel.ts';
import type { Params } from '../protocol/contract.ts';
import { yesConfirmation } from './confirm.ts';
import type { Context } from './context.ts';
import { followTask } from './follow.ts';
import { givenIdentities } from './identity-option.ts';
import type { Output } from './output.ts';

export interface RecoverOptions {
	from?: string;
	endpoint?: string;
	region?: string;
	profile?: string;
	pathStyle?: boolean;
	credentials?: string;
	identity?: string[];
	job?: string;
	name?: string;
	dryRun?: boolean;
}

/** What is read without asking costs less than this, in USD. */
const SMALL_COST = 0.01;

/** `firn recover DEST`: brings back a job and its state database from what lies in the destination. */
export async function recover(context: Context, [place]: string[], options: RecoverOptions): Promise<number> {
	const { out } = context;
	const { from = place, identity, dryRun, ...rest } = options;
	if (from === undefined) {
		throw usageError('NO_DESTINATION', 'Where do the backups lie?', 'Name a folder or s3://BUCKET/PREFIX.');
	}
	if (options.from !== undefined && place !== undefined && options.from !== place)
		throw usageError('BAD_OPTION', `Both ${place} and --from ${options.from} were given.`, 'Name one destination.');
	const env = credentialEnvironment();
	const params = { ...rest, from, cwd: process.cwd(), ...(await givenIdentities(identity)), env };
	return context.ask(async (engine) => {
		const plan = await engine.call('planRecover', params);
		out.record({ event: 'plan', ...plan });
		printJobs(out, plan);
		if (dryRun) return dryRunEnds(out, plan, options.job);
		const job = chosen(plan);
		// What is here already is refused, with what to do about it.
		if (job.here !== 'known') printPlan(out, plan, job);
		if (job.here !== 'known' && !(await isConfirmed(context, job))) return EXIT.interrupted;
		return start(context, engine, params, job);
	});
}

async function start(
	context: Context,
	engine: Channel,
	params: Params<'planRecover'>,
	{ id, as, requests, bytes }: RecoverableJob,
): Promise<number> {
	const { out } = context;
	const asked = { ...params, job: id, name: as!, most: { requests, bytes } };
	const { job, task } = await engine.call('recover', asked);
	if (task !== null) return followTask(context, engine, task, job);
	out.record({ event: 'summary', status: 'complete', run: '', files: 0, bytes: 0, archives: 0, errors: 0, job });
	out.line(`The state database of ${job} was here already; the job is back.`);
	return EXIT.ok;
}

/** The one job to recover. @throws FirnError (usage) JOB_AMBIGUOUS, or why the job cannot be recovered */
function chosen({ jobs, destination }: RecoverPlan): RecoverableJob {
	const news = jobs.filter(({ here }) => here !== 'known');
	const [job, ...others] = news.length > 0 ? news : jobs;
	if (others.length > 0) {
		throw usageError(
			'JOB_AMBIGUOUS',
			`There are ${news.length || jobs.length} jobs in ${destination}.`,
			'Name one with --job NAME or --job ID.',
		);
	}
	if (job!.problem) throw FirnError.fromPlain(job!.problem);
	return job!;
}

function printJobs(out: Output, { jobs, destination }: RecoverPlan): void {
	out.line(`In ${safePrint(destination)}:`);
	const rows = jobs.map(({ id, name, layout, runs, finished, newest, archives, archiveBytes, here }) => [
		id,
		safePrint(name ?? '?'),
		localDay(Date.parse(newest)),
		finished === runs ? formatCount(runs) : `${formatCount(finished)} of ${formatCount(runs)}`,
		layout === 'mirror' ? 'a mirror' : formatCount(archives),
		layout === 'mirror' ? '-' : formatSize(archiveBytes),
		HERE[here],
	]);
	if (!out.quiet) out.table(['id', 'job', 'newest run', 'runs finished', 'archives', 'size', ''], rows, [3, 4, 5]);
}

const HERE = { new: '', settings: 'its state database is missing', books: 'not among the jobs', known: 'here already' };

function printPlan(out: Output, { looked }: RecoverPlan, job: RecoverableJob): void {
	const { as, name, sources, encrypted, recipients, requests, bytes, cost } = job;
	const called = as === name ? '' : `, called ${as} here`;
	out.line();
	out.line(`Job ${name}${called}: ${sources.map(safePrint).join(', ')}`);
	out.line(encrypted ? `Encrypted for ${recipients.join(', ')}` : 'Not encrypted');
	const price = cost ? `, ${formatUsd(cost.total)}` : '';
	out.line(
		`Reads ${formatSize(bytes)} in ${counted(requests, 'request')}${price}; looking took ${counted(looked.requests, 'request')}. No archive is read or thawed.`,
	);
}

function dryRunEnds(out: Output, plan: RecoverPlan, wanted: string | undefined): number {
	for (const job of plan.jobs) if (!job.problem) printPlan(out, plan, job);
	const problems = plan.jobs.flatMap(({ problem }) => problem ?? []);
	for (const problem of problems) out.error(FirnError.fromPlain(problem));
	const opens = plan.jobs.length - problems.length;
	const status = problems.length === 0 ? 'complete' : opens > 0 && wanted === undefined ? 'partial' : 'failed';
	const archives = plan.jobs.reduce((sum, job) => sum + job.archives, 0);
	const figures = { run: '', files: 0, bytes: 0, archives, errors: problems.length, dryRun: 1 };
	out.record({ event: 'summary', status, ...figures });
	if (status === 'complete') return EXIT.ok;
	if (status === 'partial') return EXIT.partial;
	return FirnError.fromPlain(problems[0]!).kind === 'usage' ? EXIT.usage : EXIT.failed;
}

/** Where nobody can be asked, what costs next to nothing needs no yes: nothing is deleted or overwritten. */
async function isConfirmed(context: Context, { cost, as }: RecoverableJob): Promise<boolean> {
	const { out, options } = context;
	const canAsk = !out.json && out.isTerminal && process.stdin.isTTY;
	if (options.yes || (!canAsk && (cost?.total ?? 0) < SMALL_COST)) return true;
	return yesConfirmation(context, `Recover job ${as}?`, 'Say --yes.');
}
