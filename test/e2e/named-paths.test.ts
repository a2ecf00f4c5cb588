/** `firn backup JOB PATH…`: just these paths, at once, also ones outside of the job's sources. */

import { execFileSync } from 'node:child_process';
import { existsSync, linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type FirnHome, firnHome, PROGRAM } from '../support/firn.ts';
import { differences, rebuild, rowsOf } from '../support/same-state.ts';

let firn: FirnHome;
let docs: string;
let out: string;
const stateFile = () => join(firn.home, 'state', 'docs.sqlite3');

beforeEach(() => {
	firn = firnHome();
	docs = join(firn.root, 'docs');
	out = join(firn.root, 'out');
	for (const folder of [docs, join(docs, 'sub'), out]) mkdirSync(folder);
	writeFileSync(join(docs, 'a'), 'a 1');
	writeFileSync(join(docs, 'sub', 'b'), 'b 1');
	writeFileSync(join(docs, 'notes.log'), 'left out');
	writeFileSync(join(out, 'o'), 'outside');
});
afterEach(() => firn.close());

const first = () => firn.run('backup', docs, '--to', 'dest', '--exclude', '*.log', '--no-encrypt', '--job', 'docs');
const jobOf = async () => (await firn.run('--json', 'jobs')).records[0]!;

async function restored(...args: string[]): Promise<(path: string) => string | undefined> {
	const target = join(firn.root, 'restored');
	rmSync(target, { recursive: true, force: true });
	const { code, err } = await firn.run('restore', 'docs', '--target', target, ...args);
	expect(code, err).toBe(0);
	return (path) => {
		const place = join(target, path);
		return existsSync(place) ? readFileSync(place, 'utf8') : undefined;
	};
}

test('what was named is new, all else stays as it was', async () => {
	await first();
	writeFileSync(join(docs, 'a'), 'a 2');
	writeFileSync(join(docs, 'sub', 'b'), 'b 2');
	writeFileSync(join(docs, 'sub', 'c'), 'c 2');
	rmSync(join(docs, 'a'));
	const run = await firn.run('--json', 'backup', 'docs', 'docs/sub');
	expect(run.records.at(-1)).toMatchObject({ status: 'complete', files: 3, snapshot: 2, newFiles: 2 });
	const at = await restored();
	expect([at(join(docs, 'a')), at(join(docs, 'sub', 'b')), at(join(docs, 'sub', 'c'))]).toEqual(['a 1', 'b 2', 'c 2']);
	const old = await restored('--snapshot', '1');
	expect([old(join(docs, 'sub', 'b')), old(join(docs, 'sub', 'c'))]).toEqual(['b 1', undefined]);
	const whole = await firn.run('--json', 'backup', 'docs');
	expect(whole.records.at(-1)).toMatchObject({ files: 2, newFiles: 0, unchangedFiles: 2 });
	expect((await restored())(join(docs, 'a'))).toBeUndefined();
});

test('what lies outside of the sources, or is excluded, stays until it is forgotten', async () => {
	await first();
	const named = await firn.run('backup', 'docs', 'out', 'out/o', join(docs, 'notes.log'));
	expect([named.code, named.out]).toEqual([0, expect.stringMatching(/--forget.*Stored 2 files/s)]);
	expect((await jobOf()).extras).toEqual([out, join(docs, 'notes.log')]);
	rmSync(out, { recursive: true });
	expect((await firn.run('--json', 'backup', 'docs')).records.at(-1)).toMatchObject({ files: 4 });
	const at = await restored();
	expect([at(join(out, 'o')), at(join(docs, 'notes.log'))]).toEqual(['outside', 'left out']);
	expect((await firn.run('jobs')).out).toContain(`also kept: ${out}`);
	expect((await firn.run('jobs', 'edit', 'docs', '--forget', 'nothing')).code).toBe(2);
	expect((await firn.run('jobs', 'edit', 'docs', '--forget', 'out')).code).toBe(0);
	expect((await jobOf()).extras).toEqual([join(docs, 'notes.log')]);
	await firn.run('backup', 'docs');
	const later = await restored();
	expect([later(join(out, 'o')), later(join(docs, 'notes.log'))]).toEqual([undefined, 'left out']);
	// Once the job takes it itself, it is the job's own: deletions in it are followed again.
	await firn.run('jobs', 'edit', 'docs', '--exclude', '*.other');
	expect((await jobOf()).extras).toBeUndefined();
});

