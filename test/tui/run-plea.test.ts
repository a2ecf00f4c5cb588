/** What Run says of a task that waits for somebody. */

import { expect, test } from 'vitest';
import { FirnError } from '../../src/core/errors.ts';
import { waitingFor } from '../../src/destinations/with-retry.ts';
import { bindingOf } from '../../src/tui/keys/table.ts';
import { canTryAgain, newsLines, pleaLines } from '../../src/tui/screens/run/news.ts';
import { runLayout } from '../../src/tui/screens/run/run-layout.ts';
import { appState, waitingTask } from '../support/app-state.ts';

const AREA = { width: 100, height: 30 };
const NARROW = { width: 60, height: 13 };

const refusal = (code: string, message: string, more = {}) =>
	waitingFor({
		operation: 'part',
		key: 'k',
		attempt: 1,
		delayMs: 0,
		error: new FirnError(code, message, { retry: 'later', goesOn: 'once there is room', ...more }),
	});
const full = waitingTask(
	refusal('DEST_FULL', 'Could not send part 3 of abcdefgh23/20261121T174248Z-9vywj/000001.tar: The bucket is full.', {
		guidance: 'Make room.',
	}),
);

test('why, what helps and the key for it are there to be read whole', () => {
	expect(pleaLines(appState({}), full, AREA).join(' ')).toBe(
		'The bucket is full, could not send part 3 of 000001.tar. It goes on by itself once there is room. Make room. ' +
			'a tries again at once.',
	);
	expect(newsLines(appState({}), full, AREA)).toEqual(['']);
	for (const area of [AREA, NARROW])
		for (const line of pleaLines(appState({}), full, area)) expect(line.length).toBeLessThanOrEqual(area.width);
});

test('what passes by itself stays one line', () => {
	const passing = waitingTask(
		refusal('NETWORK', 'The network is gone.', { retry: 'now', guidance: 'It is tried again.' }),
	);
	expect(pleaLines(appState({}), passing, AREA)).toEqual([]);
	expect(newsLines(appState({}), passing, AREA)).toEqual(['The network is gone.']);
	expect(pleaLines(appState({}), { ...full, state: 'running' }, AREA)).toEqual([]);
});

test('it is tried again by a key while a backup waits', () => {
	expect(canTryAgain(full)).toBe(true);
	expect(canTryAgain({ ...full, kind: 'restore' })).toBe(false);
	const app = appState({ screen: 'run', tasks: { 1: full } });
	expect(bindingOf(app, 'a')?.when?.(app)).toBe(true);
	const other = appState({ screen: 'run', tasks: { 1: { ...full, state: 'running' } } });
	expect(bindingOf(other, 'a')?.when?.(other)).toContain('waits');
});

test('the panes fill the screen, whatever there is to say', () => {
	for (const area of [AREA, NARROW, { width: 80, height: 21 }, { width: 200, height: 60 }])
		for (let workers = 0; workers <= 12; workers++)
			for (let plea = 0; plea <= 12; plea++) {
				const { head, workers: rows, pace, events } = runLayout(area, workers, 1 + plea);
				expect(head + rows + pace + events).toBe(area.height);
				expect(Math.min(head, rows, events)).toBeGreaterThanOrEqual(0);
			}
});
