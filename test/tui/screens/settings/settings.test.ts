/** The screen Settings without a terminal: its rows, what its keys do, what it draws. */

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import stringWidth from 'string-width';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { pathsFor } from '../../../../src/config/paths.ts';
import type { DestinationTest, TestStep } from '../../../../src/core/destination-test.ts';
import { SETTINGS } from '../../../../src/core/settings.ts';
import { hostEngine } from '../../../../src/engine/host.ts';
import type { Channel } from '../../../../src/protocol/channel.ts';
import type { KeyView, Results } from '../../../../src/protocol/contract.ts';
import type { KeysAnswer } from '../../../../src/tui/screens/settings/key-rows.ts';
import { canTurn, currentRow, rowsOf, turned } from '../../../../src/tui/screens/settings/rows.ts';
import {
	placeOf,
	reduceSettings,
	SECTIONS,
	SETTINGS_START,
	type SettingsAction,
	type SettingsState,
	type TestState,
} from '../../../../src/tui/screens/settings/state.ts';
import { resultLines, testMark } from '../../../../src/tui/screens/settings/test-lines.ts';
import { ASCII, UNICODE } from '../../../../src/tui/theme/glyphs.ts';
import { type AppDriver, drawn, driveApp } from '../../../support/app-driver.ts';
import { appState, jobView, NOW } from '../../../support/app-state.ts';

const HOSTILE = '/mnt/evil\u001b[2J\r\nforged\u202e👍';

const answer = (change: Partial<Results['settings']> = {}): Results['settings'] => ({
	settings: { workers: 4 },
	destinations: [
		{ url: '/mnt/disk', jobs: ['photos', 'docs'] },
		{ url: 's3://acme-dr/srv01', endpoint: 'https://s3.example.org', region: 'eu-1', jobs: ['cold'] },
		{ url: HOSTILE, jobs: ['evil'] },
	],
	jobs: [
		{ name: 'photos', workers: 2, limitUpload: 0 },
		{ name: 'cold', workers: 64, limitUpload: 10 * 1024 ** 2 },
	],
	paths: {
		config: '/h/config.json',
		state: '/h/state',
		reports: '/h/r',
		log: '/h/log',
		secrets: '/h/s',
		socket: '/h/e',
	},
	...change,
});

const key: KeyView = {
	recipient: `age1${'q'.repeat(58)}`,
	name: null,
	since: '2026-11-21T10:00:00Z',
	origin: 'made',
	sheetStored: null,
	held: true,
	isDefault: true,
	jobs: ['photos'],
	needed: [{ job: 'photos', archives: 12, alone: 2, firstRun: 1, lastRun: 3 }],
};
const keysAnswer: KeysAnswer = {
	keys: {
		secrets: { store: 'file', place: HOSTILE, why: HOSTILE, locked: false, alsoIn: null },
		keys: [key, { ...key, name: HOSTILE, held: false, jobs: [HOSTILE] }],
		problems: [],
	},
	credentials: [{ name: HOSTILE, stored: false, jobs: [HOSTILE] }],
};

const driveAnswer = [
	{ name: 'gdrive', stored: true, jobs: ['photos'] },
	{ name: 'work', stored: true, jobs: [HOSTILE] },
	{ name: HOSTILE, stored: false, jobs: [] },
];

const app = appState({ screen: 'settings' });
const reduce = (state: SettingsState, ...actions: (SettingsAction | string)[]): SettingsState =>
	actions.reduce<SettingsState>(
		(one, action) => reduceSettings(one, typeof action === 'string' ? { type: 'command', id: action } : action, app),
		state,
	);
