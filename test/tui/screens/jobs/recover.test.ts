import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pathsFor } from '../../../../src/config/paths.ts';
import type { RecoverableJob, RecoverPlan } from '../../../../src/core/recover-answers.ts';
import { hostEngine } from '../../../../src/engine/host.ts';
import type { Action } from '../../../../src/tui/actions.ts';
import {
	activeField,
	newRecover,
	placeOf,
	type RecoverState,
	reduceRecover,
	rowsOf,
} from '../../../../src/tui/screens/jobs/recover/state.ts';
import type { JobsState } from '../../../../src/tui/screens/jobs/state.ts';
import { drawn, driveApp } from '../../../support/app-driver.ts';
import { appState } from '../../../support/app-state.ts';
import { attempt } from '../../../support/campaign/attempt.ts';
import { makeTestBackup, type TestBackup } from '../../../support/campaign/spec.ts';

const command = (id: string): Action => ({ type: 'command', id });
const field = (key: string): Action => ({ type: 'field', key });
const after = (...actions: Action[]): RecoverState =>
	actions.reduce((state, action) => reduceRecover(state, action)!, newRecover());

const job = (name: string, more: Partial<RecoverableJob> = {}): RecoverableJob => ({
	id: 'abcdefghij',
	name,
	as: name,
	here: 'new',
	cost: null,
	sources: ['/srv'],
	encrypted: true,
	recipients: [],
	runs: 1,
	finished: 1,
	newest: '2026-11-21T00:00:00.000Z',
	archives: 1,
	archiveBytes: 1,
	requests: 2,
	bytes: 3,
	...more,
});
const problem = { code: 'WRONG_IDENTITY', message: 'Another one.', retry: 'no', kind: 'usage' } as const;
const found = (...jobs: RecoverableJob[]): Action => {
	const plan: RecoverPlan = { destination: '/d', jobs, looked: { requests: 1, bytes: 0 } };
	return { type: 'recover/found', plan };
};

describe('from Google Drive', () => {
	const drive = () => after(command('list.top'), command('list.unfold'), command('list.unfold'));

	test('asks for folder and sign-in, and looks again when somebody has signed in', () => {
		expect(rowsOf(drive())).toEqual(['kind', 'driveFolder', 'signIn', 'driveEndpoint', 'identity']);
		expect(placeOf(drive())).toBe('gdrive:firn');
		expect(after(command('list.top'), command('list.fold')).kind).toBe('gdrive');
		const looking = reduceRecover(drive(), command('recover.next'))!;
		expect(looking.busy).toBe('look');
		const sent = reduceRecover(looking, { type: 'recover/signIn' })!;
		expect(sent.busy).toBe('no');
		const reply = (tag: string): Action => ({ type: 'reply', tag, value: 'gdrive' });
		expect(reduceRecover(sent, reply('recover.signedIn'))?.busy).toBe('look');
		expect(reduceRecover(sent, reply('else'))?.busy).toBe('no');
	});
});

describe('recovering a job', () => {
	test('asks for a place first', () => {
		expect(after(field('enter'))).toMatchObject({ busy: 'no', error: { message: 'Which folder?' } });
		const named = after(...[...'/mnt'].map(field), field('enter'));
		expect(named.busy).toBe('look');
		expect(placeOf(named)).toBe('/mnt');
		const s3 = after(command('list.top'), command('list.unfold'), command('list.down'), {
			type: 'paste',
			text: 's3://b/p',
		});
		expect(rowsOf(s3)).toEqual(['kind', 'bucket', 'endpoint', 'region', 'profile', 'identity']);
		expect(placeOf(s3)).toBe('s3://b/p');
	});

	test('begins with a job that can be brought back, and says why another cannot', () => {
		const known = job('a', { here: 'known' });
		const state = after(found(known, job('b', { problem }), job('c')));
		expect(state).toMatchObject({ step: 'which', cursor: 2 });
		const up = reduceRecover(reduceRecover(state, command('list.up'))!, command('recover.next'))!;
		expect(up).toMatchObject({ step: 'which', error: { message: 'Another one.' } });
		const top = reduceRecover(reduceRecover(state, command('list.top'))!, command('recover.next'))!;
		expect(top.error?.message).toContain('here already');
	});

	test('goes on to the name, starts once, and goes back step by step', () => {
		const go = after(found(job('docs')), command('recover.next'));
		expect(go).toMatchObject({ step: 'go', fields: { name: { text: 'docs' } } });
		const start = reduceRecover(go, field('enter'))!;
		expect(start.busy).toBe('start');
		expect(activeField(start)).toBeUndefined();
		expect(reduceRecover(start, command('recover.next'))).toMatchObject({ busy: 'start' });
		const which = reduceRecover(go, field('esc'))!;
		const where = reduceRecover(which, command('recover.back'))!;
		expect([which.step, where.step]).toEqual(['which', 'where']);
		expect(reduceRecover(where, command('recover.back'))).toBeUndefined();
	});

	test('never shows an identity that was pasted', () => {
		const secret = `AGE-SECRET-KEY-1${'Q'.repeat(58)}`;
		const state = after(command('list.down'), { type: 'paste', text: secret });
		expect(state.pasted).toBe(secret);
		expect(JSON.stringify(state.fields) + state.identity.text).not.toContain('QQQ');
	});
});

describe('in the app, on a new machine', () => {
	const root = mkdtempSync(join(tmpdir(), 'firn-app-recover-'));
	let backup: TestBackup;
	const engine = hostEngine(pathsFor(join(root, 'home')), '0');
	beforeAll(async () => {
		backup = makeTestBackup(root, { name: 'docs' });
		mkdirSync(join(backup.source, 'sub'));
		writeFileSync(join(backup.source, 'sub', 'file'), 'content');
		await attempt({ spec: backup.spec, workDir: root });
		rmSync(join(root, 'home'), { recursive: true });
	});
	afterAll(() => {
		engine.close();
		rmSync(root, { recursive: true });
	});

	test('the first page leads to the job', async () => {
		const app = driveApp(engine, engine, root, appState({ screen: 'jobs', jobs: [] }));
		app.store.dispatch({ type: 'jobs', jobs: [] });
		await app.when('the wizard', () => app.screen<JobsState>('jobs').wizard !== undefined);
		app.press('v');
		app.type('destination');
		app.press('enter');
		await app.when('found', () => app.screen<JobsState>('jobs').recover?.step === 'which');
		expect(drawn(app.store.state, 'jobs', 100, 28).join('\n')).toContain('another identity');
		app.press('esc', 'down');
		app.type('identity.txt');
		app.press('enter');
		await app.when('found', () => app.screen<JobsState>('jobs').recover?.plan?.jobs[0]?.name === 'docs');
		app.press('enter');
		expect(drawn(app.store.state, 'jobs', 100, 28).join('\n')).toContain(backup.source.slice(-20));
		app.press('enter');
		await app.when('the end', () => app.screen<JobsState>('jobs').recover === undefined);
		const { jobs } = await engine.call('jobs', {});
		expect(jobs.map(({ name }) => name)).toEqual(['docs']);
		app.store.dispatch({ type: 'jobs', jobs });
		expect(app.screen<JobsState>('jobs')).toMatchObject({ recover: undefined, wizard: undefined });
		expect(app.store.state.job).toBe('docs');
		expect(readFileSync(join(root, 'home', 'secrets', 'identity.txt'), 'utf8')).toContain(
			readFileSync(backup.identityFile, 'utf8').trim(),
		);
	});
});
