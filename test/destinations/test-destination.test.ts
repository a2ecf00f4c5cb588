/** Tests of destinations: what each missing right costs, and that nothing is left behind. */

import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { DestinationTest, StepName } from '../../src/core/destination-test.ts';
import { FolderDestination } from '../../src/destinations/folder/folder-destination.ts';
import { testFolder } from '../../src/destinations/folder/test-folder.ts';
import { testBucket } from '../../src/destinations/s3/test-bucket.ts';
import { type S3Simulator, startS3Simulator } from '../support/s3-simulator/simulator.ts';
import { CEPH, PICKY } from '../support/s3-simulator/types.ts';

const stepOf = (found: DestinationTest, name: StepName) => found.steps.find((step) => step.name === name);
const statuses = (found: DestinationTest) => Object.fromEntries(found.steps.map(({ name, status }) => [name, status]));

describe('a bucket', () => {
	let simulator: S3Simulator;
	beforeEach(async () => {
		simulator = await startS3Simulator({ minPartSize: 64 * 1024 });
	});
	afterEach(() => simulator.close());

	const ask = (storageClass?: string, where: object = {}) =>
		testBucket(
			{ url: 's3://bucket/pre', bucket: 'bucket', prefix: 'pre', endpoint: simulator.endpoint, ...where },
			simulator.env,
			storageClass,
			{ connectMs: 500, idleMs: 300 },
		);
	const deny = (...operation: string[]) =>
		simulator.faults.add({
			operation,
			times: Number.POSITIVE_INFINITY,
			fault: { kind: 'error', status: 403, code: 'AccessDenied', message: 'Access Denied' },
		});
	const versioned = () => {
		simulator.state.buckets.get('bucket')!.versioning = true;
	};
	const traces = () => {
		const all = [...simulator.state.buckets.get('bucket')!.keys.values()].flat();
		return [...all.map(({ key }) => key), ...simulator.openUploads()];
	};

	test('all rights: ready, and nothing is left', async () => {
		const found = await ask('DEEP_ARCHIVE');
		expect(found).toMatchObject({ kind: 's3', where: simulator.endpoint, verdict: 'ready', notes: [], left: [] });
		expect(new Set(found.steps.map(({ status }) => status))).toEqual(new Set(['ok']));
		expect(stepOf(found, 'read')!.detail).toContain('read back');
		expect(traces()).toEqual([]);
	});

	test('write-only is praised', async () => {
		deny('GetObject', 'HeadObject', 'DeleteObject', 'RestoreObject');
		const found = await ask('DEEP_ARCHIVE');
		expect(found.verdict).toBe('writeOnly');
		expect(found.summary).toMatch(/^A good set-up/);
		expect(stepOf(found, 'read')).toMatchObject({
			status: 'denied',
			right: 'GetObject',
			cost: expect.stringContaining('other credentials'),
		});
		expect(found.steps.filter(({ guidance }) => guidance)).toEqual([]);
		expect(traces()).toEqual([]);
	});

	test('without deleting: kept safe, and no object is written to try reading', async () => {
		deny('DeleteObject');
		const found = await ask();
		expect(found.verdict).toBe('keepOnly');
		expect(stepOf(found, 'read')!.status).toBe('ok');
		expect(simulator.log.count('PutObject')).toBe(0);
		expect(traces()).toEqual([]);
	});

	test('deleting without reading is no set-up to praise', async () => {
		deny('GetObject', 'HeadObject');
		const found = await ask();
		expect(found.verdict).toBe('limited');
		expect(stepOf(found, 'read')!.guidance).toBe('Allow s3:GetObject on arn:aws:s3:::bucket/pre/*.');
		expect(traces()).toEqual([]);
	});

	test('what every backup needs: failed without it', async () => {
		for (const [operation, name] of [
			['ListObjectsV2', 'list'],
			['CreateMultipartUpload', 'write'],
			['UploadPart', 'write'],
			['ListParts', 'parts'],
		] as const) {
			simulator.faults.clear();
			deny(operation);
			const found = await ask();
			expect(found.verdict, operation).toBe('failed');
			expect(stepOf(found, name), operation).toMatchObject({ status: 'denied', cost: expect.any(String) });
			expect(traces(), operation).toEqual([]);
		}
	});

	test('without listing it cannot be told whether reading is allowed where nothing is there to be read', async () => {
		deny('ListObjectsV2', 'DeleteObject', 'GetObject', 'RestoreObject');
		expect(statuses(await ask())).toMatchObject({ list: 'denied', read: 'skipped', thaw: 'skipped', delete: 'denied' });
	});

	test('an upload that cannot be given up holds no part, and is told', async () => {
		deny('AbortMultipartUpload');
		const found = await ask('DEEP_ARCHIVE');
		expect(found.verdict).toBe('failed');
		expect(statuses(found)).toMatchObject({ write: 'ok', abort: 'denied', class: 'skipped' });
		expect(found.left).toHaveLength(1);
		expect(simulator.openUploads()).toHaveLength(1);
		expect(simulator.log.count('UploadPart')).toBe(0);
	});

	test('a bucket with versions: nothing is written, no marker stays', async () => {
		versioned();
		const found = await ask();
		expect(found).toMatchObject({ verdict: 'ready', left: [] });
		expect(stepOf(found, 'delete')!.detail).toContain('versions');
		expect(simulator.log.count('PutObject')).toBe(0);
		expect(traces()).toEqual([]);
	});

	test('other stores: no RestoreObject, a class that is not kept, what they refuse', async () => {
		for (const quirks of [CEPH, PICKY]) {
			Object.assign(simulator.quirks, quirks);
			const found = await ask();
			expect(found.verdict).toBe('ready');
			expect(stepOf(found, 'thaw')!.status).toBe('absent');
			expect(traces()).toEqual([]);
		}
		const found = await ask('NO_SUCH_CLASS');
		expect(found.verdict).toBe('failed');
		expect(stepOf(found, 'class')).toMatchObject({
			status: 'failed',
			detail: expect.stringContaining('NO_SUCH_CLASS'),
		});
		expect(traces()).toEqual([]);
	});

	test('an archived object is not taken for one that may not be read', async () => {
		deny('DeleteObject');
		simulator.log.clear();
		const { openS3Destination } = await import('../../src/destinations/s3/s3-destination.ts');
		const place = { url: 's3://bucket/pre', bucket: 'bucket', prefix: 'pre', endpoint: simulator.endpoint };
		const store = await openS3Destination(place, simulator.env);
		await store.put('cold', Buffer.from('x'), { storageClass: 'DEEP_ARCHIVE' });
		await store.close();
		expect(stepOf(await ask(), 'read')!.status).toBe('ok');
	});

	test('what does not answer ends the test at once, with what to do', async () => {
		for (const [where, detail] of [
			[{ bucket: 'other' }, 'does not exist'],
			[{ endpoint: 'http://127.0.0.1:9' }, 'could not be reached'],
			[{ endpoint: 'http://firn-test.invalid:1' }, 'cannot be found'],
		] as const) {
			const found = await ask(undefined, where);
			expect(found).toMatchObject({ verdict: 'failed', steps: [{ name: 'reach', status: 'failed' }] });
			expect(found.steps[0]!.detail).toContain(detail);
			expect(found.steps[0]!.guidance).toBeTruthy();
			expect(found.summary).toContain(detail);
		}
	});
});

