/** The rows of the form: which there are for this job and these choices, in sections. Pure. */

import { type Choices, type EditState, FIELDS, type FieldName } from './form.ts';

/** Fields are typed, choices turned with ← →, and the sources open on their own screen. */
export type RowId = FieldName | keyof Choices | 'sources';

export interface Section {
	title: string;
	rows: readonly RowId[];
}

const WHEN: Record<Choices['begins'], readonly FieldName[]> = {
	hand: [],
	daily: ['time'],
	weekly: ['days', 'time'],
	monthly: ['day', 'time'],
	every: ['span'],
	change: ['quiet', 'atMost'],
	cron: ['cron'],
};

export function sectionsOf({ base, choices }: Pick<EditState, 'base' | 'choices'>): Section[] {
	const { begins, keeps } = choices;
	const isByHand = begins === 'hand';
	const more: RowId[] = isByHand ? [] : ['window', 'jitter', ...(isTimed(begins) ? (['catchUp'] as const) : [])];
	const rules: RowId[] = keeps ? ['last', 'daily', 'weekly', 'monthly', 'yearly', 'prunes'] : [];
	return [
		{ title: 'When', rows: ['begins', ...WHEN[begins], ...more, ...(isByHand ? [] : (['enabled'] as const))] },
		base.layout === 'mirror'
			? { title: 'Deleted files', rows: ['deletions'] }
			: { title: 'Keep', rows: ['keeps', ...rules] },
		{ title: 'What and where', rows: ['sources'] },
		{ title: 'Speed', rows: ['workers', 'limitUpload'] },
		{ title: 'Hooks and notices', rows: ['before', 'after', 'success', 'failure', 'thaw', 'timeout'] },
	];
}

/** At times of the calendar, which can be missed. */
export const isTimed = (begins: Choices['begins']): boolean => !['hand', 'every', 'change'].includes(begins);

export const rowsOf = (state: Pick<EditState, 'base' | 'choices'>): RowId[] =>
	sectionsOf(state).flatMap(({ rows }) => rows);

export const isField = (row: RowId): row is FieldName => (FIELDS as readonly string[]).includes(row);

/** The section of a row. */
export function sectionOf(state: Pick<EditState, 'base' | 'choices'>, row: RowId): string {
	return sectionsOf(state).find(({ rows }) => rows.includes(row))?.title ?? '';
}
