/** Sync against a folder and the simulator: what is lost is stored again, what is strange is listed, nobody else's is touched. */

import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CreateMultipartUploadCommand, DeleteObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { sealAll } from '../../src/archive/age/payload.ts';
import { sidecarOf } from '../../src/core/object-names.ts';
import { type S3Simulator, startS3Simulator } from '../support/s3-simulator/simulator.ts';
import { differences, rebuild, rowsOf } from '../support/same-state.ts';
import { JOB_ID, type SmallJob, smallJob } from './small-job.ts';

let small: SmallJob;

const syncNow = async (more: { unknown?: 'keep' | 'delete'; abortUploads?: boolean } = {}) => {
	const { plan } = await small.planSync();
	return small.work({ kind: 'sync', plan, unknown: 'keep', abortUploads: false, ...more });
};
/** The books as they come back from the store alone. */
async function rebuilt(): Promise<string[]> {
	const file = join(small.root, 'rebuilt.sqlite3');
	await rebuild(small.job, file, [small.identity]);
	return rowsOf(file);
}

/** Of the archives with a file; the folder has one of its own. */
const keys = () => small.sql('SELECT key FROM archives WHERE files > 0 ORDER BY archive').map(({ key }) => String(key));
const statuses = () =>
	small.sql('SELECT status FROM archives WHERE files > 0 ORDER BY archive').map(({ status }) => status);

