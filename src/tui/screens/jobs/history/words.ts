/** A row of the history in words that are safe to show. Pure. */

import type { HistoryDetails, HistoryRow, HistoryStatus } from '../../../../core/history.ts';
import { historyFacts } from '../../../../core/history-words.ts';
import { counted, formatCount, formatSize } from '../../../../core/sizes.ts';
import { type LabelledText, labelledLines } from '../../../components/facts-pane.tsx';
import { displayName, displayPath, wrap } from '../../../components/text.ts';
import type { Tone } from '../../../theme/theme.ts';
import { formatWhen } from '../job-rows.ts';

export const STATUS: Record<
	HistoryStatus,
	{ sign: 'ok' | 'warn' | 'error' | 'busy' | 'off'; word: string; tone: Tone }
> = {
	running: { sign: 'busy', word: 'running', tone: 'busy' },
	complete: { sign: 'ok', word: 'complete', tone: 'ok' },
	partial: { sign: 'warn', word: 'partial', tone: 'warn' },
	failed: { sign: 'error', word: 'failed', tone: 'error' },
	stopped: { sign: 'off', word: 'stopped', tone: 'warn' },
	interrupted: { sign: 'warn', word: 'interrupted', tone: 'warn' },
	'not-begun': { sign: 'error', word: 'not begun', tone: 'error' },
	abandoned: { sign: 'off', word: 'given up', tone: 'muted' },
	dropped: { sign: 'off', word: 'dropped', tone: 'muted' },
};

export function rowTitle({ kind, job, id }: HistoryRow): string {
	return [kind, job, id].flatMap((part) => (part === '' ? [] : [displayName(part)])).join(' · ');
}

/** Cells of a label. */
export const LABEL = 10;

/** What there is to say of a row; what it is says the title. */
function rowFacts(row: HistoryRow, now: number): LabelledText[] {
	const [, ...facts] = historyFacts(row, (time) => formatWhen(time, now));
	return facts.map(([label, text]) => [label, displayName(text)]);
}

/** Without what the row itself and the title of the pane say. */
export function factsBeside(row: HistoryRow, now: number): LabelledText[] {
	const said = ['Run', 'Id', 'Task', ...(row.dropped === null ? ['Outcome'] : [])];
	return rowFacts(row, now).filter(([label]) => !said.includes(label));
}

/** The same, with its problems and archives. */
export function detailLines({ row, problems, archives }: HistoryDetails, now: number, width: number): string[] {
	const heading = (shown: number, all: number, what: string) =>
		shown === 0
			? []
			: ['', shown < all ? `The first ${formatCount(shown)} of ${counted(all, what)}` : counted(all, what)];
	return [
		...labelledLines(rowFacts(row, now), LABEL, width),
		...heading(problems.length, row.errors, 'problem'),
		...problems.flatMap(({ path, code, message }) =>
			wrap(`${displayPath(path)}: ${displayName(message)} (${displayName(code)})`, width),
		),
		...heading(archives.length, row.archives, 'archive'),
		...archives.flatMap(({ key, size, link }) => [
			...wrap(`${displayName(key)}  ${formatSize(size)}`, width),
			...(link === null ? [] : wrap(`  ${displayName(link)}`, width)),
		]),
	];
}
