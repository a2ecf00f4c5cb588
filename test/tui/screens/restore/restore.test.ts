import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import stringWidth from 'string-width';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pathsFor } from '../../../../src/config/paths.ts';
import type { RestorePlanAnswer } from '../../../../src/core/restore-answers.ts';
import { hostEngine } from '../../../../src/engine/host.ts';
import type { Channel } from '../../../../src/protocol/channel.ts';
import type { Action } from '../../../../src/tui/actions.ts';
import { costOf, tierText } from '../../../../src/tui/screens/restore/cost.ts';
import { initial, type RestoreState, reduce, STEPS, save } from '../../../../src/tui/screens/restore/state.ts';
import type { AppState } from '../../../../src/tui/state.ts';
import { ASCII } from '../../../../src/tui/theme/glyphs.ts';
import { type AppDriver, drawn, driveApp } from '../../../support/app-driver.ts';
import { appState, jobView, NOW } from '../../../support/app-state.ts';
import { ended } from '../../../support/ended.ts';

const command = (id: string): Action => ({ type: 'command', id });
const field = (key: string): Action => ({ type: 'field', key });
const app = appState({ jobs: [jobView('photos')], job: 'photos' });

function after(...actions: Action[]): RestoreState {
	const opened: Action = { type: 'open', screen: 'restore' };
	return [opened, ...actions].reduce((state, action) => reduce(state, action, app), initial());
}

describe('what and where to', () => {
	test('begin with the job in focus, its newest snapshot, everything, and a folder of its own', () => {
		const state = after();
		expect(state).toMatchObject({ step: 'what', job: 'photos', snapshot: undefined, paths: [], existing: 'keep' });
		expect(state.target.text).toMatch(/\/Restored\/photos$/);
	});

	test('take what another screen has marked, and go on with where to', () => {
		const arg = { job: 'docs', snapshot: 3, paths: ['a/b', '/c', 'a/b'] };
		const state = reduce(after(), { type: 'open', screen: 'restore', arg }, app);
		expect(state).toMatchObject({ step: 'where', job: 'docs', snapshot: 3, paths: ['/a/b', '/c'] });
		expect(state.target.text).toMatch(/\/docs$/);
		expect(state.plan).toMatchObject({ busy: true, ask: 1 });
	});

	test('keep a target that was typed when the job changes', () => {
		const typed = after(command('restore.next'), field('ctrl+u'), field('/'), field('x'), command('restore.back'));
		const other = reduce(typed, { type: 'reply', tag: 'restore.job', value: 'docs' }, app);
		expect(other).toMatchObject({ job: 'docs', target: { text: '/x' } });
	});

	test('take paths that are typed or pasted, and give them up one by one', () => {
		const state = after(
			{ type: 'paste', text: '/srv/a\n/srv/b/\n' },
			command('restore.add'),
			...[...'/srv/c'].map(field),
			field('enter'),
		);
		expect(state.paths).toEqual(['/srv/a', '/srv/b', '/srv/c']);
		const less = [command('list.up'), command('restore.takeOut')].reduce(
			(one, action) => reduce(one, action, app),
			state,
		);
		expect(less.paths).toEqual(['/srv/a', '/srv/b']);
	});

	test('need a folder before the plan, and go back one step at a time', () => {
		const empty = after(command('restore.next'), field('ctrl+u'), field('enter'));
		expect(empty).toMatchObject({ step: 'where', error: { message: 'Into which folder?' } });
		const there = after(command('restore.next'), field('enter'));
		expect(there.step).toBe('plan');
		const back = [command('restore.back'), field('esc')].reduce((one, action) => reduce(one, action, app), there);
		expect(back.step).toBe('what');
	});

	test('are kept as a draft', () => {
		const state = after(
			{ type: 'paste', text: '/srv/a' },
			command('restore.next'),
			field('tab'),
			command('list.unfold'),
		);
		const again = initial(JSON.parse(JSON.stringify(save(state))));
		expect(again).toMatchObject({ step: 'where', job: 'photos', paths: ['/srv/a'], existing: 'overwrite' });
		expect(again.target.text).toBe(state.target.text);
		expect(initial({ paths: [1, null], existing: 'maybe', step: 7 })).toMatchObject({
			step: 'what',
			paths: [],
			existing: 'keep',
		});
	});

	test('drop the answer to a question that was changed meanwhile', () => {
		const state = after(command('restore.next'), field('enter'));
		expect(state.plan.ask).toBe(2);
		expect(reduce(state, { type: 'restore/planned', ask: 1, answer: plan() }, app)).toBe(state);
		const planned = reduce(state, { type: 'restore/planned', ask: 2, answer: plan() }, app);
		expect(planned.plan).toMatchObject({ busy: false, answer: { job: 'photos' } });
	});
});

