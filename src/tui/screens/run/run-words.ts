/** What Run says of a task, in words and numbers. Pure. */

import { catalogWords } from '../../../core/catalog.ts';
import { formatDuration } from '../../../core/durations.ts';
import { totalsOf } from '../../../core/pace.ts';
import { counted, formatCount, formatRate, formatSize } from '../../../core/sizes.ts';
import {
	type BackupProgress,
	type CatalogProgress,
	isCatalog,
	type RestoreProgress,
	type TaskSummary,
} from '../../../core/task.ts';
import type { LiveTask } from '../../state.ts';
import type { Tone } from '../../theme/theme.ts';
import { isActive } from './state.ts';

const PHASES: Record<(BackupProgress | RestoreProgress | CatalogProgress)['phase'], string> = {
	prepare: 'preparing',
	scan: 'scanning and storing',
	upload: 'storing',
	finish: 'finishing',
	plan: 'planning',
	thaw: 'waiting for the thaw',
	fetch: 'fetching',
	act: 'going on',
};

const SUMMARY: Record<TaskSummary['status'], { word: string; sign: 'ok' | 'warn' | 'error' | 'off'; tone: Tone }> = {
	complete: { word: 'complete', sign: 'ok', tone: 'ok' },
	partial: { word: 'done, with errors', sign: 'warn', tone: 'warn' },
	failed: { word: 'failed', sign: 'error', tone: 'error' },
	stopped: { word: 'stopped', sign: 'off', tone: 'warn' },
};

/** Sign and word for how it stands. */
export function stateOf(task: LiveTask): { word: string; sign: 'ok' | 'warn' | 'error' | 'off' | 'busy'; tone: Tone } {
	if (task.summary) return SUMMARY[task.summary.status];
	if (task.state === 'waiting' && task.progress?.phase === 'thaw')
		return { word: PHASES.thaw, sign: 'busy', tone: 'busy' };
	if (task.state === 'waiting') return { word: 'waiting for the store', sign: 'warn', tone: 'warn' };
	if (task.state === 'queued') return { word: 'queued', sign: 'off', tone: 'warn' };
	if (task.state === 'paused' && isActive(task)) return { word: 'paused', sign: 'off', tone: 'warn' };
	if (task.state === 'stopping') return { word: 'stopping', sign: 'busy', tone: 'busy' };
	if (!isActive(task)) return { word: task.state, sign: 'off', tone: 'warn' };
	return { word: task.progress ? PHASES[task.progress.phase] : 'starting', sign: 'busy', tone: 'busy' };
}

/** One line that says it all. */
export function headline(task: LiveTask): string {
	const { word } = stateOf(task);
	const what = `${task.kind} of ${task.job || 'archives'}: ${word}`;
	if (!task.progress) return what;
	const { finished, total } = totalsOf(task.progress);
	return total === undefined
		? `${what}, ${formatSize(finished)}`
		: `${what}, ${formatSize(finished)} of ${formatSize(total)}`;
}

/** Labelled figures, most wanted first. */
export function figures(task: LiveTask): [label: string, value: string][] {
	const { progress } = task;
	if (!progress) return [];
	if (progress.kind === 'backup') return backupFigures(progress);
	return isCatalog(progress) ? catalogFigures(progress) : restoreFigures(progress);
}

function backupFigures(progress: BackupProgress): [string, string][] {
	const { scannedFiles, scanDone, unchangedFiles, packedFiles, plannedFiles, errors } = progress;
	return [
		['scanned', `${formatCount(scannedFiles)}${scanDone ? '' : ' so far'}`],
		['unchanged', formatCount(unchangedFiles)],
		['packed', `${formatCount(packedFiles)} of ${formatCount(plannedFiles)} files`],
		['errors', formatCount(errors)],
	];
}

function catalogFigures({ done, total, errors }: CatalogProgress): [string, string][] {
	return [
		['done', total === undefined ? formatCount(done) : `${formatCount(done)} of ${formatCount(total)}`],
		['errors', formatCount(errors)],
	];
}

function restoreFigures(progress: RestoreProgress): [string, string][] {
	return [
		['files', `${formatCount(progress.filesDone)} of ${formatCount(progress.files)}`],
		['skipped', formatCount(progress.filesSkipped)],
		['errors', formatCount(progress.errors)],
	];
}

/** What has gone over the wire, and what it took. */
export function traffic(task: LiveTask): [label: string, value: string][] {
	const { progress } = task;
	if (!progress) return [];
	if (isCatalog(progress)) return progress.bytes === 0 ? [] : [['read', formatSize(progress.bytesDone)]];
	if (progress.kind !== 'backup') {
		return [
			['fetched', inRequests(`${formatSize(progress.fetchedBytes)} of ${formatSize(progress.fetchBytes)}`, progress)],
			['written', formatSize(progress.bytesDone)],
		];
	}
	return [
		['sent', inRequests(formatSize(progress.sentBytes), progress)],
		['confirmed', formatSize(progress.uploadedBytes)],
		['archives', `${formatCount(progress.archivesDone)} stored`],
		['limit', progress.limitUpload === 0 ? 'none' : formatRate(progress.limitUpload)],
		...(progress.reusedBytes > 0
			? [
					['kept', `${formatSize(progress.reusedBytes)} in ${counted(progress.reusedParts, 'part')} from before`] as [
						string,
						string,
					],
				]
			: []),
	];
}

/** Nothing for a folder, which is sent none. */
export function requestFigure({ progress }: LiveTask): [label: string, value: string][] {
	if (!progress || !('requests' in progress) || progress.requests === undefined) return [];
	return [['requests', formatCount(progress.requests)]];
}

/** A folder is sent no requests. */
function inRequests(text: string, { requests }: BackupProgress | RestoreProgress): string {
	return requests === undefined ? text : `${text} in ${counted(requests, 'request')}`;
}

/** How an ended task went, in a sentence or two. */
export function endWords(task: LiveTask): string[] {
	const { summary } = task;
	if (!summary) return [];
	const { files, bytes, errors, archives, error, status, details } = summary;
	const time = formatDuration(Math.max(0, (task.ended ?? task.seen) - task.started) / 1000);
	const what = {
		backup: task.dryRun
			? `${counted(files, 'file')}, ${formatSize(bytes)} looked at. Nothing was sent.`
			: details.layout === 'mirror'
				? `Mirror of ${counted(files, 'file')}, ${formatSize(bytes)}; ${formatCount(Number(details.newFiles ?? 0))} copied.`
				: `Snapshot of ${counted(files, 'file')}, ${formatSize(bytes)}; ${counted(archives, 'new archive')}.`,
		restore: `${counted(files, 'file')}, ${formatSize(bytes)} restored, each checked.`,
		decrypt: `${counted(files, 'file')}, ${formatSize(bytes)} decrypted, each checked.`,
		recover: `The job is back, with a snapshot of ${counted(files, 'file')}, ${formatSize(bytes)}.`,
		sync: catalogWords('sync', summary),
		delete: catalogWords('delete', summary),
		prune: catalogWords('prune', summary),
		verify: catalogWords('verify', summary),
	}[task.kind];
	const lines = status === 'failed' || status === 'stopped' ? [] : [what];
	if (error) lines.push(error.message, ...(error.guidance ? [error.guidance] : []));
	if (status === 'stopped' && task.kind === 'backup' && !task.dryRun && summary.run !== '')
		lines.push('What is stored is kept: s on the screen Jobs goes on with it.');
	if (errors > 0 && status === 'partial')
		lines.push(`${counted(errors, 'file')} could not be read or proven: e lists them.`);
	return [...lines, `It took ${time}.`];
}
