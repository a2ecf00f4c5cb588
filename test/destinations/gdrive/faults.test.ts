/** What can go wrong with Google Drive, and what becomes of it. */

import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { compareObject } from '../../../src/catalog/compare-object.ts';
import { FirnError } from '../../../src/core/errors.ts';
import { formatSize } from '../../../src/core/sizes.ts';
import type { DestinationConfig } from '../../../src/destinations/destination.ts';
import { clearBook } from '../../../src/destinations/gdrive/session-book.ts';
import { openDestination } from '../../../src/destinations/open-destination.ts';
import { type RetryNotice, withRetry } from '../../../src/destinations/with-retry.ts';
import { type DriveEmulator, startDriveEmulator } from '../../support/drive-emulator/emulator.ts';
import { type Fault, REFUSALS } from '../../support/drive-emulator/faults.ts';
import { bytesOf, codeOf, keysOf, partsOf, sameBytes } from '../conformance.ts';

const PART = 512 * 1024;
const HOUR = 3_600_000;

let drive: DriveEmulator;
beforeAll(async () => {
	drive = await startDriveEmulator({ maxPageSize: 2 });
});
afterAll(() => drive.close());
afterEach(() => drive.faults.clear());

const open = (more: Partial<DestinationConfig> = {}, env: Record<string, string> = drive.env) =>
	openDestination({ url: 'gdrive:faults', endpoint: drive.endpoint, ...more }, env);

/** With short waits, and what it waited for. */
async function patient(more: Partial<DestinationConfig> = {}) {
	const notices: RetryNotice[] = [];
	const destination = withRetry(await open(more), {
		firstMs: 1,
		longestMs: 5,
		onRetry: (notice) => notices.push(notice),
	});
	return { destination, notices };
}

const DONE_BUT_500: Fault = { kind: 'error', status: 500, reason: 'internalError', applied: true };

const content = randomBytes(3 * PART + 777);
const whole = { size: content.length, partSize: PART };
const parts = partsOf(content, PART);

const receiptsOf = () => parts.map(({ number, body, crc32 }) => ({ number, size: body.length, etag: '', crc32 }));

/** Sends all parts at once, as a run does, and completes. */
async function upload(destination: Awaited<ReturnType<typeof open>>, key: string) {
	const ref = await destination.beginUpload(key, { partSize: PART });
	const receipts = await Promise.all(parts.map((part) => destination.uploadPart(ref, part)));
	await destination.completeUpload(ref, receipts, whole);
	sameBytes(await bytesOf(destination.get(key)), content);
	expect(await keysOf(destination, key)).toEqual([key]);
	expect(drive.named(key.split('/').pop()!)).toHaveLength(1);
}

let count = 0;
const freshKey = () => {
	count += 1;
	return `k/${count}.tar`;
};

describe('passing faults of uploads', () => {
	const cases: [name: string, operation: string, fault: Fault, skip?: number][] = [
		['a session that was begun without an answer', 'StartUpload', { kind: 'cut', when: 'after' }],
		['a part that was cut off in the middle', 'UploadChunk', { kind: 'cut-request', afterBytes: 300_000 }, 1],
		[
			'a part of which a piece was kept, and then the line broke',
			'UploadChunk',
			{ kind: 'persist', units: 1, ends: 'cut' },
			1,
		],
		['a part of which only a piece was kept', 'UploadChunk', { kind: 'persist', units: 1, ends: 'answer' }],
		['a part of which nothing was kept', 'UploadChunk', { kind: 'persist', units: 0, ends: 'answer' }],
		['a part that arrived, but its answer was lost', 'UploadChunk', { kind: 'cut', when: 'after' }, 1],
		['the last part, whose answer was lost', 'UploadChunk', { kind: 'cut', when: 'after' }, 3],
		['503 in the middle', 'UploadChunk', REFUSALS.unavailable, 2],
		['500 though it was done', 'UploadChunk', DONE_BUT_500, 2],
		['a limit of requests', 'UploadChunk', REFUSALS.rateLimit],
		['too many requests', 'StartUpload', REFUSALS.tooMany],
		['completion without an answer', 'UpdateFile', { kind: 'cut', when: 'after' }],
		['completion that was refused for a moment', 'UpdateFile', REFUSALS.userRateLimit],
		['a web page of a hotel', 'UploadChunk', { kind: 'web-page' }, 1],
	];
	test.each(cases)('%s', async (_name, operation, fault, skip = 0) => {
		const { destination, notices } = await patient();
		const left = drive.faults.add({ operation, fault, skip });
		await upload(destination, freshKey());
		expect(left()).toBe(0);
		if (fault.kind !== 'persist' || fault.units !== 1 || fault.ends === 'cut')
			expect(notices.length).toBeGreaterThan(0);
		for (const { error } of notices) expect(error.retry).toBe('now');
	});

	test('only what is missing is sent again', async () => {
		const { destination } = await patient();
		drive.log.clear();
		drive.faults.add({ operation: 'UploadChunk', fault: { kind: 'persist', units: 1, ends: 'cut' }, skip: 1 });
		await upload(destination, freshKey());
		const ranges = drive.log.of('UploadChunk').map(({ contentRange }) => contentRange);
		expect(ranges).toContain(`bytes ${PART + 256 * 1024}-${2 * PART - 1}/*`);
		expect(ranges.at(-1)).toBe(`bytes ${3 * PART}-${content.length - 1}/${content.length}`);
	});

	test('the link is gone for a while', async () => {
		const { destination, notices } = await patient();
		const key = freshKey();
		const ref = await destination.beginUpload(key, { partSize: PART });
		await destination.uploadPart(ref, parts[0]!);
		await drive.goDown();
		const rest = Promise.all(parts.slice(1).map((part) => destination.uploadPart(ref, part)));
		await expect.poll(() => notices.length).toBeGreaterThan(2);
		await drive.comeBack();
		const receipts = [{ number: 1, size: PART, etag: '' }, ...(await rest)];
		await destination.completeUpload(ref, receipts, whole);
		sameBytes(await bytesOf(destination.get(key)), content);
	});
});

