/** Deletions that a mirror holds back are agreed to in the app, in a real terminal: No is the default, and for good is typed. */

import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { appBench } from '../../support/terminal/app-bench.ts';
import { expectFreshPaint } from '../../support/terminal/fresh-paint.ts';
import type { TestTerminal } from '../../support/terminal/terminal.ts';

const bench = appBench();
const FILES = 60;

beforeAll(() => mkdirSync(bench.root, { recursive: true }));
afterEach(bench.closeTerminals);
afterAll(bench.close);

const mirrored = (job: string) => readdirSync(join(bench.root, `nas-${job}`, job, 'old')).length;

/** A mirror whose source has lost nearly all of its files since, which its last run has held back. */
async function heldMirror(job: string, deletions: string): Promise<void> {
	const source = join(bench.root, job);
	mkdirSync(join(source, 'old'), { recursive: true });
	for (let n = 0; n < FILES; n++) writeFileSync(join(source, 'old', `${n}.jpg`), `${n}`);
	writeFileSync(join(source, 'new.jpg'), 'new');
	const to = ['--to', join(bench.root, `nas-${job}`), '--layout', 'mirror', '--deletions', deletions];
	expect(await bench.run('backup', source, ...to)).toMatchObject({ code: 0 });
	for (let n = 1; n < FILES; n++) rmSync(join(source, 'old', `${n}.jpg`));
	const held = await bench.run('backup', job);
	expect(held.code).toBe(1);
	expect(held.out).toContain(`Missing at the sources: 59 of 61 files of the mirror, such as ${job}/old/`);
}

async function ended(app: TestTerminal): Promise<void> {
	await app.waitFor(/Mirror of 2 files/);
}

test('deletions for good: told in the jobs, explained, and done once their number is typed', async () => {
	await heldMirror('photos', 'follow');
	const app = bench.open({ cols: 80, rows: 24 });
	await app.waitFor('deletions held');
	expect(app.text()).toMatch(/A:agree to deletions/);
	await app.press('A');
	await app.waitFor('delete 59');
	const dialog = app.text().replace(/[│\s]+/g, ' ');
	expect(dialog).toContain('has lost 59 of the 61 files of its mirror');
	expect(dialog).toContain('for good: nothing brings them back');
	expect(dialog).toMatch(/photos\/old\/\d+\.jpg/);
	expect(dialog).toContain('and 53 files more');
	await expectFreshPaint(app, 'question');
	// Neither enter nor another number agrees.
	await app.press('enter');
	await app.type('delete 60');
	await app.press('enter');
	expect(app.text()).toContain('delete 59');
	await app.press('esc');
	await app.waitFor((screen) => !screen.includes('delete 59'));
	expect(mirrored('photos')).toBe(FILES);

	await app.press('A');
	await app.waitFor('delete 59');
	await app.type('delete 59');
	await app.press('enter');
	await ended(app);
	expect(mirrored('photos')).toBe(1);
	await app.press('1');
	await app.waitFor('[1 Jobs]');
	await app.press('A');
	await app.waitFor('has not held any deletions back');
});

test('deletions that are moved aside, in a small terminal: enter means no, the other button yes', async () => {
	const job = 'notes';
	await heldMirror(job, 'move');
	const app = bench.open({ cols: 60, rows: 16 });
	await app.waitFor('deletions held');
	await app.press('G');
	await app.press('3');
	await app.waitFor(/A shows what is missing|A:agree/);
	await app.press('A');
	await app.waitFor('[ Move ]');
	expect(app.text()).toContain('.firn-deleted');
	await expectFreshPaint(app, 'question');
	await app.press('enter');
	await app.waitFor((screen) => !screen.includes('[ Move ]'));
	expect(mirrored(job)).toBe(FILES);
	await app.press('A');
	await app.waitFor('[ Move ]');
	await app.press('right');
	await app.press('enter');
	await ended(app);
	expect(mirrored(job)).toBe(1);
	expect(existsSync(join(bench.root, `nas-${job}`, '.firn-deleted'))).toBe(true);
});

test('what is typed is not enough once more is missing; what is back is not asked about', async () => {
	await heldMirror('films', 'follow');
	const app = bench.open();
	await app.waitFor('deletions held');
	await app.press('G');
	await app.press('A');
	await app.waitFor('delete 59');
	rmSync(join(bench.root, 'films/old/0.jpg'));
	await app.type('delete 59');
	await app.press('enter');
	await app.waitFor(/Missing at the sources: 60 of 61/);
	expect(mirrored('films')).toBe(FILES);
	for (let n = 0; n < FILES; n++) writeFileSync(join(bench.root, 'films/old', `${n}.jpg`), `${n}`);
	await app.press('1');
	await app.waitFor('deletions held');
	await app.press('A');
	await app.waitFor('Nothing of films is held back now');
});
