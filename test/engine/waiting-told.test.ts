import { expect, test } from 'vitest';
import type { TaskReporter, TaskSummary } from '../../src/core/task.ts';
import { Tasks } from '../../src/engine/tasks.ts';

test('parts that wait in turn for one reason are told once, and the task says the newest', () => {
	const tasks = new Tasks(() => {});
	let reporter: TaskReporter | undefined;
	const { id } = tasks.start('backup', 'docs', (given) => {
		reporter = given;
		return { done: new Promise<TaskSummary>(() => {}), stop: () => {} };
	});
	const told: string[] = [];
	tasks.follow(id, {
		progress: () => {},
		done: () => {},
		event: (_, event) => told.push(event.event === 'waiting' ? event.reason : event.event),
	});
	for (const reason of ['Part 1 waits.', 'Part 2 waits.', 'Part 1 waits.', 'Part 3 waits.']) {
		reporter!.event({ event: 'waiting', code: 'SLOW_DOWN', reason });
	}
	reporter!.event({ event: 'waiting', code: 'NETWORK', reason: 'The network is gone.' });
	expect(told).toEqual(['Part 1 waits.', 'The network is gone.']);
	reporter!.event({ event: 'waiting', code: 'SLOW_DOWN', reason: 'Part 4 waits.' });
	expect(tasks.list()[0]).toMatchObject({ state: 'waiting', code: 'SLOW_DOWN', reason: 'Part 4 waits.' });
});

test('what waits for somebody says so until it goes on, or stands still for another reason', () => {
	const tasks = new Tasks(() => {});
	let reporter: TaskReporter | undefined;
	const { id } = tasks.start('backup', 'docs', (given) => {
		reporter = given;
		return { done: new Promise<TaskSummary>(() => {}), stop: () => {}, adjust: () => {} };
	});
	const full = { code: 'DEST_FULL', reason: 'It is full.', guidance: 'Make room.', byHand: true } as const;
	reporter!.event({ event: 'waiting', ...full });
	expect(tasks.list()[0]).toMatchObject({ state: 'waiting', ...full });
	reporter!.event({ event: 'waiting', code: 'NETWORK', reason: 'The network is gone.' });
	expect(tasks.list()[0]).toMatchObject({ state: 'waiting', code: 'NETWORK' });
	expect(tasks.list()[0]).not.toHaveProperty('guidance');
	expect(tasks.list()[0]).not.toHaveProperty('byHand');
	reporter!.event({ event: 'waiting', ...full });
	tasks.adjust({ task: id }, { pause: true });
	expect(tasks.list()[0]).toMatchObject({ state: 'paused', reason: expect.stringContaining('firn resume docs') });
	expect(tasks.list()[0]).not.toHaveProperty('guidance');
});