describe('another process', () => {
	test('goes on in the middle of a part', async () => {
		const key = freshKey();
		const first = await open();
		const ref = await first.beginUpload(key, { partSize: PART });
		await first.uploadPart(ref, parts[0]!);
		drive.faults.add({ operation: 'UploadChunk', fault: { kind: 'persist', units: 1, ends: 'cut' } });
		expect(await codeOf(first.uploadPart(ref, parts[1]!))).toBe('NETWORK');
		const second = await open();
		const there = await second.listParts(ref, { partSize: PART });
		expect(there).toMatchObject([{ number: 1, size: PART, crc32: parts[0]!.crc32 }]);
		drive.log.clear();
		const receipts = [...there];
		for (const part of parts.slice(1)) receipts.push(await second.uploadPart(ref, part));
		expect(drive.log.of('UploadChunk')[0]!.contentRange).toBe(`bytes ${PART + 256 * 1024}-${2 * PART - 1}/*`);
		await second.completeUpload(ref, receipts, whole);
		sameBytes(await bytesOf(second.get(key)), content);
	});

	test('does not go on with other bytes where a piece is there', async () => {
		const first = await open();
		const ref = await first.beginUpload(freshKey(), { partSize: PART });
		drive.faults.add({ operation: 'UploadChunk', fault: { kind: 'persist', units: 1, ends: 'cut' } });
		await codeOf(first.uploadPart(ref, parts[0]!));
		const second = await open();
		expect(await codeOf(second.uploadPart(ref, { ...parts[1]!, number: 1 }))).toBe('ARCHIVE_DIVERGED');
	});

	test('takes a part for stored of which only the answer was lost', async () => {
		const first = await open();
		const ref = await first.beginUpload(freshKey(), { partSize: PART });
		drive.faults.add({ operation: 'UploadChunk', fault: { kind: 'cut', when: 'after' } });
		await codeOf(first.uploadPart(ref, parts[0]!));
		const second = await open();
		expect(await second.listParts(ref, { partSize: PART })).toHaveLength(1);
	});

	test('is told what a third one has sent since it looked', async () => {
		const [first, second] = [await open(), await open()];
		const ref = await first.beginUpload(freshKey(), { partSize: PART });
		expect(await second.listParts(ref, { partSize: PART })).toHaveLength(0);
		for (const part of parts.slice(0, 3)) await first.uploadPart(ref, part);
		expect(await second.listParts(ref, { partSize: PART })).toHaveLength(3);
	});

	test('finds all parts stored when only the completion is missing', async () => {
		const key = freshKey();
		const first = await open();
		const ref = await first.beginUpload(key, { partSize: PART });
		for (const part of parts) await first.uploadPart(ref, part);
		const second = await open();
		const there = await second.listParts(ref, { partSize: PART });
		expect(there).toHaveLength(4);
		expect(await second.head(key)).toBeUndefined();
		await second.completeUpload(ref, there, whole);
		sameBytes(await bytesOf(second.get(key)), content);
	});

	test('with another key to the book, or without a book, knows of no upload', async () => {
		const first = await open();
		const ref = await first.beginUpload(freshKey(), { partSize: PART });
		await first.uploadPart(ref, parts[0]!);
		const other = await open({}, { FIRN_GDRIVE: JSON.stringify(drive.signIn()) });
		expect(await codeOf(other.listParts(ref, { partSize: PART }))).toBe('NO_SUCH_UPLOAD');
		expect(await codeOf(other.listParts({ key: ref.key, id: '../../etc/passwd' }, { partSize: PART }))).toBe(
			'NO_SUCH_UPLOAD',
		);
	});

	test('sweeps the bytes of an upload whose book is lost', async () => {
		const key = freshKey();
		const first = await open();
		const ref = await first.beginUpload(key, { partSize: PART });
		for (const part of parts) await first.uploadPart(ref, part);
		const signIn = { ...drive.signIn(), sessionsFolder: '/nonexistent/firn' };
		const other = await open({}, { FIRN_GDRIVE: JSON.stringify(signIn) });
		expect(drive.named(key.slice(2))).toHaveLength(1);
		await other.abortUpload(ref);
		expect(drive.named(key.slice(2))).toHaveLength(0);
	});
});

