import { createHash, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { endpointsOf, sessionAddress } from '../../../src/destinations/gdrive/endpoints.ts';
import { type DriveFile, FOLDER_TYPE, quoted } from '../../../src/destinations/gdrive/files.ts';
import { digestOf, hashOn } from '../../../src/destinations/gdrive/hashes.ts';
import { inOrder } from '../../../src/destinations/gdrive/list.ts';
import { Quota } from '../../../src/destinations/gdrive/quota.ts';
import { persistedOf } from '../../../src/destinations/gdrive/session.ts';
import { seal, unseal } from '../../../src/destinations/gdrive/session-book.ts';
import { counting, createRequestCount } from '../../../src/destinations/request-count.ts';
import { parsedQuery } from '../../support/drive-emulator/files/query.ts';

const MINUTE = 60_000_000_000n;

test('a session is asked only at the host that uploads go to', () => {
	const { upload } = endpointsOf('http://proxy:8080/');
	expect(sessionAddress(upload, 'https://www.googleapis.com/upload/drive/v3/files?upload_id=x')).toBe(
		'http://proxy:8080/upload/drive/v3/files?upload_id=x',
	);
	expect(sessionAddress(endpointsOf(undefined).upload, '/upload/drive/v3/files?upload_id=x')).toBe(
		'https://www.googleapis.com/upload/drive/v3/files?upload_id=x',
	);
});

test('a range says how much is persisted', () => {
	expect(persistedOf(null)).toBe(0);
	expect(persistedOf('bytes=0-262143')).toBe(262_144);
	for (const odd of ['bytes=5-9', '0-5', 'bytes=0-', 'bytes 0-5']) expect(persistedOf(odd), odd).toBeUndefined();
});

test('any name can be searched for', () => {
	fc.assert(
		fc.property(fc.string({ unit: 'binary' }), (name) => {
			const file = { name } as never;
			expect(parsedQuery(`name = ${quoted(name)}`, {} as never)(file)).toBe(true);
		}),
	);
});

test('hash states go on where they were kept, alone or with others in between', async () => {
	const pieces = [randomBytes(1), randomBytes(100_000), Buffer.alloc(0), randomBytes(64)];
	let state: string | undefined;
	for (const piece of pieces) {
		state = await hashOn(state, piece);
		await hashOn(undefined, randomBytes(77));
	}
	const whole = Buffer.concat(pieces);
	expect(await digestOf(state!)).toBe(createHash('md5').update(whole).digest('hex'));
});

test('a session is opened only with its key, under its id, unchanged', () => {
	const key = randomBytes(32).toString('base64');
	const file = seal('{"address":"secret"}', 'id', key);
	expect(file.toString('latin1')).not.toContain('secret');
	expect(unseal(file, 'id', key)).toBe('{"address":"secret"}');
	expect(() => unseal(file, 'other', key)).toThrow();
	expect(() => unseal(file, 'id', randomBytes(32).toString('base64'))).toThrow();
	const damaged = Buffer.from(file);
	damaged[damaged.length - 1]! ^= 1;
	expect(() => unseal(damaged, 'id', key)).toThrow();
	expect(() => unseal(file.subarray(0, 20), 'id', key)).toThrow();
});

test('units are spent no faster than a user may, by all threads together', () => {
	let now = 0n;
	const { quotaClock } = counting(createRequestCount());
	const threads = [1, 2, 3, 4].map(() => new Quota(quotaClock, () => now));
	const turns = threads.map(() => 0n);
	const spent: bigint[] = [];
	for (let minutes = 3n; now < minutes * MINUTE; ) {
		const next = turns.reduce((first, turn, at) => (turn < turns[first]! ? at : first), 0);
		now = turns[next]! > now ? turns[next]! : now;
		turns[next] = now + BigInt(Math.ceil(threads[next]!.take(100) * 1e6));
		spent.push(turns[next]!);
	}
	const inMinute = (minute: bigint) => spent.filter((at) => at / MINUTE === minute).length * 100;
	expect(inMinute(0n)).toBeLessThan(325_000);
	expect(inMinute(1n)).toBeGreaterThan(285_000);
	expect(inMinute(1n)).toBeLessThan(295_000);
});

test('files and folders of one name stand together, the oldest first, in the order of keys', () => {
	const file = (name: string, id: string, created: string, mimeType = 'application/octet-stream'): DriveFile => ({
		id,
		name,
		mimeType,
		createdTime: created,
	});
	const found = inOrder([
		file('a', '1', '2026-01-02T00:00:00.000Z', FOLDER_TYPE),
		file('a', '2', '2026-01-01T00:00:00.000Z', FOLDER_TYPE),
		file('a.tar', '3', '2026-01-01T00:00:00.000Z'),
		file('a', '5', '2026-01-01T00:00:00.000Z'),
		file('a', '4', '2026-01-01T00:00:00.000Z'),
	]);
	expect(found.map((group) => group.map(({ id }) => id))).toEqual([['4', '5'], ['3'], ['2', '1']]);
});
