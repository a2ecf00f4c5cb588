/** What a form would lead to, while it is filled in: the next runs, and which snapshots stay. Pure. */

import { keptSnapshots } from '../../../../core/retention.ts';
import { nextRun, type Schedule } from '../../../../core/schedule/next-run.ts';
import { parseTrigger } from '../../../../core/schedule/trigger.ts';
import { triggerOf, triggerWords, untilWords } from '../../../../core/schedule/trigger-parts.ts';
import { upcoming } from '../../../../core/schedule/upcoming.ts';
import { parseWindow } from '../../../../core/schedule/window.ts';
import { counted } from '../../../../core/sizes.ts';
import { type EditState, partsOf } from './form.ts';
import { rulesOf } from './options.ts';
import { problemsOf } from './problems.ts';
import { type RowId, sectionsOf } from './rows.ts';
import type { Run } from './runs.ts';

export interface Preview {
	/** One sentence. */
	words: string;
	/** One a line, the next or newest first. */
	items: { text: string; sign?: 'ok' | 'off' }[];
}

const SHOWN_RUNS = 5;

/** When it would begin. */
export function whenPreview(state: EditState, now: number, zone: string): Preview {
	const { choices, fields, base } = state;
	if (choices.begins === 'hand') return { words: 'Only when you start it.', items: [] };
	if (hasProblem(state, 'When')) return { words: 'Once this is right, the next runs stand here.', items: [] };
	if (!choices.enabled) return { words: 'Disabled: only when you start it.', items: [] };
	const text = triggerOf(partsOf(state));
	const trigger = parseTrigger(text);
	const window = fields.window.text.trim();
	const jitter = fields.jitter.text.trim();
	const schedule: Schedule = {
		trigger,
		jitter: 0,
		...(window === '' ? {} : { window: parseWindow(window) }),
		catchUp: choices.catchUp,
		salt: base.id,
	};
	const later = jitter === '' ? '' : `, each up to ${jitter} later`;
	if (trigger.kind === 'change') return { words: `${capital(triggerWords(text))}${later}.`, items: [] };
	if (trigger.kind === 'every') {
		const first = nextRun(schedule, { since: now }, now, zone);
		const begins = first === undefined ? '' : ` First: ${dayText(first, zone)}.`;
		return { words: `${capital(triggerWords(text))}${later}.${begins}`, items: [] };
	}
	const times = upcoming(schedule, now, zone, SHOWN_RUNS);
	if (times.length === 0) return { words: 'Its time does not come.', items: [] };
	return {
		words: `Next in ${untilWords(times[0]! - now)}${later}.`,
		items: times.map((time) => ({ text: dayText(time, zone) })),
	};
}

/** What `firn prune` would keep of what there is, by these rules. */
export function keepPreview(state: EditState, zone: string): Preview {
	const { choices, runs } = state;
	if (!choices.keeps) return { words: 'All snapshots stay, for as long as their archives are there.', items: [] };
	if (hasProblem(state, 'Keep')) return { words: 'Once this is right, what stays stands here.', items: [] };
	if (!runs) return { words: 'Asking for the snapshots.', items: [] };
	if (runs.length === 0) return { words: 'There is no snapshot yet.', items: [] };
	const kept = keptSnapshots(runs, rulesOf(state), zone);
	const go = runs.length - kept.size;
	const when = choices.prunes ? 'after the next run' : 'once you prune (P on Jobs)';
	return {
		words:
			go === 0
				? `All there is stays: ${counted(runs.length, 'snapshot')}.`
				: `Of ${counted(runs.length, 'snapshot')}, ${go} would go ${when}.`,
		items: newestFirst(runs).map(({ run, started, isComplete }) => ({
			sign: kept.has(run) ? 'ok' : 'off',
			text: `${kept.has(run) ? 'stays' : 'goes '}  ${run}  ${dayText(started, zone)}${isComplete ? '' : '  partial'}`,
		})),
	};
}

const newestFirst = (runs: readonly Run[]): Run[] => runs.toSorted((a, b) => b.run - a.run);

/** Whether a row of that section is wrong. */
function hasProblem(state: EditState, title: string): boolean {
	const problems = problemsOf(state);
	const rows = sectionsOf(state).find((section) => section.title === title)?.rows ?? [];
	return rows.some((row: RowId) => problems[row]);
}

/** `Sun 22 Nov 22:00`. */
export function dayText(time: number, zone: string): string {
	const format = new Intl.DateTimeFormat('en-GB', {
		timeZone: zone,
		...{ weekday: 'short', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' },
	} as Intl.DateTimeFormatOptions);
	return format.format(time).replaceAll(',', '').replace(' at ', ' ');
}

const capital = (text: string): string => text[0]!.toUpperCase() + text.slice(1);
