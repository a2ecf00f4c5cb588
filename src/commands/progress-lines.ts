/** The live display of a task as lines of text: pure, so that it can be tested without a terminal. */

import { formatDuration } from '../core/durations.ts';
import { localMinute } from '../core/local-time.ts';
import { safePrint } from '../core/safe-print.ts';
import { counted, formatCount, formatRate, formatSize } from '../core/sizes.ts';
import {
	type BackupProgress,
	type CatalogProgress,
	isCatalog,
	type RestoreProgress,
	type TaskProgress,
	type ThawProgress,
	type WorkerRow,
} from '../core/task.ts';

export interface Pace {
	/** Bytes a second. */
	rate: number | undefined;
	remaining: number | undefined;
	/** Seconds since the start. */
	elapsed: number;
}

/** Lines of at most `width` columns. */
export function progressLines(progress: TaskProgress, pace: Pace, width: number, now: number): string[] {
	const lines = ownLines(progress, pace);
	return [...lines, ...progress.workers.map((row) => workerLine(row, now))].map((line) => cut(line, width));
}

function ownLines(progress: TaskProgress, pace: Pace): string[] {
	if (progress.kind === 'backup') return backupLines(progress, pace);
	return isCatalog(progress) ? catalogLines(progress, pace) : restoreLines(progress, pace);
}

/** What the rate and the remaining time are counted in: content bytes done, and in all once that is known. */
export function transferOf(progress: TaskProgress): { done: number; total: number | undefined } {
	if (progress.kind !== 'backup')
		return { done: progress.bytesDone, total: progress.phase === 'plan' ? undefined : progress.bytes };
	return { done: progress.finishedBytes, total: progress.scanDone ? progress.plannedBytes : undefined };
}

const PHASE: Record<BackupProgress['phase'], string> = {
	prepare: 'Preparing',
	scan: 'Scanning and storing',
	upload: 'Storing',
	finish: 'Finishing',
};

function backupLines(progress: BackupProgress, pace: Pace): string[] {
	const { scannedFiles, scannedBytes, unchangedFiles, plannedFiles, plannedBytes, packedFiles, finishedBytes } =
		progress;
	const more = progress.scanDone ? '' : ' so far';
	const reused = progress.reusedBytes > 0 ? ` · ${formatSize(progress.reusedBytes)} reused` : '';
	return [
		`${PHASE[progress.phase]} · ${bar(finishedBytes, plannedBytes, progress.scanDone)}${paceText(pace)}`,
		`  scanned  ${counted(scannedFiles, 'file')}, ${formatSize(scannedBytes)}${more} · ${formatCount(unchangedFiles)} unchanged${errors(progress.errors)}`,
		`  stored   ${formatCount(packedFiles)} of ${formatCount(plannedFiles)} files, ${formatSize(finishedBytes)} of ${formatSize(plannedBytes)} · sent ${formatSize(progress.sentBytes)} in ${counted(progress.archivesDone, 'archive')}${requests(progress)}${reused}`,
	];
}

function restoreLines(progress: RestoreProgress, pace: Pace): string[] {
	if (progress.kind === 'recover') {
		return [
			`Recovering · ${bar(progress.bytesDone, progress.bytes, progress.phase !== 'plan')}${paceText(pace)}`,
			`  read     ${formatCount(progress.filesDone)} of ${formatCount(progress.files)} manifests and sidecars${errors(progress.errors)}`,
		];
	}
	const verb = progress.kind === 'restore' ? 'Restoring' : 'Decrypting';
	return [
		`${verb} · ${bar(progress.bytesDone, progress.bytes, progress.phase !== 'plan')}${paceText(pace)}`,
		`  files    ${formatCount(progress.filesDone)} of ${formatCount(progress.files)}, ${formatSize(progress.bytesDone)} of ${formatSize(progress.bytes)} · read ${formatSize(progress.fetchedBytes)}${requests(progress)}${errors(progress.errors)}`,
		...(progress.thaw ? [thawLine(progress.thaw)] : []),
	];
}

function thawLine({ archives, settled, thawing, failed, readyBy }: ThawProgress): string {
	const wrong = failed > 0 ? `, ${formatCount(failed)} failed` : '';
	const by = readyBy === undefined ? '' : ` · all by ${localMinute(readyBy)}`;
	return `  thaw     ${formatCount(settled)} of ${counted(archives, 'archive')} done, ${formatCount(thawing)} thawing${wrong}${by}`;
}

const CATALOG_VERBS = { sync: 'Comparing', delete: 'Deleting', prune: 'Pruning', verify: 'Verifying' };

function catalogLines(progress: CatalogProgress, pace: Pace): string[] {
	const { kind, phase, done, total, bytesDone, bytes } = progress;
	const of = total === undefined ? '' : ` of ${formatCount(total)}`;
	const read = bytes === 0 ? '' : ` · ${bar(bytesDone, bytes, true)}`;
	const verb = phase === 'plan' ? 'Looking' : CATALOG_VERBS[kind];
	return [`${verb} · ${formatCount(done)}${of}${read}${paceText(pace)}${errors(progress.errors)}`];
}

function workerLine({ worker, state, archive, path, bytes, retry }: WorkerRow, now: number): string {
	const what = archive === undefined ? '' : ` ${archive.split('/').at(-1)} ${formatSize(bytes)}`;
	if (state === 'retry' && retry) {
		const wait = Math.max(0, Math.ceil((retry.at - now) / 1000));
		return `  worker ${worker} retry ${retry.attempt} in ${wait} s${what} · ${safePrint(retry.reason)}`;
	}
	return `  worker ${worker} ${state.padEnd(6)}${what}${path ? ` · /${safePrint(path)}` : ''}`;
}

function bar(done: number, total: number, known: boolean): string {
	if (!known || total === 0) return formatSize(done);
	const share = Math.min(1, done / total);
	const filled = Math.round(share * BAR);
	return `[${'#'.repeat(filled)}${'-'.repeat(BAR - filled)}] ${Math.floor(share * 100)} %`;
}

const BAR = 20;

function paceText({ rate, remaining, elapsed }: Pace): string {
	const speed = rate === undefined ? '' : ` · ${formatRate(rate)}`;
	const left = remaining === undefined ? '' : ` · about ${formatDuration(remaining)} left`;
	return `${speed}${left} · ${formatDuration(elapsed)}`;
}

/** A folder is sent none. */
const requests = (progress: { requests?: number }): string =>
	progress.requests === undefined ? '' : `, ${counted(progress.requests, 'request')}`;

const errors = (count: number): string => (count === 0 ? '' : ` · ${counted(count, 'error')}`);

/** Cut with an ellipsis. Names are safe by now, and wide characters are counted as two to be on the safe side. */
function cut(line: string, width: number): string {
	let columns = 0;
	let out = '';
	for (const character of line) {
		columns += character.codePointAt(0)! > 0x2e7f ? 2 : 1;
		if (columns > width - 1) return `${out}…`;
		out += character;
	}
	return out;
}
