import { credentialEnvironment } from '../client/environment.ts';
import { usageError } from '../core/errors.ts';
import { EXIT } from '../core/exit-codes.ts';
import { formatUsd } from '../core/money.ts';
import { yesConfirmation } from './confirm.ts';
import type { Context } from './context.ts';
import { awaitTask, followTask, report } from './follow.ts';
import { identitiesFor } from './identity-option.ts';
import { jobArgument } from './job-argument.ts';

export interface VerifyOptions {
	readData?: string | true;
	identity?: string[];
	dryRun?: boolean;
	detach?: boolean;
}

/** What is read without asking costs less than this, in USD. */
const SMALL_COST = 0.01;

/** `firn verify JOB [--read-data PERCENT|all]`: says what it costs, if it does, then looks and reads. */
export async function verify(context: Context, [job]: string[], options: VerifyOptions): Promise<number> {
	const { out } = context;
	const readData = shareOf(options.readData);
	return context.ask(async (engine) => {
		const asked = { job: jobArgument(job!), readData, env: credentialEnvironment() };
		const begun = await engine.call('verify', { ...asked, dryRun: true });
		const { summary } = await awaitTask(context, engine, begun.task, begun.job);
		if (!summary) return EXIT.interrupted;
		const cost = summary.details.cost === undefined ? undefined : Number(summary.details.cost);
		if (cost !== undefined) out.line(`Reading costs ${formatUsd(cost)}.`);
		if (options.dryRun || summary.error || summary.status === 'stopped')
			return report(out, 'verify', summary, begun.job);
		const isPaid = cost !== undefined && cost >= SMALL_COST && !context.options.yes;
		if (isPaid && !(await yesConfirmation(context, 'Go on?', `It costs ${formatUsd(cost)}: say --yes.`)))
			return EXIT.interrupted;
		const identities = await identitiesFor(context, engine, job!, options.identity);
		const done = await engine.call('verify', { ...asked, ...identities });
		if (!options.detach) return followTask(context, engine, done.task, done.job);
		out.record({ event: 'started', job: done.job, task: done.task });
		out.line(`The verify goes on in the background. firn status shows it, firn stop ${done.job} stops it.`);
		return EXIT.ok;
	});
}

function shareOf(option: string | true | undefined): number {
	if (option === undefined) return 0;
	if (option === true || option === 'all') return 100;
	const share = Number(/^(\d+(?:\.\d+)?)%?$/.exec(option)?.[1]);
	if (share > 0 && share <= 100) return share;
	throw usageError('BAD_NUMBER', `"${option}" is no share of the data.`, 'Give percent from 1 to 100, or all.');
}
