import { nextRun, type Schedule } from './next-run.ts';

/** When a job with times of the calendar begins next, `count` times, without its delays. Pure. In ms since 1970. */
export function upcoming(schedule: Schedule, now: number, zone: string, count: number): number[] {
	const times: number[] = [];
	let since = now;
	while (times.length < count) {
		const next = nextRun({ ...schedule, jitter: 0 }, { since, begun: since }, since, zone);
		if (next === undefined || next <= since) break;
		times.push(next);
		since = next;
	}
	return times;
}
