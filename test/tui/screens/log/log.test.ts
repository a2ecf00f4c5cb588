/** The screen Log without a terminal: its reducer, what it draws, and the whole of it over a real log. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import stringWidth from 'string-width';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { pathsFor } from '../../../../src/config/paths.ts';
import type { LogEntry, LogPage } from '../../../../src/core/log-entry.ts';
import { hostEngine } from '../../../../src/engine/host.ts';
import { type Log, openLog } from '../../../../src/engine/log.ts';
import type { Channel } from '../../../../src/protocol/channel.ts';
import type { Action } from '../../../../src/tui/actions.ts';
import { reduceLog } from '../../../../src/tui/screens/log/reduce.ts';
import { currentEntry, initialLog, type LogState } from '../../../../src/tui/screens/log/state.ts';
import { fitting, type Heights, intoTallView } from '../../../../src/tui/screens/log/tall-rows.ts';
import { ASCII } from '../../../../src/tui/theme/glyphs.ts';
import { type AppDriver, drawn, driveApp } from '../../../support/app-driver.ts';
import { appState, NOW } from '../../../support/app-state.ts';

const command = (id: string): Action => ({ type: 'command', id });
const app = appState({ screen: 'log' });
const EVIL = '\u001b[31mevil\n\u202e👍';

function entry(number: number, change: Partial<LogEntry> = {}): LogEntry {
	return { place: `f-1:${number}`, time: NOW - number, level: 'error', message: `It failed, ${number}.`, ...change };
}

const entries = (from: number, count: number) => Array.from({ length: count }, (_, at) => entry(from - at));
const page = (rows: LogEntry[], change: Partial<LogPage> = {}): LogPage => ({
	rows,
	end: 'f-1:999',
	damaged: 0,
	...change,
});
const rowsOf = (rows: LogEntry[], change: Partial<LogPage> = {}, generation = 0): Action => ({
	type: 'log/rows',
	generation,
	page: page(rows, change),
	isMore: false,
});
const news = (rows: LogEntry[]): Action => ({ type: 'log/news', generation: 0, page: page(rows) });
const after = (...actions: Action[]): LogState =>
	actions.reduce((state, action) => reduceLog(state, action, app), initialLog());

describe('the reducer', () => {
	test('stays at the newest while it follows, and on its entry when somebody reads', () => {
		const start = [rowsOf(entries(50, 40))];
		expect(currentEntry(after(...start, news([entry(51), entry(52)])))?.place).toBe('f-1:52');
		const reading = after(...start, command('list.down'), news([entry(51), entry(52)]));
		expect(currentEntry(reading)?.place).toBe('f-1:49');
		expect(reading.follow).toBe(false);
		expect(currentEntry(reduceLog(reading, command('log.follow'), app))?.place).toBe('f-1:52');
	});

	test('another level keeps the entry under the cursor, if it is shown then', () => {
		const reading = after(rowsOf(entries(50, 40)), command('list.down'), command('log.level'));
		expect(reading).toMatchObject({ level: 'info', generation: 1, stale: true });
		const again = reduceLog(reading, rowsOf([entry(90), entry(80), entry(49)], {}, 1), app);
		expect(currentEntry(again)?.place).toBe('f-1:49');
		expect(currentEntry(reduceLog(reading, rowsOf([entry(90)], {}, 1), app))?.place).toBe('f-1:90');
	});

	test('answers to earlier questions are dropped', () => {
		const typing = after(rowsOf(entries(50, 3)), command('log.filter'), { type: 'field', key: 'x' });
		expect(typing.generation).toBe(1);
		expect(reduceLog(typing, rowsOf([]), app)).toBe(typing);
		expect(reduceLog(typing, news([entry(60)]), app)).toBe(typing);
	});

	test('n and N go from match to match among all entries, as far back as there are any', () => {
		const some = (from: number) => [entry(from), entry(from - 1, { message: 'A disk' }), entry(from - 2)];
		const typed = [...'disk'].map((key): Action => ({ type: 'field', key }));
		const looked = after(rowsOf(some(50)), command('log.filter'), ...typed, { type: 'field', key: 'esc' });
		const start = reduceLog(looked, rowsOf(some(50), { cursor: 'f-1:48' }, looked.generation), app);
		const run = (state: LogState, ...actions: Action[]) =>
			actions.reduce((one, act) => reduceLog(one, act, app), state);
		const first = run(start, command('list.nextMatch'));
		expect(currentEntry(first)?.place).toBe('f-1:49');
		expect(first.follow).toBe(false);
		const waiting = run(first, command('list.nextMatch'));
		expect(waiting.seek).toEqual({ from: 3 });
		const more = { ...rowsOf(some(40), {}, looked.generation), isMore: true } as Action;
		const second = run(waiting, more);
		expect(currentEntry(second)?.place).toBe('f-1:39');
		expect(run(second, command('list.nextMatch')).seek).toBe('none');
		expect(currentEntry(run(second, command('list.previousMatch')))?.place).toBe('f-1:49');
		// Who moves meanwhile is left there.
		expect(currentEntry(run(waiting, command('list.top'), more))?.place).toBe('f-1:50');
	});

	test('among matches alone they are the next rows', () => {
		const typed = [...'fail'].map((key): Action => ({ type: 'field', key }));
		const kept = after(command('log.filter'), ...typed, { type: 'field', key: 'enter' });
		const found = reduceLog(kept, rowsOf(entries(50, 3), {}, kept.generation), app);
		expect(reduceLog(found, command('list.nextMatch'), app).list.cursor).toBe(1);
	});

	test('rows of several heights: the cursor is in sight, whole if it can be, and the last lines are used', () => {
		const given = fc.record({
			heights: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 40 }),
			cursor: fc.nat(60),
			top: fc.nat(60),
			lines: fc.integer({ min: 1, max: 20 }),
		});
		fc.assert(
			fc.property(given, ({ heights, cursor, top, lines }) => {
				const all: Heights = { count: heights.length, of: (at) => heights[at]! };
				const list = intoTallView({ cursor, top }, all, lines);
				const sum = (from: number, to: number) => heights.slice(from, to).reduce((one, two) => one + two, 0);
				expect(list.cursor).toBe(Math.min(cursor, heights.length - 1));
				expect(list.top).toBeLessThanOrEqual(list.cursor);
				if (heights[list.cursor]! <= lines) expect(sum(list.top, list.cursor + 1)).toBeLessThanOrEqual(lines);
				else expect(list.top).toBe(list.cursor);
				if (list.top > 0) expect(sum(list.top - 1, heights.length)).toBeGreaterThan(lines);
				expect(fitting(all, list.top, lines)).toBeGreaterThan(0);
			}),
		);
	});

	test('any sequence keeps the cursor within the rows', () => {
		const ids = [
			'log.wrap',
			'list.nextMatch',
			'list.previousMatch',
			'list.down',
			'list.up',
			'list.pageDown',
			'list.bottom',
			'list.top',
			'log.follow',
			'log.details',
			'log.level',
		];
		const step = fc.oneof(
			fc.constantFrom(...ids).map(command),
			fc.nat({ max: 60 }).map((count) => (state: LogState) => rowsOf(entries(900, count), {}, state.generation)),
			fc
				.nat({ max: 5 })
				.map((count) => (state: LogState) => ({ ...news(entries(950, count)), generation: state.generation })),
		);
		fc.assert(
			fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
				let state = initialLog();
				for (const one of steps) {
					state = reduceLog(state, typeof one === 'function' ? (one(state) as Action) : one, app);
					const { cursor, top } = state.list;
					const last = Math.max(0, (state.rows?.length ?? 0) - 1);
					expect(cursor >= 0 && cursor <= last && top >= 0 && top <= cursor).toBe(true);
				}
			}),
		);
	});
});

describe('the view', () => {
	const rows = [
		entry(9, { path: `/srv/${EVIL}/a`, code: EVIL, job: EVIL, effect: EVIL, remedy: EVIL, details: EVIL }),
		entry(8, { level: 'warning', job: 'photos' }),
		entry(7, { level: 'info', time: NOW - 3 * 86_400_000 }),
	];
	const sizes = [
		[160, 42],
		[100, 27],
		[80, 21],
		[60, 13],
	] as const;

	test.each(sizes)('%ix%i: fills its area exactly, with hostile names', (width, height) => {
		for (const glyphs of [app.look.glyphs, ASCII]) {
			const state = { ...app, columns: width, rows: height + 3, look: { ...app.look, glyphs } };
			state.screens = { ...app.screens, log: after(rowsOf(rows)) };
			const lines = drawn(state, 'log', width, height);
			expect(lines).toHaveLength(height);
			for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(width);
			if (width >= 80) expect(lines.map((line) => stringWidth(line))).toEqual(lines.map(() => width));
			const text = lines.join('\n');
			expect(text).toMatch(/error.*\n.*warning.*\n.*info/);
			expect(text).not.toMatch(/\u202e|👍|\x1b\[31mevil/);
		}
	});

	test('w shows messages whole, in no more rows than there are', () => {
		const long = 'word '.repeat(60).trim();
		const rows = [entry(9, { message: `${long} end` }), entry(8), entry(7, { path: '/srv/a', message: long })];
		for (const [width, height] of sizes) {
			const one = { ...app, columns: width, rows: height + 3 };
			const states = [after(rowsOf(rows)), after(rowsOf(rows), command('log.wrap'))];
			const [cut, whole] = states.map((log) =>
				drawn({ ...one, screens: { ...app.screens, log } }, 'log', width, height),
			);
			expect(whole).toHaveLength(height);
			for (const line of whole!) expect(stringWidth(line)).toBeLessThanOrEqual(width);
			const list = (lines: string[]) =>
				lines.slice(
					0,
					lines.findIndex((line) => line.includes('What')),
				);
			expect(list([...cut!, 'What']).join('\n')).not.toMatch(/ end\b/);
			expect(list([...whole!, 'What']).join('\n')).toMatch(/ end\b/);
		}
	});

	test('mounts the rows that are seen, of twenty thousand', () => {
		const state = { ...app, screens: { ...app.screens, log: after(rowsOf(entries(30_000, 20_000))) } };
		const lines = drawn(state, 'log', 100, 27);
		expect(lines.filter((line) => line.includes('It failed')).length).toBeLessThanOrEqual(16);
	});

	test('says that nothing went wrong', () => {
		const state = { ...app, screens: { ...app.screens, log: after(rowsOf([])) } };
		expect(drawn(state, 'log', 100, 27).join('\n')).toContain('Nothing has gone wrong.');
	});
});

describe('over a real log', () => {
	let root: string;
	let engine: Channel;
	let log: Log;
	let driver: AppDriver;
	beforeEach(() => {
		root = mkdtempSync(join(tmpdir(), 'firn-log-'));
		const paths = pathsFor(root);
		log = openLog(paths.logDir);
		engine = hostEngine(paths, '0');
		for (let n = 0; n < 700; n++) log(n % 10 === 0 ? 'error' : 'info', `line ${n}`, { job: 'photos', task: 't1' });
		driver = driveApp(engine, engine, root);
		driver.store.dispatch({ type: 'open', screen: 'log' });
	});
	afterEach(() => {
		engine.close();
		rmSync(root, { recursive: true, force: true });
	});
	const shown = () => driver.screen<LogState>('log');
	const when = (what: string, is: (state: LogState) => boolean) =>
		driver.when(what, () => !shown().stale && shown().rows !== undefined && is(shown()));

	test('loads more while one goes down, and what is new each second', async () => {
		await when('the first page', ({ rows }) => rows!.length === 70);
		driver.press('l');
		await when('everything', ({ rows }) => rows!.length === 200);
		driver.press('G');
		await when('more', ({ rows }) => rows!.length === 400);
		driver.press('G', 'G');
		await when('more', ({ rows }) => rows!.length === 600);
		driver.press('G');
		await when('all', ({ rows, cursor }) => rows!.length === 700 && cursor === undefined);
		expect(shown().rows!.map(({ message }) => message)).toEqual(
			Array.from({ length: 700 }, (_, at) => `line ${699 - at}`),
		);
		driver.press('f');
		log('warn', 'new');
		driver.store.dispatch({ type: 'tick', now: Date.now() });
		await when('the new one', (state) => currentEntry(state)?.message === 'new');
	});

	test('filters while one types, keeps the filter, clears it', async () => {
		await when('the first page', ({ rows }) => rows!.length === 70);
		driver.press('l', '/');
		driver.type('LINE 69');
		await when('matches', ({ rows }) => rows!.length === 17);
		driver.press('enter', 'j');
		expect(currentEntry(shown())?.message).toBe('line 698');
		driver.press('enter');
		expect(driver.store.state.modal).toMatchObject({ kind: 'text', title: 'info · photos' });
		driver.press('esc', 'esc');
		await when('all again', ({ rows, search }) => search === undefined && rows!.length >= 200);
		expect(currentEntry(shown())?.message).toBe('line 698');
	});

	test('copies an entry without what a terminal obeys', async () => {
		log('error', `It cannot be read: ${EVIL}`, { path: `/srv/${EVIL}`, effect: 'It is missing.', code: 'EIO' });
		driver.press('R');
		await when('the newest', (state) => currentEntry(state)?.code === 'EIO');
		driver.press('y');
		expect(driver.copied).toContain('Effect   It is missing.');
		expect(driver.copied.split('\n')[0]).toBe('EIO');
		expect(driver.copied).not.toMatch(/\x1b|\u202e/);
	});
});
