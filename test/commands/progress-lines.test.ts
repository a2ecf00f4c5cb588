import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { progressLines, transferOf } from '../../src/commands/progress-lines.ts';
import type { BackupProgress, RestoreProgress, WorkerRow } from '../../src/core/task.ts';

const MiB = 1024 * 1024;

const backup = (change: Partial<BackupProgress> = {}): BackupProgress => ({
	kind: 'backup',
	phase: 'upload',
	scannedFiles: 1200,
	scannedBytes: 300 * MiB,
	scanDone: true,
	unchangedFiles: 200,
	plannedFiles: 1000,
	plannedBytes: 200 * MiB,
	packedFiles: 250,
	packedBytes: 60 * MiB,
	finishedBytes: 50 * MiB,
	sentBytes: 48 * MiB,
	most: 2,
	limitUpload: 0,
	paused: false,
	uploadedBytes: 48 * MiB,
	reusedBytes: 0,
	reusedParts: 0,
	archivesDone: 1,
	errors: 0,
	workers: [],
	...change,
});

const restore: RestoreProgress = {
	kind: 'restore',
	phase: 'fetch',
	files: 10,
	bytes: 10 * MiB,
	filesDone: 5,
	bytesDone: 5 * MiB,
	fetchedBytes: 6 * MiB,
	fetchBytes: 11 * MiB,
	filesSkipped: 0,
	errors: 1,
	workers: [],
};

const pace = { rate: 2 * MiB, remaining: 75, elapsed: 25 };
const show = (progress: BackupProgress | RestoreProgress, width = 200) => progressLines(progress, pace, width, 0);

/** Columns as a terminal counts them; here only what progress lines can hold. */
const columns = (line: string) =>
	[...line].reduce(
		(sum, character) => sum + (/\p{Mn}/u.test(character) ? 0 : character.codePointAt(0)! > 0x2e7f ? 2 : 1),
		0,
	);

describe('progress', () => {
	test('of a backup', () => {
		expect(show(backup())).toEqual([
			'Storing · [#####---------------] 25 % · 2.00 MiB/s · about 1 min 15 s left · 25 s',
			'  scanned  1,200 files, 300 MiB · 200 unchanged',
			'  stored   250 of 1,000 files, 50.0 MiB of 200 MiB · sent 48.0 MiB in 1 archive',
		]);
	});

	test('while the total is not known there is no share and no remaining time', () => {
		const [head, scanned] = progressLines(
			backup({ phase: 'scan', scanDone: false, errors: 1 }),
			{ rate: undefined, remaining: undefined, elapsed: 3 },
			200,
			0,
		);
		expect(head).toBe('Scanning and storing · 50.0 MiB · 3.0 s');
		expect(scanned).toBe('  scanned  1,200 files, 300 MiB so far · 200 unchanged · 1 error');
		expect(transferOf(backup({ scanDone: false })).total).toBeUndefined();
		expect(transferOf(backup())).toEqual({ done: 50 * MiB, total: 200 * MiB });
	});

	test('of a restore', () => {
		expect(show(restore)).toEqual([
			'Restoring · [##########----------] 50 % · 2.00 MiB/s · about 1 min 15 s left · 25 s',
			'  files    5 of 10, 5.00 MiB of 10.0 MiB · read 6.00 MiB · 1 error',
		]);
	});

	test('of a restore out of cold storage', () => {
		const thaw = {
			archives: 300,
			settled: 12,
			failed: 1,
			warm: 0,
			thawing: 287,
			readyBy: new Date(2026, 10, 23, 12, 3).getTime(),
		};
		expect(show({ ...restore, phase: 'thaw', thaw })[2]).toBe(
			'  thaw     12 of 300 archives done, 287 thawing, 1 failed · all by 2026-11-23 12:03',
		);
	});

	test('a share never goes beyond 100 %', () => {
		expect(show(backup({ finishedBytes: 250 * MiB }))[0]).toContain('[####################] 100 %');
		expect(show(backup({ finishedBytes: 0, plannedBytes: 0 }))[0]).toContain('Storing · 0 B');
	});

	test('workers, and what they wait for', () => {
		const workers: WorkerRow[] = [
			{ worker: 1, state: 'pack', archive: 'k/r/000001.tar.age', path: 'home/u/a.txt', bytes: MiB },
			{
				worker: 2,
				state: 'retry',
				archive: 'k/r/000002.tar.age',
				bytes: 0,
				retry: { attempt: 3, at: 4200, reason: 'no\nroute' },
			},
			{ worker: 3, state: 'idle', bytes: 0 },
		];
		expect(show(backup({ workers })).slice(3)).toEqual([
			'  worker 1 pack   000001.tar.age 1.00 MiB · /home/u/a.txt',
			'  worker 2 retry 3 in 5 s 000002.tar.age 0 B · no\\nroute',
			'  worker 3 idle  ',
		]);
	});

	test('every line fits any width, and nothing in a name is obeyed by the terminal', () => {
		const code = fc.oneof(
			fc.integer({ min: 0, max: 0xffff }),
			fc.constantFrom(0x1b, 0x9b, 0x0a, 0x202e, 0x4e00, 0x1f600),
		);
		const name = fc
			.array(code, { maxLength: 60 })
			.map((codes) => codes.map((one) => String.fromCodePoint(one)).join(''));
		fc.assert(
			fc.property(name, fc.integer({ min: 1, max: 120 }), (path, width) => {
				const lines = show(backup({ workers: [{ worker: 1, state: 'pack', archive: 'a', path, bytes: 1 }] }), width);
				for (const line of lines) {
					expect(columns(line)).toBeLessThanOrEqual(width);
					expect(line).not.toMatch(/\p{Cc}|\p{Bidi_Control}|[\u2028\u2029]/u);
				}
			}),
			{ numRuns: 300 },
		);
	});
});
