/** Settings of all of Firn, and the trial of a destination. */

import type { Verb } from '../verb.ts';
import { DESTINATION, placeOptions } from './options.ts';

export function settingsVerbs(verb: Verb): void {
	const settings = verb(
		'settings',
		'list and change how the app looks and what new jobs begin with',
		async () => (await import('../settings.ts')).settings,
	);
	verb('list', 'list the settings', async () => (await import('../settings.ts')).settings, settings);
	verb('set <name> <value>', 'change a setting', async () => (await import('../settings.ts')).setSetting, settings);
	verb(
		'unset <name>',
		'leave a setting to Firn again',
		async () => (await import('../settings.ts')).unsetSetting,
		settings,
	);
	placeOptions(
		verb(
			'test [job]',
			'try out what can be done at the destination of a job (default: of all jobs), or at another one',
			async () => (await import('../test.ts')).test,
		)
			.option('--to <destination>', DESTINATION)
			.option('--storage-class <class>', 'S3 storage class that it has to take'),
	);
}