describe('sizes at the edge', () => {
	const GRANULE = 256 * 1024;
	/** Of each part. */
	test.each([[[0]], [[GRANULE]], [[PART, PART]], [[PART, 0]], [[PART, 1]], [[PART, PART - 1]], [[PART, GRANULE]]])(
		'parts of %j bytes, also when each answer is lost',
		async (sizes) => {
			for (const faults of [0, 99]) {
				const { destination } = await patient();
				const key = freshKey();
				const ref = await destination.beginUpload(key, { partSize: PART });
				const bodies = sizes.map((size) => randomBytes(size));
				if (faults > 0) {
					for (const _ of sizes) {
						drive.faults.add({ operation: 'UploadChunk', fault: { kind: 'cut', when: 'after' }, skip: 0 });
					}
				}
				const receipts = await Promise.all(
					bodies.map((body, at) =>
						destination.uploadPart(ref, {
							number: at + 1,
							body,
							crc32: crc32(body),
							partSize: PART,
							last: at === bodies.length - 1,
						}),
					),
				);
				const size = sizes.reduce((sum, one) => sum + one, 0);
				await destination.completeUpload(ref, receipts, { size, partSize: PART });
				sameBytes(await bytesOf(destination.get(key)), Buffer.concat(bodies));
				expect(drive.named(key.slice(2))).toHaveLength(1);
				drive.faults.clear();
			}
		},
	);
});

describe('sessions', () => {
	test('of which Drive has less than it had acknowledged are of no use', async () => {
		const destination = await open();
		const ref = await destination.beginUpload(freshKey(), { partSize: PART });
		for (const part of parts.slice(0, 3)) await destination.uploadPart(ref, part);
		const [session] = [...drive.state.sessions.values()].slice(-1);
		session!.persisted = PART + 256 * 1024;
		expect(await codeOf((await open()).listParts(ref, { partSize: PART }))).toBe('NO_SUCH_UPLOAD');
		// One part less is what a lost answer would look like: it is sent again from there.
		session!.persisted = 2 * PART + 256 * 1024;
		expect(await (await open()).listParts(ref, { partSize: PART })).toHaveLength(2);
	});

	test('that are gone are no uploads any more', async () => {
		const destination = await open();
		const ref = await destination.beginUpload(freshKey(), { partSize: PART });
		await destination.uploadPart(ref, parts[0]!);
		drive.faults.add({ operation: 'UploadChunk', fault: { kind: 'forget-session' } });
		expect(await codeOf(destination.uploadPart(ref, parts[1]!))).toBe('NO_SUCH_UPLOAD');
		expect(await codeOf(destination.listParts(ref, { partSize: PART }))).toBe('NO_SUCH_UPLOAD');
		await destination.abortUpload(ref);
	});

	test('are forgotten when somebody signs out: those of this sign-in, and no others', async () => {
		const sessionsFolder = await mkdtemp(join(tmpdir(), 'firn-book-'));
		const signIns = [drive.signIn(), drive.signIn()].map((signIn) => ({ ...signIn, sessionsFolder }));
		const refs = [];
		for (const signIn of signIns) {
			const destination = await open({}, { FIRN_GDRIVE: JSON.stringify(signIn) });
			refs.push(await destination.beginUpload(freshKey(), { partSize: PART }));
		}
		await clearBook(signIns[0]!);
		expect(await readdir(sessionsFolder)).toEqual([refs[1]!.id]);
		await rm(sessionsFolder, { recursive: true });
	});

	test('leave nothing in the book, not even what a killed process was writing', async () => {
		const { sessionsFolder } = JSON.parse(drive.env.FIRN_GDRIVE);
		const destination = await open();
		const ref = await destination.beginUpload(freshKey(), { partSize: PART });
		await writeFile(join(sessionsFolder, `${ref.id}.0badcafe.new`), 'half');
		await destination.abortUpload(ref);
		expect((await readdir(sessionsFolder)).filter((name) => name.startsWith(ref.id))).toEqual([]);
	});

	test('do not end by a clock of this machine that is wrong', async () => {
		const destination = await open();
		const ref = await destination.beginUpload(freshKey(), { partSize: PART });
		await destination.uploadPart(ref, parts[0]!);
		vi.setSystemTime(Date.now() + 30 * 24 * HOUR);
		try {
			expect(await (await open()).listParts(ref, { partSize: PART })).toHaveLength(1);
		} finally {
			vi.useRealTimers();
		}
	});

	test('are not sent on when the book cannot be written, and go on when it can', async () => {
		const signIn = { ...drive.signIn(), sessionsFolder: await mkdtemp(join(tmpdir(), 'firn-book-')) };
		const destination = await open({}, { FIRN_GDRIVE: JSON.stringify(signIn) });
		const ref = await destination.beginUpload(freshKey(), { partSize: PART });
		await destination.uploadPart(ref, parts[0]!);
		await rename(signIn.sessionsFolder, `${signIn.sessionsFolder}-away`);
		await writeFile(signIn.sessionsFolder, 'no folder');
		drive.log.clear();
		for (let attempt = 1; attempt <= 2; attempt++) {
			await expect(destination.uploadPart(ref, parts[1]!)).rejects.toThrow(/ENOTDIR|EEXIST/);
		}
		expect(drive.log.of('UploadChunk').filter(({ bytesIn }) => bytesIn > 0)).toEqual([]);
		await rm(signIn.sessionsFolder);
		await rename(`${signIn.sessionsFolder}-away`, signIn.sessionsFolder);
		for (const part of parts.slice(1)) await destination.uploadPart(ref, part);
		await destination.completeUpload(ref, receiptsOf(), whole);
		await rm(signIn.sessionsFolder, { recursive: true });
	});

	test('end after a week', async () => {
		const destination = await open();
		const ref = await destination.beginUpload(freshKey(), { partSize: PART });
		drive.clock.advance(7 * 24 * HOUR + 1);
		const other = await open();
		expect(await codeOf(other.listParts(ref, { partSize: PART }))).toBe('NO_SUCH_UPLOAD');
		drive.clock.advance(-7 * 24 * HOUR - 1);
		await other.abortUpload(ref);
	});

	test('have addresses that lie nowhere in the clear', async () => {
		const destination = await open();
		const ref = await destination.beginUpload(freshKey(), { partSize: PART });
		const secrets = [...drive.state.sessions.values()].map(({ secret }) => secret);
		const { sessionsFolder } = JSON.parse(drive.env.FIRN_GDRIVE);
		for (const name of await readdir(sessionsFolder)) {
			const text = (await readFile(join(sessionsFolder, name))).toString('latin1');
			for (const secret of secrets) expect(text).not.toContain(secret);
		}
		await drive.goDown();
		const error = (await destination.uploadPart(ref, parts[0]!).catch((error) => error)) as FirnError;
		await drive.comeBack();
		expect(error.code).toBe('NETWORK');
		const told = JSON.stringify(error.toPlain()) + String(error.stack) + String(error.cause);
		for (const secret of secrets) expect(told).not.toContain(secret);
	});
});

