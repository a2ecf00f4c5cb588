import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import {
	chmod,
	link,
	mkdir,
	mkdtemp,
	readdir,
	readFile,
	rename,
	rm,
	stat,
	symlink,
	truncate,
	writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Destination } from '../../../src/destinations/destination.ts';
import { moveIntoPlace } from '../../../src/destinations/folder/durable.ts';
import { folderError } from '../../../src/destinations/folder/errors.ts';
import { FolderDestination } from '../../../src/destinations/folder/folder-destination.ts';
import { bytesOf, codeOf, keysOf, partsOf, sameBytes, sendAll } from '../conformance.ts';

const PART = 100_000;
const content = randomBytes(3 * PART + 5);
const whole = { size: content.length, partSize: PART };
let parent: string;
let root: string;
let destination: Destination;

beforeEach(async () => {
	parent = await mkdtemp(join(tmpdir(), 'firn-disk-'));
	root = join(parent, 'backup');
	destination = new FolderDestination(root);
});
afterEach(async () => {
	await destination.close();
	await rm(parent, { recursive: true, force: true });
});

const partials = () => readdir(join(root, '.firn-partial')).catch(() => []);

test('only check makes the folder, and only the folder itself', async () => {
	expect(await codeOf(destination.put('a', content))).toBe('DEST_MISSING');
	expect(await codeOf(destination.beginUpload('a', { partSize: PART }))).toBe('DEST_MISSING');
	expect(existsSync(root)).toBe(false);
	await destination.check();
	expect(await readdir(root)).toEqual([]);
	expect((await stat(root)).mode & 0o777).toBe(0o700);
	const deep = new FolderDestination(join(parent, 'no', 'such', 'folder'));
	await expect(deep.check()).rejects.toMatchObject({
		code: 'DEST_MISSING',
		kind: 'usage',
		guidance: expect.stringContaining('mkdir -p /'),
	});
	await writeFile(join(parent, 'file'), 'x');
	await expect(new FolderDestination(join(parent, 'file')).check()).rejects.toMatchObject({ code: 'DEST_NOT_FOLDER' });
	expect(await codeOf(new FolderDestination(join(parent, 'file', 'below')).check())).toBe('DEST_NOT_FOLDER');
});

test('what is written is for its owner only, and no temporary file stays', async () => {
	await destination.check();
	await destination.put('job/run/a.idx', content);
	const upload = await destination.beginUpload('job/run/a.tar', { partSize: PART });
	const receipts = await sendAll(destination, upload, content, PART);
	expect((await stat(join(root, '.firn-partial', upload.id))).mode & 0o777).toBe(0o600);
	await destination.completeUpload(upload, receipts, whole);
	for (const name of ['a.idx', 'a.tar']) expect((await stat(join(root, 'job/run', name))).mode & 0o777).toBe(0o600);
	expect((await stat(join(root, 'job'))).mode & 0o777).toBe(0o700);
	expect(await partials()).toEqual([]);
	expect(await keysOf(destination)).toEqual(['job/run/a.idx', 'job/run/a.tar']);
});

describe('a disk that is gone', () => {
	test('while parts are written: told, and nothing is written underneath', async () => {
		await destination.check();
		const upload = await destination.beginUpload('a.tar', { partSize: PART });
		const parts = partsOf(content, PART);
		const receipts = [await destination.uploadPart(upload, parts[0]!)];
		await rename(root, join(parent, 'unplugged'));
		// This process has the file open still: a new one has not.
		const other = new FolderDestination(root);
		for (const work of [
			() => other.uploadPart(upload, parts[1]!),
			() => other.listParts(upload, { partSize: PART }),
			() => other.completeUpload(upload, receipts, whole),
			() => other.put('b', content),
			() => other.head('a.tar'),
			() => keysOf(other),
			() => bytesOf(other.get('a.tar')),
			() => other.delete('a.tar'),
			() => destination.completeUpload(upload, receipts, { size: PART, partSize: PART }),
		]) {
			await expect(work()).rejects.toMatchObject({ code: 'DEST_MISSING', retry: 'later' });
		}
		expect(existsSync(root)).toBe(false);
		await rename(join(parent, 'unplugged'), root);
		const there = await other.listParts(upload, { partSize: PART });
		expect(there).toEqual(receipts);
		for (const part of parts.slice(1)) there.push(await other.uploadPart(upload, part));
		await other.completeUpload(upload, there, whole);
		sameBytes(await readFile(join(root, 'a.tar')), content);
		await other.close();
	});

	test.each(['EIO', 'ENODEV', 'ESTALE', 'ENXIO', 'ENOTCONN'])('%s is told as such and waits for a person', (errno) => {
		const error = Object.assign(new Error(errno), { code: errno });
		expect(folderError(error, root, 'write x')).toMatchObject({ code: 'DEST_LOST', retry: 'later' });
		expect(folderError(error, root, 'write x').message).toContain(root);
	});

	test.each(['EINTR', 'EAGAIN', 'EBUSY', 'EMFILE'])('%s is tried again', (errno) => {
		expect(folderError(Object.assign(new Error(errno), { code: errno }), root, 'x')).toMatchObject({ retry: 'now' });
	});
});

