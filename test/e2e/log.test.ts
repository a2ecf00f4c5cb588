import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type FirnHome, firnHome, until } from '../support/firn.ts';

let firn: FirnHome;
/** A source whose patterns cannot be used, with a name that would forge a line. */
const FOLDER = 'mail\n2026-11-21 00:00:00  info     -  forged\x1b[31m';

beforeAll(async () => {
	firn = firnHome();
	const folder = join(firn.root, 'photos', FOLDER);
	mkdirSync(folder, { recursive: true });
	writeFileSync(join(folder, 'a'), 'a');
	writeFileSync(join(folder, '.firnignore'), Buffer.alloc(1.5 * 1024 * 1024, 'x'));
	const to = join(firn.root, 'disk');
	expect((await firn.run('backup', join(firn.root, 'photos'), '--to', to)).code).toBe(3);
	expect((await firn.run('backup', 'nowhere', '--to', to)).code).toBe(2);
	expect((await firn.run('restore', 'photos', '--target', join(firn.root, 'back'))).code).toBe(0);
});
afterAll(() => firn.close());

test('tells what went on, what went wrong, what that means and what to do', async () => {
	const { code, records } = await firn.run('log', 'photos', '--json');
	expect(code).toBe(0);
	expect(records.map(({ level, message }) => `${level} ${String(message).slice(0, 22)}`)).toEqual([
		'info Backup of photos began.'.slice(0, 27),
		expect.stringMatching(/^info Run /),
		'error The file is over 1 MiB',
		expect.stringMatching(/^info Stored /),
		'warning Backup of photos ended',
		'info Restore of photos bega',
		'info Restore of photos is c',
	]);
	expect(records[2]).toMatchObject({ code: 'EFBIG', kind: 'backup', job: 'photos' });
	expect(records[2]!.path).toContain(FOLDER);
	expect(records[4]!.effect).toBe('No file is missing; more may be backed up than you want.');
});

test('a name forges no line, and no colour', async () => {
	const { out } = await firn.run('log');
	expect(out).not.toMatch(/^2026-11-21 00:00:00/m);
	expect(out).not.toContain('\x1b');
	expect(out).toContain('mail\\n2026');
});

test('level, words and number', async () => {
	const errors = await firn.run('log', '--json', '--level', 'warning');
	expect(errors.records.map(({ code }) => code)).toEqual(['EFBIG', undefined, 'SOURCE_MISSING']);
	const found = await firn.run('log', '--json', '--grep', 'NOWHERE refused');
	expect(found.records).toHaveLength(1);
	const { records, err } = await firn.run('log', 'photos', '--json', '--limit', '1', '--since', '1h');
	expect(records.map(({ message }) => message)).toEqual([expect.stringContaining('Restore of photos is complete')]);
	expect(err).toBe('');
	expect((await firn.run('log', '--limit', '1')).err).toContain('Older entries are left out');
});

test('bad input is refused', async () => {
	for (const args of [['nope'], ['--since', 'soon'], ['--limit', '0'], ['--level', 'loud']])
		expect({ args, code: (await firn.run('log', ...args)).code }).toEqual({ args, code: 2 });
});

test('--follow prints what comes, until ctrl-c', async () => {
	const log = firn.begin(['log', '--follow', '--limit', '1', '--grep', 'backup photos']);
	await until('it prints', () => log.out !== '');
	await firn.run('backup', 'photos');
	await log.said('ended with 1 problem: snapshot 2');
	log.child.kill('SIGINT');
	expect((await log.ended).code).toBe(130);
});
