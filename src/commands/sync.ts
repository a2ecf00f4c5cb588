import { credentialEnvironment } from '../client/environment.ts';
import { catalogWords, type PlanItem, type PlanItemKind } from '../core/catalog.ts';
import { usageError } from '../core/errors.ts';
import { EXIT } from '../core/exit-codes.ts';
import { safePrint } from '../core/safe-print.ts';
import { counted, formatCount, formatSize } from '../core/sizes.ts';
import type { TaskSummary } from '../core/task.ts';
import type { Channel } from '../protocol/channel.ts';
import { typedConfirmation } from './confirm.ts';
import type { Context } from './context.ts';
import { awaitTask, followTask, report } from './follow.ts';
import { identitiesFor } from './identity-option.ts';
import { jobArgument } from './job-argument.ts';
import type { Output } from './output.ts';
import { allItems } from './plan-items.ts';

export interface SyncOptions {
	adopt?: boolean;
	keep?: boolean;
	identity?: string[];
	deleteUnknown?: boolean;
	abortUploads?: boolean;
	dryRun?: boolean;
}

/** Findings of a kind that are listed for people; --json has all. */
const LISTED = 20;

/** `firn sync JOB`: first the plan, then what it says. */
export async function sync(context: Context, [job]: string[], options: SyncOptions): Promise<number> {
	if ([options.adopt, options.keep, options.deleteUnknown].filter(Boolean).length > 1)
		throw usageError(
			'BAD_OPTION',
			'More than one of --adopt, --keep and --delete-unknown was given.',
			'Choose what becomes of unknown objects: one of them.',
		);
	const env = credentialEnvironment();
	return context.ask(async (engine) => {
		const asked = { job: jobArgument(job!), env };
		const begun = await engine.call('planSync', asked);
		const { summary } = await awaitTask(context, engine, begun.task, begun.job);
		if (!summary) return EXIT.interrupted;
		if (summary.error || summary.status === 'stopped') return report(context.out, 'sync', summary, begun.job);
		const plan = String(summary.details.plan);
		const figure = (name: string) => Number(summary.details[name] ?? 0);
		await printFindings(context.out, engine, asked.job, summary.details);
		if (options.dryRun) {
			const code = report(
				context.out,
				'sync',
				{ ...summary, status: figure('differs') > 0 ? 'failed' : 'complete' },
				begun.job,
			);
			return figure('differs') > 0 ? EXIT.failed : code;
		}
		context.out.line(catalogWords('sync', summary));
		const unknown = options.deleteUnknown ? 'delete' : options.adopt ? 'adopt' : 'keep';
		const removed = unknown === 'delete' ? figure('unknown') : 0;
		const aborted = options.abortUploads ? figure('upload') : 0;
		if (!(await isConfirmed(context, removed, figure('unknownBytes'), aborted))) return EXIT.interrupted;
		const identities = options.adopt ? await identitiesFor(context, engine, job!, options.identity) : {};
		const how = { unknown, abortUploads: options.abortUploads === true, ...identities } as const;
		const done = await engine.call('sync', { ...asked, plan, ...how });
		return followTask(context, engine, done.task, done.job);
	});
}

async function isConfirmed(context: Context, removed: number, bytes: number, aborted: number): Promise<boolean> {
	if (removed + aborted === 0 || context.options.yes) return true;
	const objects = removed > 0 ? [`${counted(removed, 'unknown object')}, ${formatSize(bytes)}`] : [];
	const uploads = aborted > 0 ? [counted(aborted, 'unfinished upload')] : [];
	const what = [...objects, ...uploads].join(' and ');
	const question = `This deletes ${what}. Type ${removed + aborted} to go on:`;
	return typedConfirmation(context, question, removed + aborted, `It would delete ${what}. Say --yes.`);
}

const HEADINGS = {
	missing: 'Archives that the store has no more; the next run stores their files again',
	returned: 'Archives that were missing and are there again',
	differs: 'ALARM: archives that are not what was stored',
	sidecar: 'Sidecars that are not there; written anew',
	manifest: 'Manifests that are not there; written anew',
	leftover: 'Left over from archives that were deleted; removed now',
	unknown: 'Objects of this job that the books do not know (--adopt, --delete-unknown)',
	upload: 'Unfinished uploads that no run goes on with (--abort-uploads)',
} satisfies Partial<Record<PlanItemKind, string>>;

/** Of a mirror. */
const OF_OBJECTS: Partial<Record<PlanItemKind, string>> = {
	missing: 'Objects that the store has no more; the next run copies their files again',
	differs: 'ALARM: objects that are not what was stored; the next run copies their files again',
	unknown: 'Objects beside those of the mirror; they stay',
};

async function printFindings(
	out: Output,
	engine: Channel,
	job: string,
	{ plan, ...figures }: TaskSummary['details'],
): Promise<void> {
	const of = { plan: String(plan) };
	if (out.json) {
		for await (const item of allItems(engine, job, of.plan)) out.record({ event: 'finding', ...item });
		return;
	}
	for (const kind of Object.keys(HEADINGS) as (keyof typeof HEADINGS)[]) {
		const count = Number(figures[kind] ?? 0);
		if (count === 0) continue;
		out.line(`${(figures.layout === 'mirror' && OF_OBJECTS[kind]) || HEADINGS[kind]}:`);
		const { rows } = await engine.call('plan', { job, of, kinds: [kind], limit: LISTED });
		for (const item of rows) out.line(`  ${line(item)}`);
		if (count > rows.length) out.line(`  and ${formatCount(count - rows.length)} more; --json lists all`);
	}
}

function line({ key, size, details }: PlanItem): string {
	const { fault, expected, begun } = details;
	const is = size === null ? '' : fault === undefined ? formatSize(size) : counted(size, 'byte');
	const was = fault === 'size' ? `instead of ${counted(Number(expected), 'byte')}` : fault && 'with another checksum';
	const since = begun && `begun ${begun}`;
	return [key, is, was, since]
		.filter(Boolean)
		.map((part) => safePrint(String(part)))
		.join('  ');
}
