/** The cold side of the simulator, by the rules of AWS, with AWS's own client. */

import {
	DeleteObjectCommand,
	GetObjectCommand,
	HeadObjectCommand,
	ListObjectsV2Command,
	PutObjectCommand,
	type PutObjectCommandInput,
	RestoreObjectCommand,
	S3Client,
	type Tier,
} from '@aws-sdk/client-s3';
import { afterEach, expect, test } from 'vitest';
import { billOf } from '../../support/s3-simulator/bill.ts';
import type { LogEntry } from '../../support/s3-simulator/log.ts';
import { type S3Simulator, type SimulatorOptions, startS3Simulator } from '../../support/s3-simulator/simulator.ts';

const HOUR = 3_600_000;
let close: (() => Promise<void>) | undefined;
afterEach(() => close?.());

async function bench(options: SimulatorOptions = {}) {
	const simulator: S3Simulator = await startS3Simulator(options);
	simulator.clock.move({ at: Date.parse('2026-10-15T10:30:00Z') });
	const { accessKeyId, secretAccessKey, endpoint, region } = simulator;
	const credentials = { accessKeyId, secretAccessKey };
	const client = new S3Client({ endpoint, region, forcePathStyle: true, maxAttempts: 1, credentials });
	close = async () => {
		client.destroy();
		await simulator.close();
	};
	const put = (Key: string, StorageClass: PutObjectCommandInput['StorageClass'], Body = 'content') =>
		client.send(new PutObjectCommand({ Bucket: 'bucket', Key, Body, StorageClass }));
	const read = async (Key: string) =>
		(await client.send(new GetObjectCommand({ Bucket: 'bucket', Key }))).Body!.transformToString();
	const head = (Key: string) => client.send(new HeadObjectCommand({ Bucket: 'bucket', Key }));
	const thaw = async (Key: string, tier?: Tier, days: number | null = 3) => {
		const Days = days === null ? {} : { Days: days };
		const RestoreRequest = { ...Days, ...(tier ? { GlacierJobParameters: { Tier: tier } } : {}) };
		return (await client.send(new RestoreObjectCommand({ Bucket: 'bucket', Key, RestoreRequest }))).$metadata
			.httpStatusCode;
	};
	const listed = async () =>
		(await client.send(new ListObjectsV2Command({ Bucket: 'bucket', OptionalObjectAttributes: ['RestoreStatus'] })))
			.Contents!;
	const remove = (Key: string) => client.send(new DeleteObjectCommand({ Bucket: 'bucket', Key }));
	return { simulator, put, remove, read, head, thaw, listed };
}

test('an object is frozen, thaws, is warm until midnight, and freezes again', async () => {
	const { simulator, put, read, head, thaw, listed } = await bench();
	await put('a', 'GLACIER');
	await expect(read('a')).rejects.toMatchObject({ name: 'InvalidObjectState', StorageClass: 'GLACIER' });
	expect((await head('a')).Restore).toBeUndefined();
	expect(await thaw('a', 'Standard')).toBe(202);
	await expect(thaw('a', 'Bulk')).rejects.toMatchObject({ name: 'RestoreAlreadyInProgress' });
	await expect(thaw('a', 'Standard')).rejects.toMatchObject({ $metadata: { httpStatusCode: 409 } });
	expect((await head('a')).Restore).toBe('ongoing-request="true"');
	expect((await listed())[0]!.RestoreStatus).toEqual({ IsRestoreInProgress: true });
	await expect(read('a')).rejects.toMatchObject({ name: 'InvalidObjectState' });
	simulator.clock.advance(5 * HOUR + 1);
	expect(await read('a')).toBe('content');
	// Three days from 10:30, on to the next midnight.
	expect((await head('a')).Restore).toBe('ongoing-request="false", expiry-date="Mon, 19 Oct 2026 00:00:00 GMT"');
	expect((await listed())[0]).toMatchObject({
		StorageClass: 'GLACIER',
		RestoreStatus: { IsRestoreInProgress: false, RestoreExpiryDate: new Date('2026-10-19T00:00:00Z') },
	});
	expect(await thaw('a', 'Bulk', 5)).toBe(200);
	expect((await head('a')).Restore).toContain('21 Oct 2026 00:00:00');
	simulator.clock.move({ at: Date.parse('2026-10-21T00:00:00Z') });
	await expect(read('a')).rejects.toMatchObject({ name: 'InvalidObjectState' });
	expect((await head('a')).Restore).toBeUndefined();
	expect(await thaw('a', 'Bulk')).toBe(202);
});

