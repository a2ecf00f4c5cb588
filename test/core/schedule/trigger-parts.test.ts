import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseTrigger } from '../../../src/core/schedule/trigger.ts';
import {
	spanWords,
	triggerOf,
	triggerParts,
	triggerWords,
	untilWords,
} from '../../../src/core/schedule/trigger-parts.ts';

const two = (number: number) => String(number).padStart(2, '0');
const time = fc
	.tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
	.map(([h, m]) => `${h}:${two(m)}`);
const day = fc.constantFrom('sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat');
const span = fc
	.tuple(fc.integer({ min: 1, max: 90 }), fc.constantFrom('m', 'h', 'd', 'w'))
	.map((parts) => parts.join(''));
const trigger = fc.oneof(
	fc.constantFrom(
		'by hand',
		'on change',
		'on change quiet 5s',
		'on change at most 1h',
		'0 22 * * 1-5',
		'*/15 8-18 * * *',
	),
	time.map((at) => `daily ${at}`),
	fc.tuple(fc.uniqueArray(day, { minLength: 1 }), time).map(([days, at]) => `weekly ${days.join(',')} ${at}`),
	fc.tuple(fc.constantFrom('1', '28', 'last'), time).map(([on, at]) => `monthly ${on} ${at}`),
	span.map((each) => `every ${each}`),
);

describe('a trigger in parts', () => {
	test('means the same when it is put together again, however it was typed', () => {
		fc.assert(
			fc.property(trigger, fc.boolean(), (text, shouted) => {
				const typed = shouted ? ` ${text.toUpperCase().replaceAll(' ', '  ')}` : text;
				expect(parseTrigger(triggerOf(triggerParts(typed)))).toEqual(parseTrigger(text));
				expect(triggerWords(typed)).not.toBe('');
			}),
		);
	});

	test.each([
		['by hand', 'by hand'],
		['Daily 22:00', 'daily at 22:00'],
		['weekly sun,wed 9:30', 'weekly on sun, wed at 9:30'],
		['monthly last 03:00', 'on the last day of the month at 03:00'],
		['every 6h', '6h after each run'],
		['on change', 'on change, once quiet for 30 s, within 10 min'],
		['0 22 * * 1-5', 'cron 0 22 * * 1-5'],
	])('%s reads %s', (given, words) => expect(triggerWords(given)).toBe(words));

	test('spans are told in their largest whole unit, and what is to come to the minute', () => {
		expect([1000, 90_000, 3_600_000, 86_400_000, 1_209_600_000].map(spanWords)).toEqual([
			'1 s',
			'90 s',
			'1 h',
			'1 day',
			'2 weeks',
		]);
		expect([1, 3_540_001, 18_720_000, 3 * 86_400_000].map(untilWords)).toEqual([
			'1 min',
			'1 h 00 min',
			'5 h 12 min',
			'3 d 0 h',
		]);
	});
});
