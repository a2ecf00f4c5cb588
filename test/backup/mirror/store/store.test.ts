/** Mirrors with an object a file. */

import {
	chmodSync,
	cpSync,
	linkSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	renameSync,
	rmSync,
	symlinkSync,
	utimesSync,
	writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openAll } from '../../../../src/archive/age/payload.ts';
import { openDestination } from '../../../../src/destinations/open-destination.ts';
import { type StoreMirrorCase, storeMirrorCase } from '../../../support/store-mirror-case.ts';
import { isRoot, put, removeTree, scratchFolder } from '../../../support/trees.ts';

let root: string;
let mirror: StoreMirrorCase;
const make = async (job: Parameters<typeof storeMirrorCase>[1] = {}) => {
	mirror = await storeMirrorCase(root, job);
	return mirror;
};
beforeEach(() => {
	root = scratchFolder('store-mirror');
});
afterEach(async () => {
	await mirror?.close();
	removeTree(root);
});

const BIG = 'big '.repeat(100_000);

/** Something of everything. */
function plant(source: string): void {
	for (const name of ['a', 'sub/b', 'sub/100% Grüße 日本\n', 'empty file']) put(source, name);
	put(source, 'sub/big', BIG);
	writeFileSync(join(source, 'empty file'), '');
	writeFileSync(Buffer.concat([Buffer.from(`${source}/odd`), Buffer.from([0xff])]), 'odd');
	mkdirSync(join(source, 'empty folder'), { mode: 0o500 });
	symlinkSync('nowhere', join(source, 'link'));
	linkSync(join(source, 'a'), join(source, 'z hard'));
	chmodSync(join(source, 'sub/b'), 0o4640);
	utimesSync(join(source, 'sub/b'), 1_700_000_001, 1_700_000_001.25);
}

describe.each([
	['plain', false],
	['encrypted', true],
])('a mirror in a bucket, %s', (_name, encrypt) => {
	const ending = encrypt ? '.age' : '';

	it('has an object a file, and a list of the rest', async () => {
		const { source, run, keys, differences, simulator, list } = await make({ encrypt });
		plant(source);
		const first = await run();
		expect(first).toMatchObject({ status: 'complete', errors: 0, files: 7, details: { newFiles: 7 } });
		expect(keys()).toEqual(
			[
				'source/a',
				'source/empty file',
				'source/odd%FF',
				'source/sub/100%25 Grüße 日本%0A',
				'source/sub/b',
				'source/sub/big',
			].map((key) => key + ending),
		);
		expect(await differences()).toEqual([]);
		expect((await list()).find(({ path }) => path.endsWith('z hard'))).toMatchObject({ type: 'hardlink' });
		const metadata = simulator.object(`pre/source/sub/b${ending}`)!.headers;
		if (encrypt) expect(metadata).not.toHaveProperty('x-amz-meta-mtime');
		else expect(metadata).toMatchObject({ 'x-amz-meta-mtime': '1700000001.25', 'x-amz-meta-mode': '104640' });
		expect(simulator.openUploads()).toEqual([]);
	});

	it('sends what is new, changed, lost or altered in the store, and nothing else', async () => {
		const { source, run, differences, simulator } = await make({ encrypt });
		plant(source);
		await run();
		simulator.log.entries.length = 0;
		expect(await run()).toMatchObject({ status: 'complete', details: { newFiles: 0, unchangedFiles: 7 } });
		expect(simulator.log.entries.filter(({ operation }) => operation === 'PutObject')).toEqual([]);
		put(source, 'new', 'new');
		put(source, 'a', 'changed');
		put(source, 'sub/big', `${BIG}!`);
		renameSync(join(source, 'link'), join(source, 'link 2'));
		simulator.state.change({ type: 'delete', bucket: 'bucket', key: `pre/source/sub/b${ending}` });
		expect(await run()).toMatchObject({ status: 'complete', details: { newFiles: 4 } });
		expect(await differences()).toEqual([]);
	});

	it('looks at the content of what was touched, and of all when that is said', async () => {
		const { source, run, differences } = await make({ encrypt });
		plant(source);
		await run();
		utimesSync(join(source, 'a'), 1, 1);
		expect(await run()).toMatchObject({ details: { newFiles: 0, metadataOnly: 1 } });
		expect(await differences()).toEqual([]);
		expect(await run({ checksum: true })).toMatchObject({
			details: { newFiles: 0, metadataOnly: 0, unchangedFiles: 7 },
		});
	});

	it.each(['keep', 'move', 'follow'] as const)('with deletions %s', async (deletions) => {
		const { source, run, keys, differences } = await make({ encrypt, deletions });
		for (const name of ['a', 'b/c', 'b/d', 'e']) put(source, name);
		await run();
		rmSync(join(source, 'b/c'));
		rmSync(join(source, 'e'));
		symlinkSync('a', join(source, 'e'));
		const second = await run();
		expect(second).toMatchObject({ status: 'complete', details: { deletions } });
		const inPlace = ['source/a', 'source/b/d'].map((key) => key + ending);
		const gone = ['source/b/c', 'source/e'].map((key) => key + ending);
		if (deletions === 'keep') expect(keys()).toEqual([...inPlace, ...gone].sort());
		if (deletions === 'follow') expect(keys()).toEqual(inPlace);
		if (deletions === 'follow') expect(await differences()).toEqual([]);
		if (deletions === 'move') {
			expect(keys().map((key) => key.replace(/^.firn-deleted\/[^/]*Z/, 'TIME'))).toEqual([
				...gone.map((key) => `TIME/${key}`),
				...inPlace,
			]);
		}
	});

	it('asks before it takes out much', async () => {
		const { source, run, keys } = await make({ encrypt, deletions: 'follow' });
		for (let file = 0; file < 20; file++) put(source, `${file}`);
		await run();
		for (let file = 1; file < 20; file++) rmSync(join(source, `${file}`));
		const refused = await run();
		expect(refused).toMatchObject({ status: 'failed', error: { code: 'DELETIONS_UNCONFIRMED' } });
		expect(keys()).toHaveLength(20);
		const agreed = await run({ confirmDeletions: 19 });
		expect(agreed).toMatchObject({ status: 'complete', details: { deletedFiles: 19 } });
		expect(keys()).toHaveLength(1);
	});
});

