import fc from 'fast-check';
import { expect, test } from 'vitest';
import { jobSchema } from '../../src/config/job.ts';
import { parseSetting, SETTINGS, settingOf, settingsIssue, settingText } from '../../src/core/settings.ts';

test('the defaults of new jobs are those of the schema of jobs', () => {
	for (const { key, group, fallback } of SETTINGS) {
		if (group !== 'new jobs') continue;
		const field = jobSchema.shape[key as 'workers'];
		expect(field.parse(undefined), key).toBe(fallback);
	}
});

test('what is shown can be given again and means the same', () => {
	fc.assert(
		fc.property(fc.constantFrom(...SETTINGS), fc.nat({ max: Number.MAX_SAFE_INTEGER }), (setting, number) => {
			const values = setting.choices?.map((text) => setting.parse(text)!) ?? [number];
			for (const value of values.filter(setting.is)) expect(parseSetting(setting, setting.format(value))).toBe(value);
		}),
	);
});

test('whatever is written: a value that the config takes, or an error that names what is allowed', () => {
	fc.assert(
		fc.property(fc.constantFrom(...SETTINGS), fc.string(), (setting, text) => {
			try {
				const value = parseSetting(setting, text);
				expect(settingsIssue({ [setting.key]: value })).toBeUndefined();
			} catch (error) {
				expect(error).toMatchObject({ code: 'BAD_SETTING', kind: 'usage', guidance: `Give ${setting.allowed}.` });
			}
		}),
	);
});

test('words and bounds', () => {
	const parse = (name: string, text: string) => parseSetting(settingOf(name), text);
	expect(parse('limit-upload', '80mbit')).toBe(10_000_000);
	expect(settingText({ limitUpload: 10_000_000 }, settingOf('limit-upload'))).toBe('10MB/s');
	expect(parse('limitUpload', 'off')).toBe(0);
	expect(parse('ascii', 'On')).toBe(true);
	for (const [name, text] of [
		['workers', '0'],
		['workers', '65'],
		['split-size', '63KiB'],
		['color', 'pink'],
		['ascii', ''],
	]) {
		expect(() => parse(name!, text!), name).toThrow(`"${text}" cannot be`);
	}
	expect(() => settingOf('toString')).toThrow('There is no setting "toString"');
});

test('what the config may hold', () => {
	fc.assert(
		fc.property(fc.anything(), (value) => {
			const issue = settingsIssue(value);
			if (issue) expect(issue.message).toBeTruthy();
		}),
	);
	expect(settingsIssue({ workers: 2.5 })).toEqual({ key: 'workers', message: 'must be a whole number from 1 to 64' });
	expect(settingsIssue({ ascii: 'yes' })).toEqual({ key: 'ascii', message: 'must be true or false' });
	expect(settingsIssue({ theme: 'x' })).toMatchObject({ key: 'theme' });
	expect(settingsIssue([])).toBeTruthy();
});
