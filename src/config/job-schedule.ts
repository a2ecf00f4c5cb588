/** The schema of when a job begins by itself, and of what is run or told then. What is absent takes its default. */

import { z } from 'zod';
import { FirnError } from '../core/errors.ts';
import { checkHook } from '../core/schedule/hook.ts';
import { HOOKS } from '../core/schedule/hook-names.ts';
import { checkJitter } from '../core/schedule/jitter.ts';
import type { Schedule } from '../core/schedule/next-run.ts';
import { parseSpan } from '../core/schedule/span.ts';
import { BY_HAND, parseTrigger } from '../core/schedule/trigger.ts';
import { parseWindow } from '../core/schedule/window.ts';
import { retentionFields } from './job-retention.ts';

/** Text that a parser takes; its error says what can be given. */
const parsed = (parse: (text: string) => unknown) =>
	z.string().superRefine((text, context) => {
		try {
			parse(text);
		} catch (error) {
			if (!(error instanceof FirnError)) throw error;
			context.addIssue({ code: 'custom', message: (error.guidance ?? error.message).replace(/\.$/, '') });
		}
	});

const hook = parsed(checkHook).optional();

export const scheduleFields = {
	/** When it begins by itself; by hand if absent. */
	trigger: parsed(parseTrigger).optional(),
	/** Begins up to so much later, such as `15m`. */
	jitter: parsed(parseSpan).optional(),
	/** When a run that began by itself may work, such as `22:00-06:00`; outside of it it pauses. */
	window: parsed(parseWindow).optional(),
	/** Whether a run that was missed is made up for, once; yes if absent. */
	catchUp: z.boolean().optional(),
	/** Commands, or URLs for an HTTP POST. */
	hooks: z
		.strictObject({
			...(Object.fromEntries(HOOKS.map((name) => [name, hook])) as Record<(typeof HOOKS)[number], typeof hook>),
			/** The longest that each may take; 10m if absent. */
			timeout: parsed(parseSpan).optional(),
		})
		.optional(),
	/** False: it begins by hand only, whatever its trigger. */
	enabled: z.boolean().optional(),
};

type ScheduleFields = z.infer<z.ZodObject<typeof scheduleFields>>;

/** What is wrong with the jitter of a job, whose fields are right by themselves. */
export function jitterIssue({ trigger, jitter }: ScheduleFields): string | undefined {
	if (trigger === undefined || jitter === undefined) return undefined;
	try {
		checkJitter(jitter, trigger);
		return undefined;
	} catch (error) {
		if (!(error instanceof FirnError)) throw error;
		return error.message.replace(/\.$/, '');
	}
}

/** When a job begins by itself, ready for nextRun(). */
export function scheduleOf({
	id,
	enabled,
	trigger,
	jitter,
	window,
	catchUp,
}: ScheduleFields & { id: string }): Schedule {
	return {
		trigger: parseTrigger((enabled === false ? undefined : trigger) ?? BY_HAND),
		jitter: jitter === undefined ? 0 : parseSpan(jitter),
		...(window === undefined ? {} : { window: parseWindow(window) }),
		catchUp: catchUp ?? true,
		salt: id,
	};
}

/**
 * A job as stores and books keep it, without what concerns this machine alone: a store must neither learn its hooks,
 * whose URLs may be secrets, nor be able to bring commands to a machine that recovers from it, or rules by which it
 * deletes.
 */
export function withoutSchedule<Job extends ScheduleFields>(
	job: Job,
): Omit<Job, keyof ScheduleFields | keyof typeof retentionFields> {
	const names = new Set([...Object.keys(scheduleFields), ...Object.keys(retentionFields)]);
	return Object.fromEntries(Object.entries(job).filter(([name]) => !names.has(name))) as never;
}
