/** What is told of one job, beside its row: the most asked first. Pure. */

import { keepWords } from '../../../core/retention-words.ts';
import { triggerWords, untilWords } from '../../../core/schedule/trigger-parts.ts';
import { watchWords } from '../../../core/schedule/watch-view.ts';
import { counted, exactSize, formatSize } from '../../../core/sizes.ts';
import type { JobView, Overview, ScheduleView } from '../../../protocol/contract.ts';
import { displayName } from '../../components/text.ts';
import { formatWhen, took } from './job-rows.ts';

export type Fact = readonly [label: string, text: string];

const DELETIONS = {
	keep: 'deletions are kept',
	move: 'deletions are moved aside',
	follow: 'deletions are followed',
};

export function jobFacts(job: JobView, overview: Overview | undefined, now: number, signs: string): Fact[] {
	const { schedule } = job;
	const isMirror = job.layout === 'mirror';
	const last = overview?.runs.at(-1);
	const facts: (Fact | undefined | false)[] = [
		['Destination', displayName(job.destination)],
		['Sources', job.sources.map(displayName).join(', ')],
		job.extras && ['Also kept', job.extras.map(displayName).join(', ')],
		['When', whenWords(schedule, now)],
		schedule.window !== undefined && ['Window', `works ${schedule.window} only`],
		schedule.trigger.startsWith('on change') && ['Watcher', watcherWords(schedule)],
		!isMirror && ['Keep', `${keepWords(job.keep)}${job.keep && job.pruneAfterRun ? ', pruned after each run' : ''}`],
		last && ['Last run', `${last.status}, ${formatWhen(Date.parse(last.started), now)}, ${took(last)}`],
		overview && ['Runs', signs],
		overview && ['Newest', `${counted(overview.files, 'file')}, ${formatSize(overview.bytes)}`],
		overview &&
			!isMirror && ['Stored', `${formatSize(overview.storedBytes)} in ${counted(overview.archives, 'archive')}`],
		['Encryption', job.encrypted ? `age, ${counted(job.recipients.length, 'recipient')}` : 'none'],
		isMirror
			? ['Layout', `mirror, ${DELETIONS[job.deletions ?? 'keep']}`]
			: ['Layout', `archives, ${job.compression === 'none' ? 'not compressed' : job.compression}`],
		['Speed', speedWords(job)],
		schedule.hooks.length > 0 && ['Hooks', schedule.hooks.join(', ')],
	];
	return facts.filter((fact) => fact !== undefined && fact !== false);
}

/** `daily at 22:00`: without what changes as time goes by. */
export function beginsWords({ trigger, enabled }: ScheduleView): string {
	return enabled ? triggerWords(trigger) : `disabled (${triggerWords(trigger)})`;
}

/** `daily at 22:00 · next in 5 h 12 min · up to 15m later`. */
function whenWords(schedule: ScheduleView, now: number): string {
	const { enabled, nextRun, jitter, catchUp } = schedule;
	const words = beginsWords(schedule);
	if (!enabled) return `${words}; p enables it`;
	return [
		words,
		...(nextRun === null ? [] : [nextRun <= now ? 'due now' : `next in ${untilWords(nextRun - now)}`]),
		...(jitter === undefined ? [] : [`up to ${jitter} later`]),
		...(catchUp ? [] : ['missed ones are left out']),
	].join(' · ');
}

function watcherWords({ watch, enabled }: ScheduleView): string {
	if (!enabled) return 'off';
	return watch ? watchWords(watch) : 'off: the engine has not begun to watch';
}

function speedWords({ workers, limitUpload }: JobView): string {
	return `${counted(workers, 'worker')}, ${limitUpload === 0 ? 'no limit' : `at most ${exactSize(limitUpload)}/s`}`;
}
