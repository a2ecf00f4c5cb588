/** Follows a task to its end and says how it went. */

import { catalogWords } from '../core/catalog.ts';
import { FirnError } from '../core/errors.ts';
import { EXIT } from '../core/exit-codes.ts';
import { lostWords } from '../core/lost-words.ts';
import { safePrint } from '../core/safe-print.ts';
import { counted, formatCount, formatSize } from '../core/sizes.ts';
import { isCatalogKind, type TaskEvent, type TaskKind, type TaskSummary } from '../core/task.ts';
import type { Channel } from '../protocol/channel.ts';
import type { Context } from './context.ts';
import { LiveView } from './live-view.ts';
import { mirrorLines } from './mirror-lines.ts';
import type { Output } from './output.ts';

const EXIT_OF = { complete: EXIT.ok, partial: EXIT.partial, failed: EXIT.failed, stopped: EXIT.interrupted } as const;

/**
 * @param job named in what is said on detaching
 * @returns the exit code; 130 after ctrl-c, the task going on
 */
export async function followTask(
	context: Context,
	engine: Channel,
	task: string,
	job: string,
	onDetach: 'goes on' | 'ends here' = 'goes on',
): Promise<number> {
	const { kind, summary } = await awaitTask(context, engine, task, job);
	const { out } = context;
	if (!summary && onDetach === 'ends here') {
		out.line('Interrupted. What is finished stays; nothing unfinished has got its name.');
		process.exit(EXIT.interrupted);
	}
	if (!summary) {
		out.line(`The ${kind === 'backup' ? 'run' : kind} goes on. firn status shows it, firn stop ${job} stops it.`);
		return EXIT.interrupted;
	}
	return report(out, kind, summary, job);
}

/** Shows how a task goes on. @returns without a summary after ctrl-c, the task going on */
export async function awaitTask(
	context: Context,
	engine: Channel,
	task: string,
	job: string,
): Promise<{ kind: TaskKind; summary?: TaskSummary }> {
	const { out } = context;
	const view = out.json || out.quiet ? undefined : new LiveView(process.stdout, out.isTerminal);
	const say = (text: string) => (view ? view.above(text) : undefined);
	const detached = new Promise<undefined>((resolve) => {
		process.once('SIGINT', () => resolve(undefined));
		// A closed terminal: nothing can be said any more, and the run goes on.
		process.once('SIGHUP', () => process.exit(EXIT.interrupted));
	});
	let kind: TaskKind = 'backup';
	const ended = new Promise<TaskSummary>((resolve, reject) => {
		const asked = new Set<string>();
		const tell = (event: TaskEvent) => {
			out.record(event);
			// In place it is told of each worker, cut off: what somebody has to do is to be read whole.
			const isPlea = event.event === 'waiting' && event.byHand === true && !asked.has(event.code);
			if (isPlea) asked.add(event.code);
			const line = event.event === 'waiting' && out.isTerminal && !isPlea ? undefined : eventLine(event, out, job);
			if (line !== undefined) say(line);
		};
		engine
			.follow(task, {
				progress: (progress) => view?.update(progress),
				event: tell,
				done: resolve,
			})
			.then(({ task: now, events }) => {
				kind = now.kind;
				events.forEach(tell);
				if (now.progress) view?.update(now.progress);
				if (now.summary) resolve(now.summary);
			}, reject);
	});
	const summary = await Promise.race([ended, detached]).finally(() => view?.end());
	return { kind, ...(summary ? { summary } : {}) };
}

/** Says how a task ended, as people or programs want to know it. */
export function report(out: Output, kind: TaskKind, summary: TaskSummary, job: string): number {
	const { error, details, quote: _quote, ...figures } = summary;
	if (error) out.error(FirnError.fromPlain(error));
	out.record({ event: 'summary', ...figures, ...details });
	for (const line of summaryLines(kind, summary, job)) out.line(line);
	return error?.kind === 'usage' ? EXIT.usage : EXIT_OF[summary.status];
}

