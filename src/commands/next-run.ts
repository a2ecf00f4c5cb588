import { localMinute } from '../core/local-time.ts';
import { BY_HAND } from '../core/schedule/trigger.ts';
import { watchWords } from '../core/schedule/watch-view.ts';
import type { ScheduleView } from '../protocol/contract.ts';

/** When a job begins, as the end of a sentence that begins with the job. */
export function beginsWords({ enabled, nextRun, trigger }: ScheduleView): string {
	if (!enabled) return 'begins by hand only, as it is disabled';
	if (nextRun !== null) return `begins next at ${localMinute(nextRun)}`;
	return trigger === BY_HAND ? 'begins by hand: it has no schedule' : 'begins when its sources change';
}

/** When a job begins by itself, for a cell of a table. */
export function nextRunText({ enabled, nextRun, trigger, watch }: ScheduleView): string {
	if (!enabled) return 'disabled';
	if (nextRun !== null) return localMinute(nextRun);
	return watch ? `${trigger} (${watchWords(watch)})` : trigger;
}