describe('what Drive has', () => {
	test('is thrown away when it is not what was sent', async () => {
		const key = freshKey();
		const { destination } = await patient();
		const ref = await destination.beginUpload(key, { partSize: PART });
		drive.faults.add({ operation: 'UploadChunk', fault: { kind: 'damage-received' }, skip: 1 });
		const receipts = [];
		for (const part of parts) receipts.push(await destination.uploadPart(ref, part));
		expect(await codeOf(destination.completeUpload(ref, receipts, whole))).toBe('STORE_MISMATCH');
		expect(drive.named(key.slice(2))).toHaveLength(0);
		expect(await codeOf(destination.listParts(ref, { partSize: PART }))).toBe('NO_SUCH_UPLOAD');
	});

	test.each<Fault>([{ kind: 'wrong-checksum' }, { kind: 'wrong-size' }])(
		'is compared before it counts: %j',
		async (fault) => {
			const key = freshKey();
			const destination = await open();
			const ref = await destination.beginUpload(key, { partSize: PART });
			const receipts = [];
			for (const part of parts) receipts.push(await destination.uploadPart(ref, part));
			drive.faults.add({ operation: 'GetFile', fault });
			expect(await codeOf(destination.completeUpload(ref, receipts, whole))).toBe('STORE_MISMATCH');
			expect(await destination.head(key)).toBeUndefined();
		},
	);

	test('needs no SHA-256, which Drive has not of all', async () => {
		const destination = await open();
		drive.faults.add({ operation: 'GetFile', fault: { kind: 'no-checksum', which: 'sha256' } });
		await upload(destination, freshKey());
	});

	test('is neither taken for stored nor thrown away while Drive has no checksum of it', async () => {
		const { destination, notices } = await patient();
		const fault: Fault = { kind: 'no-checksum', which: 'all' };
		drive.faults.add({ operation: 'GetFile', fault, times: 2 });
		await upload(destination, freshKey());
		expect(notices.map(({ error }) => error.code)).toEqual(['STORE_MISMATCH', 'STORE_MISMATCH']);
		drive.faults.add({ operation: 'GetFile', fault, times: 99 });
		const key = freshKey();
		const ref = await destination.beginUpload(key, { partSize: PART });
		for (const part of parts) await destination.uploadPart(ref, part);
		expect(await codeOf(destination.completeUpload(ref, receiptsOf(), whole))).toBe('STORE_MISMATCH');
		expect(await destination.head(key)).toBeUndefined();
		drive.faults.clear();
		await destination.completeUpload(ref, receiptsOf(), whole);
	});

	test('is told from other bytes that somebody has put into the file since', async () => {
		const destination = await open();
		const key = freshKey();
		await upload(destination, key);
		const stored = (await destination.head(key))!;
		expect(stored.crc32).toBeDefined();
		const [file] = drive.named(key.slice(2));
		file!.content!.md5 = 'f'.repeat(32);
		const changed = (await destination.head(key))!;
		expect(changed.crc32).toBeUndefined();
		expect(
			await compareObject(destination, { key, size: stored.size, etag: stored.etag, crc32: stored.crc32 }, changed),
		).toBe('checksum');
	});

	test('of a small object is compared at once, and sent again', async () => {
		const { destination, notices } = await patient();
		const key = freshKey();
		drive.faults.add({ operation: 'UploadMultipart', fault: { kind: 'damage-received' } });
		await destination.put(key, Buffer.from('small'));
		expect(notices.map(({ error }) => error.code)).toEqual(['STORE_MISMATCH']);
		expect((await bytesOf(destination.get(key))).toString()).toBe('small');
		expect(drive.named(key.slice(2))).toHaveLength(1);
	});

	test('of a small object is compared although the answer was lost, and leaves nothing damaged behind', async () => {
		const { destination } = await patient();
		const key = freshKey();
		drive.faults.add({ operation: 'UploadMultipart', fault: { kind: 'damage-received', ends: 'cut' } });
		await destination.put(key, Buffer.from('small'));
		expect((await bytesOf(destination.get(key))).toString()).toBe('small');
		expect(drive.named(key.slice(2))).toHaveLength(1);
	});
});

