import { expect, test } from 'vitest';
import type { TaskKind, TaskSummary } from '../../src/core/task.ts';
import { Tasks } from '../../src/engine/tasks.ts';

const summary: TaskSummary = { status: 'complete', run: '', files: 0, bytes: 0, archives: 0, errors: 0, details: {} };

test.each([
	['backup', 'sync'],
	['backup', 'delete'],
	['sync', 'delete'],
	['restore', 'delete'],
	['verify', 'delete'],
] as [TaskKind, TaskKind][])('%s and %s of a job do not go on at the same time', async (one, other) => {
	for (const [first, second] of [
		[one, other],
		[other, one],
	] as const) {
		const tasks = new Tasks(() => {});
		const { promise, resolve: end } = Promise.withResolvers<TaskSummary>();
		const going = { done: promise, stop: () => {} };
		const ended = { done: Promise.resolve(summary), stop: () => {} };
		tasks.start(first, 'docs', () => going);
		expect(() => tasks.start(second, 'docs', () => ended)).toThrow(`${first} of job docs is running`);
		tasks.start(second, 'photos', () => ended);
		end(summary);
		await tasks.settled();
		tasks.start(second, 'docs', () => ended);
		await tasks.settled();
	}
});

test('a verify and a backup do', () => {
	const tasks = new Tasks(() => {});
	const going = { done: new Promise<TaskSummary>(() => {}), stop: () => {} };
	tasks.start('verify', 'docs', () => going);
	tasks.start('backup', 'docs', () => going);
});

test('a dry run that was stopped leaves nothing to go on with', async () => {
	const tasks = new Tasks(() => {});
	const stopped = { done: Promise.resolve({ ...summary, status: 'stopped' as const }), stop: () => {} };
	const real = tasks.start('backup', 'docs', () => stopped);
	const dry = Object.assign(
		tasks.start('backup', 'photos', () => stopped),
		{ dryRun: true },
	);
	await tasks.settled();
	expect([real.state, dry.state, dry.reason]).toEqual(['paused', 'done', undefined]);
});