describe('a folder', () => {
	afterEach(() => small.close());
	beforeEach(async () => {
		small = smallJob();
		small.write('a', 'b', 'c');
		expect((await small.backup()).status).toBe('complete');
	});
	const place = (key: string) => join(small.store, key);

	test('books and store agree', async () => {
		expect(await small.planSync()).toMatchObject({ items: [], summary: { status: 'complete', archives: 4 } });
		expect(await syncNow()).toMatchObject({ status: 'complete', details: { missing: 0 } });
		expect(small.sql('SELECT 1 FROM archives WHERE seen IS NULL')).toEqual([]);
	});

	test('a lost archive is marked, its files are stored again, and it counts again when it comes back', async () => {
		const [first] = keys();
		const gone = join(small.root, 'gone');
		renameSync(place(first!), gone);
		expect((await small.planSync()).items).toEqual([`missing ${first}`]);
		expect(statuses()).toEqual(['stored', 'stored', 'stored']);
		expect(await syncNow()).toMatchObject({ status: 'complete', details: { missing: 1 } });
		expect(statuses()).toEqual(['missing', 'stored', 'stored']);
		expect((await small.planSync()).items).toEqual([]);
		expect((await small.backup()).details.newFiles).toBe(1);
		expect((await small.backup()).details.newFiles).toBe(0);
		renameSync(gone, place(first!));
		expect(await syncNow()).toMatchObject({ details: { returned: 1 } });
		expect(statuses()).toEqual(['stored', 'stored', 'stored', 'stored']);
	});

	test('an archive that is lost with its sidecar gets none', async () => {
		const [first] = keys();
		rmSync(place(first!));
		rmSync(place(sidecarOf(first!)));
		expect((await small.planSync()).items.sort()).toEqual([`missing ${first}`, `sidecar ${sidecarOf(first!)}`]);
		expect(await syncNow()).toMatchObject({ status: 'complete', errors: 0, details: { missing: 1, written: 0 } });
		expect((await small.planSync()).items).toEqual([]);
	});

	test('an archive of another size is an alarm, and stays as it is', async () => {
		const [first] = keys();
		writeFileSync(place(first!), 'short');
		expect(await small.planSync()).toMatchObject({ items: [`differs ${first}`], summary: { status: 'partial' } });
		const done = await syncNow();
		expect(done).toMatchObject({ status: 'failed', errors: 1, error: { code: 'STORE_DIFFERS' } });
		expect(done.error!.message).toContain(first);
		expect(statuses()).toEqual(['stored', 'stored', 'stored']);
		expect(small.sql('SELECT key FROM archives WHERE seen IS NULL')).toEqual([{ key: first }]);
	});

	test('sidecars and manifests that are lost are written anew, as good as before', async () => {
		small.write('d');
		await small.backup();
		const before = await rebuilt();
		expect(before).toEqual(rowsOf(small.stateFile));
		const [first, second] = keys().map(sidecarOf);
		const manifests = small.sql('SELECT id FROM runs').map(({ id }) => `${JOB_ID}/${id}/manifest.age`);
		for (const key of [first!, second!, ...manifests]) rmSync(place(key));
		expect((await small.planSync()).items.sort()).toEqual(
			[first, second]
				.map((key) => `sidecar ${key}`)
				.concat(manifests.map((key) => `manifest ${key}`))
				.sort(),
		);
		expect(await syncNow()).toMatchObject({ status: 'complete', details: { written: 4 } });
		expect((await small.planSync()).items).toEqual([]);
		expect(await small.work({ kind: 'verify', share: 0, identities: [small.identity] })).toMatchObject({
			status: 'complete',
			details: { sidecars: 6, faults: 0 },
		});
		expect(await rebuilt()).toEqual(before);
	});

	test('a store that is empty, or not there, is no reason to mark anything', async () => {
		renameSync(place(JOB_ID), join(small.root, 'elsewhere'));
		expect(await small.work({ kind: 'planSync' })).toMatchObject({ status: 'failed', error: { code: 'STORE_EMPTY' } });
		rmSync(small.store, { recursive: true });
		expect(await small.work({ kind: 'planSync' })).toMatchObject({ status: 'failed', error: { kind: 'failure' } });
		expect(statuses()).toEqual(['stored', 'stored', 'stored']);
	});

	test('what the books do not know is kept, or deleted if it is still what was listed', async () => {
		const strange = [`${JOB_ID}/x`, `${JOB_ID}/20200101T000000Z-abcde/000001.tar.age`];
		for (const key of strange) {
			mkdirSync(dirname(place(key)), { recursive: true });
			writeFileSync(place(key), 'strange');
		}
		mkdirSync(place('otherjob22'));
		writeFileSync(place('otherjob22/x'), 'of another job');
		expect((await small.planSync()).items.sort()).toEqual(strange.map((key) => `unknown ${key}`).sort());
		expect((await syncNow()).details.removed).toBe(0);
		const { plan } = await small.planSync();
		writeFileSync(place(`${JOB_ID}/x`), 'longer than it was');
		const done = await small.work({ kind: 'sync', plan, unknown: 'delete', abortUploads: false });
		expect(done).toMatchObject({ details: { removed: 1 } });
		expect(readdirSync(place(JOB_ID))).toContain('x');
		expect(readdirSync(small.store)).toContain('otherjob22');
		expect(await syncNow({ unknown: 'delete' })).toMatchObject({ details: { removed: 1 } });
		expect((await small.planSync()).items).toEqual([]);
	});

	test('newer runs that the books do not know are adopted, row by row as they were', async () => {
		const old = join(small.root, 'old.sqlite3');
		small.sql(`VACUUM INTO '${old}'`);
		rmSync(join(small.root, 'docs', 'a'));
		small.write('d');
		await small.backup();
		writeFileSync(join(small.root, 'docs', 'b'), 'changed');
		await small.backup();
		const before = rowsOf(small.stateFile);
		for (const ending of ['', '-wal', '-shm']) rmSync(small.stateFile + ending, { force: true });
		renameSync(old, small.stateFile);
		const { plan, items } = await small.planSync();
		expect(items.filter((item) => item.startsWith('unknown')).length).toBe(items.length);
		const work = { kind: 'sync', plan, unknown: 'adopt', abortUploads: false } as const;
		expect(await small.work(work)).toMatchObject({ status: 'failed', error: { code: 'NO_IDENTITY' } });
		const done = await small.work({ ...work, identities: [small.identity] });
		expect(done).toMatchObject({ status: 'complete', errors: 0 });
		expect(done.details.adopted).toBeGreaterThan(2);
		expect((await small.planSync()).items).toEqual([]);
		small.sql('UPDATE archives SET seen = NULL');
		expect(differences(before, rowsOf(small.stateFile))).toEqual([]);
		expect((await small.backup()).details.newFiles).toBe(0);
	});

	test('what is damaged, or older than the books, is not adopted, and said so', async () => {
		const strange = `${JOB_ID}/20990101T000000Z-abcde/000001.idx.age`;
		const older = `${JOB_ID}/20200101T000000Z-abcde/000001.idx.age`;
		const plain = `${JOB_ID}/20990102T000000Z-abcde/000001.idx`;
		for (const key of [strange, older, plain]) {
			mkdirSync(dirname(place(key)), { recursive: true });
			writeFileSync(place(key), sealAll(small.job.recipients, Buffer.from('nonsense')));
		}
		const before = rowsOf(small.stateFile);
		const { plan } = await small.planSync();
		const work = { kind: 'sync', plan, unknown: 'adopt', abortUploads: false } as const;
		expect(await small.work({ ...work, identities: [small.identity] })).toMatchObject({
			status: 'partial',
			errors: 3,
			details: { adopted: 0, refused: 3 },
		});
		small.sql('UPDATE archives SET seen = NULL');
		expect(rowsOf(small.stateFile)).toEqual(before);
	});

	test('a plan is good for the books it was made from only', async () => {
		const { plan } = await small.planSync();
		small.write('d');
		await small.backup();
		const late = await small.work({ kind: 'sync', plan, unknown: 'delete', abortUploads: true });
		expect(late).toMatchObject({ status: 'failed', error: { code: 'PLAN_STALE', kind: 'usage' } });
	});
});

