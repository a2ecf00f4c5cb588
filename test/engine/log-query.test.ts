import { appendFileSync, mkdtempSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { LogEntry, LogPage } from '../../src/core/log-entry.ts';
import { openLog } from '../../src/engine/log.ts';
import { type LogQuery, queryLog } from '../../src/engine/log-query.ts';
import { cpuMs } from '../support/cpu.ts';

let folder: string;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'firn-log-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const ask = (query: Partial<LogQuery> = {}): LogPage =>
	queryLog({ folder, level: 'info', text: '', limit: 200, ...query });

/** All pages in the direction of the query. */
function all(query: Partial<LogQuery> = {}): LogEntry[] {
	const rows: LogEntry[] = [];
	for (let page = ask(query); ; page = ask({ ...query, [query.after ? 'after' : 'before']: page.cursor })) {
		rows.push(...page.rows);
		if (page.cursor === undefined) return rows;
	}
}

const numbers = (entries: LogEntry[]) => entries.map(({ task }) => Number(task));
const upTo = (count: number, from = 0) => Array.from({ length: count }, (_, at) => from + at);

test('pages go through all files, newest first, and places last while the files are rotated', () => {
	const log = openLog(folder, 2000);
	for (const number of upTo(60)) log('info', 'something', { task: String(number) });
	const first = ask({ limit: 5 });
	expect(numbers(first.rows)).toEqual([59, 58, 57, 56, 55]);
	const place = first.rows[2]!.place;
	for (const number of upTo(20, 60)) log('info', 'something', { task: String(number) });
	expect(numbers(ask({ before: first.cursor!, limit: 3 }).rows)).toEqual([54, 53, 52]);
	expect(numbers(all({ after: first.end }))).toEqual(upTo(20, 60));
	expect(numbers(all({ limit: 7 }))).toEqual(upTo(80).reverse());
	expect(all().find((entry) => entry.place === place)?.task).toBe('57');
	expect(new Set(all().map((entry) => entry.place)).size).toBe(80);
});

test('what was rotated out of the log ends a page, and following goes on with the oldest that is left', () => {
	const log = openLog(folder, 500);
	log('info', 'something', { task: '0' });
	const { end, rows } = ask();
	for (const number of upTo(100, 1)) log('info', 'something', { task: String(number) });
	expect(ask({ before: rows[0]!.place })).toMatchObject({ rows: [] });
	const kept = numbers(all({ after: end }));
	expect(kept).toEqual(upTo(kept.length, 101 - kept.length));
});

test('an empty log is followed from its first line on', () => {
	const { rows, end, cursor } = ask();
	expect({ rows, cursor }).toEqual({ rows: [], cursor: undefined });
	openLog(folder)('warn', 'first');
	expect(ask({ after: end }).rows.map(({ message }) => message)).toEqual(['first']);
});

test('levels, jobs, words and times', () => {
	const log = openLog(folder);
	log('info', 'Backup of photos began.', { job: 'photos' });
	log('warn', 'The store is slow.', { job: 'photos', code: 'SLOW_DOWN' });
	log('error', 'It cannot be read.', { job: 'mail', code: 'EACCES', path: '/Vår/mail' });
	const found = (query: Partial<LogQuery>) => all(query).map(({ message }) => message);
	expect(found({ level: 'error' })).toEqual(['It cannot be read.']);
	expect(found({ level: 'warning' })).toEqual(['It cannot be read.', 'The store is slow.']);
	expect(found({ job: 'photos', level: 'warning' })).toEqual(['The store is slow.']);
	expect(found({ text: 'slow_down' })).toEqual(['The store is slow.']);
	expect(found({ text: 'READ vår' })).toEqual(['It cannot be read.']);
	expect(found({ since: Date.now() + 1000 })).toEqual([]);
	expect(found({ until: Date.now() - 60_000 })).toEqual([]);
	expect(found({ since: Date.now() - 60_000, until: Date.now() + 1000 })).toHaveLength(3);
});

test('wherever the file is cut or damaged, the other lines are told', () => {
	const log = openLog(folder);
	for (const number of upTo(30)) log('info', `line ${number} é`, { task: String(number) });
	const file = join(folder, 'engine.log');
	const whole = readFileSync(file);
	fc.assert(
		fc.property(fc.nat({ max: whole.length - 1 }), fc.nat({ max: 255 }), (at, byte) => {
			writeFileSync(file, whole);
			truncateSync(file, at);
			expect(numbers(all())).toEqual(upTo(whole.subarray(0, at).toString().split('\n').length - 1).reverse());
			const damaged = Buffer.from(whole);
			damaged[at] = byte;
			writeFileSync(file, damaged);
			const rows = all();
			expect(rows.length).toBeGreaterThanOrEqual(28);
			const right = rows.filter(({ message, task }) => message === `line ${task} é`);
			expect(right.length).toBeGreaterThanOrEqual(28);
		}),
		{ numRuns: 150 },
	);
});

test('a half line in front of a whole one hides it not', () => {
	const log = openLog(folder);
	log('info', 'one');
	const line = readFileSync(join(folder, 'engine.log'), 'utf8');
	appendFileSync(
		join(folder, 'engine.log'),
		`${line.slice(0, 20)}${line.replace('one', 'two')}\0\0\0\nnonsense\n\n${line}`,
	);
	const page = ask();
	expect(page.rows.map(({ message }) => message)).toEqual(['one', 'two', 'one']);
	expect(page.damaged).toBe(2);
	expect(() => ask({ before: 'nonsense' })).toThrow('is no place in the log');
});

test('a log that cannot be read is said to be so', () => {
	rmSync(folder, { recursive: true });
	writeFileSync(folder, 'a file');
	expect(() => ask()).toThrow(expect.objectContaining({ code: 'LOG_UNREADABLE', kind: 'failure' }));
});

test('a million lines: pages come in no time, and a rare word is found without holding anybody up', () => {
	const line = (number: number) =>
		`${JSON.stringify({ level: 30, time: new Date(1e12 + number).toISOString(), job: 'photos', task: String(number), msg: number === 7 ? 'a needle' : 'Stored archive 000123.tar.zst.age, 1.0 GiB' })}\n`;
	for (let file = 3; file >= 0; file--) {
		const from = (3 - file) * 250_000;
		const text = upTo(250_000, from).map(line).join('');
		writeFileSync(join(folder, file === 0 ? 'engine.log' : `engine.log.${file}`), text);
	}
	const before = process.memoryUsage().rss;
	let at = cpuMs();
	expect(numbers(ask({ limit: 50 }).rows)).toEqual(upTo(50, 999_950).reverse());
	expect(cpuMs() - at).toBeLessThan(1000);
	let longest = 0;
	let rows: LogEntry[] = [];
	let cursor: string | undefined;
	do {
		at = cpuMs();
		const page = ask({ text: 'needle', ...(cursor === undefined ? {} : { before: cursor }) });
		longest = Math.max(longest, cpuMs() - at);
		rows = [...rows, ...page.rows];
		cursor = page.cursor;
	} while (cursor !== undefined);
	expect(numbers(rows)).toEqual([7]);
	expect(longest).toBeLessThan(2000);
	expect(process.memoryUsage().rss - before).toBeLessThan(200 * 1024 * 1024);
	renameSync(join(folder, 'engine.log.3'), join(folder, 'engine.log.4'));
	expect(numbers(ask({ limit: 1 }).rows)).toEqual([999_999]);
});
