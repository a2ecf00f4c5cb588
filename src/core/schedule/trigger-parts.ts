/** A trigger in the parts that a form has fields for, and in words. Pure. */

import { BY_HAND, parseTrigger } from './trigger.ts';

export const TRIGGER_KINDS = ['hand', 'daily', 'weekly', 'monthly', 'every', 'change', 'cron'] as const;
export type TriggerKind = (typeof TRIGGER_KINDS)[number];

/** What a kind does not need is kept for the case that it is chosen again. */
export interface TriggerParts {
	kind: TriggerKind;
	/** Of daily, weekly and monthly: `22:00`. */
	time: string;
	/** Of weekly: `sun` or `mon,thu`. */
	days: string;
	/** Of monthly: 1 to 28, or `last`. */
	day: string;
	/** Of every: `6h`. */
	span: string;
	/** Of change; empty for the usual ones. */
	quiet: string;
	atMost: string;
	/** Five fields. */
	cron: string;
}

/** What a form begins with. */
export const USUAL_PARTS: TriggerParts = {
	kind: 'hand',
	time: '22:00',
	days: 'sun',
	day: '1',
	span: '6h',
	quiet: '',
	atMost: '',
	cron: '0 22 * * 1-5',
};

/** Of a trigger that a job has. What is none of the others is taken for fields of cron. */
export function triggerParts(trigger: string): TriggerParts {
	const text = trigger.trim().toLowerCase().replace(/\s+/g, ' ');
	if (text === BY_HAND) return USUAL_PARTS;
	const [word, first = '', second = ''] = text.split(' ');
	if (word === 'daily') return { ...USUAL_PARTS, kind: 'daily', time: first };
	if (word === 'weekly') return { ...USUAL_PARTS, kind: 'weekly', days: first, time: second };
	if (word === 'monthly') return { ...USUAL_PARTS, kind: 'monthly', day: first, time: second };
	if (word === 'every') return { ...USUAL_PARTS, kind: 'every', span: first };
	const change = /^on change(?: quiet (\S+))?(?: at most (\S+))?$/.exec(text);
	if (change) return { ...USUAL_PARTS, kind: 'change', quiet: change[1] ?? '', atMost: change[2] ?? '' };
	return { ...USUAL_PARTS, kind: 'cron', cron: text };
}

/** The trigger as a job has it; nothing is checked. */
export function triggerOf({ kind, time, days, day, span, quiet, atMost, cron }: TriggerParts): string {
	switch (kind) {
		case 'hand':
			return BY_HAND;
		case 'daily':
			return `daily ${time.trim()}`;
		case 'weekly':
			return `weekly ${days.trim().replace(/\s*,\s*/g, ',')} ${time.trim()}`;
		case 'monthly':
			return `monthly ${day.trim()} ${time.trim()}`;
		case 'every':
			return `every ${span.trim()}`;
		case 'change': {
			const more = [quiet.trim() && ` quiet ${quiet.trim()}`, atMost.trim() && ` at most ${atMost.trim()}`];
			return `on change${more.join('')}`;
		}
		case 'cron':
			return cron.trim();
	}
}

/** For people: `daily at 22:00`. @throws FirnError (usage) BAD_TRIGGER */
export function triggerWords(trigger: string): string {
	const { kind, time, days, day, span } = triggerParts(trigger);
	const parsed = parseTrigger(trigger);
	switch (kind) {
		case 'hand':
			return BY_HAND;
		case 'daily':
			return `daily at ${time}`;
		case 'weekly':
			return `weekly on ${days.replaceAll(',', ', ')} at ${time}`;
		case 'monthly':
			return day === 'last' ? `on the last day of the month at ${time}` : `monthly on day ${day} at ${time}`;
		case 'every':
			return `${span} after each run`;
		case 'change':
			if (parsed.kind !== 'change') return trigger;
			return `on change, once quiet for ${spanWords(parsed.quiet)}, within ${spanWords(parsed.atMost)}`;
		case 'cron':
			return `cron ${trigger}`;
	}
}

const UNITS = [
	['week', 604_800_000],
	['day', 86_400_000],
	['h', 3_600_000],
	['min', 60_000],
	['s', 1000],
] as const;

/** `30 s`, `10 min`, `90 min`: in the largest unit that gives a whole number. */
export function spanWords(ms: number): string {
	const [unit, length] = UNITS.find(([, each]) => ms % each === 0) ?? UNITS[4];
	const count = Math.round(ms / length);
	return `${count} ${unit}${count !== 1 && (unit === 'week' || unit === 'day') ? 's' : ''}`;
}

/** How long it is until then, to the minute: `5 h 12 min`, `3 d 4 h`. */
export function untilWords(ms: number): string {
	const minutes = Math.max(1, Math.ceil(ms / 60_000));
	if (minutes < 60) return `${minutes} min`;
	const hours = Math.floor(minutes / 60);
	return hours < 48
		? `${hours} h ${String(minutes % 60).padStart(2, '0')} min`
		: `${Math.floor(hours / 24)} d ${hours % 24} h`;
}
