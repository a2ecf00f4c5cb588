import { EXIT } from '../core/exit-codes.ts';
import { safePrint } from '../core/safe-print.ts';
import { SETTINGS, type Setting, type Settings, settingOf, settingText } from '../core/settings.ts';
import type { Context } from './context.ts';

/** `firn settings`: what can be set, and what holds now. */
export async function settings(context: Context): Promise<number> {
	const { out } = context;
	const { settings: now, paths } = await context.ask((engine) => engine.call('settings', {}));
	for (const setting of SETTINGS) out.record(recordOf(setting, now));
	const rows = SETTINGS.map((setting) => [
		setting.name,
		settingText(now, setting),
		now[setting.key] === undefined ? '' : 'set',
		`${setting.group === 'new jobs' ? 'new jobs: ' : ''}${setting.help}`,
	]);
	out.table(['setting', 'value', '', 'what it does'], rows);
	out.line(`They are in ${safePrint(paths.config)}. What a command is given goes before them.`);
	return EXIT.ok;
}

/** `firn settings set NAME VALUE`. */
export async function setSetting(context: Context, [name, value]: string[]): Promise<number> {
	return change(context, settingOf(name!), value!);
}

/** `firn settings unset NAME`: leaves it to Firn again. */
export async function unsetSetting(context: Context, [name]: string[]): Promise<number> {
	return change(context, settingOf(name!), null);
}

async function change(context: Context, setting: Setting, value: string | null): Promise<number> {
	const { out } = context;
	const changes = { [setting.name]: value };
	const { settings: now } = await context.ask((engine) => engine.call('saveSettings', { changes }));
	out.record(recordOf(setting, now));
	const whose = setting.group === 'new jobs' ? ' for new jobs; those that are there stay as they are' : '';
	out.line(`${setting.name} is ${settingText(now, setting)} now${whose}.`);
	return EXIT.ok;
}

function recordOf(setting: Setting, now: Settings): object {
	const { key, name, group, fallback, allowed, help } = setting;
	const value = now[key] ?? fallback;
	return { setting: name, value, set: now[key] !== undefined, default: fallback, group, allowed, help };
}
