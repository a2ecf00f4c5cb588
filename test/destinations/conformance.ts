/** What every destination must do, whatever store is behind it: one suite that all of them pass. */

import { randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FirnError } from '../../src/core/errors.ts';
import type { Destination, PartReceipt, UploadRef } from '../../src/destinations/destination.ts';

export interface Subject {
	/** A new instance on the same empty store, as another process would open it. */
	open(): Promise<Destination>;
	/** What lies in the store beside objects, in any form; [] when nothing. */
	leftovers?(): Promise<string[]>;
	close(): Promise<void>;
	partSize: number;
	/** Whether racing writers cannot both win. */
	atomic: boolean;
	classes: boolean;
	/** It takes parts in their order only, and never one again. */
	inOrder?: boolean;
	/** Whether it keeps metadata with an object. */
	metadata?: boolean;
	/** Bytes of the longest name or key, where there is a limit. */
	longestName?: number;
	/** Lets hours pass at a store whose archive classes are cold. */
	pass?(hours: number): void;
}

/** Names that URLs, XML, headers or orders might get wrong. */
const ODD_NAMES = [
	' leading and trailing ',
	'a+b & c=d?e#f%41%2F',
	'<x y="z">\'!()*~`^|\\{}[]@:;,$',
	'Grüße',
	'日本語',
	'e\u0301 and \u00e9',
	'\u{1f600}',
	'\uffee',
	'\u2028\u200e\u202e',
	'...',
];

export async function bytesOf(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
	const chunks: Uint8Array[] = [];
	for await (const chunk of stream) chunks.push(chunk);
	return Buffer.concat(chunks);
}

export async function keysOf(destination: Destination, prefix = ''): Promise<string[]> {
	const keys: string[] = [];
	for await (const object of destination.list(prefix)) keys.push(object.key);
	return keys;
}

/** Compares at once: `toEqual` looks at each byte on its own, and megabytes take minutes. */
export function sameBytes(found: Buffer, expected: Uint8Array): void {
	expect(found.length).toBe(expected.length);
	expect(found.equals(expected)).toBe(true);
}

/** The code of the FirnError that `work` ends with. */
export async function codeOf(work: Promise<unknown> | (() => Promise<unknown>)): Promise<string> {
	try {
		await (typeof work === 'function' ? work() : work);
	} catch (error) {
		return (error as FirnError).code ?? String(error);
	}
	return 'no error';
}

/** Content cut into parts. */
export function partsOf(content: Buffer, partSize: number) {
	const parts = [];
	for (let at = 0; at < content.length; at += partSize) {
		const body = content.subarray(at, at + partSize);
		parts.push({ number: parts.length + 1, body, crc32: crc32(body), partSize, last: at + partSize >= content.length });
	}
	return parts;
}

export async function sendAll(destination: Destination, upload: UploadRef, content: Buffer, partSize: number) {
	const receipts: PartReceipt[] = [];
	for (const part of partsOf(content, partSize)) receipts.push(await destination.uploadPart(upload, part));
	return receipts;
}

