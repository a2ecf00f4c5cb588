/** `firn settings`, and what new jobs make of them. */

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { firnHome } from '../support/firn.ts';

let home: ReturnType<typeof firnHome>;
beforeAll(() => {
	home = firnHome();
	mkdirSync(join(home.root, 'docs'));
});
afterAll(() => home.close());

const config = () => JSON.parse(readFileSync(join(home.home, 'config.json'), 'utf8'));

test('set, list, unset', async () => {
	const { code, records } = await home.run('--json', 'settings', 'set', 'split-size', '64MiB');
	expect(code).toBe(0);
	expect(records).toMatchObject([{ setting: 'split-size', value: 64 * 1024 ** 2, set: true, default: 1024 ** 3 }]);
	expect(config()).toEqual({ version: 1, settings: { splitSize: 64 * 1024 ** 2 }, jobs: [] });
	const list = await home.run('settings');
	expect(list.out).toMatch(/split-size +64MiB +set/);
	await home.run('settings', 'unset', 'split-size');
	expect(config()).toEqual({ version: 1, jobs: [] });
});

test('what cannot be: exit 2, what can, and nothing changed', async () => {
	const before = config();
	for (const args of [
		['set', 'workers', 'many'],
		['set', 'nothing', '1'],
		['unset', 'nothing'],
	]) {
		const { code, err } = await home.run('settings', ...args);
		expect(code, args.join(' ')).toBe(2);
		expect(err).toMatch(/a whole number from 1 to 64|There are color, ascii/);
	}
	expect(config()).toEqual(before);
});

test('new jobs begin with them; what the command says goes before; old jobs stay', async () => {
	await home.run('jobs', 'add', 'old', 'docs', '--to', 'one');
	await home.run('settings', 'set', 'workers', '5');
	await home.run('settings', 'set', 'compression', 'zstd');
	await home.run('jobs', 'add', 'new', 'docs', '--to', 'two', '--compression', 'gzip');
	await home.run('jobs', 'edit', 'old', '--limit-upload', '1MiB');
	expect(config().jobs).toMatchObject([
		{ name: 'old', workers: 2, compression: 'none' },
		{ name: 'new', workers: 5, compression: 'gzip' },
	]);
});

test('a config that somebody spoilt is refused with its fault, and stays', async () => {
	const text = JSON.stringify({ version: 1, settings: { color: 'pink' }, jobs: [] });
	writeFileSync(join(home.home, 'config.json'), text);
	const { code, err } = await home.run('settings', 'set', 'workers', '3');
	expect(code).toBe(2);
	expect(err).toContain('settings.color, "pink": must be auto, 16, mono or contrast');
	expect(readFileSync(join(home.home, 'config.json'), 'utf8')).toBe(text);
});
