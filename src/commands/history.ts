import { formatDuration } from '../core/durations.ts';
import { EXIT } from '../core/exit-codes.ts';
import { safePrint } from '../core/safe-print.ts';
import { formatCount, formatSize } from '../core/sizes.ts';
import type { HistoryRow } from '../protocol/contract.ts';
import type { Context } from './context.ts';
import { localTime } from './next-run.ts';
import { wholeNumber } from './numbers.ts';

/** `firn history [JOB]`: what came of the runs, the newest first. */
export async function history(
	context: Context,
	[job]: string[],
	{ limit = '50' }: { limit?: string },
): Promise<number> {
	const { out } = context;
	const params = { ...(job === undefined ? {} : { job }), limit: wholeNumber('--limit', limit, 1, 10_000) };
	const { runs, problems } = await context.ask((engine) => engine.call('history', params));
	for (const run of runs) out.record({ ...run });
	for (const { message } of problems) out.note(safePrint(message));
	if (runs.length === 0) out.line('There was no run yet.');
	else out.table(HEAD, runs.map(cells), [4, 5, 6, 7]);
	return problems.length === 0 ? EXIT.ok : EXIT.failed;
}

const HEAD = ['started', 'job', 'outcome', 'took', 'files', 'new', 'stored', 'errors', 'where, or why not'];

function cells(row: HistoryRow): string[] {
	const { started, finished, status, files, newBytes, archives, storedBytes, errors } = row;
	return [
		localTime(started),
		row.job,
		status,
		finished === null ? '-' : formatDuration((finished - started) / 1000),
		finished === null ? '-' : formatCount(files),
		finished === null ? '-' : formatSize(newBytes),
		formatSize(storedBytes),
		formatCount(errors),
		safePrint(row.error ?? (archives > 0 ? row.key : '')),
	];
}