const loaded = (change: Partial<SettingsState> = {}) =>
	reduce(
		{ ...SETTINGS_START, ...change },
		{ type: 'settings/loaded', answer: answer() },
		{ type: 'settings/keys', answer: keysAnswer },
		{ type: 'settings/drive', signIns: driveAnswer },
		{
			type: 'settings/account',
			name: 'gdrive',
			account: { email: HOSTILE, used: 3 * 1024 ** 3, limit: 15 * 1024 ** 3 },
		},
		{
			type: 'settings/account',
			name: 'work',
			account: { error: { code: 'BAD_CREDENTIALS', message: HOSTILE, retry: 'later', kind: 'failure' } },
		},
	);

const step = (change: Partial<TestStep>): TestStep => ({
	name: 'write',
	status: 'ok',
	ms: 12,
	detail: 'Fine.',
	...change,
});
const found = (change: Partial<DestinationTest> = {}): TestState => ({
	state: 'found',
	at: NOW,
	found: {
		url: 's3://acme-dr/srv01',
		kind: 's3',
		where: 'AWS',
		verdict: 'ready',
		summary: 'Ready.',
		steps: [step({ name: 'reach' }), step({ right: 'PutObject' })],
		notes: [],
		left: [],
		...change,
	},
});

describe('sections and rows', () => {
	test('tab leads round, and each section keeps its cursor', () => {
		let state = reduce(loaded(), 'list.down', 'settings.next');
		expect(state.section).toBe('limits');
		state = reduce(state, 'list.bottom', ...SECTIONS.map(() => 'settings.next'));
		expect(state.section).toBe('limits');
		expect(currentRow(state)).toMatchObject({
			kind: 'job',
			job: 'cold',
			setting: { key: 'limitUpload' },
			value: '10MiB/s',
		});
		expect(currentRow(reduce(state, 'settings.previous'))).toMatchObject({ place: { url: 's3://acme-dr/srv01' } });
	});

	test('nothing is there before the engine has told', () => {
		for (const section of SECTIONS) {
			const state = reduce({ ...SETTINGS_START, section }, 'list.down', 'settings.next', 'list.bottom');
			expect(rowsOf(state)).toEqual([]);
		}
	});

	test('the cursor stays within rows that have got fewer', () => {
		const state = reduce(loaded(), 'list.bottom', { type: 'settings/loaded', answer: answer({ destinations: [] }) });
		expect(state.lists.destinations).toEqual({ cursor: 0, top: 0 });
	});

	test('what is set and what is not', () => {
		const rows = rowsOf(loaded({ section: 'limits' }));
		expect(rows.slice(0, 2)).toMatchObject([
			{ kind: 'setting', value: '4', isSet: true },
			{ kind: 'setting', value: 'off', isSet: false },
		]);
		const value: SettingsAction = { type: 'settings/value', key: 'workers', value: undefined };
		expect(rowsOf(reduce(loaded({ section: 'limits' }), value))[0]).toMatchObject({ value: '2', isSet: false });
	});

	test('turning leads through all choices and comes back, numbers end', () => {
		for (const setting of SETTINGS) {
			const row = { kind: 'setting' as const, setting, isSet: true };
			if (!setting.choices) continue;
			let value = setting.choices[0]!;
			const seen = setting.choices.map(() => {
				value = turned({ ...row, value }, 1)!;
				return value;
			});
			expect(new Set(seen), setting.name).toEqual(new Set(setting.choices));
			expect(turned({ ...row, value: turned({ ...row, value }, 1)! }, -1)).toBe(value);
		}
		const jobs = rowsOf(loaded({ section: 'limits' })).filter((row) => row.kind === 'job');
		expect(jobs.map((row) => [turned(row, -1), turned(row, 1), canTurn(row)])).toEqual([
			['1', '3', true],
			[undefined, undefined, false],
			['63', undefined, true],
			[undefined, undefined, false],
		]);
	});
});

