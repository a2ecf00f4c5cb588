import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { FirnError, usageError } from '../../src/core/errors.ts';
import type { BackupProgress, TaskSummary } from '../../src/core/task.ts';
import type { LogFields } from '../../src/engine/log.ts';
import { Refused } from '../../src/engine/refused.ts';
import { TaskLog } from '../../src/engine/task-log.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function collect() {
	const lines: ({ level: string; message: string } & LogFields)[] = [];
	return {
		lines,
		log: (level: string, message: string, fields: LogFields = {}) => void lines.push({ level, message, ...fields }),
	};
}

const SUMMARY: TaskSummary = {
	status: 'complete',
	run: 'r1',
	files: 9,
	bytes: 900,
	archives: 1,
	errors: 0,
	details: { snapshot: 4 },
};
const progress = (state: 'upload' | 'retry') =>
	({ workers: [{ worker: 1, state, bytes: 0 }] }) as unknown as BackupProgress;

test('a store that does not answer is told once in ten minutes, and again when it answers', () => {
	const { lines, log } = collect();
	const task = new TaskLog(log, 'backup', 'photos', 't1');
	for (let minute = 0; minute < 25; minute++) {
		task.event({
			event: 'waiting',
			reason: `No way to the store, part ${minute % 2}.`,
			code: 'NETWORK',
			guidance: 'Look at the cable.',
		});
		task.progress(progress('retry'));
		vi.advanceTimersByTime(60_000);
	}
	task.event({ event: 'waiting', reason: 'The store is busy.', code: 'SLOW_DOWN' });
	task.progress(progress('upload'));
	task.progress(progress('upload'));
	expect(lines.slice(1).map(({ level, message }) => [level, message])).toEqual([
		['warn', 'No way to the store, part 0.'],
		['warn', 'No way to the store, part 0.'],
		['warn', 'No way to the store, part 0.'],
		['warn', 'The store is busy.'],
		['info', 'The store answers again, after 25 min 00 s and 26 failed attempts.'],
	]);
	expect(lines[1]).toMatchObject({ job: 'photos', task: 't1', code: 'NETWORK', remedy: 'Look at the cable.' });
});

test('files that could not be read are named with what it means and what to do, and counted at the end', () => {
	const { lines, log } = collect();
	const task = new TaskLog(log, 'backup', 'photos', 't1');
	const problem = { path: 'srv/a', code: 'EACCES', message: 'It cannot be read: permission denied.' };
	for (let n = 0; n < 5002; n++) task.event({ event: 'problem', problem: { ...problem, path: `srv/${n}` } });
	task.ended({ ...SUMMARY, status: 'partial', errors: 5002 });
	expect(lines[1]).toMatchObject({ level: 'error', path: '/srv/0', code: 'EACCES', kind: 'backup' });
	expect(lines[1]!.effect).toContain('not in this snapshot');
	expect(lines[1]!.remedy).toContain('exclude');
	expect(lines).toHaveLength(1 + 5000 + 2);
	expect(lines.at(-2)!.message).toContain('2 more files');
	expect(lines.at(-1)).toMatchObject({ level: 'warn', run: 'r1' });
	expect(lines.at(-1)!.effect).toMatch(/^5.002 files or folders are not in this snapshot\.$/);
});

test('how a task ended, with what is kept', () => {
	const { lines, log } = collect();
	const end = (summary: Partial<TaskSummary>) => {
		new TaskLog(log, 'backup', 'photos', 't1').ended({ ...SUMMARY, ...summary });
		return lines.at(-1)!;
	};
	expect(end({ archives: 0 }).message).toBe(
		'Backup of photos is complete: snapshot 4 of 9 files, 900 B; nothing was new.',
	);
	expect(end({ status: 'stopped' })).toMatchObject({ level: 'warn', remedy: 'firn resume photos goes on with it.' });
	const error = new FirnError('DEST_FULL', 'The disk is full.', { guidance: 'Free some space.' }).toPlain();
	expect(end({ status: 'failed', error })).toMatchObject({
		level: 'error',
		code: 'DEST_FULL',
		message: 'Backup of photos failed. The disk is full.',
		remedy: 'Free some space.',
	});
	const fault = new FirnError('INTERNAL', 'x is not a function', { cause: new TypeError('x is not a function') });
	expect(end({ status: 'failed', error: FirnError.fromPlain(fault.toPlain()).toPlain() }).details).toContain(
		'task-log.test',
	);
});

test('of refused requests those are noted that should have done something, once a minute', () => {
	const { lines, log } = collect();
	const refused = new Refused(log);
	const secret = { job: 'photos', env: { AWS_SECRET_ACCESS_KEY: 'hush' } };
	refused.note('browse', secret, usageError('PATH_UNKNOWN', 'There is no /x.'));
	for (let n = 0; n < 3; n++) refused.note('backup', secret, usageError('JOB_BUSY', 'It is running already.', 'Wait.'));
	refused.note('overview', secret, new TypeError('x is not a function'));
	vi.advanceTimersByTime(61_000);
	refused.note('backup', secret, usageError('JOB_BUSY', 'It is running already.'));
	expect(lines.map(({ level, code, job }) => [level, code, job])).toEqual([
		['warn', 'JOB_BUSY', 'photos'],
		['error', 'INTERNAL', 'photos'],
		['warn', 'JOB_BUSY', 'photos'],
	]);
	expect(lines[1]!.details).toContain('task-log.test');
	expect(JSON.stringify(lines)).not.toContain('hush');
});
