import { execFileSync } from 'node:child_process';
import {
	existsSync,
	linkSync,
	lstatSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	renameSync,
	rmSync,
	symlinkSync,
	unlinkSync,
	utimesSync,
	writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mirrorCase } from '../../support/mirror-case.ts';
import { makeOddTree, put, removeTree, scratchFolder } from '../../support/trees.ts';

let root: string;
beforeEach(() => {
	root = scratchFolder('mirror');
});
afterEach(() => removeTree(root));

const deletedIn = (destination: string): string => {
	const [time, ...more] = readdirSync(join(destination, '.firn-deleted'));
	expect(more).toEqual([]);
	return join(destination, '.firn-deleted', time!);
};

describe('a mirror', () => {
	it('is what rsync makes of a tree with everything odd in it', async () => {
		const { run, source, differences } = mirrorCase(root);
		makeOddTree(source);
		const first = await run();
		expect(first.events.filter(({ event }) => event === 'problem')).toEqual([]);
		expect(first).toMatchObject({ status: 'complete', errors: 0 });
		expect(differences()).toEqual([]);
		const second = await run({ checksum: true });
		expect(second.details).toMatchObject({ newFiles: 0, metadataOnly: 0, uploadedBytes: 0 });
		expect(second.details.unchangedFiles).toBe(second.files);
	});

	it('takes over every kind of change', async () => {
		const { run, source, mirror, differences } = mirrorCase(root, { deletions: 'follow' });
		for (let file = 0; file < 20; file++) put(source, `many/${file}`);
		for (const name of ['content', 'mode', 'time', 'gone', 'to-folder', 'to-link', 'twin']) put(source, `d/${name}`);
		put(source, 'folder-to-file/below/x');
		put(source, 'gone-folder/below/x');
		linkSync(join(source, 'd/twin'), join(source, 'd/twin2'));
		symlinkSync('one', join(source, 'd/link'));
		await run();
		writeFileSync(join(source, 'd/content'), 'CONTENT!');
		execFileSync('chmod', ['600', join(source, 'd/mode')]);
		utimesSync(join(source, 'd/time'), 1, 1);
		unlinkSync(join(source, 'd/gone'));
		for (const name of ['to-folder', 'to-link', 'twin2', 'link']) unlinkSync(join(source, 'd', name));
		mkdirSync(join(source, 'd/to-folder/below'), { recursive: true });
		symlinkSync('content', join(source, 'd/to-link'));
		symlinkSync('two', join(source, 'd/link'));
		put(source, 'd/twin2', 'd/twin');
		rmSync(join(source, 'folder-to-file'), { recursive: true });
		put(source, 'folder-to-file');
		rmSync(join(source, 'gone-folder'), { recursive: true });
		linkSync(join(source, 'many/1'), join(source, 'many/one'));
		const dry = await run({ dryRun: true });
		expect(dry.status).toBe('complete');
		expect(differences()).not.toEqual([]);
		const done = await run();
		expect(done).toMatchObject({ status: 'complete', details: { deletions: 'follow' } });
		expect(dry.details.deletedFiles).toBe(done.details.deletedFiles);
		// The second of two names that part is right once the first is copied.
		expect(dry.details.newFiles).toBe(Number(done.details.newFiles) + 1);
		expect(differences()).toEqual([]);
		expect(lstatSync(join(mirror, 'd/twin')).nlink).toBe(1);
	});

	it('finds content that was changed with size and time kept only with --checksum', async () => {
		const { run, source, mirror } = mirrorCase(root);
		put(source, 'file', 'one');
		utimesSync(join(source, 'file'), 5, 5);
		await run();
		writeFileSync(join(mirror, 'file'), 'two');
		utimesSync(join(mirror, 'file'), 5, 5);
		expect((await run()).details.newFiles).toBe(0);
		expect((await run({ checksum: true })).details.newFiles).toBe(1);
		expect(readFileSync(join(mirror, 'file'), 'utf8')).toBe('one');
	});

	it('tells in each run that a source is empty which held files, also where deletions are kept', async () => {
		const { run, source, mirror } = mirrorCase(root, { deletions: 'keep' });
		put(source, 'file');
		const notices = async () => (await run()).events.flatMap((one) => (one.event === 'notice' ? one.message : []));
		expect(await notices()).toEqual([]);
		unlinkSync(join(source, 'file'));
		for (const _ of [1, 2]) {
			expect(await notices()).toEqual([
				`The source ${source} is empty; it held 1 file at the last run. Is it mounted?`,
			]);
		}
		expect(existsSync(join(mirror, 'file'))).toBe(true);
	});

	it('leaves out what the rules say, and does not take it for deleted', async () => {
		const { run, spec, source, mirror } = mirrorCase(root, { deletions: 'follow' });
		put(source, 'keep');
		put(source, 'cache/x');
		await run();
		spec.job.excludes = ['cache'];
		put(source, 'cache/y');
		const { details } = await run();
		expect(details.deletedFiles).toBe(0);
		expect(readdirSync(join(mirror, 'cache'))).toEqual(['x']);
	});

	it('never writes through a link that lies in the mirror', async () => {
		const { run, source, mirror, destination, differences } = mirrorCase(root);
		mkdirSync(join(root, 'victim'));
		put(source, 'folder/file');
		put(source, 'name', 'new');
		put(root, 'victim/name', 'untouched');
		mkdirSync(mirror, { recursive: true });
		symlinkSync(join(root, 'victim'), join(mirror, 'folder'));
		symlinkSync(join(root, 'victim/name'), join(mirror, 'name'));
		expect((await run()).status).toBe('complete');
		expect(readdirSync(join(root, 'victim'))).toEqual(['name']);
		expect(readFileSync(join(root, 'victim/name'), 'utf8')).toBe('untouched');
		expect(differences()).toEqual([]);
		expect(lstatSync(join(deletedIn(destination), 'source/folder')).isSymbolicLink()).toBe(true);
	});
});

