/** What the rows of the form are called, say and mean. Pure. */

import { counted } from '../../../../core/sizes.ts';
import type { JobView } from '../../../../protocol/contract.ts';
import { type Choices, type EditState, type FieldName, HOOK_FIELDS } from './form.ts';
import type { RowId } from './rows.ts';

export const LABELS: Record<RowId, string> = {
	begins: 'Begins',
	time: 'At',
	days: 'On',
	day: 'On day',
	span: 'After',
	quiet: 'Quiet for',
	atMost: 'At most after',
	cron: 'Cron',
	window: 'Works only',
	jitter: 'Spread over',
	catchUp: 'Missed runs',
	enabled: 'Enabled',
	keeps: 'Keep',
	last: 'The last',
	daily: 'Days',
	weekly: 'Weeks',
	monthly: 'Months',
	yearly: 'Years',
	prunes: 'Prune',
	deletions: 'At the copy',
	sources: 'Sources',
	workers: 'Workers',
	limitUpload: 'Upload limit',
	before: 'Before a run',
	after: 'After a run',
	success: 'On success',
	failure: 'On failure',
	thaw: 'Thaw is ready',
	timeout: 'Time for each',
};

const PLACEHOLDERS: Partial<Record<FieldName, string>> = {
	quiet: '30s',
	atMost: '10m',
	window: 'any time; or such as 22:00-06:00',
	jitter: 'none; or such as 15m',
	...{ last: 'none', daily: 'none', weekly: 'none', monthly: 'none', yearly: 'none' },
	timeout: '10m',
};

/** What stands in an empty field. What hooks run may be a secret, so it is replaced and never shown. */
export function placeholderOf(name: FieldName, { schedule }: JobView): string {
	const hook = HOOK_FIELDS.find((one) => one === name);
	if (!hook) return PLACEHOLDERS[name] ?? '';
	return schedule.hooks.includes(hook) ? 'set, not shown; none takes it away' : 'a command, or a URL';
}

const BEGINS: Record<Choices['begins'], string> = {
	hand: 'by hand',
	daily: 'daily',
	weekly: 'weekly',
	monthly: 'monthly',
	every: 'some time after the last run',
	change: 'on change',
	cron: 'as cron says',
};

const DELETIONS: Record<Choices['deletions'], string> = {
	keep: 'deleted files stay',
	move: 'they are moved to a dated folder',
	follow: 'they are deleted, too',
};

export function choiceText({ choices, base }: EditState, row: keyof Choices | 'sources'): string {
	switch (row) {
		case 'begins':
			return BEGINS[choices.begins];
		case 'deletions':
			return DELETIONS[choices.deletions];
		case 'catchUp':
			return choices.catchUp ? 'made up for, once' : 'left out';
		case 'enabled':
			return choices.enabled ? 'yes' : 'no, only by hand';
		case 'keeps':
			return choices.keeps ? 'by rules' : 'all snapshots';
		case 'prunes':
			return choices.prunes ? 'after each complete run' : 'when you say so';
		case 'sources':
			return `${counted(base.sources.length, 'source')}, ${counted(base.excludes.length, 'rule')}`;
	}
}

/** What a row is for, where it does not speak for itself. */
export const HELP: Partial<Record<RowId, string>> = {
	begins: 'When the job begins by itself. It can always be started by hand, too.',
	days: 'Days such as sun, or mon,thu.',
	day: 'A day from 1 to 28, or last.',
	span: 'How long after a run has ended the next begins, such as 30m or 6h.',
	quiet: 'A run begins once nothing has changed for so long.',
	atMost: 'A run begins at the latest so long after the first change.',
	cron: 'Minute, hour, day, month, day of the week, such as 0 22 * * 1-5.',
	window: 'The time of day in which it may work; outside of it a run pauses.',
	jitter: 'Each run begins up to so much later, so that many machines do not come at once.',
	catchUp: 'What becomes of a run whose time came while no engine ran.',
	enabled: 'No: the schedule stays as it is, and nothing begins by itself.',
	keeps: 'Which snapshots stay. The newest complete one always does.',
	last: 'So many of the newest snapshots stay.',
	daily: 'The last snapshot of each of so many days stays.',
	weekly: 'The last snapshot of each of so many weeks stays.',
	monthly: 'The last snapshot of each of so many months stays.',
	yearly: 'The last snapshot of each of so many years stays.',
	prunes: 'After a run nothing is deleted whose deletion would cost.',
	deletions: 'What becomes of a file at the copy that was deleted at the source.',
	sources: 'enter opens the sources and rules of the job.',
	workers: 'Archives made at the same time, from 1 to 64. It holds from the next run on.',
	limitUpload: 'Bytes a second for all workers together, such as 10MiB or 80mbit, or off.',
	before: 'A command or a URL. If it fails, the run does not begin.',
	after: 'A command or a URL, after every run.',
	success: 'A command or a URL, after a run that was complete.',
	failure: 'A command or a URL, after a run that failed or missed files.',
	thaw: 'A command or a URL, when archives of a restore can be read.',
	timeout: 'The longest that each hook may take.',
};
