import { credentialEnvironment } from '../client/environment.ts';
import type { PlanItem } from '../core/catalog.ts';
import { usageError } from '../core/errors.ts';
import { EXIT } from '../core/exit-codes.ts';
import { localDay, localMinute } from '../core/local-time.ts';
import { formatUsd } from '../core/money.ts';
import { safePrint } from '../core/safe-print.ts';
import { counted, formatCount, formatSize } from '../core/sizes.ts';
import type { TaskSummary } from '../core/task.ts';
import type { Channel } from '../protocol/channel.ts';
import { agreeToCount } from './confirm.ts';
import type { Context } from './context.ts';
import { awaitTask, followTask, report } from './follow.ts';
import { jobArgument } from './job-argument.ts';
import { type KeepOptions, keepRules } from './keep-options.ts';
import { wholeNumber } from './numbers.ts';
import type { Output } from './output.ts';
import { allItems } from './plan-items.ts';

export interface PruneOptions extends KeepOptions {
	pay?: boolean;
	dryRun?: boolean;
	/** The number of snapshots, or of archives where no snapshot is dropped. */
	yes?: string;
}

/** Snapshots and archives that are listed for people; --json has all. */
const LISTED = 20;

/** `firn prune JOB [--keep-last N …] [--yes N]`: the plan, then exactly that, once its number is said. */
export async function prune(context: Context, [name]: string[], given: PruneOptions): Promise<number> {
	const { out } = context;
	const { pay = false, dryRun, yes } = given;
	if (yes === undefined && context.options.yes)
		throw usageError('NOT_CONFIRMED', '--yes alone drops nothing.', 'Say the number of snapshots: --yes N.');
	const confirmed = yes === undefined ? undefined : wholeNumber('--yes', yes, 0);
	const keep = keepRules(given);
	return context.ask(async (engine) => {
		const asked = { job: jobArgument(name!), env: credentialEnvironment() };
		const begun = await engine.call('planPrune', { ...asked, pay, ...(keep ? { keep } : {}) });
		const { summary } = await awaitTask(context, engine, begun.task, begun.job);
		if (!summary) return EXIT.interrupted;
		const isPlanned = summary.error === undefined && summary.status === 'complete';
		if (isPlanned) await printPlan(out, engine, asked.job, summary);
		const { archives } = summary;
		const dropped = Number(summary.details.dropped);
		if (!isPlanned || dryRun || dropped + archives === 0) return report(out, 'prune', summary, begun.job);
		const [count, what] =
			dropped > 0
				? [dropped, `drop ${counted(dropped, 'snapshot')} and delete ${counted(archives, 'archive')}`]
				: [archives, `delete ${counted(archives, 'archive')}`];
		if (!(await agreeToCount(context, 'prune', what, count, confirmed))) return EXIT.interrupted;
		const done = await engine.call('prune', { ...asked, plan: String(summary.details.plan), dropped, archives });
		return followTask(context, engine, done.task, done.job);
	});
}

async function printPlan(out: Output, engine: Channel, job: string, { archives, bytes, details }: TaskSummary) {
	const of = { plan: String(details.plan) };
	if (out.json) {
		for await (const item of allItems(engine, job, of.plan)) out.record({ event: 'item', ...item });
		return;
	}
	const page = async (kind: 'snapshot' | 'archive' | 'waiting') =>
		(await engine.call('plan', { job, of, kinds: [kind], limit: LISTED })).rows;
	const [dropped, waiting] = [Number(details.dropped), Number(details.waiting)];
	if (dropped > 0) {
		out.line(`Of ${counted(dropped + Number(details.kept), 'snapshot')}, ${formatCount(dropped)} would be dropped:`);
		out.table(['snapshot', 'begun', 'files', 'size'], (await page('snapshot')).map(snapshotCells), [0, 2, 3]);
		if (dropped > LISTED) out.line(`and ${formatCount(dropped - LISTED)} more; --json lists all`);
	}
	if (Number(details.partial) > 0)
		out.line(
			`${counted(Number(details.partial), 'partial snapshot')} newer than the last complete one would stay, and take no place of a rule.`,
		);
	if (archives > 0) {
		out.line(`${counted(archives, 'archive')}, ${formatSize(bytes)} would be deleted:`);
		out.table(['archive', 'size', 'class', 'key'], (await page('archive')).map(archiveCells), [0, 1]);
		if (archives > LISTED) out.line(`and ${counted(archives - LISTED, 'more archive')}`);
	}
	for (const line of costLines(details, archives)) out.line(line);
	if (dropped + archives + waiting === 0) out.line('The rules keep all there is.');
}

function snapshotCells({ key, size, details }: PlanItem): string[] {
	const begun = localMinute(Number(details.started));
	return [String(details.snapshot ?? key), begun, formatCount(Number(details.files)), formatSize(size ?? 0)];
}

function archiveCells({ archive, key, size, details }: PlanItem): string[] {
	return [String(archive), formatSize(size ?? 0), safePrint(String(details.storageClass ?? '-')), safePrint(key)];
}

function costLines({ fee, waiting, waitingBytes, waitingFee, freeFrom }: TaskSummary['details'], archives: number) {
	const lines: string[] = [];
	if (archives > 0)
		lines.push(
			fee === undefined
				? 'What this store charges is not known.'
				: Number(fee) === 0
					? 'Deleting them costs nothing.'
					: `Deleting them before the least time that their class is charged for costs ${formatUsd(Number(fee))}.`,
		);
	if (Number(waiting) > 0) {
		const day = localDay(Number(freeFrom));
		const cost = waitingFee === undefined ? '' : ` (${formatUsd(Number(waitingFee))} with --pay)`;
		lines.push(
			`${counted(Number(waiting), 'archive')}, ${formatSize(Number(waitingBytes))} would wait: deleting costs now${cost}, and nothing from ${day} on. A later prune deletes what has become free.`,
		);
	}
	return lines;
}
