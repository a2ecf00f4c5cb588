/** What plans of sync, delete, prune and verify say in a question. Pure. */

import { catalogWords, type PlanItem } from '../../../core/catalog.ts';
import { localDay, localMinute } from '../../../core/local-time.ts';
import { formatUsd } from '../../../core/money.ts';
import { counted, formatCount, formatSize } from '../../../core/sizes.ts';
import type { TaskSummary } from '../../../core/task.ts';
import { displayName } from '../../components/text.ts';
import type { MenuItem } from '../../state.ts';

/** What is done beyond putting the books right: with unknown objects, unfinished uploads, both or neither. */
export type SyncChoice = 'keep' | 'unknown' | 'uploads' | 'both';

const figure = ({ details }: TaskSummary, name: string): number => Number(details[name] ?? 0);

const FINDINGS: [name: string, noun: string, what: string][] = [
	['missing', 'archive', 'are not there any more: the next run stores their files again'],
	['returned', 'archive', 'were missing and are there again'],
	['differs', 'archive', 'are NOT what was stored: nothing is done to them, restore them from elsewhere'],
	['sidecar', 'sidecar', 'are not there: written anew'],
	['manifest', 'manifest', 'are not there: written anew'],
	['leftover', 'object', 'are left over from deleted archives: removed'],
];

export function syncLines(summary: TaskSummary, choice: SyncChoice, rows: readonly PlanItem[]): string[] {
	const lines = FINDINGS.flatMap(([name, noun, what]) => {
		const count = figure(summary, name);
		return count === 0 ? [] : [`${counted(count, noun)} ${what}.`];
	});
	const unknown = figure(summary, 'unknown');
	const uploads = figure(summary, 'upload');
	const withUnknown = choice === 'unknown' || choice === 'both';
	const withUploads = choice === 'uploads' || choice === 'both';
	if (unknown > 0)
		lines.push(
			`${counted(unknown, 'object')}, ${formatSize(figure(summary, 'unknownBytes'))}, unknown to the books: ${withUnknown ? 'DELETED.' : 'left as it is.'}`,
		);
	if (uploads > 0)
		lines.push(
			`${counted(uploads, 'unfinished upload')} of this job: ${withUploads ? 'thrown away.' : 'left as it is.'}`,
		);
	return [...lines, ...named(rows)];
}

/** What one can choose; a single one where there is nothing to be deleted. */
export function syncChoices(summary: TaskSummary): MenuItem[] {
	const unknown = figure(summary, 'unknown');
	const uploads = figure(summary, 'upload');
	const items: MenuItem[] = [{ label: 'Put the books right', value: 'keep', note: 'deletes nothing that is not ours' }];
	const objects = `delete ${counted(unknown, 'unknown object')}`;
	const aborted = `throw away ${counted(uploads, 'unfinished upload')}`;
	if (unknown > 0)
		items.push({ label: `And ${objects}`, value: 'unknown', note: formatSize(figure(summary, 'unknownBytes')) });
	if (uploads > 0) items.push({ label: `And ${aborted}`, value: 'uploads', note: 'no run goes on with them' });
	if (unknown > 0 && uploads > 0) items.push({ label: 'And both', value: 'both' });
	return items;
}

/** How many things a choice deletes. */
export function isDeleting(choice: SyncChoice, summary: TaskSummary): number {
	const unknown = choice === 'unknown' || choice === 'both' ? figure(summary, 'unknown') : 0;
	return unknown + (choice === 'uploads' || choice === 'both' ? figure(summary, 'upload') : 0);
}

export function deleteLines(summary: TaskSummary, rows: readonly PlanItem[]): string[] {
	const { archives, bytes, details } = summary;
	const lost = figure(summary, 'lost');
	const lines = [`${counted(archives, 'archive')}, ${formatSize(bytes)} freed.`];
	if (lost > 0) {
		const again = formatCount(figure(summary, 'again'));
		lines.push(
			`${counted(lost, 'file')}, ${formatSize(figure(summary, 'lostBytes'))}, would be in no archive any more, and ${counted(figure(summary, 'snapshots'), 'snapshot')} no longer whole. The next run stores ${again} of them again, if they are still there.`,
		);
	} else lines.push('No snapshot loses a file.');
	if (details.fee === undefined) lines.push('What this store charges is not known.');
	else if (figure(summary, 'fee') > 0) {
		const day = localDay(figure(summary, 'freeFrom'));
		lines.push(`Deleting them this early costs ${formatUsd(figure(summary, 'fee'))}; from ${day} on nothing.`);
	} else lines.push('Deleting costs nothing.');
	return [...lines, ...named(rows.filter(({ kind }) => kind === 'archive'))];
}