describe('after a crash', () => {
	test('a part of which only a piece was written is seen as such', async () => {
		await destination.check();
		const upload = await destination.beginUpload('a.tar', { partSize: PART });
		const receipts = await sendAll(destination, upload, content, PART);
		await truncate(join(root, '.firn-partial', upload.id), 2 * PART + 10);
		const other = new FolderDestination(root);
		expect((await other.listParts(upload, { partSize: PART })).map((part) => part.size)).toEqual([PART, PART, 10]);
		expect(await codeOf(other.completeUpload(upload, receipts, whole))).toBe('STORE_MISMATCH');
		await other.close();
	});

	test('a hole before a later part has another CRC than what belongs there', async () => {
		await destination.check();
		const upload = await destination.beginUpload('a.tar', { partSize: PART });
		const parts = partsOf(content, PART);
		await destination.uploadPart(upload, parts[1]!);
		const there = await destination.listParts(upload, { partSize: PART });
		expect(there.map((part) => part.crc32)).toEqual([crc32(Buffer.alloc(PART)), parts[1]!.crc32]);
	});

	test('between the new name and the removal of the old one it ends well', async () => {
		await destination.check();
		const upload = await destination.beginUpload('a.tar', { partSize: PART });
		const receipts = await sendAll(destination, upload, content, PART);
		await link(join(root, '.firn-partial', upload.id), join(root, 'a.tar'));
		await destination.completeUpload(upload, receipts, whole);
		expect(await partials()).toEqual([]);
		sameBytes(await readFile(join(root, 'a.tar')), content);
	});

	test('bytes behind the end of the last part are cut off', async () => {
		await destination.check();
		const upload = await destination.beginUpload('a.tar', { partSize: PART });
		const receipts = await sendAll(destination, upload, content, PART);
		await truncate(join(root, '.firn-partial', upload.id), content.length + 1000);
		await destination.completeUpload(upload, receipts, whole);
		sameBytes(await readFile(join(root, 'a.tar')), content);
	});
});

describe('where the file system has no hard links', () => {
	const refused = () => Promise.reject(Object.assign(new Error('EPERM'), { code: 'EPERM' }));

	test('a file gets its name all the same, and takes none away', async () => {
		await mkdir(root);
		const [from, to] = [join(root, 'from'), join(root, 'to')];
		await writeFile(from, 'mine');
		expect(await moveIntoPlace(from, to, { link: refused, rename })).toBe(true);
		expect(await readFile(to, 'utf8')).toBe('mine');
		await writeFile(from, 'other');
		expect(await moveIntoPlace(from, to, { link: refused, rename })).toBe(false);
		expect(await readFile(to, 'utf8')).toBe('mine');
	});
});