describe('results of tests', () => {
	test('a role that may not read nor delete is praised, without a warning', () => {
		const steps = [
			step({}),
			step({ name: 'read', right: 'GetObject', status: 'denied', cost: 'Restores need others.' }),
		];
		const test = found({ verdict: 'writeOnly', summary: 'A good set-up.', steps });
		expect(testMark(test, UNICODE)).toMatchObject({ sign: '✓', word: 'write-only', tone: 'ok' });
		const lines = resultLines(test, { width: 80, height: 20 }, UNICODE);
		expect(lines.flat().map(({ tone }) => tone)).not.toContain('warn');
		expect(
			lines
				.flat()
				.map(({ text }) => text)
				.join('\n'),
		).not.toContain('!');
	});

	test('what is missing stands before what works, with what to do', () => {
		const steps = [
			step({}),
			step({
				name: 'abort',
				right: 'AbortMultipartUpload',
				status: 'denied',
				cost: 'It costs.',
				guidance: 'Allow it.',
			}),
		];
		const text = resultLines(
			found({ verdict: 'failed', steps, left: ['An upload.'] }),
			{ width: 80, height: 20 },
			UNICODE,
		)
			.map((line) => line.map((one) => one.text).join(''))
			.join('\n');
		expect(text).toMatch(
			/^! AbortMultipartUpload denied: It costs\.\n {2}Allow it\.\n! Left behind: An upload\.\n✓ write/,
		);
	});

	test('nothing in them can move the cursor, whatever the store says', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 30, max: 120 }), (evil, width) => {
				const test = found({
					summary: evil,
					notes: [evil],
					steps: [step({ detail: evil, status: 'failed' }), step({ detail: evil })],
				});
				for (const line of resultLines(test, { width, height: 20 }, UNICODE)) {
					for (const { text } of line) expect(text).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/);
				}
			}),
			{ numRuns: 30 },
		);
	});
});

