import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import stringWidth from 'string-width';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { generateIdentity } from '../../../../src/archive/age/identity.ts';
import { pathsFor } from '../../../../src/config/paths.ts';
import type { InspectAnswer } from '../../../../src/core/restore-answers.ts';
import { hostEngine } from '../../../../src/engine/host.ts';
import type { Channel } from '../../../../src/protocol/channel.ts';
import type { Action } from '../../../../src/tui/actions.ts';
import { type DecryptState, initial, isGoing, reduce, STEPS, save } from '../../../../src/tui/screens/decrypt/state.ts';
import { screenOf } from '../../../../src/tui/screens/index.ts';
import { type AppDriver, drawn, driveApp } from '../../../support/app-driver.ts';
import { appState } from '../../../support/app-state.ts';
import { ended } from '../../../support/ended.ts';

const command = (id: string): Action => ({ type: 'command', id });
const field = (key: string): Action => ({ type: 'field', key });
const app = appState({ screen: 'decrypt' });
const after = (...actions: Action[]): DecryptState =>
	actions.reduce((state, action) => reduce(state, action, app), initial());
const added: Action = { type: 'decrypt/add', paths: ['/mnt/a', '/mnt/b'] };
const looked = (change: Partial<InspectAnswer> = {}, ask = 1): Action => ({
	type: 'decrypt/looked',
	ask,
	answer: { ...FOUND, ...change },
});

const EVIL = '\u001b[31mevil\n\u202e👍';
const ARCHIVE = {
	path: `/mnt/a/${EVIL}/000001.tar.age`,
	name: '000001.tar.age',
	folder: EVIL,
	size: 5e9,
	compression: 'none',
	encrypted: true,
	recipients: 2,
	opens: true,
};
const FOUND: InspectAnswer = {
	archives: Array.from({ length: 40 }, (_, at) => ({ ...ARCHIVE, path: `${at}`, opens: at > 2 })),
	totals: { archives: 40, bytes: 2e11, encrypted: 40, opens: 37, problems: 0 },
	identities: [
		{ file: `/root/${EVIL}`, recipients: ['age1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq'], opens: 37 },
	],
	companions: 42,
	foreign: { count: 1, names: ['/mnt/a/x'] },
	problems: [],
	warnings: ['3 archives cannot be opened with these identities.'],
};
const WRONG = { code: 'WRONG_IDENTITY', message: 'No identity fits.', retry: 'no', kind: 'usage' } as const;

describe('the steps', () => {
	test('begin with a field for a path, which esc gives free', () => {
		expect(after()).toMatchObject({ step: 'files', typing: { text: '' } });
		expect(after(field('esc')).typing).toBeUndefined();
		expect(after(field('enter'))).toMatchObject({
			step: 'files',
			error: { message: expect.stringContaining('Which archives') },
		});
	});

	test('look at what is added, and take it out again', () => {
		const state = after(added);
		expect(state).toMatchObject({ inputs: ['/mnt/a', '/mnt/b'], typing: undefined, look: { ask: 1, busy: true } });
		const less = after(added, command('list.up'), command('decrypt.takeOut'));
		expect(less).toMatchObject({ inputs: ['/mnt/a'], look: { ask: 2 } });
		expect(reduce(less, looked({}, 1), app)).toBe(less);
	});

	test('do not leave the key before it fits', () => {
		const key = after(added, looked(), command('decrypt.next'), field('enter'));
		expect(key).toMatchObject({ step: 'key', look: { ask: 2, busy: true, purpose: 'next' } });
		expect(reduce(key, looked({ problems: [WRONG] }, 2), app)).toMatchObject({
			step: 'key',
			look: { purpose: 'nothing' },
		});
		expect(reduce(key, looked({}, 2), app)).toMatchObject({ step: 'target' });
	});

	test('begin only when target and archives are right', () => {
		const target = [field('enter'), looked({}, 2)];
		const wanted = after(added, looked(), command('decrypt.next'), ...target, field('enter'));
		expect(wanted.look).toMatchObject({ ask: 3, purpose: 'start' });
		expect(reduce(wanted, looked({}, 3), app).look.purpose).toBe('start');
		expect(reduce(wanted, looked({ problems: [WRONG] }, 3), app).look.purpose).toBe('nothing');
	});

	test('are kept as a draft, but never what deletes', () => {
		const state = after(
			added,
			looked(),
			command('decrypt.next'),
			field('x'),
			field('enter'),
			looked({}, 2),
			field('tab'),
			field('tab'),
		);
		const deleting = reduce({ ...state, row: 3 }, command('list.unfold'), app);
		expect(deleting.deleteEncrypted).toBe(true);
		const again = initial(JSON.parse(JSON.stringify(save(deleting))));
		expect(again).toMatchObject({
			step: 'target',
			inputs: state.inputs,
			identity: { text: 'x' },
			deleteEncrypted: false,
		});
	});
});

