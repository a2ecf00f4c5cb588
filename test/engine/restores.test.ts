/** Plans, inspections and reports of restores, asked of an engine in this process over real archives. */

import {
	chmodSync,
	cpSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	rmSync,
	statSync,
	truncateSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { generateIdentity } from '../../src/archive/age/identity.ts';
import { pathsFor } from '../../src/config/paths.ts';
import type { TaskSummary } from '../../src/core/task.ts';
import { hostEngine } from '../../src/engine/host.ts';
import type { Channel } from '../../src/protocol/channel.ts';
import { ended as taskEnded } from '../support/ended.ts';

const root = mkdtempSync(join(tmpdir(), 'firn-restores-'));
const paths = pathsFor(join(root, 'home'));
const source = join(root, 'source');
const store = join(root, 'store');
const foreignKey = join(root, 'foreign.txt');
let engine: Channel;

/** Files that end in `.txt`, one with a name that would forge a line. */
const FILES = ['a.txt', 'b.txt', 'sub/c.txt', 'sub/\u001b[31mred\nline.txt'];

const ended = (task: string) => taskEnded(engine, task);

const plan = (more: object = {}) =>
	engine.call('planRestore', { job: 'kept', paths: [], cwd: root, target: join(root, 'new'), ...more });

async function restored(target: string, more: object = {}): Promise<TaskSummary & { task: string }> {
	const { task } = await engine.call('restore', { job: 'kept', paths: [], cwd: root, target, ...more });
	return { task, ...(await ended(task)) };
}

beforeAll(async () => {
	mkdirSync(join(source, 'sub'), { recursive: true });
	for (const name of FILES) writeFileSync(join(source, name), name.repeat(1000));
	writeFileSync(foreignKey, `${generateIdentity().identity}\n`);
	engine = hostEngine(paths, 'test');
	const { task } = await engine.call('backup', { job: 'kept', sources: [source], to: store, cwd: root, options: {} });
	expect((await ended(task)).status).toBe('complete');
});

afterAll(() => {
	engine.close();
	rmSync(root, { recursive: true, force: true });
});

describe('the plan of a restore', () => {
	test('names files, archives, reads and the key, and begins no task', async () => {
		const before = (await engine.call('status', {})).tasks.length;
		const { files, bytes, archives, fetchBytes, requests, key, problems, target, existing } = await plan();
		expect(files).toBe(FILES.length);
		expect(bytes).toBe(FILES.reduce((sum, name) => sum + Buffer.byteLength(name) * 1000, 0));
		expect(archives.count).toBe(1);
		expect(archives.rows[0]).toMatchObject({ files: FILES.length, fetchBytes, requests, status: 'stored' });
		expect(archives.rows[0]!.key).toMatch(/000001\.tar\.age$/);
		expect(key).toMatchObject({ needed: true, recipients: 1, fits: true });
		expect(key.atHand).toEqual(key.jobRecipients);
		expect(problems).toEqual([]);
		expect(target).toMatchObject({ exists: false, empty: true });
		expect(target.freeBytes).toBeGreaterThan(0);
		expect(existing.looked).toBe(0);
		expect((await engine.call('status', {})).tasks).toHaveLength(before);
		expect(statSync(join(root, 'new'), { throwIfNoEntry: false })).toBeUndefined();
	});

	test('reads no more than what is chosen', async () => {
		const one = await plan({ paths: [join(source, 'a.txt')] });
		expect(one.files).toBe(1);
		await expect(plan({ paths: [join(source, 'none.txt')] })).rejects.toMatchObject({ code: 'PATH_UNKNOWN' });
		await expect(plan({ snapshot: 9 })).rejects.toMatchObject({ code: 'SNAPSHOT_MISSING' });
	});

	test('tells what is there already', async () => {
		const target = join(root, 'there');
		await restored(target);
		writeFileSync(join(target, source, 'a.txt'), 'mine');
		const { existing } = await plan({ target });
		expect(existing).toEqual({ looked: FILES.length, same: FILES.length - 1, other: 1, older: 0 });
	});

	test('tells which identity does not fit, before anything is done', async () => {
		const wrong = await plan({ identityFiles: [foreignKey] });
		expect(wrong.key.fits).toBe(false);
		expect(wrong.files).toBe(FILES.length);
		expect(wrong.problems.map(({ code }) => code)).toEqual(['WRONG_IDENTITY']);
		const missing = await plan({ identityFiles: [join(root, 'nowhere')] });
		expect(missing.problems.map(({ code }) => code)).toEqual(['IDENTITY_MISSING']);
	});

	test('tells what is wrong with the target', async () => {
		writeFileSync(join(root, 'file'), '');
		expect((await plan({ target: join(root, 'file') })).problems[0]?.code).toBe('TARGET_NOT_FOLDER');
		expect((await plan({ target: join(root, 'file/below') })).problems[0]?.code).toBe('TARGET_NOT_FOLDER');
		expect((await plan({ target: join(source, 'x') })).warnings.join()).toContain('backed up again');
		if (process.geteuid?.() === 0) return;
		mkdirSync(join(root, 'shut'));
		chmodSync(join(root, 'shut'), 0o500);
		expect((await plan({ target: join(root, 'shut/x') })).problems[0]?.code).toBe('TARGET_REFUSED');
	});
});

describe('reports', () => {
	test('hold every problem and every kept file, and outlive the engine', async () => {
		const damaged = join(root, 'damaged-target');
		mkdirSync(join(damaged, source, 'sub'), { recursive: true });
		writeFileSync(join(damaged, source, 'b.txt'), 'mine');
		mkdirSync(join(damaged, source, 'a.txt'));
		const summary = await restored(damaged, { existing: 'keep' });
		expect(summary.details.report).toMatch(new RegExp(`${summary.task}\\.jsonl$`));
		const file = String(summary.details.report);
		expect(statSync(file).mode & 0o777).toBe(0o600);
		engine.close();
		engine = hostEngine(paths, 'test');
		const { report, rows } = await engine.call('report', { id: summary.task });
		expect(report).toMatchObject({ kind: 'restore', job: 'kept', target: damaged, status: summary.status, kept: 2 });
		const kept = rows.flatMap((row) => (row.kind === 'kept' ? [row.path] : []));
		expect(kept.sort()).toEqual([join(source, 'a.txt').slice(1), join(source, 'b.txt').slice(1)]);
		const { reports } = await engine.call('reports', {});
		expect(reports[0]!.id).toBe(summary.task);
	});

	test('are read page by page, also when a crash has cut them off', async () => {
		const id = 'abcdef0123';
		const head = {
			report: 1,
			id,
			kind: 'restore',
			job: 'kept',
			started: Date.now(),
			target: '/t',
			paths: [],
			pid: 1 << 22,
		};
		const problems = Array.from({ length: 2500 }, (_, at) => ({
			kind: 'problem',
			path: `p${at}`,
			code: 'X',
			message: 'm',
		}));
		const lines = [head, ...problems].map((line) => JSON.stringify(line)).join('\n');
		writeFileSync(
			join(paths.reportDir, `${String(Date.now()).padStart(15, '0')}-${id}.jsonl`),
			`${lines}\n{"kind":"pro`,
		);
		const seen: string[] = [];
		let cursor: string | undefined;
		do {
			const page = await engine.call('report', { id, limit: 1000, ...(cursor ? { cursor } : {}) });
			expect(page.report.status).toBe('interrupted');
			seen.push(...page.rows.map((row) => (row.kind === 'problem' ? row.path : '')));
			cursor = page.cursor;
		} while (cursor !== undefined);
		expect(seen).toEqual(problems.map(({ path }) => path));
		await expect(engine.call('report', { id: 'ffff' })).rejects.toMatchObject({ code: 'REPORT_MISSING' });
	});

	test('are only so many', async () => {
		const old = (at: number) => join(paths.reportDir, `${String(at).padStart(15, '0')}-${at.toString(16)}.jsonl`);
		for (let at = 1; at <= 120; at++) writeFileSync(old(at), `{"report":1,"id":"${at.toString(16)}"}\n`);
		await restored(join(root, 'once-more'));
		expect(readdirSync(paths.reportDir)).toHaveLength(100);
	});

	test('that cannot be kept do not hold up the restore', async () => {
		rmSync(paths.reportDir, { recursive: true });
		writeFileSync(paths.reportDir, 'in the way');
		const summary = await restored(join(root, 'unkept'));
		expect(summary).toMatchObject({ status: 'complete', files: FILES.length });
		expect(summary.details.report).toBeUndefined();
		rmSync(paths.reportDir);
	});
});

describe('what a decrypt would find', () => {
	test('is told with the identity that opens it', async () => {
		const { archives, totals, identities, companions, problems } = await engine.call('inspect', { inputs: [store] });
		expect(totals).toMatchObject({ archives: 1, encrypted: 1, opens: 1, problems: 0 });
		expect(archives[0]).toMatchObject({
			encrypted: true,
			recipients: 1,
			opens: true,
			expected: { size: totals.bytes },
		});
		expect(identities).toMatchObject([{ opens: 1 }]);
		expect(companions).toBeGreaterThan(0);
		expect(problems).toEqual([]);
	});

	test('is told with what does not fit', async () => {
		const wrong = await engine.call('inspect', { inputs: [store], identityFiles: [foreignKey] });
		expect(wrong.totals.opens).toBe(0);
		expect(wrong.problems.map(({ code }) => code)).toEqual(['WRONG_IDENTITY']);
		const both = await engine.call('inspect', {
			inputs: [store],
			identityFiles: [foreignKey, `${paths.secretsDir}/identity.txt`],
		});
		expect(both.identities.map(({ opens }) => opens)).toEqual([0, 1]);
		expect(both.problems).toEqual([]);
		expect(both.warnings.join()).toContain('opens none of them');
		const missing = await engine.call('inspect', { inputs: [store], identityFiles: [join(root, 'nowhere')] });
		expect(missing.problems.map(({ code }) => code)).toEqual(['IDENTITY_MISSING']);
	});

	test('is told when an archive is cut off', async () => {
		const copy = join(root, 'copy');
		cpSync(store, copy, { recursive: true });
		const { archives } = await engine.call('inspect', { inputs: [copy] });
		truncateSync(archives[0]!.path, archives[0]!.size - 100);
		const cut = await engine.call('inspect', { inputs: [copy], job: 'kept' });
		expect(cut.archives[0]).toMatchObject({ opens: true, problem: { code: 'TRUNCATED' } });
		expect(cut.totals.problems).toBe(1);
		const { task } = await engine.call('decrypt', { inputs: [copy], out: join(root, 'tars') });
		const summary = await ended(task);
		const { rows } = await engine.call('report', { id: task });
		expect(summary.status).toBe('failed');
		expect(rows).toMatchObject([{ kind: 'problem', path: archives[0]!.path, code: 'TRUNCATED' }]);
	});
});
