import type { SettingsResults } from '../../protocol/requests/settings.ts';
import { testDestination } from '../destination-test.ts';
import type { Parts } from '../parts.ts';
import { saveSettings, settings } from '../settings.ts';
import type { Handlers } from './handlers.ts';

export function settingsHandlers({ options, config, credentials }: Parts): Handlers<keyof SettingsResults> {
	return {
		settings: () => settings(config, options.paths),
		saveSettings: (params) => saveSettings(params, config),
		testDestination: (params) => testDestination(params, config, credentials),
	};
}