/** With names that would move the cursor, recolour the screen and forge lines. */
const EVIL = 'run/\u001b[31mevil\u001b[2J\n\u202e👍/000001.tar.age';

const tier = (name: 'bulk' | 'standard', total: number) => ({
	tier: name,
	archives: 60,
	bytes: 6e11,
	days: 3,
	readyMs: [12 * 3_600_000, 48 * 3_600_000] as const,
	cost: { retrieval: 0, thawRequests: 0, temporaryCopy: 0, requests: 0, egress: 0, total },
});

function plan(change: Partial<RestorePlanAnswer> = {}): RestorePlanAnswer {
	const row = { key: EVIL, status: 'stored', storageClass: null, files: 12, fetchBytes: 5e9, requests: 40, size: 1e10 };
	const rows = Array.from({ length: 60 }, (_, at) => ({
		...row,
		key: at === 1 ? EVIL : `run/00${at}.tar`,
		status: at === 2 ? 'missing' : 'stored',
	}));
	return {
		job: 'photos',
		snapshot: { number: 7, run: 'r', time: NOW, finished: true },
		target: { path: `/tmp/${EVIL}`, exists: true, empty: false, freeBytes: 1e9 },
		files: 720,
		bytes: 3e11,
		others: 4,
		fetchBytes: 3e11,
		requests: 2400,
		archives: { count: 60, bytes: 6e11, rows },
		existing: { looked: 700, same: 3, other: 4, older: 2 },
		quote: {
			tiers: [tier('bulk', 2.75), tier('standard', 11)],
			cold: { archives: 60, files: 720, bytes: 6e11, wantedBytes: 3e11 },
			warm: 1,
			unknown: 0,
		},
		key: { needed: true, recipients: 2, jobRecipients: [], atHand: [], fits: false },
		problems: [
			{ code: 'NO_IDENTITY', message: 'There is no identity.', guidance: 'Give one.', retry: 'no', kind: 'usage' },
		],
		warnings: ['1 archive cannot be read any more; 12 files will be missing.'],
		...change,
	};
}

