import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FirnError } from '../../src/core/errors.ts';
import { type HistoryRow, newerFirst } from '../../src/core/history.ts';
import type { TaskReporter, TaskSummary } from '../../src/core/task.ts';
import { History } from '../../src/engine/history.ts';
import type { CheckedRequests } from '../../src/protocol/requests.ts';
import { openState } from '../../src/state/open-state.ts';
import { RunStore } from '../../src/state/run-store.ts';

let folder: string;
let stateFile: string;
let history: History;
const told: string[] = [];

beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'firn-history-'));
	stateFile = join(folder, 'docs.sqlite3');
	history = historyAt(join(folder, 'history.db'));
	told.length = 0;
});
afterEach(() => {
	history.close();
	rmSync(folder, { recursive: true });
});

function historyAt(file: string): History {
	return new History({
		file,
		stateFiles: () => [stateFile],
		stateOf: () => stateFile,
		isActive: () => false,
		goesOn: () => false,
		log: (_level, message) => void told.push(message),
	});
}

const job = {
	id: 'abcdefghij',
	name: 'docs',
	sources: ['/srv/docs'],
	destination: { url: '/mnt/disk' },
	created: '2026-11-21T00:00:00Z',
};

/** Books of a job with runs that began then. */
function books(starts: readonly number[]): void {
	const db = openState(stateFile, 'create');
	const runs = new RunStore(db);
	runs.setMeta('job', JSON.stringify(job));
	starts.forEach((started, at) => {
		const { run } = runs.begin(`run-${at}`, started, false);
		runs.finish(run, 'complete', { files: 1, bytes: 1, newFiles: 1, newBytes: 1, errors: 0 }, started + 5);
	});
	db.close();
}

const summary = (run: string): TaskSummary => {
	return { status: 'complete', run, files: 1, bytes: 1, archives: 1, errors: 0, details: { sentBytes: 7 } };
};

/** Work from its beginning to its end; a backup whose run has this id. */
async function work(id: string, run?: string): Promise<void> {
	const reporter: TaskReporter = { progress: () => {}, event: () => {} };
	const begin = history.noting(run ? 'backup' : 'verify', 'docs', { trigger: 'schedule' }, (given) => {
		if (run) given.event({ event: 'run', run, resumed: false });
		return { done: Promise.resolve(summary(run ?? '')), stop: () => {} };
	});
	await begin(reporter, id).done;
	await Promise.resolve();
}

function pages(query: Omit<CheckedRequests['history'], 'before'>): HistoryRow[] {
	const rows: HistoryRow[] = [];
	for (let before: string | undefined; ; ) {
		const page = history.list({ ...query, ...(before === undefined ? {} : { before }) });
		rows.push(...page.rows);
		before = page.cursor;
		if (before === undefined) return rows;
	}
}

test('pages of any length give each row once, the newest first, whatever is in the books and beside them', async () => {
	books(Array.from({ length: 9 }, (_, at) => Date.now() - 50 + at * 10 - (at % 2) * 10));
	for (let at = 0; at < 9; at += 2) await work(`task-${at}`, `run-${at}`);
	for (let at = 0; at < 6; at++) await work(`verify-${at}`);
	await work('gone', 'of books that are gone');
	const all = pages({ limit: 100 });
	expect(all).toHaveLength(9 + 6 + 1);
	expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
	expect(all).toEqual(all.toSorted(newerFirst));
	expect(all.find(({ id }) => id === 'run-2')).toMatchObject({ task: 'task-2', trigger: 'schedule', sentBytes: 7 });
	expect(all.find(({ id }) => id === 'run-1')).toMatchObject({ task: null, trigger: null, sentBytes: null });
	const kinds = [['backup'], ['verify'], undefined] as const;
	fc.assert(
		fc.property(fc.integer({ min: 1, max: 20 }), fc.constantFrom(...kinds), (limit, only) => {
			const query = { limit, ...(only ? { kinds: [...only] } : {}) };
			expect(pages(query)).toEqual(all.filter(({ kind }) => !only || kind === only[0]));
		}),
		{ numRuns: 40 },
	);
});

test('a second attempt of a run adds to the first', async () => {
	books([Date.now()]);
	await work('first', 'run-0');
	await work('second', 'run-0');
	expect(pages({ limit: 10 })).toMatchObject([{ id: 'run-0', task: 'second', sentBytes: 14 }]);
});

test('a history that cannot be kept holds nothing up, and is told once', async () => {
	history.close();
	history = historyAt(folder);
	books([Date.now()]);
	await work('task', 'run-0');
	history.notBegun('backup', 'docs', { trigger: 'schedule' }, new FirnError('NETWORK', 'No way.'));
	expect(pages({ limit: 10 })).toMatchObject([{ id: 'run-0', trigger: null }]);
	expect(told).toEqual([expect.stringContaining('The history is not kept')]);
});
