/** The rows of each section, and what can be done with them. Pure. */

import { parseSetting, SETTINGS, type Setting, settingOf, settingText } from '../../../core/settings.ts';
import type { DestinationView } from '../../../protocol/contract.ts';
import { driveRows, type SignInRow } from './drive-rows.ts';
import { type KeyRow, keyRows } from './key-rows.ts';
import type { SettingsState } from './state.ts';

export type Row =
	| { kind: 'destination'; place: DestinationView }
	| { kind: 'setting'; setting: Setting; value: string; isSet: boolean }
	/** Of a job; `setting` says what such a value may be. */
	| { kind: 'job'; job: string; setting: Setting; value: string }
	| KeyRow
	| SignInRow
	| { kind: 'path'; label: string; path: string; holds: string };

const PATHS = {
	config: ['config', 'Jobs and settings. It can be edited by hand.'],
	state: ['state databases', 'What has been backed up, by job: one SQLite file each.'],
	reports: ['reports', 'What came of restores and decrypts.'],
	log: ['log', 'What the engine has done.'],
	secrets: ['secrets', 'The keys of this machine. Nobody else may read this folder.'],
	socket: ['engine', 'The socket at which the engine listens.'],
} as const;

export function rowsOf({ section, answer, keys, drive }: SettingsState): Row[] {
	if (section === 'keys') return keyRows(keys);
	if (section === 'drive') return driveRows(drive);
	if (!answer) return [];
	const { settings, destinations, jobs, paths } = answer;
	const group = (name: Setting['group']): Row[] =>
		SETTINGS.filter((setting) => setting.group === name).map((setting) => ({
			kind: 'setting',
			setting,
			value: settingText(settings, setting),
			isSet: settings[setting.key] !== undefined,
		}));
	switch (section) {
		case 'destinations':
			return destinations.map((place) => ({ kind: 'destination', place }));
		case 'limits':
			return [
				...group('new jobs'),
				...jobs.flatMap(({ name, ...values }) =>
					(['workers', 'limitUpload'] as const).map((key): Row => {
						const setting = settingOf(key);
						return { kind: 'job', job: name, setting, value: setting.format(values[key]) };
					}),
				),
			];
		case 'appearance':
			return group('appearance');
		case 'paths':
			return Object.entries(PATHS).map(([key, [label, holds]]) => {
				return { kind: 'path', label, path: paths[key as keyof typeof paths], holds };
			});
	}
}

export function currentRow(state: SettingsState): Row | undefined {
	return rowsOf(state)[state.lists[state.section].cursor];
}

/** The value beside this one, as people write it; undefined at the end, or where values have no order. */
export function turned({ setting, value }: Extract<Row, { setting: Setting }>, step: 1 | -1): string | undefined {
	const { choices, most } = setting;
	// Round and round, so that one key reaches all.
	if (choices) return choices[(choices.indexOf(value) + step + choices.length) % choices.length];
	if (most === undefined) return undefined;
	const next = String(Number(value) + step);
	return setting.is(Number(next)) ? next : undefined;
}

/** Whether ← and → do something here. */
export function canTurn(row: Row | undefined): boolean {
	if (row?.kind !== 'setting' && row?.kind !== 'job') return false;
	return row.setting.choices !== undefined || row.setting.most !== undefined;
}

/** What somebody has typed, in the words of the setting. @throws FirnError BAD_SETTING */
export function inWords(setting: Setting, text: string): string {
	return setting.format(parseSetting(setting, text));
}
