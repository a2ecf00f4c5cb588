/** A plan of a restore, and what a decrypt would find, for people. */

import { FirnError, type PlainError } from '../core/errors.ts';
import { localMinute } from '../core/local-time.ts';
import type { InspectAnswer, RestorePlanAnswer } from '../core/restore-answers.ts';
import { safePrint } from '../core/safe-print.ts';
import { counted, formatCount, formatSize } from '../core/sizes.ts';
import type { Output } from './output.ts';
import { printQuote } from './quote-view.ts';

/** Archives that are listed; --json has more. */
const LISTED = 12;

/** Prints the plan of a restore. */
export function printPlan(out: Output, plan: RestorePlanAnswer): void {
	const { snapshot, target, archives, existing, key } = plan;
	out.line(`${plan.job}, snapshot ${snapshot.number} of ${localMinute(snapshot.time)}, to ${safePrint(target.path)}`);
	const rows = archives.rows
		.slice(0, LISTED)
		.map((row) => [
			safePrint(row.key),
			formatCount(row.files),
			formatSize(row.fetchBytes),
			formatSize(row.size),
			formatCount(row.requests),
			row.status,
		]);
	if (rows.length > 0 && !out.quiet)
		out.table(['archive', 'files', 'to read', 'of', 'requests', 'status'], rows, [1, 2, 3, 4]);
	if (archives.count > rows.length) out.line(`and ${counted(archives.count - rows.length, 'more archive')}`);
	const fetch = `${formatSize(plan.fetchBytes)} would be read in ${counted(plan.requests, 'request')}`;
	out.line(`Dry run: ${counted(plan.files, 'file')}, ${formatSize(plan.bytes)} would be restored; ${fetch}.`);
	out.line(`Free at the target: ${target.freeBytes === null ? 'unknown' : formatSize(target.freeBytes)}.`);
	if (existing.looked > 0) {
		const of = existing.looked < plan.files ? ` of the first ${formatCount(existing.looked)}` : '';
		out.line(
			`There already${of}: ${formatCount(existing.same)} look the same, ${formatCount(existing.other)} are something else.`,
		);
	}
	if (key.needed && key.fits) {
		out.line(
			`Encrypted for ${counted(key.recipients, 'recipient')}; an identity at hand opens ${archives.count > 0 ? 'all archives' : 'them'}.`,
		);
	}
	printQuote(out, plan.quote);
	complain(out, plan);
}

/** Prints what a decrypt would find. */
export function printInspection(out: Output, found: InspectAnswer): void {
	const { archives, totals, identities, companions, foreign } = found;
	const rows = archives
		.slice(0, LISTED)
		.map((row) => [
			safePrint(row.path),
			formatSize(row.size),
			row.encrypted ? String(row.recipients) : '-',
			verdict(row),
		]);
	if (rows.length > 0 && !out.quiet) out.table(['archive', 'size', 'recipients', ''], rows, [1, 2]);
	if (totals.archives > rows.length) out.line(`and ${counted(totals.archives - rows.length, 'more archive')}`);
	out.line(
		`Dry run: ${counted(totals.archives, 'archive')}, ${formatSize(totals.bytes)}; ${formatCount(totals.opens)} can be opened.`,
	);
	for (const { file, opens, problem } of identities) {
		if (!problem) out.line(`The identity in ${safePrint(file)} opens ${counted(opens, 'archive')}.`);
	}
	if (companions + foreign.count > 0) {
		out.line(
			`Left alone: ${formatCount(companions)} files of Firn's books, ${formatCount(foreign.count)} other files.`,
		);
	}
	complain(out, found);
}

function verdict({ encrypted, opens, problem }: InspectAnswer['archives'][number]): string {
	if (problem) return safePrint(problem.message);
	return encrypted ? (opens ? 'can be opened' : 'no identity fits') : 'not encrypted';
}

function complain(out: Output, { problems, warnings }: { problems: PlainError[]; warnings: string[] }): void {
	for (const warning of warnings) out.line(`${out.style('yellow', 'note:')} ${safePrint(warning)}`);
	for (const problem of problems) out.error(FirnError.fromPlain(problem));
}
