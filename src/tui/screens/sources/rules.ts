/** The rules of a selection as rows of a list: the switches first, then the patterns, of which the last match wins. Pure. */

import type { Selection } from '../../../core/selection.ts';

export type Switch = 'excludeSystem' | 'excludeDeveloper' | 'oneFileSystem';

export type RuleRow =
	| { kind: 'switch'; name: Switch; on: boolean; text: string }
	| { kind: 'pattern'; index: number; pattern: string };

const SWITCHES: readonly [Switch, string][] = [
	['excludeSystem', 'no system clutter'],
	['excludeDeveloper', 'no developer clutter'],
	['oneFileSystem', 'one file system only'],
];

export function ruleRows(selection: Selection): RuleRow[] {
	return [
		...SWITCHES.map(([name, text]): RuleRow => ({ kind: 'switch', name, on: selection[name], text })),
		...selection.excludes.map((pattern, index): RuleRow => ({ kind: 'pattern', index, pattern })),
	];
}

/** A switch turned; a pattern made one that brings back, or the other way round. */
export function withRuleToggled(selection: Selection, at: number): Selection {
	const row = ruleRows(selection)[at];
	if (!row) return selection;
	if (row.kind === 'switch') return { ...selection, [row.name]: !row.on };
	const pattern = row.pattern.startsWith('!') ? row.pattern.slice(1) : `!${row.pattern}`;
	return { ...selection, excludes: selection.excludes.with(row.index, pattern) };
}

/** The pattern in row `at` one row up or down; switches stay. */
export function moveRule(selection: Selection, at: number, by: -1 | 1): Selection {
	const row = ruleRows(selection)[at];
	if (row?.kind !== 'pattern') return selection;
	const to = row.index + by;
	if (to < 0 || to >= selection.excludes.length) return selection;
	const excludes = [...selection.excludes];
	[excludes[row.index], excludes[to]] = [excludes[to]!, excludes[row.index]!];
	return { ...selection, excludes };
}
