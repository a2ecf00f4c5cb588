import { EXIT } from '../core/exit-codes.ts';
import { localSecond } from '../core/local-time.ts';
import type { ReportAnswer, ReportRow } from '../core/restore-answers.ts';
import { safePrint } from '../core/safe-print.ts';
import { counted, formatCount, formatSize } from '../core/sizes.ts';
import type { Context } from './context.ts';
import { rooted } from './follow.ts';
import type { Output } from './output.ts';

/** Rows asked for at a time. */
const PAGE = 1000;

/** `firn report [ID]`: what came of a restore or decrypt; of the newest without an id. */
export async function report(context: Context, [id]: string[], options: { list?: boolean }): Promise<number> {
	const { out } = context;
	return context.ask(async (engine) => {
		if (options.list) {
			const { reports } = await engine.call('reports', {});
			for (const one of reports) out.record(one);
			if (reports.length === 0) out.line('There are no reports yet: restores and decrypts leave them.');
			else out.table(HEAD, reports.map(cells), [4, 5, 6]);
			return EXIT.ok;
		}
		let cursor: string | undefined;
		do {
			const page = await engine.call('report', {
				...(id === undefined ? {} : { id }),
				...(cursor === undefined ? {} : { cursor }),
				limit: PAGE,
			});
			if (cursor === undefined) printHead(out, page.report);
			for (const row of page.rows) printRow(out, row);
			cursor = page.cursor;
			if (process.stdout.writableLength > 0) await new Promise((resolve) => process.stdout.once('drain', resolve));
		} while (cursor !== undefined);
		return EXIT.ok;
	});
}

const HEAD = ['report', 'what', 'started', 'status', 'files', 'kept', 'problems', 'target'];

function cells({ id, kind, job, started, status, files, kept, problems, target }: ReportAnswer): string[] {
	const what = job === '' ? kind : `${kind} ${job}`;
	const figures = [files, kept, problems].map(formatCount);
	return [id, safePrint(what), localSecond(started), status, ...figures, safePrint(target)];
}

function printHead(out: Output, report: ReportAnswer): void {
	out.record({ event: 'report', ...report });
	const { id, kind, job, started, status, target, files, bytes, alreadyRight, kept, problems, mismatches, file } =
		report;
	const to = target === '' ? '' : ` to ${safePrint(target)}`;
	out.result(`${kind} ${safePrint(job)}${to}, ${localSecond(started)}, ${id}: ${status}`);
	out.result(
		`${counted(files, 'file')}, ${formatSize(bytes)}; ${formatCount(alreadyRight)} were right already, ${formatCount(kept)} existing ones kept.`,
	);
	const wrong = mismatches > 0 ? `, ${formatCount(mismatches)} with other content than was backed up` : '';
	out.result(`${counted(problems, 'problem')}${wrong}.`);
	if (report.error)
		out.result(`${safePrint(report.error.message)} ${safePrint(report.error.guidance ?? '')}`.trimEnd());
	out.result(safePrint(file));
}

function printRow(out: Output, row: ReportRow): void {
	out.record({ event: row.kind, ...row });
	if (row.kind === 'problem') {
		out.result(
			`${out.style('yellow', 'problem:')} ${safePrint(rooted(row.path))}: ${safePrint(row.message)} (${row.code})`,
		);
	} else if (row.kind === 'kept') {
		out.result(`kept: ${safePrint(rooted(row.path))}`);
	} else {
		out.result(`${row.level === 'warn' ? out.style('yellow', 'note:') : 'note:'} ${safePrint(row.message)}`);
	}
}
