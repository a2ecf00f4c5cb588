import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { pathsFor } from '../../src/config/paths.ts';
import { Engine } from '../../src/engine/engine.ts';
import { requestSchemas } from '../../src/protocol/requests.ts';
import { firnHome } from '../support/firn.ts';
import { removeTree, scratchFolder } from '../support/trees.ts';

let root: string;
let engine: Engine;
beforeEach(() => {
	root = scratchFolder('edits');
	for (const name of ['a', 'b', 'dest']) mkdirSync(join(root, name));
	const log = () => {};
	engine = new Engine({ paths: pathsFor(join(root, 'home')), version: '1', onChange: log, onStop: log, log });
});
afterEach(async () => {
	await engine.close();
	removeTree(root);
});

const save = (params: object) =>
	engine.handlers.saveJob(requestSchemas.saveJob.parse({ name: 'job', cwd: root, ...params }));
const create = (params: object = {}) => save({ create: true, sources: ['a'], to: 'dest', ...params });
const jobs = async () => (await engine.handlers.jobs({})).jobs;
const config = () => readFileSync(join(root, 'home/config.json'), 'utf8');
/** The code of what is thrown, now or later. */
const refusal = async (act: () => unknown) => {
	try {
		await act();
	} catch (error) {
		return (error as { code: string }).code;
	}
	return undefined;
};

test('a job is made, changed and forgotten without running', async () => {
	const { job, created } = await create({ options: { exclude: ['*.iso'] } });
	expect(created).toBe(true);
	expect(job).toMatchObject({ sources: [join(root, 'a')], destination: join(root, 'dest'), excludes: ['*.iso'] });
	const options = { exclude: ['x', '!y'], excludeSystem: false, compression: 'zstd' };
	const changed = await save({ sources: ['b', 'a'], options });
	expect(changed.job).toMatchObject({ id: job.id, sources: [join(root, 'b'), join(root, 'a')], excludes: ['x', '!y'] });
	expect(await jobs()).toEqual([changed.job]);
	expect((await save({ options })).notes).toEqual([]);
	const forgotten = await engine.handlers.removeJob({ name: 'job' });
	expect(forgotten).toEqual({ name: 'job', destination: join(root, 'dest') });
	expect(await jobs()).toEqual([]);
	expect(existsSync(join(root, 'dest'))).toBe(true);
});

test('what cannot be is refused and changes nothing', async () => {
	await create();
	const before = config();
	expect(await refusal(() => create())).toBe('JOB_EXISTS');
	expect(await refusal(() => create({ name: '../x' }))).toBe('BAD_JOB_NAME');
	expect(await refusal(() => create({ name: 'new', to: undefined }))).toBe('NO_DESTINATION');
	expect(await refusal(() => create({ name: 'new', sources: ['nowhere'] }))).toBe('SOURCE_MISSING');
	expect(await refusal(() => create({ name: 'new', to: 'a/inside' }))).toBe('DEST_INSIDE_SOURCE');
	expect(await refusal(() => save({ name: 'other' }))).toBe('JOB_UNKNOWN');
	expect(await refusal(() => save({ to: '/elsewhere' }))).toBe('DEST_CHANGED');
	expect(await refusal(() => save({ sources: ['.'] }))).toBe('DEST_INSIDE_SOURCE');
	expect(await refusal(() => save({ options: { workers: 100 } }))).toBe('BAD_JOB');
	expect(await refusal(() => engine.handlers.removeJob({ name: 'other' }))).toBe('JOB_UNKNOWN');
	expect(config()).toBe(before);
});

test('a source that is away for the moment can stay, and others can go', async () => {
	await create({ sources: ['a', 'b'] });
	rmSync(join(root, 'b'), { recursive: true });
	const { job } = await save({ sources: [join(root, 'b')], options: {} });
	expect(job.sources).toEqual([join(root, 'b')]);
	expect(await refusal(() => save({ sources: [join(root, 'b'), join(root, 'c')] }))).toBe('SOURCE_MISSING');
});

test('a broken config stays as it is', async () => {
	mkdirSync(join(root, 'home'));
	writeFileSync(join(root, 'home/config.json'), '{"version": 1,');
	expect(await refusal(() => create())).toBe('CONFIG_BROKEN');
	expect(config()).toBe('{"version": 1,');
});

test('firn jobs add, edit, list and remove', async () => {
	const firn = firnHome();
	try {
		mkdirSync(join(firn.root, 'src'));
		const add = await firn.run('--json', 'jobs', 'add', 'j', 'src', '--to', 'dest', '--exclude', 'a', '--exclude', 'b');
		expect(add).toMatchObject({ code: 0, records: [{ name: 'j', excludes: ['a', 'b'], excludeSystem: true }] });
		const edit = await firn.run('--json', 'jobs', 'edit', 'j', '--no-exclude', '--no-default-excludes', '--no-encrypt');
		expect(edit).toMatchObject({ code: 0, records: [{ excludes: [], excludeSystem: false, encrypted: false }] });
		const back = await firn.run('--json', 'jobs', 'edit', 'j', '--default-excludes', '--encrypt');
		expect(back.records).toMatchObject([{ excludeSystem: true, encrypted: true }]);
		expect((await firn.run('--json', 'jobs', 'list')).records).toEqual(back.records);
		for (const wrong of [
			['edit', 'j'],
			['remove', 'j'],
			['remove', 'k', '--yes'],
			['add', 'k', 'src'],
		]) {
			const run = await firn.run('jobs', ...wrong);
			expect({ wrong, code: run.code, out: run.out }).toEqual({ wrong, code: 2, out: '' });
			expect(run.err).toMatch(/^error: /);
		}
		expect((await firn.run('jobs', 'remove', 'j', '--yes')).out).toMatch(/What it has written to .* stays there/);
		expect((await firn.run('--json', 'jobs')).records).toEqual([]);
	} finally {
		await firn.close();
	}
});