/** The app on each step, with as much on it as there can be. */
function onStep(step: RestoreState['step'], columns: number, rows: number): AppState {
	const base = after({ type: 'paste', text: `/srv/${EVIL.replaceAll('\n', '')}\n/srv/b` });
	const report = {
		id: 'abc',
		kind: 'restore',
		job: 'photos',
		started: NOW - 5000,
		finished: NOW,
		status: 'partial',
		target: `/tmp/${EVIL}`,
		file: '/state/reports/abc.jsonl',
		files: 10,
		bytes: 1e6,
		alreadyRight: 2,
		kept: 1,
		problems: 1,
		mismatches: 1,
		details: {},
	} as const;
	const rowsOf = Array.from({ length: 50 }, (_, at) =>
		at % 2 === 0
			? ({ kind: 'problem', path: EVIL, code: 'X', message: 'It is \u001b[7mdamaged.' } as const)
			: ({ kind: 'kept', path: EVIL } as const),
	);
	const state: RestoreState = {
		...base,
		step,
		row: 0,
		task: 't',
		plan: { ask: 1, busy: false, answer: plan(), error: undefined },
		report: { report, rows: rowsOf, cursor: '77', list: { cursor: 3, top: 0 }, error: undefined },
	};
	const task = {
		id: 't',
		job: 'photos',
		kind: 'restore',
		state: 'waiting',
		reason: 'the store does not answer',
		started: NOW - 60_000,
		seen: NOW,
		events: Array.from({ length: 30 }, () => ({
			at: NOW,
			event: { event: 'problem', problem: { path: EVIL, code: 'X', message: 'm' } } as const,
		})),
		progress: {
			kind: 'restore',
			phase: 'fetch',
			files: 720,
			bytes: 3e11,
			filesDone: 12,
			bytesDone: 1e11,
			fetchedBytes: 1e11,
			fetchBytes: 3e11,
			filesSkipped: 0,
			errors: 2,
			thaw: { archives: 60, settled: 12, failed: 1, warm: 2, thawing: 46, until: NOW, readyBy: NOW + 9e7 },
			workers: [0, 1, 2, 3].map((worker) => ({ worker, state: 'fetch', archive: EVIL, path: EVIL, bytes: 1 })),
		},
	} as AppState['tasks'][string];
	const whole = appState({
		jobs: [jobView('photos')],
		job: 'photos',
		screen: 'restore',
		columns,
		rows,
		tasks: { t: task },
	});
	return { ...whole, screens: { ...whole.screens, restore: state } };
}

describe.each([
	[160, 45],
	[100, 30],
	[80, 24],
	[60, 16],
])('at %ix%i', (columns, rows) => {
	test.each(STEPS)('%s fills its area and no name breaks out', (step) => {
		for (const look of [appState().look, { theme: 'mono', glyphs: ASCII } as const]) {
			const lines = drawn({ ...onStep(step, columns, rows), look }, 'restore', columns, rows - 3);
			expect(lines.length).toBeLessThanOrEqual(rows - 3);
			for (const line of lines) {
				expect(stringWidth(line), line).toBeLessThanOrEqual(columns);
				// What Ink itself writes are colours; what a name brings must be readable text.
				expect(line.replace(/\u001b\[[0-9;]*m/g, '')).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]|👍/);
			}
			if (look.glyphs === ASCII) expect(lines.join('')).not.toMatch(/[^\x00-\x7f]/);
		}
	});

	test('the plan says what is wrong, and the report lists it', () => {
		expect(drawn(onStep('plan', columns, rows), 'restore', columns, rows - 3).join('\n')).toContain(
			'There is no identity.',
		);
		const report = drawn(onStep('report', columns, rows), 'restore', columns, rows - 3).join('\n');
		expect(report).toContain('! partial');
		expect(report).toContain('1 mismatch');
	});
});

test('what the engine refuses is said in the place of the plan', () => {
	const error = {
		code: 'JOB_BUSY',
		message: 'A sync of photos is under way.',
		guidance: 'Wait for it.',
		kind: 'failure',
	};
	const app = onStep('plan', 100, 30);
	const refused = { type: 'restore/failed', error } as unknown as Action;
	const restore = reduce(app.screens.restore as RestoreState, refused, app);
	const text = drawn({ ...app, screens: { ...app.screens, restore } }, 'restore', 100, 27).join('\n');
	expect(text).toContain('A sync of photos is under way. Wait for it.');
	// Another plan, and it can be tried again.
	const again = ['restore.back', 'restore.next'].reduce(
		(state, id) => reduce(state, { type: 'command', id }, app),
		restore,
	);
	expect(again.plan).toMatchObject({ busy: true });
});