test('the state database is rebuilt from the store as it was', async () => {
	await first();
	writeFileSync(join(docs, 'a'), 'a 2');
	await firn.run('backup', 'docs', 'out', 'docs/a');
	rmSync(join(docs, 'sub', 'b'));
	await firn.run('backup', 'docs', 'docs/sub');
	const { records } = await firn.run('--json', 'backup', 'docs', '--full');
	const job = { ...(await jobOf()), destination: { url: join(firn.root, 'dest') } } as never;
	await firn.run('engine', 'stop');
	const file = join(firn.root, 'rebuilt.sqlite3');
	const { summary } = await rebuild(job, file, []);
	expect([summary.status, records.at(-1)?.status]).toEqual(['complete', 'complete']);
	expect(differences(rowsOf(stateFile()), rowsOf(file))).toEqual([]);
});

test('hard links elsewhere keep the content that the named file has no more', async () => {
	linkSync(join(docs, 'a'), join(docs, 'sub', 'link'));
	linkSync(join(docs, 'a'), join(docs, 'sub', 'lost'));
	await first();
	writeFileSync(join(docs, 'new'), 'a 2');
	renameSync(join(docs, 'new'), join(docs, 'a'));
	rmSync(join(docs, 'sub', 'lost'));
	await firn.run('backup', 'docs', 'docs/a');
	const at = await restored();
	expect([at(join(docs, 'a')), at(join(docs, 'sub', 'link'))]).toEqual(['a 2', 'a 1']);
	expect(at(join(docs, 'sub', 'lost'))).toBeUndefined();
	const { records } = await firn.run('--json', 'backup', 'docs');
	expect(records.at(-1)).toMatchObject({ newFiles: 0 });
});

test('what is missing is named, and nothing is done', async () => {
	await first();
	const { code, err } = await firn.run('backup', 'docs', 'docs/a', 'nix', 'docs/nox');
	expect([code, err]).toEqual([2, expect.stringMatching(/"nix", "docs\/nox"/)]);
	expect((await firn.run('backup', 'docs', '.')).err).toContain('a source of job docs');
	expect((await firn.run('backup', 'docs', 'dest')).err).toContain('destination');
	expect((await firn.run('backup', 'nojob', 'docs/a')).code).toBe(2);
	expect((await firn.run('--json', 'history', 'docs')).records).toHaveLength(1);
});

test('with --to it is a path, whatever jobs are called; a dry run writes nothing', async () => {
	await first();
	const dry = await firn.run('--json', 'backup', 'docs', 'out', '--dry-run');
	expect(dry.records.at(-1)).toMatchObject({ dryRun: 1, newFiles: 1 });
	expect((await jobOf()).extras).toBeUndefined();
	expect((await firn.run('backup', 'docs', 'out', '--to', 'elsewhere', '--job', 'both')).code).toBe(0);
	const { records } = await firn.run('--json', 'jobs');
	expect(records.map(({ sources }) => sources)).toEqual([[docs], [docs, out]]);
});

test('what is kept stays when a folder in it becomes a source, and no run that is due is put off', async () => {
	await first();
	mkdirSync(join(out, 'in'));
	writeFileSync(join(out, 'in', 'i'), 'inside');
	await firn.run('jobs', 'edit', 'docs', '--every', '1h');
	await firn.run('backup', 'docs');
	const due = async () => ((await jobOf()).schedule as { nextRun: number }).nextRun;
	const before = await due();
	expect(before).toBeGreaterThan(Date.now());
	expect((await firn.run('backup', 'docs', 'out')).code).toBe(0);
	expect(await due()).toBe(before);
	await firn.run('jobs', 'edit', 'docs', '--source', docs, '--source', join(out, 'in'));
	expect((await jobOf()).extras).toEqual([out]);
	rmSync(join(out, 'o'));
	rmSync(join(out, 'in', 'i'));
	await firn.run('backup', 'docs');
	const at = await restored();
	expect([at(join(out, 'o')), at(join(out, 'in', 'i'))]).toEqual(['outside', undefined]);
});

test('a name that is not UTF-8 is taken by its bytes', async () => {
	expect((await first()).code).toBe(0);
	const bytes = Buffer.concat([Buffer.from(join(out, 'caf')), Buffer.from([0xe9])]);
	writeFileSync(bytes, 'odd');
	const script = `exec "${process.execPath}" "${PROGRAM}" "$@" "$(printf '%s/caf\\351' "$OUT")"`;
	const named = (...args: string[]) =>
		execFileSync('/bin/sh', ['-c', script, 'sh', ...args], { env: { ...firn.env, OUT: out }, encoding: 'utf8' });
	expect(named('backup', 'docs')).toContain('Stored 1 file');
	expect((await jobOf()).extras).toEqual([`${out}/caf\udce9`]);
	expect(named('jobs', 'edit', 'docs', '--forget')).toContain('takes');
	expect((await jobOf()).extras).toBeUndefined();
});