describe('a mirror in a store', () => {
	it('tells what cannot be kept, and keeps the rest', async () => {
		const { source, run, keys, list } = await make();
		put(source, 'good');
		put(source, `${'long/'.repeat(60)}${'ü'.repeat(120)}/${'x'.repeat(250)}/${'y'.repeat(250)}/z`);
		put(source, 'closed');
		chmodSync(join(source, 'closed'), 0);
		const ended = await run();
		const codes = ended.events.flatMap((event) => (event.event === 'problem' ? [event.problem.code] : []));
		expect(codes.sort()).toEqual(isRoot ? ['KEY_TOO_LONG'] : ['EACCES', 'KEY_TOO_LONG']);
		expect(ended.status).toBe('partial');
		expect(keys()).toContain('source/good');
		const listed = (await list()).filter(({ type }) => type === 'file').map(({ path }) => path.split('/').at(-1));
		expect(listed).toEqual(isRoot ? ['closed', 'good'] : ['good']);
	});

	it('follows files that become folders, names that change places, and hard links that lose their first name', async () => {
		const { source, run, differences } = await make({ deletions: 'follow' });
		put(source, 'a', 'first');
		linkSync(join(source, 'a'), join(source, 'b'));
		put(source, 'turns/into', 'a file');
		put(source, 'stays');
		await run();
		rmSync(join(source, 'a'));
		rmSync(join(source, 'turns'), { recursive: true });
		put(source, 'turns', 'was a folder');
		put(source, 'was a file/x');
		expect(await run()).toMatchObject({ status: 'complete', errors: 0 });
		expect(await differences()).toEqual([]);
		linkSync(join(source, 'b'), join(source, 'a'));
		expect(await run()).toMatchObject({ status: 'complete', errors: 0 });
		expect(await differences()).toEqual([]);
	});

	it('leaves alone what another job or program has put there, until a person agrees', async () => {
		const { source, run, keys, simulator, spec } = await make({ deletions: 'follow' });
		for (let file = 0; file < 3; file++) put(source, `${file}`);
		await run();
		const destination = await openDestination(spec.job.destination, process.env);
		await destination.put('source/of another job', Buffer.from('precious'));
		rmSync(join(source, '2'));
		const second = await run();
		expect(second).toMatchObject({ status: 'complete', details: { deletedFiles: 1 } });
		const notices = second.events.flatMap((event) => (event.event === 'notice' ? [event.message] : []));
		expect(notices).toEqual([expect.stringContaining('1 object in the mirror is neither at the source nor')]);
		expect(keys()).toEqual(['source/0', 'source/1', 'source/of another job']);
		expect(await run({ confirmDeletions: 1 })).toMatchObject({ details: { deletedFiles: 1 } });
		expect(keys()).toEqual(['source/0', 'source/1']);
		expect(simulator.openUploads()).toEqual([]);
		await destination.close();
	});

	it('takes out what a first run had sent that was stopped, without a question', async () => {
		const { source, run, keys, simulator } = await make({ deletions: 'follow', workers: 1 });
		for (let file = 0; file < 30; file++) put(source, `${file}`.padStart(2, '0'));
		await run({}, (started) => {
			const timer = setInterval(() => {
				if (simulator.keys().length < 5) return;
				started.stop();
				clearInterval(timer);
			}, 1);
		});
		expect(keys()).toContain('source/01');
		rmSync(join(source, '01'));
		expect(await run()).toMatchObject({ status: 'complete', details: { deletedFiles: 1 } });
		expect(keys()).toHaveLength(29);
	});

	it('is not emptied when its source is not there', async () => {
		const { source, run, keys } = await make({ deletions: 'follow' });
		for (let file = 0; file < 3; file++) put(source, `${file}`);
		await run();
		renameSync(source, `${source}-away`);
		expect(await run()).toMatchObject({ status: 'failed', error: { code: 'SOURCE_UNMOUNTED' } });
		mkdirSync(source);
		expect(await run()).toMatchObject({ status: 'failed', error: { code: 'DELETIONS_UNCONFIRMED' } });
		expect(keys()).toHaveLength(3);
	});

	it('says in a dry run what would be sent, and leaves books and store alone', async () => {
		const { source, run, keys, simulator } = await make({ deletions: 'follow' });
		for (let file = 0; file < 3; file++) put(source, `${file}`);
		await run();
		put(source, 'new');
		put(source, '1', 'changed');
		rmSync(join(source, '2'));
		const before = keys();
		simulator.log.entries.length = 0;
		const dry = await run({ dryRun: true });
		expect(dry).toMatchObject({ status: 'complete', details: { newFiles: 2, unchangedFiles: 1, deletedFiles: 1 } });
		expect(new Set(simulator.log.entries.map(({ operation }) => operation))).toEqual(
			new Set(['HeadObject', 'ListObjectsV2']),
		);
		expect(keys()).toEqual(before);
		expect(await run()).toMatchObject({ details: { newFiles: 2, deletedFiles: 1 } });
	});

	it('finds other content under the same size and time, when all is to be compared', async () => {
		const { source, run, content } = await make();
		put(source, 'a', 'one');
		utimesSync(join(source, 'a'), 1000, 1000);
		await run();
		put(source, 'a', 'two');
		utimesSync(join(source, 'a'), 1000, 1000);
		expect(await run({ checksum: true })).toMatchObject({ details: { newFiles: 1 } });
		expect((await content('source/a')).toString()).toBe('two');
	});

	it('may be a folder, if each file is encrypted', async () => {
		const url = join(root, 'disk');
		const { source, run, identityFile } = await make({ encrypt: true, deletions: 'move', destination: { url } });
		for (const name of ['a', 'b/c', 'b/gone']) put(source, name, name);
		put(source, 'big', BIG);
		expect(await run()).toMatchObject({ status: 'complete', errors: 0 });
		const identity = readFileSync(identityFile, 'utf8').trim();
		const read = (name: string) => openAll([identity], readFileSync(join(url, 'source', `${name}.age`))).toString();
		expect(read('b/c')).toBe('b/c');
		expect(read('big')).toBe(BIG);
		put(source, 'big', `${BIG}!`);
		put(source, 'b/c', 'changed');
		rmSync(join(source, 'b/gone'));
		rmSync(join(url, 'source/a.age'));
		expect(await run()).toMatchObject({ status: 'complete', details: { newFiles: 3, deletedFiles: 1 } });
		expect([read('a'), read('big'), read('b/c')]).toEqual(['a', `${BIG}!`, 'changed']);
		const [aside] = readdirSync(join(url, '.firn-deleted'));
		expect(readdirSync(join(url, '.firn-deleted', aside!, 'source/b'))).toEqual(['gone.age']);
		expect(await run()).toMatchObject({ details: { newFiles: 0, unchangedFiles: 3 } });
		renameSync(url, `${url}-away`);
		expect(await run()).toMatchObject({ status: 'failed', error: { code: 'DEST_MISSING' } });
	});

	it('does not take the files of another disk in its place for those that it has sent', async () => {
		const url = join(root, 'disk');
		const { source, run, identityFile } = await make({ encrypt: true, destination: { url } });
		put(source, 'a', 'old');
		put(source, 'b', 'stays');
		await run();
		cpSync(url, `${url}-second`, { recursive: true });
		put(source, 'a', 'new');
		await run();
		renameSync(url, `${url}-first`);
		renameSync(`${url}-second`, url);
		expect(await run()).toMatchObject({ status: 'complete', details: { newFiles: 2 } });
		const identity = readFileSync(identityFile, 'utf8').trim();
		expect(openAll([identity], readFileSync(join(url, 'source/a.age'))).toString()).toBe('new');
		expect(await run()).toMatchObject({ details: { newFiles: 0 } });
	});

	it('does not write its list anew when nothing has changed', async () => {
		const { source, run, simulator } = await make();
		put(source, 'a');
		await run();
		simulator.log.entries.length = 0;
		await run();
		const writes = simulator.log.entries.filter(({ operation }) => /^(Put|Upload|Complete|Delete)/.test(operation));
		// The probe that proves that the bucket can be written.
		expect(writes.map(({ key }) => key.replace(/-[0-9a-f]+$/, ''))).toEqual(['pre/.firn-probe']);
	});
});