describe('the view', () => {
	const places = answer().destinations.map(placeOf);
	const tests: SettingsState['tests'] = {
		[places[0]!]: found(),
		[places[1]!]: found({
			steps: [...Array(9)].map(() =>
				step({ status: 'failed', detail: HOSTILE.repeat(3), guidance: 'Do this. '.repeat(20) }),
			),
		}),
		[places[2]!]: { state: 'error', at: NOW, error: { code: 'X', message: HOSTILE, retry: 'no', kind: 'failure' } },
	};

	test.each([
		[160, 45],
		[100, 30],
		[80, 24],
		[60, 16],
	])('fills %i x %i and no more, in Unicode and ASCII, whatever things are called', (columns, rows) => {
		for (const glyphs of [UNICODE, ASCII]) {
			for (const section of SECTIONS) {
				for (let cursor = 0; cursor < 4; cursor++) {
					const start = loaded({ section, tests });
					const steps = Array<string>(cursor).fill('list.down');
					const sized = { ...app, columns, rows, look: { theme: 'mono' as const, glyphs } };
					const state = steps.reduce((one, id) => reduceSettings(one, { type: 'command', id }, sized), start);
					const lines = drawn(
						{ ...sized, screens: { ...app.screens, settings: state } },
						'settings',
						columns,
						rows - 3,
					);
					expect(lines.length).toBeLessThanOrEqual(rows - 3);
					expect(Math.max(...lines.map((line) => stringWidth(line)))).toBeLessThanOrEqual(columns);
					const text = lines.join('\n');
					expect(text).not.toMatch(/\u202e|👍|\u001b\[2J|\r|^forged/m);
					expect(text).toContain(glyphs.cursor);
					if (glyphs === ASCII) expect(text).toMatch(/^[\x20-\x7e\n]*$/);
				}
			}
		}
	});
});

describe('with an engine', () => {
	let root: string;
	let engine: Channel;
	let driver: AppDriver;
	beforeEach(async () => {
		root = mkdtempSync(join(tmpdir(), 'firn-settings-'));
		for (const name of ['docs', 'disk']) mkdirSync(join(root, name));
		engine = await hostEngine(pathsFor(join(root, 'home')), '0.1.0');
		for (const name of ['one', 'two']) {
			const to = join(root, 'disk');
			await engine.call('saveJob', { name, create: true, sources: [join(root, 'docs')], to, cwd: root });
		}
		driver = driveApp(engine, engine, root, { screen: 'settings', jobs: [jobView('one')] });
		driver.store.dispatch({ type: 'open', screen: 'settings' });
		await driver.when('the settings are there', () => own().answer !== undefined);
	});
	afterEach(() => {
		engine.close();
		rmSync(root, { recursive: true, force: true });
	});
	const own = () => driver.screen<SettingsState>('settings');
	const config = () => JSON.parse(readFileSync(join(root, 'home', 'config.json'), 'utf8'));

	test('a destination stands there once, and enter tests it', async () => {
		expect(own().answer!.destinations).toEqual([{ url: join(root, 'disk'), jobs: ['one', 'two'] }]);
		driver.press('enter');
		expect(Object.values(own().tests)).toMatchObject([{ state: 'running' }]);
		await driver.when('it is tested', () => Object.values(own().tests)[0]?.state === 'found');
		expect(Object.values(own().tests)).toMatchObject([{ found: { verdict: 'ready' } }]);
		driver.press('i');
		expect(driver.store.state.modal).toMatchObject({ kind: 'text', title: 'Test' });
	});

	test('ten keys are ten steps, all of which are saved', async () => {
		driver.press('tab', ...Array<string>(10).fill('right'), 'left');
		expect(currentRow(own())).toMatchObject({ value: '11' });
		await driver.when('it is saved', () => config().settings?.workers === 11);
		driver.press('u');
		expect(currentRow(own())).toMatchObject({ value: '2', isSet: false });
		await driver.when('it is taken back', () => config().settings === undefined);
	});

	test('a limit of a job is typed; what cannot be is asked again with what is wrong', async () => {
		driver.press('tab', ...Array<string>(5).fill('down'), 'enter');
		expect(driver.store.state.modal).toMatchObject({ kind: 'prompt', title: 'limit-upload of one' });
		driver.press('ctrl+u');
		driver.type('fast');
		driver.press('enter');
		expect(driver.store.state.modal).toMatchObject({
			field: { text: 'fast' },
			hint: expect.stringContaining('"fast" cannot be'),
		});
		driver.press('ctrl+u');
		driver.type('5MiB');
		driver.press('enter');
		expect(driver.store.state.modal).toBeUndefined();
		await driver.when('it is saved', () => config().jobs[0].limitUpload === 5 * 1024 ** 2);
		expect(config().jobs[1].limitUpload).toBe(0);
		expect(currentRow(own())).toMatchObject({ value: '5MiB/s' });
	});

	test('the look changes at once; where it cannot be saved it goes back, and says why', async () => {
		driver.press('tab', 'tab', 'down', 'right');
		expect(driver.store.state.look.glyphs).toBe(ASCII);
		await driver.when('it is saved', () => config().settings?.ascii === true);
		driver.press('up', 'left');
		expect(driver.store.state.look.theme).toBe('contrast');
		await driver.when('it is saved', () => config().settings?.color === 'contrast');
		const good = readFileSync(join(root, 'home', 'config.json'), 'utf8');
		writeFileSync(join(root, 'home', 'config.json'), '{');
		driver.press('right');
		await driver.when('it is told', ({ flash }) => flash?.level === 'error');
		expect(driver.store.state.look.theme).toBe('contrast');
		expect(own().problem).toMatchObject({ code: 'CONFIG_BROKEN' });
		writeFileSync(join(root, 'home', 'config.json'), good);
		driver.store.dispatch({ type: 'flash', flash: undefined });
		driver.press('R');
		await driver.when('it is read again', () => own().problem === undefined);
		expect(currentRow(own())).toMatchObject({ value: 'contrast' });
	});

	test('a path is copied whole', () => {
		driver.press('shift+tab', 'y');
		expect(driver.copied).toBe(join(root, 'home', 'config.json'));
	});
});
