/** People read the time by the clock on the wall, programs in UTC. */

import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type FirnHome, firnHome } from '../support/firn.ts';

/** 5:45 ahead of UTC all the year. */
const ZONE = 'Asia/Kathmandu';
const AHEAD_MS = (5 * 60 + 45) * 60_000;

let firn: FirnHome;
let began: number;
beforeAll(async () => {
	firn = firnHome({ TZ: ZONE });
	const file = join(firn.root, 'data', 'file');
	mkdirSync(join(firn.root, 'data'));
	writeFileSync(file, 'content');
	// In Nepal it is the next day by then.
	utimesSync(file, 0, Date.parse('2026-07-01T20:30:40Z') / 1000);
	began = Date.now();
	const { code } = await firn.run('backup', 'data', '--to', 'dest', '--job', 'docs');
	expect(code).toBe(0);
}, 60_000);
afterAll(() => firn.close());

/** All times in a text, read as those of the zone. */
function timesIn(text: string): number[] {
	const found = text.match(/\d{4}-\d{2}-\d{2} \d{2}:\d{2}(:\d{2})?/g) ?? [];
	return found.map((time) => Date.parse(`${time.replace(' ', 'T')}Z`) - AHEAD_MS);
}

test.each([
	[['log'], 2],
	[['log', 'docs', '--since', '2026-07-01'], 2],
	[['show', 'docs', '--runs'], 2],
	[['show', 'docs', '--archives'], 0],
	[['show', 'docs', '--collate', '1'], 0],
	[['history'], 1],
	[['key'], 0],
] as [string[], number][])('firn %j tells local times', async (words, least) => {
	const { code, out } = await firn.run(...words);
	expect([code, out]).toEqual([0, expect.not.stringContaining('UTC')]);
	const times = timesIn(out);
	expect(times.length).toBeGreaterThanOrEqual(least);
	for (const time of times) {
		// Where seconds are cut off it may be the minute before.
		expect(time).toBeGreaterThan(began - 61_000);
		expect(time).toBeLessThanOrEqual(Date.now());
	}
});

test.each([
	[['show', 'docs', 'data/file'], '2026-07-02 02:15:40'],
	[['show', 'docs', 'data', '--level'], '2026-07-02 02:15:40'],
	[['show', 'docs', 'data/file', '--versions'], '2026-07-02 02:15:40'],
])('firn %j tells when a file was changed, by the clock here', async (words, time) => {
	expect((await firn.run(...words)).out).toContain(time);
	const { records } = await firn.run('--json', ...words);
	expect(records[0]!.mtime).toMatch(/^2026-07-01T20:30:40(\.0+)?Z$/);
});

test('programs are told the time in UTC', async () => {
	for (const [words, field] of [
		[['log'], 'time'],
		[['show', 'docs', '--runs'], 'started'],
	] as const) {
		const { records } = await firn.run('--json', ...words);
		const time = String(records[0]![field]);
		expect(time).toMatch(/Z$/);
		expect(Date.parse(time)).toBeGreaterThanOrEqual(began);
	}
});

test('a date that is given is one of the clock here', async () => {
	const local = (ms: number) => new Date(ms + AHEAD_MS).toISOString().slice(0, 19);
	expect((await firn.run('log', '--since', local(began - 1000))).out).not.toBe('');
	expect((await firn.run('log', '--since', local(Date.now() + 60_000))).out).toBe('The log has nothing of that.\n');
});