export const droppedOf = (summary: TaskSummary): number => figure(summary, 'dropped');

/** The number that is said to agree to a plan of prune: of snapshots, or of archives where none is dropped. */
export const prunedCount = (summary: TaskSummary): number => droppedOf(summary) || summary.archives;

export function pruneLines(summary: TaskSummary, rows: readonly PlanItem[]): string[] {
	const { archives, bytes, details } = summary;
	const all = droppedOf(summary) + figure(summary, 'kept');
	const lines = [`Of ${counted(all, 'snapshot')}, ${formatCount(droppedOf(summary))} would be dropped.`];
	lines.push(
		archives === 0
			? 'No archive is needed by them alone: nothing is freed.'
			: `${counted(archives, 'archive')} that no other snapshot needs would be deleted, ${formatSize(bytes)} freed.`,
	);
	if (archives > 0)
		lines.push(
			details.fee === undefined
				? 'What this store charges is not known.'
				: figure(summary, 'fee') === 0
					? 'Deleting costs nothing.'
					: `Deleting them this early costs ${formatUsd(figure(summary, 'fee'))}.`,
		);
	const waiting = figure(summary, 'waiting');
	if (waiting > 0) {
		const day = localDay(figure(summary, 'freeFrom'));
		lines.push(
			`${counted(waiting, 'archive')}, ${formatSize(figure(summary, 'waitingBytes'))}, would wait: deleting costs until ${day}. A later prune deletes what has become free.`,
		);
	}
	const snapshots = rows.filter(({ kind }) => kind === 'snapshot');
	const names = snapshots.map(({ key, details: { snapshot, started } }) => {
		const begun = localMinute(Number(started));
		return `snapshot ${displayName(String(snapshot ?? key))}  ${begun}`;
	});
	return names.length === 0 ? lines : [...lines, '', ...names];
}

/** Where some deletions would cost: to leave them until they are free, or not. */
export function pruneChoices(summary: TaskSummary): MenuItem[] {
	const waiting = figure(summary, 'waiting');
	if (waiting === 0) return [];
	const day = localDay(figure(summary, 'freeFrom'));
	const fee = summary.details.waitingFee === undefined ? '' : `${formatUsd(figure(summary, 'waitingFee'))} now, `;
	const free = {
		label: 'Only what costs nothing now',
		value: 'free',
		note: `${counted(waiting, 'archive')} would wait`,
	};
	return [
		...(prunedCount(summary) > 0 ? [free] : []),
		{ label: 'Also what costs now', value: 'pay', note: `${fee}nothing from ${day} on` },
	];
}

/** Why a plan asks for nothing, if it does not. */
export function nothingToDo(kind: 'sync' | 'delete' | 'prune' | 'verify', summary: TaskSummary): string | undefined {
	if (kind === 'sync') return figure(summary, 'findings') === 0 ? 'the store has what the books say.' : undefined;
	if (kind === 'prune')
		return prunedCount(summary) + figure(summary, 'waiting') === 0 ? 'the rules keep all there is.' : undefined;
	return summary.archives === 0 ? 'there is no such archive.' : undefined;
}

export function verifyLines(summary: TaskSummary): string[] {
	const { cost } = summary.details;
	return [
		catalogWords('verify', summary),
		...(cost === undefined ? [] : [`What is read costs ${formatUsd(Number(cost))}.`]),
		'It goes on in the background when you leave.',
	];
}

function named(rows: readonly PlanItem[]): string[] {
	if (rows.length === 0) return [];
	return ['', ...rows.map(({ key, size }) => `${displayName(key)}${size === null ? '' : `  ${formatSize(size)}`}`)];
}
