import { credentialEnvironment } from '../client/environment.ts';
import type { PlanItem } from '../core/catalog.ts';
import { usageError } from '../core/errors.ts';
import { EXIT } from '../core/exit-codes.ts';
import { localDay } from '../core/local-time.ts';
import { formatUsd } from '../core/money.ts';
import { safePrint } from '../core/safe-print.ts';
import { counted, formatCount, formatSize } from '../core/sizes.ts';
import type { TaskSummary } from '../core/task.ts';
import type { Channel } from '../protocol/channel.ts';
import { agreeToCount } from './confirm.ts';
import type { Context } from './context.ts';
import { awaitTask, followTask, report, rooted } from './follow.ts';
import { jobArgument } from './job-argument.ts';
import { wholeNumber } from './numbers.ts';
import type { Output } from './output.ts';
import { allItems } from './plan-items.ts';

export interface DeleteOptions {
	all?: boolean;
	unneeded?: boolean;
	dryRun?: boolean;
	/** The number of archives. */
	yes?: string;
}

/** Archives and files that are listed for people; --json has all. */
const LISTED = 20;

/** `firn delete JOB ARCHIVE...|--all|--unneeded [--yes N]`: the plan, then exactly that, once its number is said. */
export async function deleteArchives(
	context: Context,
	[job, ...archives]: string[],
	{ all = false, unneeded = false, dryRun, yes }: DeleteOptions,
): Promise<number> {
	const { out } = context;
	if (yes === undefined && context.options.yes)
		throw usageError('NOT_CONFIRMED', '--yes alone deletes nothing.', 'Say the number of archives: --yes N.');
	const confirmed = yes === undefined ? undefined : wholeNumber('--yes', yes, 0);
	return context.ask(async (engine) => {
		const asked = { job: jobArgument(job!), env: credentialEnvironment() };
		const begun = await engine.call('planDelete', { ...asked, archives, all, unneeded });
		const { summary } = await awaitTask(context, engine, begun.task, begun.job);
		if (!summary) return EXIT.interrupted;
		const isPlanned = summary.error === undefined && summary.status === 'complete';
		if (isPlanned) await printPlan(out, engine, asked.job, summary);
		if (!isPlanned || dryRun || summary.archives === 0) return report(out, 'delete', summary, begun.job);
		const count = summary.archives;
		if (!(await agreeToCount(context, 'delete', `delete ${counted(count, 'archive')}`, count, confirmed)))
			return EXIT.interrupted;
		const plan = String(summary.details.plan);
		const done = await engine.call('delete', { ...asked, plan, archives: count });
		return followTask(context, engine, done.task, done.job);
	});
}

async function printPlan(out: Output, engine: Channel, job: string, { archives, bytes, details }: TaskSummary) {
	const of = { plan: String(details.plan) };
	if (out.json) {
		for await (const item of allItems(engine, job, of.plan)) out.record({ event: 'item', ...item });
		return;
	}
	const page = (kind: 'archive' | 'lost') => engine.call('plan', { job, of, kinds: [kind], limit: LISTED });
	const doomed = (await page('archive')).rows;
	if (doomed.length > 0 && !out.quiet)
		out.table(['archive', 'size', 'files', 'class', 'early fee', 'key'], doomed.map(archiveCells), [0, 1, 2, 4]);
	if (archives > doomed.length) out.line(`and ${counted(archives - doomed.length, 'more archive')}`);
	const lost = Number(details.lost);
	if (lost > 0) {
		out.line('Files that have no other copy in the store:');
		for (const { key, size, details } of (await page('lost')).rows)
			out.line(`  ${safePrint(rooted(key))}  ${formatSize(size!)}${details.current ? '' : '  (older snapshots only)'}`);
		if (lost > LISTED) out.line(`  and ${formatCount(lost - LISTED)} more; --json lists all`);
	}
	if (archives === 0) return;
	out.line(`${counted(archives, 'archive')}, ${formatSize(bytes)} would be freed.`);
	if (lost > 0)
		out.line(
			`${counted(lost, 'file')}, ${formatSize(Number(details.lostBytes))} would be in no archive any more, and ${counted(Number(details.snapshots), 'snapshot')} no longer whole. The next run stores ${formatCount(Number(details.again))} of them again, if they are still there.`,
		);
	out.line(feeLine(details));
}

function archiveCells({ archive, key, size, details }: PlanItem): string[] {
	const { fee } = details;
	return [
		String(archive),
		formatSize(size!),
		formatCount(Number(details.files)),
		safePrint(String(details.storageClass ?? '-')),
		fee === null ? '-' : formatUsd(Number(fee)),
		safePrint(key),
	];
}

function feeLine({ fee, freeFrom }: TaskSummary['details']): string {
	if (fee === undefined) return 'What this store charges is not known.';
	if (Number(fee) === 0) return 'Deleting costs nothing.';
	const day = localDay(Number(freeFrom));
	return `They have not been stored for the least time that their class is charged for: deleting them now costs ${formatUsd(Number(fee))}, from ${day} on nothing.`;
}