test('cold archives are thawed as fast as somebody chooses', () => {
	const asked = {
		...initial(),
		step: 'plan' as const,
		plan: { ask: 1, busy: false, answer: plan(), error: undefined },
	};
	const reply = (value: string) => reduce(asked, { type: 'reply', tag: 'restore.tier', value }, app).tier;
	expect([reply('standard'), reply('expedited')]).toEqual(['standard', undefined]);
	const { quote } = plan();
	expect(costOf(quote, 'standard')).toMatchObject({ cost: 11, asks: true });
	expect(costOf(quote, 'expedited')).toMatchObject({ tier: { tier: 'bulk' }, cost: 2.75 });
	expect(tierText(quote.tiers[0]!)).toBe('ready in 12-48 h, $2.75');
	expect(drawn(onStep('plan', 160, 45), 'restore', 160, 42).join('\n')).toContain('thaw from $2.75');
	expect(drawn(onStep('run', 160, 45), 'restore', 160, 42).join('\n')).toContain(
		'46 thawing, 2 warm, 1 failed, ready within 25 h',
	);
});

describe('with an engine', () => {
	const root = mkdtempSync(join(tmpdir(), 'firn-app-restore-test-'));
	const source = join(root, 'source');
	let engine: Channel;
	let driver: AppDriver;
	const own = () => driver.screen<RestoreState>('restore');

	beforeAll(async () => {
		mkdirSync(source);
		for (const name of ['a', 'b', 'c']) writeFileSync(join(source, name), name.repeat(5000));
		engine = hostEngine(pathsFor(join(root, 'home')), 'test');
		const { task } = await engine.call('backup', {
			job: 'kept',
			sources: [source],
			to: join(root, 'store'),
			cwd: root,
			options: {},
		});
		expect((await ended(engine, task)).status).toBe('complete');
		const { jobs } = await engine.call('jobs', {});
		driver = driveApp(engine, engine, root, { jobs, job: 'kept' });
	});

	afterAll(() => {
		engine.close();
		rmSync(root, { recursive: true, force: true });
	});

	test('files come back by keys alone, and the report names what was kept', async () => {
		const target = join(root, 'out');
		mkdirSync(join(target, source), { recursive: true });
		writeFileSync(join(target, source, 'a'), 'mine');
		driver.store.dispatch({ type: 'open', screen: 'restore' });
		await driver.when('snapshots', () => own().snapshots.kept !== undefined);
		driver.press('enter', 'ctrl+u');
		driver.type(target);
		driver.press('enter');
		await driver.when('a plan', () => !own().plan.busy);
		expect(own().plan.answer).toMatchObject({ files: 3, existing: { other: 1 }, key: { fits: true } });
		driver.press('enter');
		expect(driver.store.state.modal).toMatchObject({ kind: 'confirm', tag: 'restore.start' });
		driver.press('y');
		await driver.when('a report', () => own().step === 'report');
		expect(own().report.report).toMatchObject({ status: 'complete', kept: 1, problems: 0 });
		expect(own().report.rows).toEqual([{ kind: 'kept', path: join(source, 'a').slice(1) }]);
		expect(readFileSync(join(target, source, 'b'), 'utf8')).toBe('b'.repeat(5000));
		driver.press('y');
		expect(driver.copied).toBe(own().report.report!.file);
		driver.press('n');
		expect(own()).toMatchObject({ step: 'what', task: undefined });
	});

	test('a plan with a problem cannot begin', async () => {
		driver.press('enter', 'tab', 'tab');
		driver.type('/nowhere/key');
		driver.press('enter');
		await driver.when('a plan', () => !own().plan.busy);
		expect(own().plan.answer?.problems[0]?.code).toBe('IDENTITY_MISSING');
		driver.press('enter');
		expect(driver.store.state.modal).toBeUndefined();
		expect(driver.store.state.flash).toMatchObject({ level: 'error' });
	});

	test('an app that opens later shows the report of a restore that ended meanwhile', async () => {
		const { reports } = await engine.call('reports', {});
		const later = driveApp(engine, engine, root, {
			jobs: [],
			screens: { ...appState().screens, restore: initial({ job: 'kept', task: reports[0]!.id }) },
		});
		later.store.dispatch({ type: 'open', screen: 'restore' });
		await later.when('the report', (now) => (now.screens.restore as RestoreState).step === 'report');
	});
});
