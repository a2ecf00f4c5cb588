import { expect, test } from 'vitest';
import { checkJitter } from '../../../src/core/schedule/jitter.ts';

test.each([
	['every 1h', '1h', '61m'],
	['every 90m', '90m', '2h'],
	['daily 22:00', '1d', '25h'],
	['weekly sun 22:00', '1w', '8d'],
	// From Wednesday to Friday, not from Friday to Wednesday.
	['weekly wed,fri 22:00', '2d', '49h'],
	// February is the shortest month.
	['monthly 1 03:00', '4w', '29d'],
	['monthly last 03:00', '4w', '29d'],
	['*/5 * * * *', '5m', '6m'],
	// From 18:00 to the next day's 8:00 it is longer.
	['0 8,18 * * 1-5', '10h', '11h'],
	['59 23,0 * * *', '1h', '2h'],
	// From the evening of the 15th to the morning after.
	['0 1,23 15,16 * *', '2h', '3h'],
	['0 0 29 2 *', '1461d', '1462d'],
])('%s takes a jitter of %s, and none of %s', (trigger, longest, longer) => {
	expect(() => checkJitter(longest, trigger)).not.toThrow();
	const words = `The jitter ${longer} is longer than ${longest}, the shortest time between two runs of "${trigger}".`;
	expect(() => checkJitter(longer, trigger)).toThrow(
		expect.objectContaining({ code: 'BAD_JITTER', kind: 'usage', message: words }),
	);
});

test.each(['on change', 'by hand'])('%s has no time between runs', (trigger) => {
	expect(() => checkJitter('9w', trigger)).not.toThrow();
});