test('a link or folder in the way is not written through', async () => {
	await destination.check();
	await writeFile(join(parent, 'precious'), 'precious');
	await symlink(join(parent, 'precious'), join(root, 'a.tar'));
	const upload = await destination.beginUpload('b.tar', { partSize: PART });
	const receipts = await sendAll(destination, upload, content, PART);
	const through = { ...upload, key: 'a.tar' };
	expect(await codeOf(destination.completeUpload(through, receipts, whole))).toBe('ALREADY_EXISTS');
	expect(await codeOf(destination.put('a.tar', content))).toBe('ALREADY_EXISTS');
	expect(await readFile(join(parent, 'precious'), 'utf8')).toBe('precious');
	await mkdir(join(root, 'folder.tar'));
	expect(await destination.head('folder.tar')).toBeUndefined();
	expect(await codeOf(bytesOf(destination.get('folder.tar')))).toBe('NOT_FOUND');
	expect(await codeOf(destination.put('folder.tar', content))).toBe('ALREADY_EXISTS');
	expect(await codeOf(destination.head('../precious'))).toBe('BAD_KEY');
	expect(await codeOf(destination.listParts({ key: 'x', id: '../../precious' }, { partSize: PART }))).toBe(
		'NO_SUCH_UPLOAD',
	);
});

/** Root can mount; elsewhere these are skipped. */
function canMount(): boolean {
	if (process.getuid?.() !== 0) return false;
	try {
		execFileSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt'], { stdio: 'ignore' });
		return true;
	} catch {
		return false;
	}
}

describe.skipIf(!canMount())('a real file system of its own', () => {
	beforeEach(async () => {
		await mkdir(root);
		execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', root]);
	});
	afterEach(async () => {
		await destination.close();
		execFileSync('umount', ['-l', root]);
	});

	test('that is full: told, what is there is kept, and it goes on when there is room', async () => {
		await destination.check();
		const large = randomBytes(16 * PART);
		const upload = await destination.beginUpload('a.tar', { partSize: PART });
		const receipts = [];
		let failed: unknown;
		for (const part of partsOf(large, PART)) {
			try {
				receipts.push(await destination.uploadPart(upload, part));
			} catch (error) {
				failed = error;
				break;
			}
		}
		expect(failed).toMatchObject({ code: 'DEST_FULL', retry: 'later', message: expect.stringContaining(root) });
		expect(receipts.length).toBeGreaterThan(5);
		expect(await codeOf(destination.put('b', large.subarray(0, 200_000)))).toBe('DEST_FULL');
		expect(await keysOf(destination)).toEqual([]);
		expect(await partials()).toEqual([upload.id]);
		execFileSync('mount', ['-o', 'remount,size=4m', root]);
		const there = await destination.listParts(upload, { partSize: PART });
		expect(there.slice(0, receipts.length)).toEqual(receipts);
		for (const part of partsOf(large, PART).slice(receipts.length)) {
			receipts.push(await destination.uploadPart(upload, part));
		}
		await destination.completeUpload(upload, receipts, { size: large.length, partSize: PART });
		sameBytes(await bytesOf(destination.get('a.tar')), large);
	});

	test('that becomes read-only', async () => {
		await destination.check();
		await destination.put('a', content.subarray(0, 10));
		execFileSync('mount', ['-o', 'remount,ro', root]);
		await expect(destination.check()).rejects.toMatchObject({ code: 'DEST_READ_ONLY', retry: 'later' });
		expect(await codeOf(destination.put('b', content))).toBe('DEST_READ_ONLY');
		expect(await codeOf(destination.beginUpload('c', { partSize: PART }))).toBe('DEST_READ_ONLY');
		expect(await bytesOf(destination.get('a'))).toHaveLength(10);
	});

	test('that is unmounted and leaves an empty mount point', async () => {
		const below = join(root, 'below');
		const disk = new FolderDestination(below);
		await disk.check();
		const upload = await disk.beginUpload('a.tar', { partSize: PART });
		await disk.close();
		execFileSync('umount', ['-l', root]);
		expect(await codeOf(disk.uploadPart(upload, partsOf(content, PART)[0]!))).toBe('DEST_MISSING');
		expect(await codeOf(disk.put('b', content))).toBe('DEST_MISSING');
		expect(await readdir(root)).toEqual([]);
		execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', root]);
	});
});

describe.skipIf(process.getuid?.() !== 0)('without the right to write', () => {
	test('it is said so', async () => {
		await destination.check();
		await chmod(parent, 0o755);
		await chmod(root, 0o555);
		process.seteuid!(65534);
		try {
			await expect(destination.check()).rejects.toMatchObject({ code: 'DEST_DENIED', retry: 'later' });
			expect(await codeOf(destination.put('a', content))).toBe('DEST_DENIED');
		} finally {
			process.seteuid!(0);
		}
	});
});