/** One job in one store, test after test. */
describe('S3', () => {
	let simulator: S3Simulator;
	let client: S3Client;
	beforeAll(async () => {
		simulator = await startS3Simulator({ maxPageSize: 3 });
		const credentials = { accessKeyId: simulator.accessKeyId, secretAccessKey: simulator.secretAccessKey };
		const { endpoint, region } = simulator;
		client = new S3Client({ endpoint, region, forcePathStyle: true, credentials });
		small = smallJob(simulator);
		small.write('a', 'b', 'c', 'd');
		expect((await small.backup()).status).toBe('complete');
	});
	afterAll(async () => {
		small.close();
		client.destroy();
		await simulator.close();
	});
	const at = (key: string) => ({ Bucket: 'bucket', Key: `pre/${key}` });

	test('another ETag accuses nobody: a copy has one, and the checksum of the content decides', async () => {
		small.sql('UPDATE archives SET etag = ?', '"of before a move to another bucket"');
		expect((await small.planSync()).items).toEqual([]);
	});

	test('unfinished uploads: our own stale ones go when told to, those of others never', async () => {
		const begin = (key: string) => client.send(new CreateMultipartUploadCommand(at(key)));
		const run = keys()[0]!.split('/')[1];
		await begin(`${JOB_ID}/${run}/000099.tar.age`);
		await begin('otherjob22/x');
		const live = (await begin(`${JOB_ID}/${run}/000098.tar.age`)).UploadId!;
		small.sql(
			`INSERT INTO archives (run, sequence, key, status, compression, encrypted, part_size, upload_id)
			VALUES (1, 98, ?, 'open', 'none', 1, 1, ?)`,
			`${JOB_ID}/${run}/000098.tar.age`,
			live,
		);
		expect((await small.planSync()).items).toEqual([`upload ${JOB_ID}/${run}/000099.tar.age`]);
		expect((await syncNow()).details.aborted).toBe(0);
		expect(simulator.openUploads()).toHaveLength(3);
		expect((await syncNow({ abortUploads: true })).details.aborted).toBe(1);
		expect(simulator.openUploads()).toHaveLength(2);
		expect(simulator.openUploads()).toContain(live);
	});

	test('hostile keys are listed as they are, and removed when told to', async () => {
		const hostile = [`${JOB_ID}/a\n\u001b[2J\u202e`, `${JOB_ID}/../x`, `${JOB_ID}/\u{1f600}`, `${JOB_ID}/<&>"'`];
		for (const key of hostile) await client.send(new PutObjectCommand({ ...at(key), Body: 'x' }));
		await client.send(new PutObjectCommand({ Bucket: 'bucket', Key: 'pre/otherjob22/x', Body: 'x' }));
		const { items } = await small.planSync();
		expect(items.filter((item) => !item.startsWith('upload')).sort()).toEqual(
			hostile.map((key) => `unknown ${key}`).sort(),
		);
		await syncNow({ unknown: 'delete' });
		expect((await small.planSync()).items.filter((item) => !item.startsWith('unknown'))).toEqual([]);
		expect(simulator.keys()).toContain('pre/otherjob22/x');
		expect(statuses()).toEqual(['stored', 'stored', 'stored', 'stored']);
	});

	test('an object with the same size and other content is an alarm', async () => {
		const [first] = keys();
		const size = simulator.object(`pre/${first}`)!.size;
		await client.send(new PutObjectCommand({ ...at(first!), Body: Buffer.alloc(size, 1) }));
		expect((await small.planSync()).items).toContain(`differs ${first}`);
		await client.send(new DeleteObjectCommand(at(first!)));
	});

	test('pages, 503s and cut connections lose nothing', async () => {
		for (const operation of ['ListObjectsV2', 'HeadObject', 'ListMultipartUploads']) {
			simulator.faults.add({ operation, times: 1, fault: { kind: 'error', status: 503, code: 'SlowDown' } });
		}
		simulator.faults.add({ operation: 'ListObjectsV2', times: 1, fault: { kind: 'cut-answer', afterBytes: 60 } });
		const [first] = keys();
		await client.send(new DeleteObjectCommand(at(first!)));
		expect((await small.planSync()).items).toContain(`missing ${first}`);
		expect(await syncNow()).toMatchObject({ status: 'complete', details: { missing: 1 } });
		expect((await small.backup()).details.newFiles).toBe(1);
	});
});
