/** A store that holds what is damaged, misplaced or made up: it is named and left out, and never believed. */

import {
	copyFileSync,
	cpSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createDecryptor } from '../../../src/archive/age/decryptor.ts';
import { generateIdentity } from '../../../src/archive/age/identity.ts';
import { sealAll } from '../../../src/archive/age/payload.ts';
import { decompress } from '../../../src/archive/decompressor.ts';
import { compressFrame } from '../../../src/archive/frames.ts';
import { lookForJobs } from '../../../src/catalog/recover/look.ts';
import type { Job } from '../../../src/config/job.ts';
import { attempt } from '../../support/campaign/attempt.ts';
import { makeTestBackup, type TestBackup } from '../../support/campaign/spec.ts';
import { differences, rebuild, rowsOf } from '../../support/same-state.ts';

const root = mkdtempSync(join(tmpdir(), 'firn-hostile-'));
afterAll(() => rmSync(root, { recursive: true }));

interface Case extends TestBackup {
	identity: string;
	dest: string;
	again: string;
	/** Folders of the runs, the oldest first. */
	runs: string[];
}

let cases = 0;

/** Two runs with three archives and a few files each. */
async function makeCase(job: Partial<Job> = {}): Promise<Case> {
	cases += 1;
	const backup = makeTestBackup(join(root, String(cases)), { splitSize: 64 * 1024, workers: 1, ...job });
	const { spec, workDir, source } = backup;
	for (const round of ['one', 'two']) {
		for (let file = 0; file < 10; file++) writeFileSync(join(source, `${round} ${file}`), 'x'.repeat(10_000));
		await attempt({ spec, workDir });
	}
	const dest = join(workDir, 'destination');
	const folder = join(dest, spec.job.id);
	const runs = readdirSync(folder)
		.sort()
		.map((name) => join(folder, name));
	const identity = readFileSync(backup.identityFile, 'utf8').trim();
	return { ...backup, identity, dest, again: join(workDir, 'again.sqlite3'), runs };
}

const recovered = ({ spec, again, identity }: Case) => rebuild(spec.job, again, [identity]);

async function plainOf(file: string, identity: string): Promise<string> {
	const decryptor = createDecryptor([identity]);
	const sealed = readFileSync(file);
	const plain = file.endsWith('.age') ? [...decryptor.write(sealed), ...decryptor.end()] : [sealed];
	const pieces: Buffer[] = [];
	for await (const piece of decompress('zstd', plain)) pieces.push(piece);
	return Buffer.concat(pieces).toString();
}

/** Stores a record as if Firn had. */
function forge(file: string, { recipients }: Pick<Job, 'recipients'>, text: string): void {
	const plain = compressFrame('zstd', Buffer.from(text));
	writeFileSync(file, file.endsWith('.age') ? sealAll(recipients, plain) : plain);
}

let one: Case;
beforeAll(async () => {
	one = await makeCase();
	cpSync(one.dest, `${one.dest}.sound`, { recursive: true });
});
beforeEach(() => {
	rmSync(one.dest, { recursive: true });
	cpSync(`${one.dest}.sound`, one.dest, { recursive: true });
});

test('sidecars that are cut, changed, swapped or of another job are named and left out', async () => {
	const [first, second] = one.runs as [string, string];
	const file = (run: string, sequence: number) => join(run, `00000${sequence}.idx.age`);
	const other = await makeCase({ id: 'zyxwvutsrq', recipients: one.spec.job.recipients });
	writeFileSync(file(first, 1), readFileSync(file(first, 1)).subarray(0, 300));
	copyFileSync(file(second, 1), file(first, 2));
	copyFileSync(join(other.runs[0]!, '000001.idx.age'), file(second, 1));
	const { summary, problems } = await recovered(one);
	expect(problems.map(({ path, code }) => [path.split('/').at(-1), code])).toEqual([
		['000001.idx.age', 'RECORD_DAMAGED'],
		['000002.idx.age', 'BAD_SIDECAR'],
		['000001.idx.age', 'BAD_SIDECAR'],
	]);
	expect(problems[1]!.message).toContain('another archive');
	expect(problems[2]!.message).toContain('another job');
	expect(summary).toMatchObject({ status: 'partial', errors: 3, details: { snapshots: 2, archives: 3 } });
	// What was left out has left nothing behind.
	const db = new DatabaseSync(one.again);
	const loose = db
		.prepare('SELECT count(*) AS n FROM entries WHERE archive NOT IN (SELECT archive FROM archives)')
		.get();
	db.close();
	expect(loose).toEqual({ n: 0 });
});

