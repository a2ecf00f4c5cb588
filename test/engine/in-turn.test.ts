/** Which work waits for which, and what becomes of it meanwhile. */

import { beforeEach, expect, test } from 'vitest';
import type { Adjustment, TaskKind, TaskSummary } from '../../src/core/task.ts';
import { type StartOptions, Tasks } from '../../src/engine/tasks.ts';

const SUMMARY: TaskSummary = { status: 'complete', run: '', files: 0, bytes: 0, archives: 0, errors: 0, details: {} };
const AUTOMATIC = { automatic: true, waits: true };
const WAITS = { waits: true };

let tasks: Tasks;
/** What has begun, and has not ended. */
let going: Map<string, (summary?: Partial<TaskSummary>) => void>;
let changes: Adjustment[];
beforeEach(() => {
	tasks = new Tasks(() => {});
	going = new Map();
	changes = [];
});

function start(kind: TaskKind, name: string, options: StartOptions = {}) {
	const begin = () => {
		const { promise, resolve } = Promise.withResolvers<TaskSummary>();
		going.set(name, (summary) => {
			going.delete(name);
			resolve({ ...SUMMARY, ...summary });
		});
		return { done: promise, stop: () => resolve(SUMMARY), adjust: (change: Adjustment) => changes.push(change) };
	};
	return tasks.start(kind, 'docs', options.waits ? tasks.inTurn(kind, 'docs', begin) : begin, options);
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

test('a backup waits for the prune that the rules of its job have begun, says so, and then runs', async () => {
	start('prune', 'prune', AUTOMATIC);
	const backup = start('backup', 'backup', WAITS);
	await settle();
	expect(backup).toMatchObject({ state: 'queued', reason: 'waits for the prune after the run before' });
	expect([...going.keys()]).toEqual(['prune']);
	expect(() => start('backup', 'again', WAITS)).toThrow('A backup of job docs waits already.');
	expect(tasks.isActive('docs')).toBe(true);
	going.get('prune')!();
	await settle();
	expect([...going.keys()]).toEqual(['backup']);
	expect([backup.state, backup.reason]).toEqual(['running', undefined]);
	const { events } = tasks.follow(backup.id, { progress: () => {}, event: () => {}, done: () => {} });
	expect(events.map(({ event }) => event)).toEqual(['queued', 'turn']);
});

test.each(['sync', 'delete', 'prune'] as const)(
	'a backup that somebody asks for is refused during a %s that somebody has begun; one that is due waits',
	async (kind) => {
		start(kind, 'work');
		expect(() => start('backup', 'backup', WAITS)).toThrow(`A ${kind} of job docs is running`);
		const due = start('backup', 'due', AUTOMATIC);
		await settle();
		expect(due).toMatchObject({ state: 'queued', reason: `waits for the ${kind} that goes on` });
		going.get('work')!();
		await settle();
		expect(due.state).toBe('running');
	},
);

test('what cannot wait is told that the prune ends by itself', () => {
	start('prune', 'prune', AUTOMATIC);
	const refusal = () => start('restore', 'restore');
	expect(refusal).toThrow('The rules of job docs prune its snapshots after a run: a restore has to wait');
	expect(refusal).toThrow(
		expect.objectContaining({ code: 'JOB_BUSY', guidance: expect.stringContaining('by itself') }),
	);
});

test('a prune by rules waits for what is in its way, and is in nobody’s way meanwhile', async () => {
	start('restore', 'restore');
	const prune = start('prune', 'prune', AUTOMATIC);
	await settle();
	expect(prune.state).toBe('queued');
	expect(() => start('prune', 'another', AUTOMATIC)).toThrow(expect.objectContaining({ code: 'JOB_BUSY' }));
	const backup = start('backup', 'backup', WAITS);
	expect(backup.state).toBe('running');
	going.get('restore')!();
	await settle();
	expect(prune).toMatchObject({ state: 'queued', reason: 'waits for the backup that goes on' });
	going.get('backup')!();
	await settle();
	expect(prune.state).toBe('running');
});

test('one that waits can be stopped, and leaves nothing to go on with', async () => {
	start('prune', 'prune', AUTOMATIC);
	const backup = start('backup', 'backup', WAITS);
	await settle();
	expect(tasks.stop('docs', backup.id)).toEqual([backup.id]);
	await settle();
	expect(backup).toMatchObject({ state: 'done', summary: { status: 'stopped', run: '' } });
	going.get('prune')!();
	await settle();
	expect([...going.keys()]).toEqual([]);
});

test('one that waits can be paused and changed: it stands still when its turn has come', async () => {
	start('prune', 'prune', AUTOMATIC);
	const backup = start('backup', 'backup', WAITS);
	await settle();
	tasks.adjust({ task: backup.id }, { pause: true });
	tasks.adjust({ task: backup.id }, { workers: 2 });
	expect(backup.state).toBe('paused');
	tasks.adjust({ task: backup.id }, { pause: false });
	expect(backup).toMatchObject({ state: 'queued', reason: expect.stringContaining('waits for the prune') });
	tasks.adjust({ task: backup.id }, { pause: true });
	going.get('prune')!();
	await settle();
	expect(changes).toEqual([{ pause: true, workers: 2 }]);
	expect(backup.state).toBe('paused');
	tasks.adjust({ task: backup.id }, { pause: false });
	expect(backup.state).toBe('running');
});