describe.each([
	[160, 45],
	[100, 30],
	[80, 24],
	[60, 16],
])('at %ix%i', (columns, rows) => {
	test.each(STEPS)('%s fills its area and no name breaks out', (step) => {
		const base = after(added, looked({ problems: [WRONG] }));
		const state = {
			...base,
			step,
			row: 0,
			inputs: [`/mnt/${EVIL}`, '/b', '/c', '/d', '/e', '/f', '/g', '/h'],
			deleteEncrypted: true,
		};
		const whole = { ...app, columns, rows, screens: { ...app.screens, decrypt: state } };
		const lines = drawn(whole, 'decrypt', columns, rows - 3);
		expect(lines.length).toBeLessThanOrEqual(rows - 3);
		for (const line of lines) {
			expect(stringWidth(line), line).toBeLessThanOrEqual(columns);
			expect(line.replace(/\u001b\[[0-9;]*m/g, '')).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]|👍/);
		}
		if (step === 'key' || step === 'target') expect(lines.join('\n')).toContain('No identity fits.');
	});
});

describe('without an engine', () => {
	const root = mkdtempSync(join(tmpdir(), 'firn-app-decrypt-test-'));
	const source = join(root, 'source');
	const store = join(root, 'store');
	const foreignKey = join(root, 'foreign.txt');
	let local: Channel;
	let driver: AppDriver;
	const own = () => driver.screen<DecryptState>('decrypt');

	beforeAll(async () => {
		mkdirSync(source);
		for (const name of ['a', 'b', 'c']) writeFileSync(join(source, name), name.repeat(5000));
		writeFileSync(foreignKey, `${generateIdentity().identity}\n`);
		local = hostEngine(pathsFor(join(root, 'home')), 'test');
		const { task } = await local.call('backup', { job: 'kept', sources: [source], to: store, cwd: root, options: {} });
		expect((await ended(local, task)).status).toBe('complete');
	});

	afterAll(() => {
		local.close();
		rmSync(root, { recursive: true, force: true });
	});

	const opened = (): void => {
		driver = driveApp(local, undefined, root, { engine: { state: 'lost', reason: 'gone', since: 0, retryAt: 0 } });
		driver.store.dispatch({ type: 'open', screen: 'decrypt' });
	};

	test('archives are unpacked by keys alone, once the key fits', async () => {
		opened();
		driver.type('nowhere');
		driver.press('enter');
		expect(own().error?.message).toContain('There is no');
		driver.press('ctrl+u');
		driver.store.paste(`'${store}' ${root}/missing\n`);
		expect(driver.store.state.flash?.text).toContain('1 added, 1 not found');
		await driver.when('the archives', () => own().look.answer !== undefined);
		driver.press('enter');
		driver.type('foreign.txt');
		driver.press('enter');
		await driver.when('a look', () => !own().look.busy);
		expect(own()).toMatchObject({ step: 'key', look: { answer: { problems: [{ code: 'WRONG_IDENTITY' }] } } });
		driver.press('ctrl+u', 'enter');
		await driver.when('the target', () => own().step === 'target');
		driver.press('ctrl+u');
		driver.type('out');
		driver.press('enter');
		await driver.when('a question', ({ modal }) => modal?.kind === 'confirm');
		driver.press('y');
		await driver.when('it goes on', () => own().going !== undefined);
		await driver.when('a report', () => own().step === 'report');
		expect(own().report.report).toMatchObject({ status: 'complete', files: 3, problems: 0 });
		expect(readFileSync(join(root, 'out', source, 'b'), 'utf8')).toBe('b'.repeat(5000));
		expect(screenOf('decrypt').unsaved!(own())).toBeUndefined();
		expect(isGoing(own())).toBe(false);
	});

	test('what deletes wants its number typed, and keeps an archive that is damaged', async () => {
		const copy = join(root, 'copy');
		cpSync(store, copy, { recursive: true });
		opened();
		driver.type('copy');
		driver.press('enter');
		await driver.when('the archives', () => own().look.answer !== undefined);
		const { path, size } = own().look.answer!.archives[0]!;
		driver.press('enter', 'enter');
		await driver.when('the target', () => own().step === 'target');
		// To TAR files, beside the archives, and then they go.
		driver.press('up', 'space', 'tab', 'ctrl+u', 'tab', 'right');
		expect(own()).toMatchObject({ extract: false, deleteEncrypted: true, target: { text: '' } });
		driver.press('enter');
		await driver.when('a question', ({ modal }) => modal?.kind === 'confirm');
		expect(driver.store.state.modal).toMatchObject({ phrase: 'delete 1' });
		driver.press('enter');
		expect(driver.store.state.modal).toBeDefined();
		truncateSync(path, size - 10);
		driver.type('delete 1');
		driver.press('enter');
		await driver.when('a report', () => own().step === 'report');
		expect(own().report.report).toMatchObject({ status: 'failed', problems: 1 });
		expect(existsSync(path)).toBe(true);
	});
});
