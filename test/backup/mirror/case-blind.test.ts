/** Mirrors on disks that do not tell upper from lower case. */

import { readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { caseBlind } from '../../support/case-blind.ts';
import { mirrorCase } from '../../support/mirror-case.ts';
import { put, removeTree, scratchFolder } from '../../support/trees.ts';

let root: string;
let see = () => {};
beforeEach(() => {
	root = scratchFolder('case-blind');
});
afterEach(() => {
	see();
	removeTree(root);
});

it('two names that are one there: the first is kept, the second is told, in every run', async () => {
	const { run, source, mirror } = mirrorCase(root, { deletions: 'follow' });
	for (const name of ['README', 'Docs/x', 'docs/y']) put(source, name, name);
	// Of another size: two files of one moment and one size pass for the same.
	put(source, 'readme', 'the other one');
	see = caseBlind(join(root, 'destination'));
	for (let round = 0; round < 3; round++) {
		const ended = await run();
		const problems = ended.events.flatMap((event) => (event.event === 'problem' ? [event.problem] : []));
		expect(problems.map(({ code, path }) => [code, path])).toEqual([
			['NAME_CLASH', join(source, 'docs').slice(1)],
			['NAME_CLASH', join(source, 'readme').slice(1)],
		]);
		expect(readdirSync(mirror).sort()).toEqual(['Docs', 'README']);
		expect(readdirSync(join(mirror, 'Docs'))).toEqual(['x']);
		expect(readFileSync(join(mirror, 'README'), 'utf8')).toBe('README');
	}
	rmSync(join(source, 'README'));
	rmSync(join(source, 'Docs'), { recursive: true });
	expect(await run()).toMatchObject({ status: 'complete' });
	expect(readFileSync(join(mirror, 'README'), 'utf8')).toBe('the other one');
});

it('a name whose case was changed at the source is not deleted in the mirror', async () => {
	const { run, source, mirror } = mirrorCase(root, { deletions: 'follow' });
	for (const name of ['Photo.JPG', 'Album/one', 'stays']) put(source, name, name);
	see = caseBlind(join(root, 'destination'));
	await run();
	renameSync(join(source, 'Photo.JPG'), join(source, 'photo.jpg'));
	renameSync(join(source, 'Album'), join(source, 'album'));
	for (let round = 0; round < 2; round++) {
		expect(await run()).toMatchObject({ status: 'complete', details: { deletedFiles: 0 } });
		expect(readFileSync(join(mirror, 'Photo.JPG'), 'utf8')).toBe('Photo.JPG');
		expect(readFileSync(join(mirror, 'Album/one'), 'utf8')).toBe('Album/one');
	}
});

it('nor is it in an encrypted one', async () => {
	const url = join(root, 'disk');
	const { run, source } = mirrorCase(root, { deletions: 'follow', encrypt: true, destination: { url } });
	for (const name of ['Photo.JPG', 'stays', 'goes']) put(source, name, name);
	see = caseBlind(url);
	await run();
	renameSync(join(source, 'Photo.JPG'), join(source, 'photo.jpg'));
	rmSync(join(source, 'goes'));
	for (const deletedFiles of [1, 0]) {
		expect(await run()).toMatchObject({ status: 'complete', details: { deletedFiles } });
		expect(readdirSync(join(url, 'source')).sort()).toEqual(['Photo.JPG.age', 'stays.age']);
	}
	put(source, 'STAYS', 'another');
	const clash = await run();
	expect(clash.status).toBe('partial');
	const problems = clash.events.flatMap((event) => (event.event === 'problem' ? [event.problem.path] : []));
	expect(problems.sort()).toEqual(['STAYS', 'stays'].map((name) => join(source, name).slice(1)));
});

it('where case is told apart, such names are two', async () => {
	const { run, source, differences } = mirrorCase(root, { deletions: 'follow' });
	for (const name of ['README', 'readme', 'Docs/x', 'docs/y', 'é', 'e\u0301']) put(source, name, name);
	expect(await run()).toMatchObject({ status: 'complete', errors: 0 });
	renameSync(join(source, 'README'), join(source, 'Readme'));
	expect(await run()).toMatchObject({ status: 'complete', errors: 0, details: { deletedFiles: 1 } });
	expect(differences()).toEqual([]);
});