describe('deletions', () => {
	it('are kept unless the job says otherwise', async () => {
		const { run, source, mirror } = mirrorCase(root);
		put(source, 'a');
		put(source, 'b');
		await run();
		unlinkSync(join(source, 'a'));
		expect((await run()).details.deletedFiles).toBe(0);
		expect(existsSync(join(mirror, 'a'))).toBe(true);
	});

	it('move to a dated folder', async () => {
		const { run, source, destination, differences } = mirrorCase(root, { deletions: 'move' });
		put(source, 'stays');
		put(source, 'd/e/gone', 'precious');
		await run();
		rmSync(join(source, 'd'), { recursive: true });
		expect((await run()).details.deletedFiles).toBe(1);
		expect(differences()).toEqual([]);
		expect(readFileSync(join(deletedIn(destination), 'source/d/e/gone'), 'utf8')).toBe('precious');
	});

	it('are not believed where most files are missing, until somebody confirms them', async () => {
		const { run, source, mirror, differences } = mirrorCase(root, { deletions: 'follow' });
		for (let file = 0; file < 30; file++) put(source, String(file));
		await run();
		for (let file = 0; file < 25; file++) unlinkSync(join(source, String(file)));
		put(source, 'new');
		const refused = await run();
		expect(refused).toMatchObject({ status: 'failed', error: { code: 'DELETIONS_UNCONFIRMED', retry: 'later' } });
		expect(refused.error?.guidance).toContain('--confirm-deletions 25');
		expect(readdirSync(mirror)).toHaveLength(31);
		expect((await run({ confirmDeletions: 24 })).status).toBe('failed');
		expect((await run({ confirmDeletions: 25 })).status).toBe('complete');
		expect(differences()).toEqual([]);
	});

	it('are not believed where the folder held something before Firn came', async () => {
		const { run, source, mirror } = mirrorCase(root, { deletions: 'follow' });
		put(source, 'a');
		put(mirror, 'somebody-elses');
		expect((await run()).error?.code).toBe('DELETIONS_UNCONFIRMED');
		expect(existsSync(join(mirror, 'somebody-elses'))).toBe(true);
	});

	it('are not believed where the source is empty or missing', async () => {
		const { run, source, mirror } = mirrorCase(root, { deletions: 'move' });
		put(source, 'a');
		await run();
		renameSync(source, `${source}-away`);
		expect(await run()).toMatchObject({ status: 'failed', error: { code: 'SOURCE_UNMOUNTED' } });
		mkdirSync(source);
		expect(await run()).toMatchObject({ status: 'failed', error: { code: 'DELETIONS_UNCONFIRMED' } });
		expect(readdirSync(mirror)).toEqual(['a']);
	});
});

describe.runIf(canMount())('a disk', () => {
	const disks: string[] = [];
	const mount = (path: string) => {
		mkdirSync(path, { recursive: true });
		execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', path]);
		disks.push(path);
	};
	const unmount = (path: string) => {
		execFileSync('umount', [path]);
		disks.splice(disks.indexOf(path), 1);
	};
	afterEach(() => {
		for (const path of [...disks].reverse()) unmount(path);
	});

	it('that is not mounted is no deletion, though something else is there', async () => {
		const { run, source, mirror } = mirrorCase(root, { deletions: 'follow' });
		mount(source);
		put(source, 'a');
		await run();
		unmount(source);
		put(source, 'a');
		const refused = await run();
		expect(refused).toMatchObject({ status: 'failed', error: { code: 'SOURCE_UNMOUNTED' } });
		expect(refused.error?.message).toContain('It held 1 file at the last run');
		expect(readdirSync(mirror)).toEqual(['a']);
	});

	it('inside the source that is not mounted is no deletion', async () => {
		const { run, source, mirror } = mirrorCase(root, { deletions: 'follow' });
		for (let file = 0; file < 30; file++) put(source, String(file));
		mount(join(source, 'disk'));
		put(source, 'disk/a');
		await run();
		unmount(join(source, 'disk'));
		expect(await run()).toMatchObject({ status: 'failed', error: { code: 'SOURCE_UNMOUNTED' } });
		expect(readdirSync(join(mirror, 'disk'))).toEqual(['a']);
	});

	it('of the mirror that is not mounted is not filled underneath', async () => {
		const { run, source, destination } = mirrorCase(root);
		mount(destination);
		put(source, 'a');
		await run();
		unmount(destination);
		expect(await run()).toMatchObject({ status: 'failed', error: { code: 'DEST_UNMOUNTED' } });
		expect(readdirSync(destination)).toEqual([]);
	});
});

function canMount(): boolean {
	const folder = scratchFolder('mount');
	try {
		execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', folder], { stdio: 'ignore' });
		execFileSync('umount', [folder]);
		return true;
	} catch {
		return false;
	} finally {
		removeTree(folder);
	}
}
