import { readFileSync } from 'node:fs';
import { type Settings, settingsIssue } from '../core/settings.ts';

/**
 * How the app is to look, read without what checks the whole config, because the first frame waits for it. Of a config
 * that cannot be read nothing is taken: whoever needs the rest of it says what is wrong.
 */
export function readAppearance(configFile: string): Pick<Settings, 'color' | 'ascii' | 'accessible'> {
	try {
		const { settings = {} } = JSON.parse(readFileSync(configFile, 'utf8').replace(/^\ufeff/, ''));
		return settingsIssue(settings) ? {} : (settings as Settings);
	} catch {
		return {};
	}
}