describe('small objects', () => {
	test.each<[string, Fault]>([
		['arrived without an answer', { kind: 'cut', when: 'after' }],
		['did not arrive', { kind: 'cut', when: 'before' }],
		['were cut off', { kind: 'cut-request', afterBytes: 100 }],
		['met an error after they were stored', DONE_BUT_500],
	])('that %s are there once', async (_name, fault) => {
		const { destination } = await patient();
		const key = freshKey();
		drive.faults.add({ operation: 'UploadMultipart', fault });
		await destination.put(key, randomBytes(1000));
		expect(drive.named(key.slice(2))).toHaveLength(1);
	});

	test('of several megabytes go through a session', async () => {
		const { destination } = await patient();
		const body = randomBytes(6_000_000);
		const key = freshKey();
		drive.faults.add({ operation: 'UploadChunk', fault: { kind: 'persist', units: 3, ends: 'answer' } });
		await destination.put(key, body);
		sameBytes(await bytesOf(destination.get(key)), body);
		drive.faults.add({ operation: 'UploadChunk', fault: { kind: 'cut', when: 'after' } });
		await destination.put(`${key}2`, body);
		expect(drive.named(`${key.slice(2)}2`)).toHaveLength(1);
	});

	test('are replaced without ever being gone', async () => {
		const { destination } = await patient();
		const key = freshKey();
		await destination.put(key, Buffer.from('one'));
		drive.faults.add({ operation: 'DeleteFile', fault: { kind: 'cut', when: 'before' } });
		drive.faults.add({ operation: 'UploadMultipart', fault: { kind: 'cut', when: 'after' } });
		await destination.put(key, Buffer.from('two'), { overwrite: true });
		expect((await bytesOf(destination.get(key))).toString()).toBe('two');
		expect(drive.named(key.slice(2))).toHaveLength(1);
		drive.faults.add({ operation: 'UploadMultipart', fault: REFUSALS.driveFull });
		expect(await codeOf(destination.put(key, Buffer.from('three'), { overwrite: true }))).toBe('DEST_FULL');
		expect((await bytesOf(destination.get(key))).toString()).toBe('two');
	});
});

describe('names that are there twice', () => {
	test('of folders: the oldest takes what is written, all are looked into', async () => {
		const [one, two] = [await open({ url: 'gdrive:twice' }), await open({ url: 'gdrive:twice' })];
		await Promise.all([one.put('f/a', Buffer.from('a')), two.put('f/b', Buffer.from('b'))]);
		const third = await open({ url: 'gdrive:twice' });
		expect(await keysOf(third)).toEqual(['f/a', 'f/b']);
		expect((await bytesOf(third.get('f/b'))).toString()).toBe('b');
		await third.put('f/c', Buffer.from('c'));
		const parent = drive.named('c')[0]!.parent;
		const folders = drive.named('f').toSorted((a, b) => a.createdTime - b.createdTime || (a.id < b.id ? -1 : 1));
		expect(parent).toBe(folders[0]!.id);
	});

	test('of folders are made once by all that one process does at once', async () => {
		const destination = await open({ url: 'gdrive:many' });
		await Promise.all(Array.from({ length: 8 }, (_, n) => destination.put(`x/y/${n}`, Buffer.from('x'))));
		for (const name of ['many', 'x', 'y']) expect(drive.named(name)).toHaveLength(1);
	});

	test('a folder is made once, though a search does not find it yet', async () => {
		const destination = await open({ url: 'gdrive:slow' });
		drive.faults.add({ operation: 'ListFiles', fault: { kind: 'stale-list' }, times: 4 });
		await destination.put('i/a', Buffer.from('a'), { overwrite: true, absent: true });
		drive.faults.clear();
		await destination.put('i/b', Buffer.from('b'));
		for (const name of ['slow', 'i']) expect(drive.named(name)).toHaveLength(1);
	});

	test('a folder that somebody deletes is made again', async () => {
		const { destination } = await patient({ url: 'gdrive:lost' });
		await destination.put('g/a', Buffer.from('a'));
		for (const { id } of drive.named('lost')) drive.state.files.get(id)!.trashed = true;
		await destination.put('g/b', Buffer.from('b'));
		expect(await keysOf(await open({ url: 'gdrive:lost' }))).toEqual(['g/b']);
	});
});

