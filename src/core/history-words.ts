/** A row of the history in words. Pure. */

import { formatDuration } from './durations.ts';
import type { Beginning, HistoryRow, WorkCost } from './history.ts';
import { formatUsd } from './money.ts';
import { counted, formatCount, formatSize } from './sizes.ts';
import { isCatalogKind } from './task.ts';

export const TRIGGER_WORDS: Record<Beginning, string> = {
	hand: 'by hand',
	schedule: 'schedule',
	change: 'on change',
	'catch-up': 'caught up',
	rules: 'by rules',
};

/** How long it took, for people; undefined where that is not known. */
export function tookOf({ started, finished, status }: HistoryRow): string | undefined {
	return finished === null || status === 'not-begun' ? undefined : formatDuration((finished - started) / 1000);
}

/** What there is to say of a row, with labels; not safe to print as it is. */
export function historyFacts(row: HistoryRow, when: (time: number) => string): [label: string, text: string][] {
	const { kind, job, id, status, dropped, trigger, due, started, files, bytes, newFiles, newBytes } = row;
	const { archives, storedBytes, sentBytes, errors, cost, agreed, key, links, error, code, guidance, task } = row;
	const isRun = row.run !== null;
	const ofFiles = `${counted(files, 'file')}, ${formatSize(bytes)}`;
	const ofArchives = `${counted(archives, 'archive')}, ${formatSize(bytes)}`;
	const facts: [string, string | undefined][] = [
		['What', job === '' ? kind : `${kind} of ${job}`],
		['Outcome', dropped === null ? status : `${status} (it was ${dropped}; the rules of the job keep it no more)`],
		['Why', error === null ? undefined : `${error}${code === null ? '' : ` (${code})`}`],
		['Try', guidance ?? undefined],
		['Due', due === null ? undefined : when(due)],
		[
			'When',
			[when(started), ...(trigger === null ? [] : [TRIGGER_WORDS[trigger]]), ...spanWords(row, when)].join(', '),
		],
		['Files', isRun ? `${ofFiles}; new: ${counted(newFiles, 'file')}, ${formatSize(newBytes)}` : undefined],
		['Files', isRun || status === 'not-begun' || isCatalogKind(kind) ? undefined : ofFiles],
		['Archives', isCatalogKind(kind) ? ofArchives : undefined],
		['Stored', isRun && archives > 0 ? `${formatSize(storedBytes)} in ${counted(archives, 'archive')}` : undefined],
		['Cost', costWords(cost)],
		['Agreed', agreed === null ? undefined : formatUsd(agreed)],
		['Where', key ?? undefined],
		['Link', links.length === 0 ? undefined : links.join(' ')],
		['Sent', !sentBytes ? undefined : formatSize(sentBytes)],
		['Errors', errors === 0 ? undefined : formatCount(errors)],
		[isRun ? 'Run' : 'Id', id],
		['Task', task === null || task === id ? undefined : task],
	];
	return facts.filter((fact): fact is [string, string] => fact[1] !== undefined);
}

function costWords(cost: WorkCost | null): string | undefined {
	if (cost === null) return undefined;
	const { requests, storageMonth, total, region, dated } = cost;
	const month = storageMonth === 0 ? '' : `: ${formatUsd(requests)} to send, ${formatUsd(storageMonth)} for a month`;
	return `${formatUsd(total)}${month} (prices of ${region}, ${dated})`;
}

function spanWords(row: HistoryRow, when: (time: number) => string): string[] {
	const took = tookOf(row);
	if (row.finished === null || took === undefined) return [];
	const end = when(row.finished);
	return [`for ${took}`, ...(end === when(row.started) ? [] : [`until ${end}`])];
}
