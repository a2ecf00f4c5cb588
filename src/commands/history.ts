import { FirnError } from '../core/errors.ts';
import { EXIT } from '../core/exit-codes.ts';
import type { HistoryRow, HistoryStatus } from '../core/history.ts';
import { historyFacts, TRIGGER_WORDS, tookOf } from '../core/history-words.ts';
import { localMinute } from '../core/local-time.ts';
import { formatUsd } from '../core/money.ts';
import { safePrint } from '../core/safe-print.ts';
import { counted, formatCount, formatSize } from '../core/sizes.ts';
import type { TaskKind } from '../core/task.ts';
import type { Channel } from '../protocol/channel.ts';
import type { Params, Results } from '../protocol/contract.ts';
import type { Context } from './context.ts';
import { wholeNumber } from './numbers.ts';
import type { Output } from './output.ts';
import { parseSince } from './since.ts';

export interface HistoryOptions {
	since?: string;
	status?: HistoryStatus;
	kind?: TaskKind;
	limit?: string;
}

const SHOWN = '50';
/** Problems and archives of a run that are listed. */
const LISTED = 1000;

/** `firn history [JOB|RUN]`: what came of work, the newest first, or all that is known of one run. */
export async function history(context: Context, [what]: string[], options: HistoryOptions): Promise<number> {
	const { out } = context;
	const { since, status, kind, limit = SHOWN } = options;
	const params: Params<'history'> = {
		...(since === undefined ? {} : { since: parseSince(since, Date.now()) }),
		...(status ? { statuses: [status] } : {}),
		...(kind ? { kinds: [kind] } : {}),
		limit: wholeNumber('--limit', limit, 1, 10_000),
	};
	return context.ask(async (engine) => {
		const found = await look(engine, what, params);
		if ('row' in found) return details(out, found);
		const { rows, problems, cursor } = found;
		for (const row of rows) out.record(row);
		for (const { message } of problems) out.note(safePrint(message));
		if (rows.length === 0) out.line('There is nothing of that in the history.');
		else table(out, rows);
		if (cursor !== undefined) out.note('Older ones are left out; -n shows more.');
		return problems.length === 0 ? EXIT.ok : EXIT.failed;
	});
}

/** A job goes before a run of that name. */
async function look(engine: Channel, what: string | undefined, params: Params<'history'>) {
	if (what === undefined) return engine.call('history', params);
	try {
		return await engine.call('history', { ...params, job: what });
	} catch (error) {
		if (!(error instanceof FirnError) || error.code !== 'JOB_UNKNOWN') throw error;
		return engine.call('historyDetails', { id: what, limit: LISTED }).catch((missing: unknown) => {
			throw missing instanceof FirnError && missing.code === 'HISTORY_MISSING' ? error : missing;
		});
	}
}

function table(out: Output, rows: readonly HistoryRow[]): void {
	const isMixed = rows.some(({ kind }) => kind !== 'backup');
	const head = ['started', 'job', ...(isMixed ? ['what'] : []), 'outcome', 'trigger', 'took', ...FIGURES, LAST];
	const first = head.indexOf('took') + 1;
	out.table(
		head,
		rows.map((row) => cells(row, isMixed)),
		FIGURES.map((_, at) => first + at),
	);
}

const FIGURES = ['files', 'new', 'stored', 'errors', 'cost'];
const LAST = 'run, or why not';

function cells(row: HistoryRow, isMixed: boolean): string[] {
	const { id, job, kind, started, status, files, newBytes, storedBytes, errors, cost, run, error, trigger } = row;
	const isBackup = kind === 'backup' && run !== null;
	return [
		localMinute(started),
		job || '-',
		...(isMixed ? [kind] : []),
		status,
		trigger === null ? '-' : TRIGGER_WORDS[trigger],
		tookOf(row) ?? '-',
		formatCount(files),
		isBackup ? formatSize(newBytes) : '-',
		isBackup ? formatSize(storedBytes) : '-',
		formatCount(errors),
		cost === null ? '-' : formatUsd(cost.total),
		safePrint(error ?? id),
	];
}

function details(out: Output, { row, problems, archives }: Results['historyDetails']): number {
	out.record({ ...row, problemList: problems, archiveList: archives });
	for (const [label, text] of historyFacts(row, localMinute)) out.line(`${label.padEnd(12)}${safePrint(text)}`);
	const more = (shown: number, all: number) => (all > shown ? `, the first ${formatCount(shown)}` : '');
	if (archives.length > 0) {
		out.line(`\n${counted(row.archives, 'archive')}${more(archives.length, row.archives)}:`);
		for (const { key, size, link } of archives) {
			out.line(`  ${safePrint(key)}  ${formatSize(size)}`);
			if (link !== null) out.line(`    ${safePrint(link)}`);
		}
	}
	if (problems.length > 0) {
		out.line(`\n${counted(row.errors, 'problem')}${more(problems.length, row.errors)}:`);
		for (const { path, code, message } of problems) out.line(`  ${safePrint(path)}: ${safePrint(message)} (${code})`);
	}
	return EXIT.ok;
}
