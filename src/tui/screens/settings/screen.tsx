import { displayName } from '../../components/text.ts';
import type { Screen } from '../../screen.ts';
import { UNICODE } from '../../theme/glyphs.ts';
import { scopesOf } from './bindings.ts';
import { spokenSignIn } from './drive-rows.ts';
import { settingsEffect } from './effect.ts';
import { explainedKey, isKeyRow, nameOf } from './key-rows.ts';
import { currentRow } from './rows.ts';
import { placeOf, reduceSettings, SETTINGS_START, type SettingsState, TITLES } from './state.ts';
import { testMark } from './test-lines.ts';
import { explained, SettingsView } from './view.tsx';

export const settingsScreen: Screen<SettingsState> = {
	id: 'settings',
	title: 'Settings',
	initial: () => SETTINGS_START,
	reduce: reduceSettings,
	effect: settingsEffect,
	scopes: scopesOf,
	View: SettingsView,
	speak,
};

function speak(state: SettingsState): { summary: string[]; item?: string } {
	const summary = [`${TITLES[state.section]}.`, ...(state.problem ? [state.problem.message] : [])];
	const row = currentRow(state);
	if (!row) return { summary };
	if (row.kind === 'path') return { summary, item: `${row.label}: ${row.path}. ${explained(row)[0]}` };
	if (row.kind === 'signIn') return { summary, item: spokenSignIn(row, UNICODE) };
	if (isKeyRow(row)) {
		return { summary, item: [displayName(nameOf(row)), ...explainedKey(row)].join('. ') };
	}
	if (row.kind !== 'destination') {
		const whose = row.kind === 'job' ? `${row.job}, ` : row.setting.group === 'new jobs' ? 'new jobs, ' : '';
		return { summary, item: `${whose}${row.setting.name}: ${row.value}. ${explained(row)[0]}` };
	}
	const test = state.tests[placeOf(row.place)];
	const said = test?.state === 'found' ? test.found.summary : test?.state === 'error' ? test.error.message : '';
	const { word } = testMark(test, UNICODE);
	return { summary, item: displayName(`${row.place.url}: ${word}. ${said}`.trim()) };
}
