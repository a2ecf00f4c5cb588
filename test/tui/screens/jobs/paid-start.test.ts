/** What becomes of a backup whose price is asked about, whatever happens meanwhile; the engine only answers. */

import { expect, test } from 'vitest';
import type { TaskSummary } from '../../../../src/core/task.ts';
import type { Channel } from '../../../../src/protocol/channel.ts';
import type { TaskView } from '../../../../src/protocol/contract.ts';
import { paidStartOf } from '../../../../src/tui/screens/jobs/paid-start.ts';
import { driveApp } from '../../../support/app-driver.ts';
import { jobView } from '../../../support/app-state.ts';

const PRICES = { region: 'us-east-1', dated: '2026-06', proven: true };
const nothing = { run: '', files: 0, bytes: 0, archives: 0, errors: 0 };

/** @param usd what it costs; undefined: nobody charges */
function make(usd: number | undefined) {
	const calls: string[] = [];
	const quote = { archives: 1, requests: usd ?? 0, storageMonth: 0, ...(usd === undefined ? {} : { prices: PRICES }) };
	const answers: Record<string, (params: { dryRun?: boolean }) => unknown> = {
		quoteBackup: () => quote,
		backup: ({ dryRun }) => ({ task: dryRun ? 'dry' : 'real', job: 'docs', created: false, notes: [] }),
		stop: () => ({ stopped: ['dry'] }),
		jobs: () => ({ jobs: [jobView('docs')] }),
		status: () => ({ tasks: [] }),
	};
	const call = async (method: string, params: object) => {
		calls.push(`${method}${'dryRun' in params ? ' dry' : ''}`);
		return answers[method]!(params);
	};
	const engine = { call, follow: () => new Promise(() => {}), close: () => {} } as unknown as Channel;
	const app = driveApp(engine, engine, '/');
	const started: (number | undefined)[] = [];
	const failed: unknown[] = [];
	const wanted = {
		params: { job: 'docs', cwd: '/', options: {} },
		start: async ({ agreedCost }: { agreedCost?: number | undefined }) => void started.push(agreedCost),
		failed: (error: unknown) => void failed.push(error),
	};
	const tasks = (...views: TaskView[]) => app.store.dispatch({ type: 'tasks', tasks: views, at: 0 });
	const dry = (summary?: Partial<TaskSummary>): TaskView => ({
		...{ id: 'dry', job: 'docs', kind: 'backup', state: 'running', started: 0, dryRun: true },
		...(summary ? { summary: { status: 'complete', ...nothing, details: { newFiles: 2 }, quote, ...summary } } : {}),
	});
	const modal = () => app.store.state.modal?.kind;
	return { app, calls, started, failed, tasks, dry, modal, begin: () => paidStartOf(app.context).begin(wanted) };
}

test('where nobody charges it begins at once', async () => {
	const { begin, started, calls, modal } = make(undefined);
	await begin();
	expect([started, calls, modal()]).toEqual([[undefined], ['quoteBackup'], undefined]);
});

test('it waits for what is new, shows the price, and begins with what was agreed to', async () => {
	const { app, begin, started, tasks, dry, modal } = make(3);
	await begin();
	expect(modal()).toBe('wait');
	tasks(dry());
	app.press('enter');
	expect(modal()).toBe('wait');
	tasks(dry({}));
	await app.when('the question', (state) => state.modal?.kind === 'confirm');
	app.press('enter');
	expect(started).toEqual([3]);
	expect(modal()).toBeUndefined();
});

test('esc leaves it at that, before and at the price', async () => {
	const { app, begin, started, tasks, dry, modal, calls } = make(3);
	await begin();
	app.press('esc');
	expect(modal()).toBeUndefined();
	expect(calls).toContain('stop');
	tasks(dry({ status: 'stopped' }));
	await begin();
	tasks(dry({}));
	await app.when('the question', (state) => state.modal?.kind === 'confirm');
	app.press('esc');
	expect([started, modal()]).toEqual([[], undefined]);
});

test('a cent is not asked about', async () => {
	const { app, begin, started, tasks, dry } = make(0.01);
	await begin();
	tasks(dry({}));
	await app.when('the start', () => started.length === 1);
	expect(started).toEqual([undefined]);
});

test('what is wrong is told by the run itself; of what is gone nothing is begun', async () => {
	const { app, begin, started, tasks, dry, modal } = make(3);
	await begin();
	tasks(dry({ status: 'failed', error: { code: 'X', message: 'x', retry: 'no', kind: 'failure' } as never }));
	await app.when('the start', () => started.length === 1);
	await begin();
	// Not in the list yet.
	tasks();
	expect(modal()).toBe('wait');
	tasks(dry());
	// The engine was started anew.
	tasks();
	expect([modal(), started.length]).toEqual([undefined, 1]);
	expect(app.store.state.flash?.text).toContain('not found out');
});
