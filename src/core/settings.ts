/**
 * What people can set for all of Firn: how the app looks, and what a new job begins with. One table from which the
 * config's check, the command line and the app's screen come. Options of a command go before settings. Pure.
 */

import { FirnError, usageError } from './errors.ts';
import { exactSize, parseRate, parseSize } from './sizes.ts';

export interface Settings {
	color?: 'auto' | '16' | 'mono' | 'contrast';
	ascii?: boolean;
	accessible?: boolean;
	workers?: number;
	/** Bytes a second; 0 is no limit. */
	limitUpload?: number;
	compression?: 'none' | 'gzip' | 'zstd';
	/** TAR bytes after which the next archive begins. */
	splitSize?: number;
}

export type SettingKey = keyof Settings;
type Value = NonNullable<Settings[SettingKey]>;

export interface Setting {
	/** In the config. */
	key: SettingKey;
	/** What people call it: as the option of the command line. */
	name: string;
	group: 'appearance' | 'new jobs';
	help: string;
	/** What holds when nothing is set. */
	fallback: Value;
	/** What can be given, for people. */
	allowed: string;
	/** All values, as people write them, where there are few. */
	choices?: readonly string[];
	/** Bounds of a number. */
	least?: number;
	most?: number;
	is: (value: unknown) => boolean;
	/** @throws FirnError or gives undefined when it is none */
	parse: (text: string) => Value | undefined;
	format: (value: Value) => string;
}

function whole(what: Omit<Setting, 'is'> & { least: number }): Setting {
	const { least, most = Number.MAX_SAFE_INTEGER } = what;
	const is = (value: unknown) => Number.isSafeInteger(value) && Number(value) >= least && Number(value) <= most;
	return { ...what, is };
}

function choice(
	what: Pick<Setting, 'key' | 'name' | 'group' | 'help' | 'fallback'>,
	choices: readonly string[],
): Setting {
	return {
		...what,
		choices,
		allowed: oneOf(choices),
		is: (value) => choices.includes(value as string),
		parse: (text) => choices.find((one) => one === text) as Value | undefined,
		format: String,
	};
}

function flag(what: Pick<Setting, 'key' | 'name' | 'group' | 'help'>): Setting {
	const words: Record<string, boolean> = { yes: true, on: true, true: true, no: false, off: false, false: false };
	return {
		...what,
		fallback: false,
		choices: ['no', 'yes'],
		allowed: 'yes or no',
		is: (value) => typeof value === 'boolean',
		parse: (text) => words[text.toLowerCase()],
		format: (value) => (value ? 'yes' : 'no'),
	};
}

export const SETTINGS: readonly Setting[] = [
	choice({ key: 'color', name: 'color', group: 'appearance', fallback: 'auto', help: 'colours of the app' }, [
		'auto',
		'16',
		'mono',
		'contrast',
	]),
	flag({ key: 'ascii', name: 'ascii', group: 'appearance', help: 'draw with plain characters only' }),
	flag({
		key: 'accessible',
		name: 'accessible',
		group: 'appearance',
		help: 'the app in lines, for screen readers; from the next start on',
	}),
	whole({
		key: 'workers',
		name: 'workers',
		group: 'new jobs',
		fallback: 2,
		help: 'archives made at the same time',
		allowed: 'a whole number from 1 to 64',
		least: 1,
		most: 64,
		parse: (text) => (/^\d{1,2}$/.test(text) ? Number(text) : undefined),
		format: String,
	}),
	whole({
		key: 'limitUpload',
		name: 'limit-upload',
		group: 'new jobs',
		fallback: 0,
		help: 'bytes a second for all workers together',
		allowed: 'a rate such as 10MiB or 80mbit, or off',
		least: 0,
		parse: parseRate,
		format: (value) => (value === 0 ? 'off' : `${exactSize(value as number)}/s`),
	}),
	choice({ key: 'compression', name: 'compression', group: 'new jobs', fallback: 'none', help: 'compress archives' }, [
		'none',
		'gzip',
		'zstd',
	]),
	whole({
		key: 'splitSize',
		name: 'split-size',
		group: 'new jobs',
		fallback: 1024 ** 3,
		help: 'TAR bytes after which the next archive begins',
		allowed: 'a size of at least 64KiB, such as 1GiB',
		least: 64 * 1024,
		parse: (text) => parseSize(text),
		format: (value) => exactSize(value as number),
	}),
];

/** The setting of a name, as people or as the config write it. @throws FirnError (usage) SETTING_UNKNOWN */
export function settingOf(name: string): Setting {
	const found = SETTINGS.find((setting) => setting.name === name || setting.key === name);
	if (found) return found;
	const names = SETTINGS.map((setting) => setting.name);
	throw usageError('SETTING_UNKNOWN', `There is no setting "${name}".`, `There are ${names.join(', ')}.`);
}

/** What somebody has written for a setting. @throws FirnError (usage) BAD_SETTING */
export function parseSetting(setting: Setting, text: string): Value {
	const { name, allowed } = setting;
	let value: Value | undefined;
	try {
		value = setting.parse(text.trim());
	} catch (error) {
		if (!(error instanceof FirnError)) throw error;
	}
	if (value !== undefined && setting.is(value)) return value;
	throw usageError('BAD_SETTING', `"${text}" cannot be the setting ${name}.`, `Give ${allowed}.`);
}

/** What is wrong with settings as the config has them, or undefined. */
export function settingsIssue(value: unknown): { key?: string; message: string } | undefined {
	if (typeof value !== 'object' || value === null || Array.isArray(value)) return { message: 'must be an object' };
	for (const [key, one] of Object.entries(value)) {
		const setting = SETTINGS.find((candidate) => candidate.key === key);
		if (!setting) return { key, message: `there is no such setting, only ${SETTINGS.map((it) => it.key).join(', ')}` };
		if (!setting.is(one)) return { key, message: inJson(setting) };
	}
	return undefined;
}

/** The value that holds, in words. */
export function settingText(settings: Settings, setting: Setting): string {
	return setting.format(settings[setting.key] ?? setting.fallback);
}

function inJson({ choices, fallback, least, most }: Setting): string {
	if (typeof fallback === 'boolean') return 'must be true or false';
	if (choices) return `must be ${oneOf(choices)}`;
	return `must be a whole number from ${least}${most === undefined ? '' : ` to ${most}`}`;
}

function oneOf(choices: readonly string[]): string {
	return `${choices.slice(0, -1).join(', ')} or ${choices.at(-1)}`;
}
