/** A machine is lost: its home is gone, the store and the identity are left. */

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type FirnHome, firnHome, until } from '../support/firn.ts';
import { type S3Simulator, startS3Simulator } from '../support/s3-simulator/simulator.ts';
import { differences, rowsOf } from '../support/same-state.ts';

let simulator: S3Simulator;
let home: FirnHome;
let docs: string;
let identity: string;
let where: string[];
const state = (name = 'docs') => join(home.home, 'state', `${name}.sqlite3`);
const configFile = () => join(home.home, 'config.json');

beforeAll(async () => {
	simulator = await startS3Simulator();
	home = firnHome(simulator.env);
	docs = join(home.root, 'docs');
	identity = join(home.root, 'identity.txt');
	where = ['s3://bucket/pre', '--endpoint', simulator.endpoint];
	mkdirSync(join(docs, 'sub'), { recursive: true });
	for (let file = 0; file < 30; file++) writeFileSync(join(docs, 'sub', `f${file}`), `content ${file}`.repeat(500));
	for (const round of [1, 2, 3]) {
		writeFileSync(join(docs, 'changes'), `round ${round}`);
		rmSync(join(docs, 'sub', `f${round}`));
		const { records } = await home.run('--json', 'backup', docs, '--to', ...where);
		expect(records.at(-1)).toMatchObject({ status: 'complete' });
	}
	await home.run('key', 'export', '--to', identity);
	await lose('home.lost');
});

afterAll(async () => {
	await home?.close();
	await simulator?.close();
});

async function lose(as: string): Promise<void> {
	await home.run('engine', 'stop');
	renameSync(home.home, join(home.root, as));
}

test('without the identity it says which one it needs, and does nothing', async () => {
	const beginning = /age1[a-z0-9]{12}/.exec(readFileSync(identity, 'utf8'))![0];
	const { code, err } = await home.run('recover', ...where);
	expect(code).toBe(2);
	expect(err).toContain(`${beginning}…`);
	expect(existsSync(configFile())).toBe(false);
});

test('a dry run says what there is and what would be read, and does nothing', async () => {
	const { code, records } = await home.run('--json', 'recover', ...where, '--identity', identity, '--dry-run');
	expect(code).toBe(0);
	expect(records[0]).toMatchObject({
		event: 'plan',
		jobs: [{ name: 'docs', as: 'docs', here: 'new', runs: 3, finished: 3, archives: 3, requests: 6, sources: [docs] }],
	});
	expect(records.at(-1)).toMatchObject({ event: 'summary', status: 'complete', dryRun: 1 });
	expect(existsSync(join(home.home, 'state'))).toBe(false);
	expect(existsSync(join(home.home, 'secrets', 'identity.txt'))).toBe(false);
});

test.each([
	[['recover'], 'Where do the backups lie'],
	[['recover', 's3://bucket/other'], 'no job in'],
	[['recover', 's3://bucket/pre', '--job', 'photos'], 'no job photos'],
	[['recover', 's3://bucket/pre', '--identity', '/nowhere'], '/nowhere'],
	[['recover', 'gopher://x'], 'gopher'],
])('%j is refused', async (args, said) => {
	const options = args[1]?.startsWith('s3:') ? ['--endpoint', simulator.endpoint] : [];
	const { code, err } = await home.run(...args, ...options);
	expect(err).toContain(said);
	expect(code).toBe(2);
});

test('kill -9 half way leaves nothing, and running it again works', async () => {
	let asked = 0;
	simulator.faults.add({ operation: 'GetObject', skip: 3, times: 50, fault: { kind: 'hang', when: 'before' } });
	const going = home.begin(['recover', ...where, '--identity', identity, '--yes']);
	await until('it reads', () => {
		asked = simulator.log.of('GetObject').filter(({ fault }) => fault === 'hang').length;
		return asked > 0 && existsSync(`${state()}.recovering`);
	});
	process.kill((await home.enginePid())!, 'SIGKILL');
	expect((await going.ended).code).toBe(1);
	simulator.faults.clear();
	expect(existsSync(state())).toBe(false);
	expect(existsSync(configFile())).toBe(false);

	const { code, records } = await home.run('--json', 'recover', ...where, '--identity', identity);
	expect(code).toBe(0);
	expect(records.at(-1)).toMatchObject({ event: 'summary', status: 'complete', archives: 3, snapshots: 3, errors: 0 });
	expect(readdirSync(join(home.home, 'state')).filter((name) => name.endsWith('.recovering'))).toEqual([]);
	expect(differences(rowsOf(join(home.root, 'home.lost/state/docs.sqlite3')), rowsOf(state()))).toEqual([]);
});

test('then a restore works, and the next backup sends nothing', async () => {
	const target = join(home.root, 'out');
	const restored = await home.run('--json', 'restore', 'docs', '--target', target);
	expect(restored.records.at(-1)).toMatchObject({ status: 'complete', files: 28, errors: 0 });
	execFileSync('diff', ['-r', docs, join(target, docs)]);
	const old = await home.run('--json', 'restore', 'docs', '--target', join(home.root, 'old'), '--snapshot', '1');
	expect(old.records.at(-1)).toMatchObject({ status: 'complete', files: 30 });
	const again = await home.run('--json', 'backup', 'docs');
	expect(again.records.at(-1)).toMatchObject({ status: 'complete', archives: 0, newFiles: 0 });
});

test('a job that is here is refused; one that lost only its settings or its state database is completed', async () => {
	const known = await home.run('recover', ...where);
	expect(known.code).toBe(2);
	expect(known.err).toContain('is here already');

	await home.run('engine', 'stop');
	const before = rowsOf(state());
	rmSync(configFile());
	const settings = await home.run('--json', 'recover', ...where);
	expect(settings.records.at(-1)).toMatchObject({ status: 'complete', job: 'docs' });
	expect((await home.run('--json', 'jobs')).records).toMatchObject([{ name: 'docs', sources: [docs] }]);

	for (const ending of ['', '-wal', '-shm']) rmSync(state() + ending, { force: true });
	const books = await home.run('--json', 'recover', ...where);
	expect(books.records.at(-1)).toMatchObject({ status: 'complete', snapshots: 4 });
	expect(differences(before, rowsOf(state()))).toEqual([]);
});

test('a name that is taken is refused, another one can be given; a damaged database is not overwritten', async () => {
	await lose('home.second');
	mkdirSync(join(home.home, 'state'), { recursive: true });
	writeFileSync(state(), 'no database');
	const taken = await home.run('recover', ...where, '--identity', identity);
	expect(taken.code).toBe(2);
	expect(taken.err).toContain(state());
	expect(readFileSync(state(), 'utf8')).toBe('no database');
	const other = await home.run('--json', 'recover', ...where, '--identity', identity, '--name', 'papers');
	expect(other.records.at(-1)).toMatchObject({ status: 'complete', job: 'papers' });
	const restored = await home.run('--json', 'restore', 'papers', '--target', join(home.root, 'papers'));
	expect(restored.records.at(-1)).toMatchObject({ status: 'complete', files: 28 });
});

test('of several jobs one has to be named', async () => {
	await home.run('backup', docs, '--to', ...where, '--job', 'second');
	await lose('home.third');
	const both = await home.run('recover', ...where, '--identity', identity);
	expect(both.code).toBe(2);
	expect(both.err).toContain('--job');
	const named = await home.run('--json', 'recover', ...where, '--identity', identity, '--job', 'second');
	expect(named.records.at(-1)).toMatchObject({ status: 'complete', job: 'second', snapshots: 1 });
});
