/** What is wrong with what stands in the form, by row, in the words of those who take it. Pure. */

import { FirnError } from '../../../../core/errors.ts';
import { KEEP_RULES } from '../../../../core/retention.ts';
import { parseTime } from '../../../../core/schedule/calendar.ts';
import { checkHook } from '../../../../core/schedule/hook.ts';
import { checkJitter } from '../../../../core/schedule/jitter.ts';
import { parseSpan, SPANS } from '../../../../core/schedule/span.ts';
import { parseTrigger } from '../../../../core/schedule/trigger.ts';
import { triggerOf } from '../../../../core/schedule/trigger-parts.ts';
import { parseWindow } from '../../../../core/schedule/window.ts';
import { parseSetting, settingOf } from '../../../../core/settings.ts';
import { type EditState, type FieldName, HOOK_FIELDS, NO_HOOK, partsOf } from './form.ts';
import { type RowId, rowsOf } from './rows.ts';

export interface Problem {
	message: string;
	guidance?: string;
}

const MOST_KEPT = 100_000;

/** Only of rows that are there. */
export function problemsOf(state: EditState): Partial<Record<RowId, Problem>> {
	const { fields, choices } = state;
	const text = (name: FieldName) => fields[name].text.trim();
	const isThere = new Set<RowId>(rowsOf(state));
	const found: Partial<Record<RowId, Problem>> = {};
	const check = (row: FieldName, parse: (text: string) => unknown, guidance?: string) => {
		const problem = isThere.has(row) && text(row) !== '' ? thrown(() => parse(text(row)), guidance) : undefined;
		if (problem) found[row] = problem;
	};
	const trigger = thrown(() => parseTrigger(triggerOf(partsOf(state))));
	if (trigger) {
		const { row, guidance } = triggerRow(state);
		found[row] = { message: trigger.message, guidance };
	}
	check('quiet', parseSpan);
	check('atMost', parseSpan);
	check('jitter', parseSpan);
	if (!trigger && !found.jitter) check('jitter', (jitter) => checkJitter(jitter, triggerOf(partsOf(state))));
	check('window', parseWindow);
	for (const rule of KEEP_RULES) check(rule, keptNumber);
	if (choices.keeps && KEEP_RULES.every((rule) => !(Number(text(rule)) > 0)) && !KEEP_RULES.some((rule) => found[rule]))
		found.last = { message: 'No rule keeps anything.', guidance: 'Say how many, or keep all snapshots.' };
	for (const name of ['workers', 'limitUpload'] as const) {
		const problem = thrown(() => parseSetting(settingOf(name), text(name)));
		if (problem) found[name] = problem;
	}
	for (const hook of HOOK_FIELDS) if (text(hook) !== NO_HOOK) check(hook, checkHook);
	check('timeout', parseSpan);
	return found;
}

/** The field that a trigger which is none has it from, and what can be given there. */
function triggerRow({ fields, choices }: EditState): { row: RowId; guidance: string } {
	const time = { row: 'time' as const, guidance: 'Give a time of the day, such as 22:00.' };
	switch (choices.begins) {
		case 'weekly':
			if (parseTime(fields.time.text.trim()) === undefined) return time;
			return { row: 'days', guidance: 'Give days such as sun, or mon,thu.' };
		case 'monthly':
			if (parseTime(fields.time.text.trim()) === undefined) return time;
			return { row: 'day', guidance: 'Give a day from 1 to 28, or last: not every month has a 29th.' };
		case 'every':
			return { row: 'span', guidance: `Give ${SPANS}; a minute at least.` };
		case 'change':
			return { row: 'atMost', guidance: `Give ${SPANS}, and no less than it is to be quiet for.` };
		case 'cron':
			return { row: 'cron', guidance: 'Give five fields of cron whose time ever comes, such as 0 22 * * 1-5.' };
		default:
			return time;
	}
}

function keptNumber(text: string): void {
	if (/^\d{1,6}$/.test(text) && Number(text) <= MOST_KEPT) return;
	const guidance = 'Give a whole number up to 100,000, or nothing.';
	throw new FirnError('BAD_NUMBER', `"${text}" is no number of snapshots.`, { guidance });
}

function thrown(run: () => unknown, guidance?: string): Problem | undefined {
	try {
		run();
		return undefined;
	} catch (error) {
		if (!(error instanceof FirnError)) throw error;
		const what = guidance ?? error.guidance;
		return { message: error.message, ...(what === undefined ? {} : { guidance: what }) };
	}
}