test('tiers: what is offered, what is faster, what is exhausted', async () => {
	const { simulator, put, read, thaw } = await bench({ quirks: { expedited: 'exhausted' } });
	await put('flexible', 'GLACIER');
	await put('deep', 'DEEP_ARCHIVE');
	await put('warm', 'STANDARD_IA');
	await expect(thaw('deep', 'Expedited')).rejects.toMatchObject({ $metadata: { httpStatusCode: 400 } });
	await expect(thaw('warm', 'Bulk')).rejects.toMatchObject({ name: 'InvalidObjectState' });
	await expect(thaw('flexible', 'Expedited')).rejects.toMatchObject({
		name: 'GlacierExpeditedRetrievalNotAvailable',
		$metadata: { httpStatusCode: 503 },
	});
	await expect(thaw('flexible', 'Bulk', null)).rejects.toMatchObject({ name: 'MalformedXML' });
	expect(await thaw('deep', 'Bulk')).toBe(202);
	simulator.clock.advance(20 * HOUR);
	await expect(read('deep')).rejects.toMatchObject({ name: 'InvalidObjectState' });
	await expect(thaw('deep', 'Standard', 9)).rejects.toMatchObject({ name: 'RestoreAlreadyInProgress' });
	expect(await thaw('deep', 'Standard')).toBe(202);
	simulator.clock.advance(12 * HOUR + 1);
	expect(await read('deep')).toBe('content');
});

test('an archive tier of Intelligent-Tiering thaws without days and stays warm', async () => {
	const { simulator, put, read, head, thaw } = await bench();
	await put('a', 'INTELLIGENT_TIERING');
	expect(await read('a')).toBe('content');
	simulator.archive('a', 'ARCHIVE_ACCESS');
	await expect(read('a')).rejects.toMatchObject({ AccessTier: 'ARCHIVE_ACCESS' });
	expect((await head('a')).ArchiveStatus).toBe('ARCHIVE_ACCESS');
	await expect(thaw('a', 'Standard', 1)).rejects.toMatchObject({ $metadata: { httpStatusCode: 400 } });
	expect(await thaw('a', 'Standard', null)).toBe(202);
	expect((await head('a')).Restore).toBe('ongoing-request="true"');
	simulator.clock.advance(5 * HOUR);
	expect(await read('a')).toBe('content');
	expect((await head('a')).Restore).toBeUndefined();
	simulator.clock.advance(5000 * HOUR);
	expect(await read('a')).toBe('content');
});

test('stores without thawing refuse, or read at once', async () => {
	const { simulator, put, read, thaw } = await bench({ quirks: { restoreObject: 'NotImplemented' } });
	await put('a', 'GLACIER');
	await expect(thaw('a')).rejects.toMatchObject({ name: 'NotImplemented' });
	simulator.quirks.archiveClasses = 'labels';
	expect(await read('a')).toBe('content');
});

test('the bill of a thaw, from the log', async () => {
	const { simulator, put, read, thaw } = await bench();
	await put('a', 'DEEP_ARCHIVE', 'x'.repeat(1024 * 1024));
	expect(billOf(simulator.log.entries).total).toBeCloseTo(0.05 / 1000, 9);
	await thaw('a', 'Bulk', 3);
	simulator.clock.advance(48 * HOUR);
	await read('a');
	const bill = billOf(simulator.log.entries, 0);
	expect(bill.retrieval).toBeCloseTo(0.0025 / 1024, 9);
	expect(bill.restoreRequests).toBeCloseTo(0.025 / 1000, 9);
	expect(bill.egress).toBeCloseTo(0.09 / 1024, 9);
	// Warm from 17 October 10:30 to 19 October 00:00.
	expect(bill.temporaryCopies).toBeCloseTo(((37.5 / 720) * 0.023) / 1024, 9);
});

test('the bill of an object that is deleted too early', async () => {
	const { simulator, put, remove } = await bench();
	await put('a', 'DEEP_ARCHIVE', 'x'.repeat(1024 * 1024));
	await put('b', 'STANDARD_IA');
	await put('c', 'STANDARD');
	simulator.clock.advance(90 * 24 * HOUR);
	simulator.log.clear();
	for (const key of ['a', 'b', 'c']) await remove(key);
	// Three of six months of 1 MiB and 32 KiB, and of 8 KiB in STANDARD; nothing for what has stayed long enough.
	const month = (1024 + 32) * 0.00099 + 8 * 0.023;
	expect(billOf(simulator.log.entries).total).toBeCloseTo((3 * month) / 1024 ** 2, 9);
});

test('another process moves the clock and reads the log', async () => {
	const { simulator, put, read, thaw } = await bench();
	const move = (to: object) =>
		fetch(`${simulator.endpoint}/-/clock`, { method: 'POST', body: JSON.stringify(to) }).then((answer) =>
			answer.json(),
		);
	await put('a', 'GLACIER');
	await thaw('a', 'Bulk', 1);
	await move({ advance: 12 * HOUR });
	expect(await read('a')).toBe('content');
	const at = Date.parse('2026-10-17T00:00:00Z');
	expect(((await move({ at })) as { now: number }).now - at).toBeLessThan(5000);
	await expect(read('a')).rejects.toMatchObject({ name: 'InvalidObjectState' });
	const log = (await (await fetch(`${simulator.endpoint}/-/log`)).json()) as LogEntry[];
	expect(billOf(log)).toEqual(billOf(simulator.log.entries));
	expect(log.map(({ operation }) => operation)).toEqual(['PutObject', 'RestoreObject', 'GetObject', 'GetObject']);
});
