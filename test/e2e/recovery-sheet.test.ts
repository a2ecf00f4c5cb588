/** The lines of the recovery sheet are run as they stand, with stock tools, and give the files back. */

import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { decodePath } from '../../src/core/path-bytes.ts';
import { safePrint } from '../../src/core/safe-print.ts';
import { shellWord } from '../../src/core/shell-word.ts';
import { type FirnHome, firnHome } from '../support/firn.ts';

describe('the page', () => {
	let firn: FirnHome;
	beforeEach(() => {
		firn = firnHome();
	});
	afterEach(() => firn.close());

	test('opens all backups with age, zstd and tar alone, whatever the folders are called', async () => {
		const source = join(firn.root, 'data');
		mkdirSync(source);
		const write = (name: string, text: string) => writeFileSync(join(source, name), text);
		const store = join(firn.root, "the 'store' $HOME\n\u202e`id` \\n%s");
		mkdirSync(store);
		write('a', 'old');
		await firn.run('backup', source, '--to', store, '--job', 'one', '--compression', 'zstd');
		write('a', 'new');
		await firn.run('backup', 'one', '--compression', 'gzip');
		write('b', 'b');
		await firn.run('backup', 'one', '--compression', 'none');
		write('c', 'c');
		expect((await firn.run('backup', 'one', '--no-encrypt')).code).toBe(0);
		expect((await firn.run('jobs', 'edit', 'one', '--encrypt')).code).toBe(0);

		const file = join(firn.root, 'sheet.txt');
		expect((await firn.run('key', 'recovery-sheet', '--to', file, '--qr')).code).toBe(0);
		expect(statSync(file).mode & 0o777).toBe(0o600);
		const sheet = readFileSync(file, 'utf8');
		expect(sheet.split('\n').every((line) => safePrint(line) === line)).toBe(true);
		const identity = /AGE-SECRET-KEY-1\S+/.exec(sheet)![0];
		const open = /^ {4}open {3}(.*)$/m.exec(sheet)![1]!;
		const lines = /( {5}mkdir files\n[\s\S]* {5}done\n)/.exec(sheet)![1]!;
		const empty = join(firn.root, 'empty');
		mkdirSync(empty);
		writeFileSync(join(empty, 'identity.txt'), identity);
		execFileSync('sh', ['-eu', '-c', `${open}\n${lines}`], { cwd: empty });
		execFileSync('diff', ['-r', source, join(empty, 'files', source)]);
		expect((await firn.run('key', 'recovery-sheet', '--to', file)).code).toBe(2);
	});

	test('is asked for once a day, and no more once it is stored', async () => {
		writeFileSync(join(firn.root, 'f'), 'f');
		const reminder = expect.stringContaining('recovery-sheet');
		expect((await firn.run('backup', 'f', '--to', 'store')).out).toEqual(reminder);
		expect((await firn.run('backup', 'f')).out).not.toEqual(reminder);
		const facts = join(firn.home, 'secrets', 'keys.json');
		const dayAgo = () => {
			const text = readFileSync(facts, 'utf8');
			writeFileSync(facts, text.replace(/("reminded": ")\d+-/, '$12001-'));
		};
		dayAgo();
		expect((await firn.run('--json', 'backup', 'f')).out).not.toEqual(reminder);
		expect((await firn.run('backup', 'f')).out).toEqual(reminder);
		dayAgo();
		expect((await firn.run('key', 'recovery-sheet', '--stored')).code).toBe(0);
		expect((await firn.run('backup', 'f')).out).not.toEqual(reminder);
	});

	test('that cannot be reminded of does not spoil a backup', async () => {
		writeFileSync(join(firn.root, 'f'), 'f');
		await firn.run('backup', 'f', '--to', 'store');
		writeFileSync(join(firn.home, 'secrets', 'identity.txt'), 'mistyped\n');
		const { code, out, err } = await firn.run('backup', 'f');
		expect({ code, out, err }).toEqual({
			code: 0,
			out: expect.stringContaining('Snapshot 2 complete'),
			err: expect.stringContaining('note: The identity file'),
		});
	});

	test('is of keys that are here', async () => {
		expect(await firn.run('key', 'recovery-sheet')).toMatchObject({ code: 2, out: '' });
		expect((await firn.run('key', 'recovery-sheet', '--stored')).code).toBe(2);
	});
});

test('a path is one word for sh, on one safe line, whatever bytes it has', () => {
	fc.assert(
		fc.property(fc.uint8Array({ minLength: 1, maxLength: 20 }), (noise) => {
			const bytes = Buffer.from([...noise.filter((byte) => byte !== 0), 0x61]);
			const word = shellWord(decodePath(bytes));
			expect(safePrint(word)).toBe(word);
			expect(execFileSync('sh', ['-c', `printf %s ${word}`])).toEqual(bytes);
		}),
		{ numRuns: 100 },
	);
});
