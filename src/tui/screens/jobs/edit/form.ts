/** What the form of a job holds. Pure. */

import { KEEP_RULES } from '../../../../core/retention.ts';
import type { TriggerKind, TriggerParts } from '../../../../core/schedule/trigger-parts.ts';
import type { JobView } from '../../../../protocol/contract.ts';
import type { Field } from '../../../components/field.tsx';
import type { Run } from './runs.ts';

const TRIGGER_FIELDS = ['time', 'days', 'day', 'span', 'quiet', 'atMost', 'cron'] as const;
export const HOOK_FIELDS = ['before', 'after', 'success', 'failure', 'thaw'] as const;
export const FIELDS = [
	...TRIGGER_FIELDS,
	'jitter',
	'window',
	...KEEP_RULES,
	'workers',
	'limitUpload',
	...HOOK_FIELDS,
	'timeout',
] as const;
export type FieldName = (typeof FIELDS)[number];

/** Typed into the field of a hook it takes the hook away. */
export const NO_HOOK = 'none';

export interface Choices {
	begins: TriggerKind;
	catchUp: boolean;
	enabled: boolean;
	/** Whether there are rules for which snapshots are kept. */
	keeps: boolean;
	prunes: boolean;
	deletions: 'keep' | 'move' | 'follow';
}

export interface EditState {
	/** As it was when the form was opened: only what differs from it is saved. */
	base: JobView;
	fields: Record<FieldName, Field>;
	choices: Choices;
	/** Row that has the keys. */
	row: number;
	/** Its runs, once they are known. */
	runs: readonly Run[] | undefined;
	/** `wanted`: the engine is to be asked; `asked`: it has been. */
	saving: 'no' | 'wanted' | 'asked';
	error: { message: string; guidance?: string } | undefined;
}

export type EditAction =
	| { type: 'edit/runs'; job: string; runs: readonly Run[] }
	| { type: 'edit/asked' }
	| { type: 'edit/refused'; message: string; guidance?: string }
	| { type: 'edit/left' };

/** What the fields hold of the trigger. */
export function partsOf({ fields, choices }: Pick<EditState, 'fields' | 'choices'>): TriggerParts {
	const texts = Object.fromEntries(TRIGGER_FIELDS.map((name) => [name, fields[name].text]));
	return { ...(texts as Omit<TriggerParts, 'kind'>), kind: choices.begins };
}

/** Whether it begins by itself at all. */
export const beginsByItself = ({ choices }: Pick<EditState, 'choices'>): boolean => choices.begins !== 'hand';
