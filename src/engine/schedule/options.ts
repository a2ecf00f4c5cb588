import type { Job } from '../../config/job.ts';
import { usageError } from '../../core/errors.ts';
import { checkHook } from '../../core/schedule/hook.ts';
import { checkJitter } from '../../core/schedule/jitter.ts';
import { parseSpan } from '../../core/schedule/span.ts';
import { BY_HAND, parseTrigger } from '../../core/schedule/trigger.ts';
import { parseWindow } from '../../core/schedule/window.ts';
import type { JobOptions } from '../../protocol/requests.ts';

type Given = Pick<JobOptions, 'trigger' | 'jitter' | 'window' | 'catchUp' | 'hooks' | 'enabled'>;
type Fields = Partial<Pick<Job, keyof Given>>;

/**
 * When the job begins by itself, with what is given changed in it; what is empty or the default is left out.
 * @throws FirnError (usage) BAD_TRIGGER, BAD_SPAN, BAD_JITTER, BAD_WINDOW, BAD_HOOK; NO_TRIGGER where nothing could be delayed or confined
 */
export function changedSchedule(before: Fields, given: Given): Fields {
	const trigger = changed(before.trigger, given.trigger, parseTrigger);
	const jitter = changed(before.jitter, given.jitter, parseSpan);
	const window = changed(before.window, given.window, parseWindow);
	const begins = trigger?.toLowerCase() === BY_HAND ? undefined : trigger;
	if (begins === undefined && (given.jitter || given.window)) {
		throw usageError(
			'NO_TRIGGER',
			`A job that does not begin by itself has no ${given.window ? 'window' : 'jitter'}.`,
			'Say when it begins, too, with --schedule or --every.',
		);
	}
	if (begins && jitter) checkJitter(jitter, begins);
	return {
		trigger: begins,
		jitter: begins && jitter,
		window: begins && window,
		catchUp: (given.catchUp ?? before.catchUp) === false ? false : undefined,
		hooks: changedHooks(before.hooks, given.hooks),
		enabled: (given.enabled ?? before.enabled) === false ? false : undefined,
	};
}

function changed(before: string | undefined, given: string | undefined, check: (text: string) => unknown) {
	if (given === undefined) return before;
	const text = given.trim().replace(/\s+/g, ' ');
	if (text === '') return undefined;
	check(text);
	return text;
}

function changedHooks(before: Fields['hooks'], given: Given['hooks'] = {}): Fields['hooks'] {
	for (const [name, text] of Object.entries(given)) {
		if (text !== '') (name === 'timeout' ? parseSpan : checkHook)(text);
	}
	const hooks = Object.entries({ ...before, ...given }).filter(([, text]) => text);
	return hooks.length === 0 ? undefined : Object.fromEntries(hooks);
}