/** As the owner does on the page of Drive. */
function throwAway(name: string) {
	for (const file of drive.named(name)) file.trashed = true;
}

test('a folder that is thrown away in the middle of an upload takes it with it: it is begun anew elsewhere', async () => {
	const destination = await open({ url: 'gdrive:thrown' });
	const ref = await destination.beginUpload('j/a', { partSize: PART });
	await destination.uploadPart(ref, parts[0]!);
	throwAway('thrown');
	for (const part of parts.slice(1)) await destination.uploadPart(ref, part);
	expect(await codeOf(destination.completeUpload(ref, receiptsOf(), whole))).toBe('NO_SUCH_UPLOAD');
	// Its bytes take no space in the trash.
	expect(drive.named('a').filter(({ content }) => content?.size === whole.size)).toEqual([]);
	const again = await destination.beginUpload('j/a', { partSize: PART });
	for (const part of parts) await destination.uploadPart(again, part);
	await destination.completeUpload(again, receiptsOf(), whole);
	expect(await keysOf(await open({ url: 'gdrive:thrown' }))).toEqual(['j/a']);
});

test('a folder that is made in one that has been thrown away is made again', async () => {
	const { destination, notices } = await patient({ url: 'gdrive:tossed' });
	await destination.put('k/a', Buffer.from('a'));
	throwAway('tossed');
	const ref = await destination.beginUpload('other/b', { partSize: PART });
	for (const part of parts) await destination.uploadPart(ref, part);
	await destination.completeUpload(ref, receiptsOf(), whole);
	expect(notices).toHaveLength(1);
	expect(await keysOf(await open({ url: 'gdrive:tossed' }))).toEqual(['other/b']);
});

test('an object is not moved into the trash', async () => {
	const destination = await open({ url: 'gdrive:moves' });
	await destination.put('from/a', Buffer.from('a'));
	await destination.put('to/b', Buffer.from('b'));
	throwAway('to');
	await destination.move!('from/a', 'to/a');
	expect(await keysOf(await open({ url: 'gdrive:moves' }))).toEqual(['to/a']);
});

test('an upload of another machine that has all its bytes is found, and given up', async () => {
	const url = 'gdrive:machines/one';
	const signIn = { ...drive.signIn(), sessionsFolder: await mkdtemp(join(tmpdir(), 'firn-book-')) };
	const other = await open({ url }, { FIRN_GDRIVE: JSON.stringify(signIn) });
	const ref = await other.beginUpload('job/run/left.tar', { partSize: PART });
	for (const part of parts) await other.uploadPart(ref, part);
	await rm(signIn.sessionsFolder, { recursive: true });
	const destination = await open({ url });
	const found = async (prefix: string, where = destination) => {
		const uploads = [];
		for await (const { key, id } of where.uploads(prefix)) uploads.push({ key, id });
		return uploads;
	};
	expect(await found('job/')).toEqual([ref]);
	expect(await found('other/')).toEqual([]);
	expect(await found('', await open({ url: 'gdrive:machines/two' }))).toEqual([]);
	expect(await found('', await open({ url: 'gdrive:machines' }))).toEqual([{ ...ref, key: `one/${ref.key}` }]);
	await destination.abortUpload(ref);
	expect(await found('')).toEqual([]);
	expect(drive.named('left.tar')).toEqual([]);
});

test('content that is the same is replaced all the same when its metadata is not', async () => {
	const destination = await open();
	const key = freshKey();
	await destination.put(key, Buffer.from('x'), { overwrite: true, metadata: { mtime: '1' } });
	await destination.put(key, Buffer.from('x'), { overwrite: true, metadata: { mtime: '2' } });
	expect(await destination.head(key)).toMatchObject({ metadata: { mtime: '2' }, modified: new Date(2000) });
	expect(drive.named(key.slice(2))).toHaveLength(1);
});

test('folders that are gone for good are made again by uploads, too', async () => {
	const destination = await open({ url: 'gdrive:erased' });
	await destination.put('h/a', Buffer.from('a'));
	for (const name of ['erased', 'h', 'a']) for (const { id } of drive.named(name)) drive.state.files.delete(id);
	const ref = await destination.beginUpload('h/b', { partSize: PART });
	const receipts = await Promise.all(parts.map((part) => destination.uploadPart(ref, part)));
	await destination.completeUpload(ref, receipts, whole);
	expect(await keysOf(await open({ url: 'gdrive:erased' }))).toEqual(['h/b']);
});

