/** What work at a store that charges has cost, as the history has it: an engine in this process, a simulated store. */

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pathsFor } from '../../src/config/paths.ts';
import { hostEngine } from '../../src/engine/host.ts';
import type { Channel } from '../../src/protocol/channel.ts';
import type { Params } from '../../src/protocol/contract.ts';
import { ended } from '../support/ended.ts';
import { type S3Simulator, startS3Simulator } from '../support/s3-simulator/simulator.ts';

const root = mkdtempSync(join(tmpdir(), 'firn-cost-'));
const paths = pathsFor(join(root, 'home'));
const source = join(root, 'source');
let simulator: S3Simulator;
let engine: Channel;
let env: Record<string, string>;

beforeAll(async () => {
	simulator = await startS3Simulator({ buckets: ['bucket'] });
	env = { ...(simulator.env as Record<string, string>) };
	mkdirSync(source);
	for (let n = 0; n < 5; n++) writeFileSync(join(source, `${n}`), `${n}`.repeat(10_000));
	const prices = JSON.parse(readFileSync(new URL('../../src/pricing/prices.json', import.meta.url), 'utf8'));
	// So that reading costs something from the first byte.
	prices.regions['us-east-1'].egress = { tiers: [{ gb: 100 }] };
	const aliases = { [new URL(simulator.endpoint).hostname]: 'us-east-1' };
	mkdirSync(join(root, 'home'), { recursive: true });
	writeFileSync(paths.pricesFile, JSON.stringify({ ...prices, aliases }));
	engine = hostEngine(paths, 'test');
});

afterAll(async () => {
	engine.close();
	await simulator.close();
	rmSync(root, { recursive: true, force: true });
});

async function backUp(job: string, options: Params<'backup'>['options']) {
	const endpoint = { endpoint: simulator.endpoint, encrypt: false };
	const request = { job, sources: [source], to: `s3://bucket/${job}`, cwd: root, env };
	const { task } = await engine.call('backup', { ...request, options: { ...endpoint, ...options }, agreedCost: 2 });
	return ended(engine, task);
}

const newest = async (job: string) => (await engine.call('history', { job })).rows[0]!;

test('a mirror is quoted by its objects, and the history has what it has cost and what was agreed to', async () => {
	const options = { layout: 'mirror', storageClass: 'STANDARD_IA' } as const;
	const request = { job: 'copy', sources: [source], to: 's3://bucket/copy', cwd: root, env };
	const quoted = await engine.call('quoteBackup', {
		...request,
		options: { ...options, endpoint: simulator.endpoint, encrypt: false },
		files: 5,
		bytes: 50_000,
	});
	expect(quoted).toMatchObject({ objects: 5, storageClass: 'STANDARD_IA', least: { days: 30 } });
	expect(await backUp('copy', options)).toMatchObject({ status: 'complete', cost: { region: 'us-east-1' } });
	const { cost, agreed } = await newest('copy');
	expect(agreed).toBe(2);
	expect(cost!.requests).toBeCloseTo(quoted.requests, 9);
	expect(cost!.storageMonth).toBeCloseTo(quoted.storageMonth, 9);
});

test('a restore that thaws nothing has cost what it has read', async () => {
	expect((await backUp('kept', {})).status).toBe('complete');
	const asked = { job: 'kept', paths: [], cwd: root, target: join(root, 'back'), env };
	const { quote } = await engine.call('planRestore', asked);
	expect(quote.reading!.total).toBeGreaterThan(0.004);
	const { task } = await engine.call('restore', { ...asked, agreedCost: 1 });
	expect((await ended(engine, task)).status).toBe('complete');
	const row = await newest('kept');
	expect(row).toMatchObject({ kind: 'restore', agreed: 1, cost: { storageMonth: 0 } });
	expect(row.cost!.total).toBeCloseTo(quote.reading!.total, 6);

	// All is there: nothing is read, and nothing has been paid for.
	const again = await engine.call('restore', { ...asked, agreedCost: 1 });
	expect((await ended(engine, again.task)).status).toBe('complete');
	expect((await newest('kept')).cost).toBeNull();
});
