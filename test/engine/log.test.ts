import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openLog } from '../../src/engine/log.ts';

let root: string;
beforeEach(() => {
	root = mkdtempSync(join(tmpdir(), 'firn-log-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const lines = (name: string) =>
	readFileSync(join(root, 'log', name), 'utf8')
		.trimEnd()
		.split('\n')
		.map((line) => JSON.parse(line) as { number: number });

test('the log is rotated while it is written, keeps the newest lines and no more than four older files', () => {
	const log = openLog(join(root, 'log'), 1000);
	for (let number = 0; number < 200; number++) log.info({ number }, 'something');
	expect(readdirSync(join(root, 'log')).sort()).toEqual(['engine.log', ...[1, 2, 3, 4].map((n) => `engine.log.${n}`)]);
	const numbers = ['engine.log.4', 'engine.log.3', 'engine.log.2', 'engine.log.1', 'engine.log']
		.flatMap(lines)
		.map(({ number }) => number);
	expect(numbers).toEqual(Array.from(numbers, (_, at) => 200 - numbers.length + at));
	for (const name of readdirSync(join(root, 'log'))) {
		expect(statSync(join(root, 'log', name)).size).toBeLessThanOrEqual(1000);
		expect(statSync(join(root, 'log', name)).mode & 0o777).toBe(0o600);
	}
	expect(statSync(join(root, 'log')).mode & 0o777).toBe(0o700);
});

test('the log of an engine before is gone on with', () => {
	openLog(join(root, 'log')).info({ number: 1 }, 'one');
	openLog(join(root, 'log')).info({ number: 2 }, 'two');
	expect(lines('engine.log').map(({ number }) => number)).toEqual([1, 2]);
});