export function destinationConformance(name: string, make: () => Promise<Subject>): void {
	describe(name, () => {
		let subject: Subject;
		let destination: Destination;
		let size = 0;
		let content = Buffer.alloc(0);
		beforeAll(async () => {
			subject = await make();
			destination = await subject.open();
			size = subject.partSize;
			content = randomBytes(2 * size + 777);
		});
		afterAll(async () => {
			await destination?.close();
			await subject?.close();
		});
		const options = () => ({ size: content.length, partSize: size });

		test('check leaves nothing behind and can be repeated', async () => {
			await destination.check();
			await destination.check();
			expect(await keysOf(destination)).toEqual([]);
			expect((await subject.leftovers?.()) ?? []).toEqual([]);
		});

		describe('whole objects', () => {
			test('come back as they were put', async () => {
				const body = randomBytes(100_000);
				const stored = await destination.put('whole/a.idx', body);
				expect(stored).toMatchObject({ key: 'whole/a.idx', size: 100_000, crc32: crc32(body) });
				sameBytes(await bytesOf(destination.get('whole/a.idx')), body);
				expect(await destination.head('whole/a.idx')).toMatchObject({ key: 'whole/a.idx', size: 100_000 });
			});

			test('may be empty', async () => {
				await destination.put('whole/empty', Buffer.alloc(0));
				expect(await bytesOf(destination.get('whole/empty'))).toHaveLength(0);
				expect(await bytesOf(destination.get('whole/empty', { start: 0, end: 10 }))).toHaveLength(0);
			});

			test('may be put again with the same bytes, and with others only when that is said', async () => {
				await destination.put('whole/b', Buffer.from('one'));
				await destination.put('whole/b', Buffer.from('one'));
				expect(await codeOf(destination.put('whole/b', Buffer.from('two')))).toBe('ALREADY_EXISTS');
				expect(await codeOf(destination.put('whole/b', Buffer.from('longer')))).toBe('ALREADY_EXISTS');
				expect((await bytesOf(destination.get('whole/b'))).toString()).toBe('one');
				await destination.put('whole/b', Buffer.from('three'), { overwrite: true });
				expect((await bytesOf(destination.get('whole/b'))).toString()).toBe('three');
			});

			test('have one winner when several write at once', async () => {
				if (!subject.atomic) return;
				const bodies = Array.from({ length: 6 }, (_, n) => Buffer.from(`racer ${n}`));
				const ends = await Promise.allSettled(bodies.map((body) => destination.put('whole/race', body)));
				expect(ends.filter((end) => end.status === 'fulfilled')).toHaveLength(1);
				const winner = ends.findIndex((end) => end.status === 'fulfilled');
				sameBytes(await bytesOf(destination.get('whole/race')), bodies[winner]!);
			});

			test('that are not there: head says so, get refuses, delete does not mind', async () => {
				expect(await destination.head('whole/none')).toBeUndefined();
				expect(await codeOf(bytesOf(destination.get('whole/none')))).toBe('NOT_FOUND');
				await destination.delete('whole/none');
				await destination.delete('no/such/folder/none');
				await destination.delete('whole/a.idx');
				expect(await destination.head('whole/a.idx')).toBeUndefined();
			});

			test('have keys that cannot lead out of the destination', async () => {
				for (const key of [
					'../x',
					'a/../../x',
					'/x',
					'a//b',
					'a/',
					'',
					'a/./b',
					'a\nb',
					'a\x7f',
					'a\ud800',
					'a\ufffe',
				]) {
					expect(await codeOf(() => destination.put(key, Buffer.from('x'))), key).toBe('BAD_KEY');
				}
			});

			test('have keys of any script, and of all that ASCII has', async () => {
				const keys = ODD_NAMES.map((name) => `odd/${name}/${name}`);
				for (const key of keys) {
					await destination.put(key, Buffer.from(key));
					expect(await destination.head(key), key).toMatchObject({ key, size: Buffer.byteLength(key) });
				}
				const expected = keys.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
				expect(await keysOf(destination, 'odd/')).toEqual(expected);
				for (const key of keys) {
					expect((await bytesOf(destination.get(key))).toString()).toBe(key);
					expect(await keysOf(destination, key)).toEqual([key]);
				}
				const upload = await destination.beginUpload(`${keys[0]}2`, { partSize: size });
				for await (const open of destination.uploads(`${keys[0]}2`)) expect(open.key).toBe(upload.key);
				await destination.abortUpload(upload);
				for (const key of keys) await destination.delete(key);
				expect(await keysOf(destination, 'odd/')).toEqual([]);
			});

			test('refuse a key that is too long, and take a long one', async () => {
				const folders = Array.from({ length: 10 }, () => 'x'.repeat(90)).join('/');
				await destination.put(`long/${folders}`, Buffer.from('x'));
				expect((await destination.head(`long/${folders}`))?.size).toBe(1);
				const upload = await destination.beginUpload(`long/${'é'.repeat(100)}`, { partSize: size });
				for await (const open of destination.uploads('long/')) expect(`long/${'é'.repeat(100)}`).toContain(open.key);
				await destination.abortUpload(upload);
				if (!subject.longestName) return;
				const key = 'ü'.repeat(subject.longestName / 2 + 1);
				expect(await codeOf(destination.put(key, Buffer.from('x')))).toBe('KEY_TOO_LONG');
				expect(await codeOf(destination.beginUpload(key, { partSize: size }))).toBe('KEY_TOO_LONG');
			});

			test('keep their metadata', async () => {
				const metadata = { mtime: '1700000001.123456789', mode: '100640', uid: '0' };
				await destination.put('whole/meta', Buffer.from('x'), { metadata });
				const upload = await destination.beginUpload('whole/meta2', { partSize: size, metadata });
				const receipts = await sendAll(destination, upload, content, size);
				await destination.completeUpload(upload, receipts, options());
				const kept = subject.metadata ? metadata : undefined;
				expect((await destination.head('whole/meta'))?.metadata).toEqual(kept);
				expect((await destination.head('whole/meta2'))?.metadata).toEqual(kept);
				expect((await destination.head('whole/b'))?.metadata).toBeUndefined();
			});

			test('can be moved, and nothing is overwritten by that', async () => {
				if (!destination.move) return;
				const metadata = { mode: '100600' };
				await destination.put('move/ä b+c%41', Buffer.from('moved'), { metadata, storageClass: 'STANDARD_IA' });
				const before = await destination.head('move/ä b+c%41');
				await destination.move('move/ä b+c%41', 'gone/ä b+c%41');
				await destination.move('move/ä b+c%41', 'gone/ä b+c%41');
				expect(await destination.head('move/ä b+c%41')).toBeUndefined();
				const { modified: _, ...after } = (await destination.head('gone/ä b+c%41'))!;
				expect({ ...before, ...after, key: '' }).toEqual({ ...before, key: '' });
				expect((await bytesOf(destination.get('gone/ä b+c%41'))).toString()).toBe('moved');
				await destination.put('move/other', Buffer.from('other'));
				expect(await codeOf(destination.move('move/other', 'gone/ä b+c%41'))).toBe('ALREADY_EXISTS');
				expect(await codeOf(destination.move('move/none', 'move/none2'))).toBe('NOT_FOUND');
				expect(await codeOf(destination.move('move/other', '../x'))).toBe('BAD_KEY');
			});

			test('keep their storage class', async () => {
				if (!subject.classes) return;
				await destination.put('whole/cold', Buffer.from('x'), { storageClass: 'STANDARD_IA' });
				expect((await destination.head('whole/cold'))?.storageClass).toBe('STANDARD_IA');
				const upload = await destination.beginUpload('whole/cold.tar', {
					storageClass: 'DEEP_ARCHIVE',
					partSize: size,
				});
				const receipts = await sendAll(destination, upload, content.subarray(0, 99), size);
				await destination.completeUpload(upload, receipts, { size: 99, partSize: size });
				expect((await destination.head('whole/cold.tar'))?.storageClass).toBe('DEEP_ARCHIVE');
			});
		});

		describe('thaws', () => {
			const order = { tier: 'standard', days: 1 } as const;
			const listed = async (key: string) => {
				for await (const object of destination.list(key, { thaws: true })) return object.thaw;
				return undefined;
			};

			test('are not needed of what can be read, nor had of what is not there', async () => {
				await destination.put('thaw/warm', Buffer.from('x'));
				expect(await destination.thaw('thaw/warm', order)).toBe('readable');
				expect(await codeOf(destination.thaw('thaw/none', order))).toBe('NOT_FOUND');
				expect(await codeOf(destination.thaw('../none', order))).toBe('BAD_KEY');
				expect(await destination.head('thaw/warm')).not.toHaveProperty('thaw');
				expect(await listed('thaw/warm')).toBeUndefined();
			});

			test('of a label that can be read at once are not needed', async () => {
				if (!subject.classes || subject.pass) return;
				await destination.put('thaw/label', Buffer.from('x'), { storageClass: 'GLACIER' });
				expect(await destination.thaw('thaw/label', order)).toBe('readable');
				expect((await bytesOf(destination.get('thaw/label'))).toString()).toBe('x');
			});

			test('make readable for some days what is cold', async () => {
				if (!subject.pass) return;
				await destination.put('thaw/cold', Buffer.from('x'), { storageClass: 'GLACIER' });
				expect(await codeOf(bytesOf(destination.get('thaw/cold')))).toBe('ARCHIVED');
				expect(await destination.head('thaw/cold')).not.toHaveProperty('thaw');
				expect(await destination.thaw('thaw/cold', order)).toBe('accepted');
				expect(await destination.thaw('thaw/cold', order)).toBe('ongoing');
				expect(await destination.thaw('thaw/cold', { ...order, tier: 'expedited' })).toBe('accepted');
				expect((await destination.head('thaw/cold'))?.thaw).toBe('ongoing');
				expect(await listed('thaw/cold')).toBe('ongoing');
				subject.pass(1);
				const until = (await destination.head('thaw/cold'))?.thaw;
				expect(until).toEqual({ until: expect.any(Date) });
				expect(await listed('thaw/cold')).toEqual(until);
				expect((await bytesOf(destination.get('thaw/cold'))).toString()).toBe('x');
				expect(await destination.thaw('thaw/cold', { ...order, days: 9 })).toBe('extended');
				expect((await destination.head('thaw/cold'))?.thaw).not.toEqual(until);
				subject.pass(11 * 24);
				expect(await codeOf(bytesOf(destination.get('thaw/cold')))).toBe('ARCHIVED');
				expect(await listed('thaw/cold')).toBeUndefined();
				subject.pass(-1 - 11 * 24);
			});
		});

		describe('uploads by parts', () => {
			test('take parts in any order and show nothing before they are complete', async () => {
				const upload = await destination.beginUpload('job/run/000001.tar', { partSize: size });
				const [one, two, three] = partsOf(content, size);
				const order = subject.inOrder ? [one!, two!, three!] : [three!, one!, two!];
				const receipts = [];
				if (subject.inOrder) {
					receipts.push(...(await Promise.all(order.map((part) => destination.uploadPart(upload, part)))));
				} else for (const part of order) receipts.push(await destination.uploadPart(upload, part));
				expect(receipts.map(({ number, size, crc32 }) => [number, size, crc32])).toEqual(
					order.map(({ number, body, crc32 }) => [number, body.length, crc32]),
				);
				expect(await destination.head('job/run/000001.tar')).toBeUndefined();
				expect(await keysOf(destination, 'job/')).toEqual([]);
				const listed = await destination.listParts(upload, { partSize: size });
				expect(listed.map((part) => [part.number, part.size])).toEqual([
					[1, size],
					[2, size],
					[3, 777],
				]);
				for (const part of listed) {
					const known = [undefined, [one, two, three][part.number - 1]!.crc32];
					expect(known).toContain(part.crc32);
				}
				const stored = await destination.completeUpload(upload, receipts, options());
				expect(stored).toMatchObject({ key: 'job/run/000001.tar', size: content.length });
				if (stored.crc32 !== undefined) expect(stored.crc32).toBe(crc32(content));
				sameBytes(await bytesOf(destination.get('job/run/000001.tar')), content);
				expect(await keysOf(destination, 'job/')).toEqual(['job/run/000001.tar']);
			});

			test('can be completed again after a lost answer, also by another process', async () => {
				const upload = await destination.beginUpload('job/run/000002.tar', { partSize: size });
				const receipts = await sendAll(destination, upload, content, size);
				await destination.completeUpload(upload, receipts, options());
				await destination.completeUpload(upload, receipts, options());
				const other = await subject.open();
				expect(await other.completeUpload(upload, receipts, options())).toMatchObject({ size: content.length });
				expect(await codeOf(other.listParts(upload, { partSize: size }))).toBe('NO_SUCH_UPLOAD');
				expect(await codeOf(other.uploadPart(upload, partsOf(content, size)[0]!))).toBe('NO_SUCH_UPLOAD');
				await other.close();
			});

			test('go on in another process from what was acknowledged', async () => {
				const upload = await destination.beginUpload('job/run/000003.tar', { partSize: size });
				const [one, two, three] = partsOf(content, size);
				await destination.uploadPart(upload, one!);
				const other = await subject.open();
				const there = await other.listParts(upload, { partSize: size });
				expect(there.map((part) => part.number)).toEqual([1]);
				const receipts = [...there, await other.uploadPart(upload, two!), await other.uploadPart(upload, three!)];
				await other.completeUpload(upload, receipts, options());
				sameBytes(await bytesOf(other.get('job/run/000003.tar')), content);
				await other.close();
			});

			test('refuse a part whose predecessor is missing, and other bytes in place of what is there', async () => {
				if (!subject.inOrder) return;
				const upload = await destination.beginUpload('job/run/0000035.tar', { partSize: size });
				const [one, two, three] = partsOf(content, size);
				const wrong = randomBytes(size);
				expect(await codeOf(destination.uploadPart(upload, two!))).toBe('PART_OUT_OF_ORDER');
				const receipts = [await destination.uploadPart(upload, one!)];
				expect(await codeOf(destination.uploadPart(upload, three!))).toBe('PART_OUT_OF_ORDER');
				expect(await destination.uploadPart(upload, one!)).toEqual(receipts[0]);
				expect(await codeOf(destination.uploadPart(upload, { ...one!, body: wrong, crc32: crc32(wrong) }))).toBe(
					'ARCHIVE_DIVERGED',
				);
				receipts.push(await destination.uploadPart(upload, two!), await destination.uploadPart(upload, three!));
				await destination.completeUpload(upload, receipts, options());
				sameBytes(await bytesOf(destination.get('job/run/0000035.tar')), content);
			});

			test('keep the last of a part that was sent twice', async () => {
				if (subject.inOrder) return;
				const upload = await destination.beginUpload('job/run/000004.tar', { partSize: size });
				const [one, two, three] = partsOf(content, size);
				const wrong = randomBytes(size);
				await destination.uploadPart(upload, { ...one!, body: wrong, crc32: crc32(wrong) });
				const receipts = [];
				for (const part of [one!, two!, three!]) receipts.push(await destination.uploadPart(upload, part));
				await destination.completeUpload(upload, receipts, options());
				sameBytes(await bytesOf(destination.get('job/run/000004.tar')), content);
			});

			test('cannot be completed with a part missing', async () => {
				const upload = await destination.beginUpload('job/run/000005.tar', { partSize: size });
				const [one, , three] = partsOf(content, size);
				const receipts = [await destination.uploadPart(upload, one!)];
				if (!subject.inOrder) receipts.push(await destination.uploadPart(upload, three!));
				expect(await codeOf(destination.completeUpload(upload, receipts, options()))).toBe('STORE_MISMATCH');
				expect(await destination.head('job/run/000005.tar')).toBeUndefined();
				await destination.abortUpload(upload);
			});

			test('never replace an object that is there', async () => {
				const mine = await destination.beginUpload('job/run/000006.tar', { partSize: size });
				const receipts = await sendAll(destination, mine, content, size);
				await destination.put('job/run/000006.tar', Buffer.from('theirs'));
				expect(await codeOf(destination.completeUpload(mine, receipts, options()))).toBe('ALREADY_EXISTS');
				expect(await codeOf(destination.beginUpload('job/run/000006.tar', { partSize: size }))).toBe('ALREADY_EXISTS');
				expect((await bytesOf(destination.get('job/run/000006.tar'))).toString()).toBe('theirs');
				await destination.abortUpload(mine);
			});

			test('replace an object when that is said, which stays until they are complete', async () => {
				const replaces = { ...options(), overwrite: true };
				await destination.put('job/replaced', Buffer.from('before'));
				const upload = await destination.beginUpload('job/replaced', { partSize: size, overwrite: true });
				const receipts = await sendAll(destination, upload, content, size);
				expect((await bytesOf(destination.get('job/replaced'))).toString()).toBe('before');
				await destination.completeUpload(upload, receipts, replaces);
				await destination.completeUpload(upload, receipts, replaces);
				sameBytes(await bytesOf(destination.get('job/replaced')), content);
				const given = await destination.beginUpload('job/replaced', { partSize: size, overwrite: true });
				const last = { ...partsOf(content, size)[2]!, number: 1 };
				const part = await destination.uploadPart(given, last);
				await destination.abortUpload(given);
				const small = { size: 777, partSize: size, overwrite: true };
				expect(await codeOf(destination.completeUpload(given, [part], small))).toBe('NO_SUCH_UPLOAD');
				sameBytes(await bytesOf(destination.get('job/replaced')), content);
			});

			test('never take an object of the same size for theirs', async () => {
				const mine = await destination.beginUpload('job/run/000007.tar', { partSize: size });
				const receipts = await sendAll(destination, mine, content.subarray(0, 500), size);
				await destination.put('job/run/000007.tar', randomBytes(500));
				expect(await codeOf(destination.completeUpload(mine, receipts, { size: 500, partSize: size }))).toBe(
					'ALREADY_EXISTS',
				);
				await destination.abortUpload(mine);
			});

			test('can be given up, twice, and are then unknown', async () => {
				const upload = await destination.beginUpload('job/run/000008.tar', { partSize: size });
				const part = partsOf(content, size)[0]!;
				const receipt = await destination.uploadPart(upload, part);
				await destination.abortUpload(upload);
				await destination.abortUpload(upload);
				expect(await codeOf(destination.listParts(upload, { partSize: size }))).toBe('NO_SUCH_UPLOAD');
				expect(await codeOf(destination.uploadPart(upload, part))).toBe('NO_SUCH_UPLOAD');
				expect(await codeOf(destination.completeUpload(upload, [receipt], { size, partSize: size }))).toBe(
					'NO_SUCH_UPLOAD',
				);
				expect(await destination.head('job/run/000008.tar')).toBeUndefined();
			});

			test('are listed while they are under way, and can be given up from that list', async () => {
				const refs: UploadRef[] = [];
				for (const key of ['open/a/1.tar', 'open/a/2.tar', 'open/a/2.tar', 'open/b/1.tar', 'openly/x.tar']) {
					refs.push(await destination.beginUpload(key, { partSize: size }));
				}
				const other = await subject.open();
				const listed = async (prefix: string) => {
					const found = [];
					for await (const upload of other.uploads(prefix)) found.push(upload);
					return found;
				};
				const ids = (uploads: UploadRef[]) => uploads.map((upload) => `${upload.key} ${upload.id}`).sort();
				expect(ids(await listed('open/'))).toEqual(ids(refs.slice(0, 4)));
				expect(ids(await listed('open/a/'))).toEqual(ids(refs.slice(0, 3)));
				expect(ids(await listed('open'))).toEqual(ids(refs));
				expect(await listed('none/')).toEqual([]);
				for (const upload of await listed('open')) {
					expect(Math.abs(Date.now() - upload.begun.getTime())).toBeLessThan(60_000);
					await other.abortUpload(upload);
				}
				expect(await listed('open')).toEqual([]);
				await other.close();
			});

			test('tell their progress, and ask before they send', async () => {
				const upload = await destination.beginUpload('job/run/000009.tar', { partSize: size });
				const told: number[] = [];
				let asked = 0;
				await destination.uploadPart(upload, partsOf(content, size)[0]!, {
					onProgress: (sent) => told.push(sent),
					pace: async (bytes) => {
						asked += bytes;
					},
				});
				expect(told.at(-1)).toBe(size);
				expect(told).toEqual(told.toSorted((a, b) => a - b));
				expect(asked).toBe(size);
				await destination.abortUpload(upload);
			});

			test('end at once when the signal says so', async () => {
				const upload = await destination.beginUpload('job/run/000010.tar', { partSize: size });
				const reason = new Error('stopped by the test');
				const aborter = new AbortController();
				const sending = destination.uploadPart(upload, partsOf(content, size)[0]!, {
					signal: aborter.signal,
					pace: () => {
						aborter.abort(reason);
						return Promise.reject(reason);
					},
				});
				await expect(sending).rejects.toBe(reason);
				await destination.abortUpload(upload);
			});
		});

		describe('ranges', () => {
			test('are exact, and end where the object ends', async () => {
				await destination.put('range/x', content);
				for (const [start, end] of [
					[0, 1],
					[0, size],
					[size - 5, size + 5],
					[content.length - 1, content.length],
					[10, content.length + 1000],
					[content.length, content.length + 5],
					[content.length + 100, undefined],
					[7, 7],
					[2 * size, undefined],
				] as const) {
					const range = end === undefined ? { start } : { start, end };
					sameBytes(await bytesOf(destination.get('range/x', range)), content.subarray(start, end));
				}
			});

			test('can be left in the middle', async () => {
				for await (const chunk of destination.get('range/x')) {
					expect(chunk.length).toBeGreaterThan(0);
					break;
				}
				expect(await bytesOf(destination.get('range/x', { start: 0, end: 3 }))).toHaveLength(3);
			});
		});

		describe('listing', () => {
			test('is in the order of the bytes of the keys, however folders lie', async () => {
				const keys = ['l/a', 'l/a-b', 'l/a.tar', 'l/a/1', 'l/a/2', 'l/a0', 'l/b/x/y', 'l/b/x.y', 'l/Z', 'l/~', 'l/a b'];
				for (const key of keys.filter((key) => key !== 'l/a')) await destination.put(key, Buffer.from(key));
				const expected = keys
					.filter((key) => key !== 'l/a')
					.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
				expect(await keysOf(destination, 'l/')).toEqual(expected);
				expect(await keysOf(destination, 'l/a/')).toEqual(['l/a/1', 'l/a/2']);
				expect(await keysOf(destination, 'l/a')).toEqual(expected.filter((key) => key.startsWith('l/a')));
				expect(await keysOf(destination, 'l/none')).toEqual([]);
				expect(await keysOf(destination, 'nothing/at/all')).toEqual([]);
				for await (const object of destination.list('l/~')) expect(object).toMatchObject({ key: 'l/~', size: 3 });
			});
		});
	});
}
