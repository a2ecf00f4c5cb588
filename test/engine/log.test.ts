import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
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
		.map((line) => JSON.parse(line) as { task: string })
		.map(({ task }) => Number(task));

test('the log is rotated while it is written, keeps the newest lines and no more than four older files', () => {
	const log = openLog(join(root, 'log'), 1000);
	for (let number = 0; number < 200; number++) log('info', 'something', { task: String(number) });
	expect(readdirSync(join(root, 'log')).sort()).toEqual(['engine.log', ...[1, 2, 3, 4].map((n) => `engine.log.${n}`)]);
	const numbers = ['engine.log.4', 'engine.log.3', 'engine.log.2', 'engine.log.1', 'engine.log'].flatMap(lines);
	expect(numbers).toEqual(Array.from(numbers, (_, at) => 200 - numbers.length + at));
	for (const name of readdirSync(join(root, 'log'))) {
		expect(statSync(join(root, 'log', name)).size).toBeLessThanOrEqual(1000);
		expect(statSync(join(root, 'log', name)).mode & 0o777).toBe(0o600);
	}
	expect(statSync(join(root, 'log')).mode & 0o777).toBe(0o700);
});

test('the log of an engine before is gone on with', () => {
	openLog(join(root, 'log'))('info', 'one', { task: '1' });
	openLog(join(root, 'log'))('info', 'two', { task: '2' });
	expect(lines('engine.log')).toEqual([1, 2]);
});

test('after a line that was cut off the next one begins a line of its own', () => {
	openLog(join(root, 'log'))('info', 'one', { task: '1' });
	appendFileSync(join(root, 'log', 'engine.log'), '{"level":30,"ti');
	openLog(join(root, 'log'))('info', 'two', { task: '2' });
	const text = readFileSync(join(root, 'log', 'engine.log'), 'utf8').split('\n');
	expect(text).toHaveLength(4);
	expect(JSON.parse(text[2]!)).toMatchObject({ task: '2' });
});

test('an identity in a message does not get into the log, and a name cannot forge a line', () => {
	const log = openLog(join(root, 'log'));
	log('warn', 'AGE-SECRET-KEY-1QQPZRY9X8 is no recipient.', {
		path: '/a\n{"level":50,"time":"x","msg":"forged"}\udc9b',
	});
	const text = readFileSync(join(root, 'log', 'engine.log'), 'utf8');
	expect(text).toContain('(secret) is no recipient.');
	expect(text.trimEnd()).not.toContain('\n');
	expect(JSON.parse(text).path).toBe('/a\n{"level":50,"time":"x","msg":"forged"}\udc9b');
});
