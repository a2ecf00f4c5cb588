/** Changing what a job does: a form that is laid over the job as it was when it was opened. Pure. */

import { KEEP_RULES } from '../../../../core/retention.ts';
import { TRIGGER_KINDS, triggerParts } from '../../../../core/schedule/trigger-parts.ts';
import { settingOf } from '../../../../core/settings.ts';
import type { JobView } from '../../../../protocol/contract.ts';
import type { Action } from '../../../actions.ts';
import { editField, type Field, fieldOf, insertText } from '../../../components/field.tsx';
import { fieldCommands } from '../../../components/field-commands.ts';
import { movedRow } from '../../../components/list.ts';
import { type Choices, type EditState, FIELDS, type FieldName } from './form.ts';
import { problemsOf } from './problems.ts';
import { isField, rowsOf } from './rows.ts';

/** What is offered to somebody who begins to keep by rules. */
const OFFERED_LAST = '5';

export function newEdit(base: JobView): EditState {
	const { schedule, keep = {}, workers, limitUpload } = base;
	const parts = triggerParts(schedule.trigger);
	const texts: Record<FieldName, string> = {
		...parts,
		jitter: schedule.jitter ?? '',
		window: schedule.window ?? '',
		...(Object.fromEntries(KEEP_RULES.map((rule) => [rule, keep[rule] ? String(keep[rule]) : ''])) as Record<
			(typeof KEEP_RULES)[number],
			string
		>),
		workers: String(workers),
		limitUpload: settingOf('limitUpload').format(limitUpload),
		...{ before: '', after: '', success: '', failure: '', thaw: '' },
		timeout: schedule.hookTimeout ?? '',
	};
	return {
		base,
		fields: Object.fromEntries(FIELDS.map((name) => [name, fieldOf(texts[name])])) as EditState['fields'],
		choices: {
			begins: parts.kind,
			catchUp: schedule.catchUp,
			enabled: schedule.enabled,
			keeps: KEEP_RULES.some((rule) => keep[rule]),
			prunes: base.pruneAfterRun ?? false,
			deletions: base.deletions ?? 'keep',
		},
		row: 0,
		runs: undefined,
		saving: 'no',
		error: undefined,
	};
}

/** Whether anything would be lost by leaving. */
export function isChanged(state: EditState): boolean {
	const held = ({ fields, choices }: EditState) =>
		JSON.stringify([FIELDS.map((name) => fields[name].text), Object.entries(choices).sort()]);
	return held(state) !== held(newEdit(state.base));
}

/** The field that has the keys, if one has. */
export function activeField(state: EditState): FieldName | undefined {
	const row = rowsOf(state)[state.row];
	return row && isField(row) ? row : undefined;
}

/** The form after an action; undefined when it was left. */
export function reduceEdit(state: EditState, action: Action): EditState | undefined {
	switch (action.type) {
		case 'edit/runs':
			return action.job === state.base.name ? { ...state, runs: action.runs } : state;
		case 'edit/asked':
			return { ...state, saving: 'asked' };
		case 'edit/refused': {
			const { message, guidance } = action;
			return { ...state, saving: 'no', error: { message, ...(guidance ? { guidance } : {}) } };
		}
		case 'edit/left':
			return undefined;
		case 'paste': {
			const name = activeField(state);
			return name ? withText(state, name, insertText(state.fields[name], action.text)) : state;
		}
		case 'field':
			return inField(state, action.key);
		case 'command':
			return commanded({ ...state, error: undefined }, action.id);
		default:
			return state;
	}
}

/** What these keys mean in a field is what they mean beside it. */
export const FIELD_COMMANDS = fieldCommands('list.open', 'edit.leave');

function inField(state: EditState, key: string): EditState | undefined {
	const command = FIELD_COMMANDS[key];
	if (command) return commanded({ ...state, error: undefined }, command);
	const name = activeField(state)!;
	return withText(state, name, editField(state.fields[name], key));
}

function withText(state: EditState, name: FieldName, field: Field): EditState {
	return { ...state, error: undefined, fields: { ...state.fields, [name]: field } };
}

function commanded(state: EditState, id: string): EditState | undefined {
	const rows = rowsOf(state);
	const row = movedRow(state.row, rows.length, id);
	if (row !== undefined) return { ...state, row };
	switch (id) {
		case 'list.fold':
			return turned(state, -1);
		case 'list.unfold':
			return turned(state, 1);
		case 'list.open':
			// The sources have a screen of their own, which opens.
			return rows[state.row] === 'sources' ? state : { ...state, row: Math.min(rows.length - 1, state.row + 1) };
		case 'edit.leave':
			return isChanged(state) ? state : undefined;
		case 'edit.save':
			return saving(state);
		default:
			return state;
	}
}

function saving(state: EditState): EditState | undefined {
	if (state.saving !== 'no') return state;
	if (!isChanged(state)) return undefined;
	const problems = problemsOf(state);
	const first = rowsOf(state).findIndex((row) => problems[row]);
	return first === -1 ? { ...state, saving: 'wanted' } : { ...state, row: first };
}

const DELETIONS = ['keep', 'move', 'follow'] as const;

/** The choice under the cursor, turned. */
function turned(state: EditState, by: number): EditState {
	const { choices, fields } = state;
	const row = rowsOf(state)[state.row];
	const next = <T>(all: readonly T[], one: T): T => all[(all.indexOf(one) + by + all.length) % all.length]!;
	const chosen = (change: Partial<Choices>): EditState => ({ ...state, choices: { ...choices, ...change } });
	switch (row) {
		case 'begins':
			return chosen({ begins: next(TRIGGER_KINDS, choices.begins) });
		case 'deletions':
			return chosen({ deletions: next(DELETIONS, choices.deletions) });
		case 'catchUp':
		case 'enabled':
		case 'prunes':
			return chosen({ [row]: !choices[row] });
		case 'keeps': {
			const none = KEEP_RULES.every((rule) => fields[rule].text.trim() === '');
			const last = !choices.keeps && none ? fieldOf(OFFERED_LAST) : fields.last;
			return { ...chosen({ keeps: !choices.keeps }), fields: { ...fields, last } };
		}
		default:
			return state;
	}
}