describe('a folder', () => {
	let root: string;
	beforeEach(() => {
		root = mkdtempSync(join(tmpdir(), 'firn-test-'));
	});
	afterEach(() => {
		chmodSync(root, 0o700);
		rmSync(root, { recursive: true, force: true });
	});

	test('that is there: ready, with what is free, nothing left', async () => {
		const found = await testFolder(root, { sources: [] });
		expect(found).toMatchObject({ verdict: 'ready', kind: 'folder', left: [] });
		// The tests' own folder may.
		expect(found.notes.filter((note) => !note.startsWith('It lies in memory'))).toEqual([]);
		expect(found.space!.free).toBeGreaterThan(0);
		if (process.platform === 'linux') expect(found.space!.mountedAt).toMatch(/^\//);
		expect(readdirSync(root)).toEqual([]);
	});

	test('that a backup would make, and one that it would not', async () => {
		const found = await testFolder(join(root, 'new'), { sources: [] });
		expect(found).toMatchObject({ verdict: 'ready', summary: expect.stringContaining('first backup makes it') });
		expect(readdirSync(root)).toEqual([]);
		expect(await testFolder(join(root, 'no', 'new'), { sources: [] })).toMatchObject({
			verdict: 'failed',
			steps: [{ name: 'reach', status: 'failed' }],
		});
	});

	test('that is a file', async () => {
		writeFileSync(join(root, 'f'), '');
		for (const path of ['f', 'f/x']) {
			const found = await testFolder(join(root, path), { sources: [] });
			expect(found).toMatchObject({ verdict: 'failed', steps: [{ name: 'reach', status: 'failed' }] });
		}
	});

	test.skipIf(process.getuid?.() === 0)('that may not be written', async () => {
		chmodSync(root, 0o500);
		const found = await testFolder(root, { sources: [] });
		expect(found.verdict).toBe('failed');
		expect(stepOf(found, 'write')).toMatchObject({ status: 'denied', cost: 'Nothing can be backed up.' });
	});

	test.skipIf(process.getuid?.() !== 0)(
		'that only grows: backups begin, and the probe that stays is told',
		async (context) => {
			try {
				execFileSync('chattr', ['+a', root], { stdio: 'ignore' });
			} catch {
				// Not every file system has it.
				return context.skip();
			}
			try {
				const found = await testFolder(root, { sources: [] });
				expect(found).toMatchObject({ verdict: 'keepOnly', left: [expect.stringContaining(`${root}/.firn-probe-`)] });
				await new FolderDestination(root).check();
			} finally {
				execFileSync('chattr', ['-a', root]);
			}
		},
	);

	test('on the disk of what it is to keep, and too full for an archive', async () => {
		const source = join(root, 'source');
		mkdirSync(source);
		const { notes } = await testFolder(join(root, 'target'), { sources: [source], splitSize: Number.MAX_SAFE_INTEGER });
		expect(notes.join()).toContain(source);
		expect(notes.join()).toContain('Less is free');
	});
});
