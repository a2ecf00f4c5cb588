/** A store that charges is sent nothing before somebody has agreed to it, in a real terminal. */

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { HistoryRow } from '../../src/core/history.ts';
import { type S3Simulator, startS3Simulator } from '../support/s3-simulator/simulator.ts';
import { appBench, READY } from '../support/terminal/app-bench.ts';
import { expectFreshPaint } from '../support/terminal/fresh-paint.ts';

const bench = appBench();
let simulator: S3Simulator;
let env: Record<string, string>;
const job = ['papers', 'papers', '--to', 's3://bucket/p', '--storage-class', 'DEEP_ARCHIVE', '--no-encrypt'];

beforeAll(async () => {
	simulator = await startS3Simulator({ buckets: ['bucket'] });
	env = { ...(simulator.env as Record<string, string>) };
	mkdirSync(join(bench.root, 'papers'));
	for (let n = 0; n < 6; n++) writeFileSync(join(bench.root, 'papers', `${n}`), Buffer.alloc(500_000, `${n}`));
	const prices = JSON.parse(readFileSync(new URL('../../src/pricing/prices.json', import.meta.url), 'utf8'));
	for (const name of ['STANDARD', 'DEEP_ARCHIVE']) prices.regions['us-east-1'].classes[name].put = 2;
	const aliases = { [new URL(simulator.endpoint).hostname]: 'us-east-1' };
	mkdirSync(bench.home, { recursive: true });
	writeFileSync(join(bench.home, 'prices.json'), JSON.stringify({ ...prices, aliases }));
	await bench.run('jobs', 'add', ...job, '--endpoint', simulator.endpoint, '--split-size', '1MiB');
});
afterAll(async () => {
	await bench.close();
	await simulator.close();
});

test('the app says what a backup costs, goes back on esc, and begins once that is agreed to', async () => {
	const app = bench.open({ cols: 80, rows: 24, env });
	await app.waitFor(READY);
	await app.waitFor('s3://bucket/p');
	await app.press('s');
	await app.waitFor(/New +6 files, 2\.86 MiB/);
	expect(app.text()).toMatch(/Stored +3 archives in DEEP_ARCHIVE/);
	expect(app.text()).toMatch(/To send +\$0\.03 for 15 requests/);
	expect(app.text()).toContain('at least 180 days');
	await expectFreshPaint(app, 'quote');
	await app.press('esc');
	await app.waitFor(/s:start/);
	expect(simulator.log.entries).toEqual([]);

	await app.press('s');
	await app.waitFor('Agree and start');
	await app.press('enter');
	await app.waitFor('Snapshot of 6 files');
	const [row] = (await bench.run('--json', 'history')).records as unknown as HistoryRow[];
	expect(row).toMatchObject({ status: 'complete', agreed: expect.closeTo(0.03, 6) });
	expect(row!.cost!.requests).toBeCloseTo(0.03, 6);
});

test('what costs nothing is not asked about', async () => {
	const app = bench.open({ cols: 80, rows: 24, env });
	await app.waitFor(READY);
	await app.press('s');
	await app.waitFor('Snapshot of 6 files');
	expect(((await bench.run('--json', 'history')).records[0] as unknown as HistoryRow).agreed).toBeNull();
});