test.each([
	['a path that leads up', (line: string) => line.replace(/"p":"[^"]*"/, '"p":"../../etc/cron.d/evil"')],
	['an absolute path', (line: string) => line.replace(/"p":"[^"]*"/, '"p":"/etc/cron.d/evil"')],
	['a line too many', (line: string) => `${line}\n${line.replace(/"p":"[^"]*"/, '"p":"tmp/more"')}`],
	['bytes outside of its archive', (line: string) => line.replace(/"o":\d+/, '"o":99999999')],
	['no JSON', () => 'rm -rf /'],
])('a forged sidecar with %s is left out whole', async (_what, change) => {
	const file = join(one.runs[0]!, '000001.idx.age');
	const lines = (await plainOf(file, one.identity)).trimEnd().split('\n');
	lines[lines.length - 1] = change(lines.at(-1)!);
	forge(file, one.spec.job, `${lines.join('\n')}\n`);
	const { problems } = await recovered(one);
	expect(problems.map(({ path }) => path.split('/').at(-1))).toEqual(['000001.idx.age']);
	const key = `${problems[0]!.path.replace('.idx.', '.tar.')}`;
	const rows = rowsOf(one.again);
	expect(rows.filter((row) => row.startsWith('archives') && row.includes(key))).toEqual([]);
	expect(rows.join('\n')).not.toMatch(/evil|more/);
});

test('a manifest that is damaged or made up does not count; its run is recovered from the sidecars', async () => {
	const [first, second] = one.runs as [string, string];
	const text = await plainOf(join(second, 'manifest.age'), one.identity);
	forge(join(second, 'manifest.age'), one.spec.job, text.replace('"complete"', '"complete","number":-1'));
	copyFileSync(join(second, 'manifest.age'), join(first, 'manifest-7.age'));
	const { summary, problems } = await recovered(one);
	expect(problems.map(({ path, code }) => [path.split('/').at(-1), code])).toEqual([
		['manifest-7.age', 'RECORD_DAMAGED'],
		['manifest.age', 'RECORD_DAMAGED'],
	]);
	expect(summary).toMatchObject({ details: { runs: 2, snapshots: 1, unfinished: 1, archives: 6 } });
});

test('who can only write to the store cannot change the settings of an encrypted job', async () => {
	const [first, second] = one.runs as [string, string];
	const manifest = JSON.parse(await plainOf(join(second, 'manifest.age'), one.identity));
	const evil = { ...manifest.job, sources: ['/'], encrypt: false, recipients: [] };
	const run = join(second, '..', '29991231T000000Z-aaaaa');
	mkdirSync(run);
	const made = {
		...manifest,
		job: evil,
		run: { ...manifest.run, number: 3, id: '29991231T000000Z-aaaaa' },
		archives: [],
	};
	forge(join(run, 'manifest'), one.spec.job, JSON.stringify(made));
	const { jobs } = await lookForJobs({ destination: one.spec.job.destination, identities: [one.identity] });
	expect(jobs).toMatchObject([{ encrypted: true, sources: [one.source] }]);
	await recovered(one);
	const meta = JSON.parse(
		JSON.parse(
			rowsOf(one.again)
				.find((row) => row.startsWith('meta {"key":"job"'))!
				.slice(5),
		).value,
	);
	expect(meta).toMatchObject({ sources: [one.source], encrypt: true, recipients: one.spec.job.recipients });
	// A plain sidecar of an encrypted archive is as little believed.
	writeFileSync(join(first, '000001.idx'), await plainOf(join(first, '000001.idx.age'), one.identity));
	rmSync(join(first, '000001.idx.age'));
	const { problems } = await recovered(one);
	expect(problems).toMatchObject([{ path: expect.stringMatching(/000001\.idx$/), code: 'RECORD_DAMAGED' }]);
});

test('archives that are gone or of another size are missing, those without a sidecar are named', async () => {
	const [first, second] = one.runs as [string, string];
	rmSync(join(first, '000001.tar.age'));
	writeFileSync(join(first, '000002.tar.age'), 'cut');
	rmSync(join(second, '000002.idx.age'));
	const { problems } = await recovered(one);
	expect(problems.map(({ path, code }) => [path.split('/').slice(-1)[0], code])).toEqual([
		['000001.tar.age', 'ARCHIVE_MISSING'],
		['000002.tar.age', 'ARCHIVE_MISSING'],
		['000002.tar.age', 'SIDECAR_MISSING'],
	]);
	const db = new DatabaseSync(one.again);
	const statuses = db
		.prepare('SELECT status FROM archives ORDER BY archive')
		.all()
		.map(({ status }) => status);
	db.close();
	expect(statuses).toEqual(['missing', 'missing', 'stored', 'stored', 'stored']);
});

test('a snapshot that lost archives is partial, and says so', async () => {
	const [first] = one.runs as [string, string];
	rmSync(join(first, '000001.tar.age'));
	rmSync(join(first, '000001.idx.age'));
	const { summary, events } = await recovered(one);
	expect(summary).toMatchObject({ status: 'complete', details: { snapshots: 2, archives: 5 } });
	expect(events.filter(({ event }) => event === 'notice')).toHaveLength(1);
	const rows = rowsOf(one.again);
	expect(rows.filter((row) => row.startsWith('problems'))).toHaveLength(1);
	expect(rows.filter((row) => row.startsWith('runs') && row.includes('"partial"'))).toHaveLength(1);
});

test('what is none of ours is passed over', async () => {
	const { id } = one.spec.job;
	for (const name of ['photo.jpg', `${id}/notes.txt`, `${id}/20261121T000000Z-aaaaa/000001.idx.age.bak`]) {
		mkdirSync(join(one.dest, name, '..'), { recursive: true });
		writeFileSync(join(one.dest, name), 'mine');
	}
	const { problems } = await recovered(one);
	expect(problems).toEqual([]);
	expect(differences(rowsOf(one.stateFile), rowsOf(one.again))).toEqual([]);
});

test('a sidecar that swells when it is unpacked is given up', async () => {
	const file = join(one.runs[0]!, '000001.idx.age');
	const header = (await plainOf(file, one.identity)).split('\n')[0];
	const plain = Buffer.concat([
		compressFrame('zstd', Buffer.from(`${header}\n`)),
		...Array.from({ length: 8 }, () => compressFrame('zstd', Buffer.alloc(64 * 1024 * 1024, ' '))),
	]);
	writeFileSync(file, sealAll(one.spec.job.recipients, plain));
	const { problems } = await recovered(one);
	expect(problems).toMatchObject([{ path: expect.stringMatching(/000001\.idx\.age$/) }]);
});

test('the wrong identity is told the right one', async () => {
	const { identity } = generateIdentity();
	const { summary } = await rebuild(one.spec.job, one.again, [identity]);
	expect(summary).toMatchObject({ status: 'failed', error: { code: 'WRONG_IDENTITY', kind: 'usage' } });
	const { jobs } = await lookForJobs({ destination: one.spec.job.destination, identities: [identity] });
	const beginning = one.spec.job.recipients[0]!.slice(0, 16);
	expect(jobs).toMatchObject([{ name: null, recipients: [beginning], problem: { code: 'WRONG_IDENTITY' } }]);
	expect(jobs[0]!.problem!.message).toContain(beginning);
});
