/** Verify: what is wrong is found, what is right is dated, and nothing is changed. */

import { readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { sealAll } from '../../src/archive/age/payload.ts';
import type { Job } from '../../src/config/job.ts';
import { sidecarOf } from '../../src/core/object-names.ts';
import { collate } from '../../src/state/collate.ts';
import { openState } from '../../src/state/open-state.ts';
import { type S3Simulator, startS3Simulator } from '../support/s3-simulator/simulator.ts';
import { type SmallJob, smallJob } from './small-job.ts';

let small: SmallJob;
let simulator: S3Simulator | undefined;
afterEach(async () => {
	small.close();
	await simulator?.close();
	simulator = undefined;
});

const verify = (share = 0, identities = [small.identity]) => small.work({ kind: 'verify', share, identities });
const stored = () =>
	small.sql(`SELECT archive, key, seen, proven, size FROM archives WHERE files > 0 ORDER BY archive`) as {
		archive: number;
		key: string;
		seen: number | null;
		proven: number | null;
		size: number;
	}[];
const place = (key: string) => join(small.store, key);

/** Since when all of the newest snapshot is proven. */
function provenFolder(): string | null {
	const db = openState(small.stateFile, 'read');
	const [row] = collate(db, { depth: 1 });
	db.close();
	return row!.proven;
}

async function three(settings: Partial<Job> = {}): Promise<void> {
	small = smallJob(simulator, settings);
	small.write('a', 'b', 'c');
	expect((await small.backup()).status).toBe('complete');
}

test.each([
	['zstd', true],
	['gzip', false],
] as const)('all is well (%s, encrypted: %s)', async (compression, encrypt) => {
	small = smallJob(undefined, { compression, ...(encrypt ? {} : { encrypt, recipients: [] }) });
	small.write('a', 'b');
	writeFileSync(join(small.root, 'docs', 'holes'), '');
	truncateSync(join(small.root, 'docs', 'holes'), 5_000_000);
	expect((await small.backup()).status).toBe('complete');
	expect(await verify()).toMatchObject({ status: 'complete', errors: 0, details: { proven: 0, faults: 0 } });
	for (const { seen, proven } of stored()) expect([seen !== null, proven]).toEqual([true, null]);
	const all = await verify(100);
	const count = small.sql('SELECT 1 FROM archives').length;
	expect(all).toMatchObject({ status: 'complete', details: { seen: count, sidecars: count, proven: count, cold: 0 } });
	for (const { proven } of stored()) expect(proven).toBeGreaterThan(Date.now() - 60_000);
	expect(Date.parse(provenFolder()!)).toBeLessThanOrEqual(Math.min(...stored().map(({ proven }) => proven!)));
	small.write('c');
	await small.backup();
	expect(provenFolder()).toBeNull();
});

test('a share is read, the oldest proof first, until all have been', async () => {
	await three();
	const order: number[] = [];
	for (let turn = 0; turn < 4; turn++) {
		const before = new Map(small.sql('SELECT archive, proven FROM archives').map((row) => [row.archive, row.proven]));
		expect(await verify(20)).toMatchObject({ status: 'complete' });
		for (const row of small.sql('SELECT archive, proven FROM archives'))
			if (row.proven !== before.get(row.archive)) order.push(Number(row.archive));
	}
	expect(new Set(order.slice(0, 4)).size).toBe(4);
});

test('each kind of damage is found, and nothing is marked', async () => {
	await three();
	const [a, b, c] = stored();
	const bytes = readFileSync(place(a!.key));
	bytes[bytes.length >> 1]! ^= 1;
	writeFileSync(place(a!.key), bytes);
	rmSync(place(b!.key));
	writeFileSync(place(sidecarOf(c!.key)), readFileSync(place(sidecarOf(a!.key))));
	const looked = await verify();
	expect(looked).toMatchObject({ status: 'failed', errors: 2, error: { code: 'VERIFY_FAILED' } });
	expect(looked.error!.message).toContain(`${b!.key} is not in the store`);
	expect(looked.error!.message).toContain(`${c!.key} has a sidecar that has another key`);
	const read = await verify(100);
	expect(read).toMatchObject({ status: 'failed', errors: 3, details: { proven: 1 } });
	expect(read.error!.message).toContain(`${a!.key} cannot be restored`);
	expect(small.sql(`SELECT 1 FROM archives WHERE status <> 'stored'`)).toEqual([]);
	expect(stored().map(({ proven }) => proven)).toEqual([null, null, null]);
});

test('an archive that opens and is another one, or holds other content, is found', async () => {
	await three({ encrypt: false, recipients: [] });
	const [a, b] = stored();
	const [first, second] = [readFileSync(place(a!.key)), readFileSync(place(b!.key))];
	expect(first.length).toBe(second.length);
	writeFileSync(place(a!.key), second);
	first[600]! ^= 1;
	writeFileSync(place(b!.key), first);
	expect(await verify(100)).toMatchObject({ errors: 2, details: { faults: 2 } });
});

test('a sidecar that says something else of a file is found', async () => {
	await three();
	const [a] = stored();
	small.sql('UPDATE entries SET mtime = mtime + 1 WHERE archive = ?', a!.archive);
	const looked = await verify();
	expect(looked).toMatchObject({ status: 'failed', errors: 1 });
	expect(looked.error!.message).toContain('says something else of');
	writeFileSync(place(sidecarOf(a!.key)), sealAll(small.job.recipients, Buffer.from('nonsense')));
	expect((await verify()).error!.message).toContain('has a sidecar that cannot be used');
});

test('without an identity the sidecars stay closed, and that is said', async () => {
	await three();
	expect(await verify(0, [])).toMatchObject({ status: 'complete', details: { sidecars: 0, unopened: 4 } });
});

test('cold archives are counted and left alone; faults of the network end nothing', async () => {
	simulator = await startS3Simulator();
	await three({ storageClass: 'DEEP_ARCHIVE' });
	const cold = small.sql(`SELECT 1 FROM archives WHERE storage_class = 'DEEP_ARCHIVE'`).length;
	expect(cold).toBeGreaterThan(0);
	simulator.faults.add({ operation: 'HeadObject', times: 1, fault: { kind: 'error', status: 503, code: 'SlowDown' } });
	simulator.faults.add({ operation: 'GetObject', times: 2, fault: { kind: 'cut-answer', afterBytes: 300 } });
	const done = await verify(100);
	expect(done).toMatchObject({ status: 'complete', errors: 0, details: { cold, proven: 4 - cold, seen: 4 } });
	expect(simulator.log.entries.filter(({ operation }) => operation === 'RestoreObject')).toEqual([]);
});

test('what a run has in hand is waited for, and noted then', async () => {
	await three();
	const db = openState(small.stateFile, 'write');
	db.exec('BEGIN IMMEDIATE');
	setTimeout(() => {
		db.exec('ROLLBACK');
		db.close();
	}, 1500);
	expect(await verify(100)).toMatchObject({ status: 'complete', details: { proven: 4 } });
	expect(stored().every(({ proven }) => proven !== null)).toBe(true);
});

test('the dry run says what would be read and what it costs', async () => {
	simulator = await startS3Simulator();
	await three();
	const summary = await small.work({ kind: 'planVerify', share: 100 });
	expect(summary).toMatchObject({ status: 'complete', archives: 4, details: { dryRun: 1, read: 4, cold: 0 } });
	expect(summary.details.readBytes).toBe(summary.bytes);
	expect(small.sql('SELECT 1 FROM archives WHERE seen IS NOT NULL')).toEqual([]);
});