function summaryLines(kind: TaskKind, summary: TaskSummary, job: string): string[] {
	const { status, run, files, bytes, archives, errors, details } = summary;
	const size = (name: string) => formatSize(Number(details[name] ?? 0));
	const count = (name: string) => formatCount(Number(details[name] ?? 0));
	if (isCatalogKind(kind))
		return status === 'failed' && archives === 0 ? [] : [catalogWords(kind, summary)].filter(Boolean);
	const problems =
		errors > 0 && status === 'partial' ? [`${formatCount(errors)} could not be read; they are listed above.`] : [];
	if (status === 'failed')
		return kind === 'backup' && run !== '' ? [`What is stored is kept: firn resume ${job} goes on with it.`] : [];
	if (status === 'stopped' && details.dryRun) return ['Stopped; nothing was stored.'];
	if (status === 'stopped' && kind === 'backup' && run === '') return ['Stopped before it began.'];
	if (status === 'stopped' && kind === 'recover') return ['Stopped; nothing was changed here.'];
	if (status === 'stopped') return [`Stopped. firn resume ${job} goes on with it.`];
	if (kind === 'backup' && details.layout === 'mirror') return [...mirrorLines(summary), ...problems];
	if (kind === 'backup') {
		if (details.dryRun)
			return [
				`Dry run: ${counted(Number(details.newFiles), 'file')}, ${size('newBytes')} would be stored; ${count('unchangedFiles')} are unchanged. Nothing was stored.`,
				...problems,
			];
		const lookedAt = details.lookedAtFiles === undefined ? '' : `looked at ${count('lookedAtFiles')}, `;
		const snapshot = `Snapshot ${details.snapshot} ${status}: ${counted(files, 'file')}, ${formatSize(bytes)} (${lookedAt}${count('unchangedFiles')} unchanged).`;
		if (archives === 0) return [snapshot, 'Nothing was new; nothing had to be sent.', ...problems];
		const reused = Number(details.reusedBytes) > 0 ? ` ${size('reusedBytes')} were there already.` : '';
		return [
			snapshot,
			`Stored ${counted(Number(details.newFiles), 'file')}, ${size('newBytes')} in ${counted(archives, 'archive')}; sent ${size('uploadedBytes')}.${reused}`,
			...problems,
		];
	}
	if (details.dryRun) {
		const read = `${size('plannedFetchBytes')} would be read in ${counted(Number(details.plannedRequests), 'request')}`;
		return [`Dry run: ${counted(files, 'file')}, ${formatSize(bytes)} would be restored; ${read}.`];
	}
	if (kind === 'recover') return recoveredLines(summary, job);
	const verb = kind === 'restore' ? 'Restored' : 'Decrypted';
	const right = Number(details.alreadyRight ?? 0) > 0 ? ` ${count('alreadyRight')} were right already.` : '';
	const skipped = Number(details.filesSkipped ?? 0) > 0 ? ` ${count('filesSkipped')} existing ones were kept.` : '';
	const wrong = errors > 0 ? [`${counted(errors, 'problem')}; they are listed above.`] : [];
	const kept = details.report !== undefined && (errors > 0 || Number(details.filesSkipped) > 0);
	return [
		`${verb} ${counted(files, 'file')}, ${formatSize(bytes)}, each checked.${right}${skipped}`,
		...wrong,
		...(kept ? [`All of it is in ${safePrint(String(details.report))}; firn report prints it.`] : []),
	];
}

function recoveredLines({ files, bytes, archives, errors, details }: TaskSummary, job: string): string[] {
	const { snapshots, snapshot, requests, fetchedBytes, unfinished } = details;
	const read = `read ${formatSize(Number(fetchedBytes))} in ${counted(Number(requests), 'request')}`;
	return [
		`Job ${job} is back: ${counted(Number(snapshots), 'snapshot')} in ${counted(archives, 'archive')}; ${read}.`,
		unfinished
			? `Its newest run did not come to its end; firn restore ${job} --snapshot ${snapshot} --target DIR gets what it stored.`
			: `Its newest snapshot has ${counted(files, 'file')}, ${formatSize(bytes)}: firn restore ${job} --target DIR.`,
		...(errors > 0 ? [`${counted(errors, 'object')} could not be used; they are listed above.`] : []),
	];
}

function eventLine(event: TaskEvent, out: Output, job: string): string | undefined {
	switch (event.event) {
		case 'problem':
			return `${out.style('yellow', 'problem:')} ${safePrint(rooted(event.problem.path))}: ${safePrint(event.problem.message)}`;
		case 'notice':
			return event.level === 'warn'
				? `${out.style('yellow', 'note:')} ${safePrint(event.message)}`
				: safePrint(event.message);
		case 'lost':
			return `${out.style('yellow', 'note:')} ${lostWords(event)}.`;
		case 'reuse':
			return `Going on with ${counted(event.archives, 'archive')}; ${counted(event.parts, 'part')}, ${formatSize(event.bytes)} are there already.`;
		case 'queued':
			return `Job ${out.style('bold', job)} ${event.reason}.`;
		case 'turn':
			return undefined;
		case 'run':
			return event.resumed ? `Run ${event.run} goes on.` : `Job ${out.style('bold', job)}, run ${event.run}`;
		case 'archive':
			return `stored ${event.key}  ${formatSize(event.bytes)}, ${counted(event.files, 'file')}`;
		case 'waiting':
			return `${out.style('yellow', 'waiting:')} ${safePrint([event.reason, event.guidance ?? ''].join(' ').trim())}`;
	}
}

/** Paths in archives have no leading slash, those on this machine do. */
export function rooted(path: string): string {
	return path.startsWith('/') ? path : `/${path}`;
}