describe('the sign-in', () => {
	test('gets a new token for all who wait, and repeats', async () => {
		const { destination, notices } = await patient();
		await destination.put(freshKey(), Buffer.from('x'));
		drive.log.clear();
		drive.expireAccess();
		await Promise.all(Array.from({ length: 6 }, () => destination.head('k/none')));
		expect(drive.log.count('Token')).toBe(1);
		expect(notices).toEqual([]);
	});

	test('that was revoked is bad, and a new one goes on by itself', async () => {
		const env: Record<string, string> = { FIRN_GDRIVE: JSON.stringify(drive.signIn()) };
		const notices: RetryNotice[] = [];
		const destination = withRetry(await open({}, env), {
			firstMs: 1,
			longestMs: 5,
			onRetry: (notice) => notices.push(notice),
		});
		await destination.head('k/none');
		drive.revoke();
		const waiting = destination.head('k/none');
		await expect.poll(() => notices.length).toBeGreaterThan(1);
		expect(notices[0]!.error).toMatchObject({ code: 'BAD_CREDENTIALS', guidance: expect.stringContaining('sign-in') });
		const told = notices.map(({ error }) => `${JSON.stringify(error.toPlain())}${String(error.cause)}`).join();
		expect(told).not.toContain(JSON.parse(env.FIRN_GDRIVE!).refreshToken);
		env.FIRN_GDRIVE = JSON.stringify(drive.signIn());
		expect(await waiting).toBeUndefined();
		// That of all other tests was revoked, too.
		Object.assign(drive.env, { FIRN_GDRIVE: JSON.stringify({ ...drive.signIn(), sessionKey: sessionKeyOf() }) });
	});

	const sessionKeyOf = () => JSON.parse(drive.env.FIRN_GDRIVE).sessionKey;
});

describe('what does not pass', () => {
	test.each<[string, Fault, string]>([
		['the daily limit of requests', REFUSALS.dailyLimit, 'DRIVE_REQUEST_LIMIT'],
		['a file that is not ours', REFUSALS.notAuthorizedToFile, 'DRIVE_DENIED'],
	])('%s is not tried again, also for parts that wait', async (_name, fault, code) => {
		const { destination, notices } = await patient();
		const ref = await destination.beginUpload(freshKey(), { partSize: PART });
		drive.faults.add({ operation: 'UploadChunk', fault });
		const codes = await Promise.all(parts.map((part) => codeOf(destination.uploadPart(ref, part))));
		expect(codes).toEqual(parts.map(() => code));
		expect(notices).toEqual([]);
	});

	test('a part that comes when the one before it has failed for good does not wait for it for ever', async () => {
		const destination = await open();
		const ref = await destination.beginUpload(freshKey(), { partSize: PART });
		drive.faults.add({ operation: 'UploadChunk', fault: REFUSALS.dailyLimit });
		expect(await codeOf(destination.uploadPart(ref, parts[0]!))).toBe('DRIVE_REQUEST_LIMIT');
		expect(await codeOf(destination.uploadPart(ref, parts[1]!))).toBe('DRIVE_REQUEST_LIMIT');
		await Promise.all(parts.map((part) => destination.uploadPart(ref, part)));
	});

	test.each<[string, Fault, string]>([
		['the wall of a day', REFUSALS.dailyWall, 'DRIVE_DAILY_LIMIT'],
		['a full Drive', REFUSALS.driveFull, 'DEST_FULL'],
	])('a part waits for the one before it that has met %s, and is tried again', async (_name, fault, code) => {
		const destination = await open();
		const ref = await destination.beginUpload(freshKey(), { partSize: PART });
		drive.faults.add({ operation: 'UploadChunk', fault });
		expect(await codeOf(destination.uploadPart(ref, parts[0]!))).toBe(code);
		const second = destination.uploadPart(ref, parts[1]!);
		await destination.uploadPart(ref, parts[0]!);
		expect(await second).toMatchObject({ number: 2, size: PART });
	});

	test('the wall of 750 GB is a code of its own', async () => {
		const destination = await open();
		drive.settings.dailyUploadLimit = 0;
		try {
			expect(await codeOf(destination.put(freshKey(), Buffer.from('x')))).toBe('DRIVE_DAILY_LIMIT');
		} finally {
			drive.settings.dailyUploadLimit = 750_000_000_000;
		}
	});

	test('a full Drive is told with its figures, and no more bytes are sent to it until there is room', async () => {
		const destination = await open();
		const ref = await destination.beginUpload(freshKey(), { partSize: PART });
		const before = drive.settings.storageLimit;
		const send = () => destination.uploadPart(ref, parts[0]!);
		const used = drive.state.usage().all;
		drive.settings.storageLimit = used + PART - 1;
		drive.log.clear();
		try {
			const words = `not enough room left in this account: ${formatSize(used)} of ${formatSize(used + PART - 1)} are used`;
			await expect(send()).rejects.toMatchObject({ code: 'DEST_FULL', message: expect.stringContaining(words) });
			drive.settings.storageLimit = used;
			await expect(send()).rejects.toMatchObject({ message: expect.stringContaining(`of ${formatSize(used)} are`) });
			expect(drive.log.of('UploadChunk')).toHaveLength(1);
			// That it does not tell its figures changes nothing.
			drive.settings.storageLimit = before;
			drive.faults.add({ operation: 'UploadChunk', fault: REFUSALS.driveFull });
			drive.faults.add({ operation: 'About', skip: 1, fault: REFUSALS.internal });
			await expect(send()).rejects.toMatchObject({ message: expect.stringContaining('in this account (403') });
			expect(await send()).toMatchObject({ number: 1 });
		} finally {
			drive.settings.storageLimit = before;
		}
	});

	test('the quota of downloads is no passing fault', async () => {
		const { destination, notices } = await patient();
		const key = freshKey();
		await destination.put(key, Buffer.from('x'));
		drive.faults.add({ operation: 'Download', fault: REFUSALS.downloadQuota });
		expect(await codeOf(bytesOf(destination.get(key)))).toBe('DRIVE_DOWNLOAD_LIMIT');
		expect(notices).toEqual([]);
	});
});

