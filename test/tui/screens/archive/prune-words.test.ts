import { expect, test } from 'vitest';
import type { TaskSummary } from '../../../../src/core/task.ts';
import { nothingToDo, pruneChoices, prunedCount, pruneLines } from '../../../../src/tui/screens/archive/store-words.ts';

const FREE = new Date(2027, 4, 1).getTime();
const plan = (details: TaskSummary['details'], archives = 0): TaskSummary =>
	({ status: 'complete', archives, bytes: archives * 1024, errors: 0, details }) as TaskSummary;
const KEPT = { kept: 3, waiting: 0, fee: 0, waitingFee: 0 };

test('a plan that would cost lets one choose: wait, or pay', () => {
	const costly = { ...KEPT, waiting: 2, waitingBytes: 2048, waitingFee: 0.5, freeFrom: FREE };
	expect(pruneChoices(plan({ ...costly, dropped: 2 }, 1)).map(({ value }) => value)).toEqual(['free', 'pay']);
	const [pay] = pruneChoices(plan({ ...costly, dropped: 0 }));
	expect(pay).toMatchObject({ value: 'pay', note: expect.stringMatching(/0\.50 now, nothing from 2027-05-01 on/) });
	expect(nothingToDo('prune', plan({ ...costly, dropped: 0 }))).toBeUndefined();
	expect(pruneChoices(plan({ ...KEPT, dropped: 2 }, 1))).toEqual([]);
});

test('what is agreed to has its numbers: snapshots, archives, bytes, the fee and what waits', () => {
	const summary = plan({ ...KEPT, dropped: 2, fee: 0.25, waiting: 1, waitingBytes: 1024, freeFrom: FREE }, 3);
	const lines = pruneLines(summary, []).join('\n');
	expect(prunedCount(summary)).toBe(2);
	expect(lines).toMatch(
		/Of 5 snapshots, 2 would be dropped\.\n3 archives .* 3\.00 KiB freed\.\n.*costs .*0\.25\.\n1 archive/,
	);
	expect(lines).toContain('would wait: deleting costs until 2027-05-01');
	expect(pruneLines(plan({ kept: 3, dropped: 2 }, 1), []).join('\n')).toContain(
		'What this store charges is not known.',
	);
	expect(nothingToDo('prune', plan({ ...KEPT, dropped: 0 }))).toBe('the rules keep all there is.');
});
