/** What of a form differs from the job, as the request for a change takes it. Pure. */

import { KEEP_RULES } from '../../../../core/retention.ts';
import { triggerOf, triggerParts } from '../../../../core/schedule/trigger-parts.ts';
import { parseSetting, settingOf } from '../../../../core/settings.ts';
import type { Params } from '../../../../protocol/contract.ts';
import { beginsByItself, type EditState, type FieldName, HOOK_FIELDS, NO_HOOK, partsOf } from './form.ts';

type Options = NonNullable<Params<'saveJob'>['options']>;

/** Only what was changed; the form has no problems. */
export function optionsOf(state: EditState): Options {
	const { base, fields, choices } = state;
	const text = (name: FieldName) => fields[name].text.trim();
	const { schedule } = base;
	const options: Options = {};
	const trigger = triggerOf(partsOf(state));
	if (trigger !== triggerOf(triggerParts(schedule.trigger))) options.trigger = beginsByItself(state) ? trigger : '';
	// By hand there is nothing to delay or confine: they go with the trigger.
	if (beginsByItself(state)) {
		for (const name of ['jitter', 'window'] as const)
			if (text(name) !== (schedule[name] ?? '')) options[name] = text(name);
	}
	for (const name of ['catchUp', 'enabled'] as const)
		if (choices[name] !== schedule[name]) options[name] = choices[name];
	if (base.layout === 'mirror') {
		if (choices.deletions !== (base.deletions ?? 'keep')) options.deletions = choices.deletions;
	} else Object.assign(options, retention(state));
	for (const name of ['workers', 'limitUpload'] as const) {
		const value = Number(parseSetting(settingOf(name), text(name)));
		if (value !== base[name]) options[name] = value;
	}
	const hooks = HOOK_FIELDS.flatMap((name) =>
		text(name) === '' ? [] : [[name, text(name) === NO_HOOK ? '' : text(name)] as const],
	);
	const timeout = text('timeout') === (schedule.hookTimeout ?? '') ? [] : [['timeout', text('timeout')] as const];
	if (hooks.length + timeout.length > 0) options.hooks = Object.fromEntries([...hooks, ...timeout]);
	return options;
}

function retention({ base, fields, choices }: EditState): Options {
	const wanted = rulesOf({ fields, choices });
	const changed = KEEP_RULES.filter((rule) => wanted[rule] !== (base.keep?.[rule] ?? 0));
	const prunes = choices.keeps && choices.prunes;
	return {
		...(changed.length > 0 ? { keep: Object.fromEntries(changed.map((rule) => [rule, wanted[rule]])) } : {}),
		...(prunes !== (base.pruneAfterRun ?? false) ? { pruneAfterRun: prunes } : {}),
	};
}

/** The rules that stand in the form; 0 where there is none. */
export function rulesOf({ fields, choices }: Pick<EditState, 'fields' | 'choices'>) {
	const rules = KEEP_RULES.map((rule) => [rule, choices.keeps ? Number(fields[rule].text.trim()) : 0] as const);
	return Object.fromEntries(rules) as Record<(typeof KEEP_RULES)[number], number>;
}