test('what asks to be left alone for a while is', async () => {
	const { destination, notices } = await patient();
	const fault: Fault = { ...REFUSALS.tooMany, headers: { 'retry-after': '1' } } as Fault;
	drive.faults.add({ operation: 'ListFiles', fault });
	await destination.head(freshKey());
	expect(notices).toMatchObject([{ delayMs: 1000, error: { code: 'THROTTLED' } }]);
	// However long it says, once an hour is tried.
	const refusal = new FirnError('THROTTLED', 'No.', { retry: 'now', afterMs: 24 * HOUR });
	const end = new AbortController();
	const head = () => Promise.reject(refusal);
	const onRetry = (notice: RetryNotice) => {
		notices.push(notice);
		end.abort(new Error('seen'));
	};
	await withRetry({ head } as never, { onRetry, signal: end.signal })
		.head('k')
		.catch(() => undefined);
	expect(notices.at(-1)!.delayMs).toBe(HOUR);
});

describe('reads', () => {
	test('get what Drive takes for malware, for its owner', async () => {
		const { destination, notices } = await patient();
		const key = freshKey();
		await destination.put(key, content);
		drive.log.clear();
		const fault: Fault = { kind: 'error', status: 403, reason: 'cannotDownloadAbusiveFile' };
		drive.faults.add({ operation: 'Download', fault });
		sameBytes(await bytesOf(destination.get(key)), content);
		expect(drive.log.of('Download').map(({ query }) => query.acknowledgeAbuse)).toEqual([undefined, 'true']);
		drive.faults.add({ operation: 'Download', fault, times: 2 });
		expect(await codeOf(bytesOf(destination.get(key)))).toBe('DRIVE_FLAGGED');
		expect(notices).toEqual([]);
	});

	test('go on where the line broke', async () => {
		const { destination, notices } = await patient();
		const key = freshKey();
		await destination.put(key, content);
		drive.log.clear();
		drive.faults.add({ operation: 'Download', fault: { kind: 'cut-answer', afterBytes: 400_000 }, times: 2 });
		sameBytes(await bytesOf(destination.get(key, { start: 1000 })), content.subarray(1000));
		expect(notices.length).toBeGreaterThan(0);
		const [first, second] = drive.log.of('Download').map(({ range }) => Number(/\d+/.exec(range ?? '')?.[0]));
		expect(first).toBe(1000);
		expect(second).toBeGreaterThan(1000);
	});

	test('of a list go on behind the last page', async () => {
		const { destination } = await patient({ url: 'gdrive:pages' });
		const keys = ['p/1', 'p/2', 'p/3', 'p/4', 'p/5'];
		for (const key of keys) await destination.put(key, Buffer.from(key));
		drive.faults.add({ operation: 'ListFiles', fault: REFUSALS.unavailable, skip: 3 });
		expect(await keysOf(destination, 'p/')).toEqual(keys);
	});
});

test('an answer that is not one of Drive does not look like an empty folder', async () => {
	const destination = await open();
	drive.faults.add({ operation: 'ListFiles', fault: { kind: 'web-page', json: true } });
	expect(await codeOf(keysOf(destination))).toBe('NETWORK');
});

describe('deleting', () => {
	test('goes past the trash, or into it when that is said', async () => {
		const destination = await open();
		const key = freshKey();
		await destination.put(key, Buffer.from('x'));
		await destination.delete(key);
		expect(drive.named(key.slice(2))).toHaveLength(0);
		const gentle = await open({ trash: true });
		await gentle.put(key, Buffer.from('x'));
		await gentle.delete(key);
		expect(drive.named(key.slice(2))).toMatchObject([{ trashed: true }]);
		expect(await gentle.head(key)).toBeUndefined();
		expect(await keysOf(gentle, key)).toEqual([]);
	});
});
