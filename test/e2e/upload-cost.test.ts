/** Nothing that costs more than a cent is sent before somebody has agreed to it. */

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type FirnHome, firnHome } from '../support/firn.ts';
import { type S3Simulator, startS3Simulator } from '../support/s3-simulator/simulator.ts';

let simulator: S3Simulator;
let firn: FirnHome;
let asked: string[];

beforeAll(async () => {
	simulator = await startS3Simulator({ buckets: ['bucket'] });
	firn = firnHome({ ...(simulator.env as Record<string, string>) });
	const folder = join(firn.root, 'papers');
	mkdirSync(folder);
	for (let n = 0; n < 10; n++) writeFileSync(join(folder, `${n}`), Buffer.alloc(50_000, `${n} `));
	const builtIn = JSON.parse(readFileSync(new URL('../../src/pricing/prices.json', import.meta.url), 'utf8'));
	// As if each request cost a twentieth of a cent, in any class.
	const { classes } = builtIn.regions['us-east-1'];
	for (const name of ['STANDARD', 'DEEP_ARCHIVE']) classes[name].put = 0.5;
	const { hostname } = new URL(simulator.endpoint);
	mkdirSync(firn.home, { recursive: true });
	writeFileSync(join(firn.home, 'prices.json'), JSON.stringify({ ...builtIn, aliases: { [hostname]: 'us-east-1' } }));
	const to = ['--to', 's3://bucket/p', '--endpoint', simulator.endpoint, '--storage-class', 'DEEP_ARCHIVE'];
	asked = ['backup', folder, '--job', 'papers', ...to, '--split-size', '1MiB'];
});
afterAll(async () => {
	await firn.close();
	await simulator.close();
});

test('a dry run says what it would cost', async () => {
	const { code, out } = await firn.run(...asked, '--dry-run');
	expect(code).toBe(0);
	expect(out).toMatch(
		/Nothing was stored\.\nStored +1 archive in DEEP_ARCHIVE, 5.. KiB\nTo send +\$0\.01 for 11 requests\nTo keep +<\$0\.01 a month\n\nDEEP_ARCHIVE charges for at least 180/,
	);
});

test('a cent is not asked about, more is, and nothing was sent', async () => {
	const folder = join(firn.root, 'many');
	mkdirSync(folder);
	for (let n = 0; n < 120; n++) writeFileSync(join(folder, `${n}`), Buffer.alloc(50_000, `${n} `));
	const dear = asked.map((one) => (one === join(firn.root, 'papers') ? folder : one === 'papers' ? 'many' : one));
	simulator.log.clear();
	const refused = await firn.run(...dear);
	expect(refused).toMatchObject({
		code: 2,
		err: expect.stringMatching(/Sending 120 files, 5\.\d+ MiB costs \$0\.01, .*nothing was sent\.\n.*--max-cost 0\.02/),
	});
	expect(refused.out).toMatch(/Stored +\d archives in DEEP_ARCHIVE/);
	const tooMuch = await firn.run(...dear, '--max-cost', '0.001');
	expect(tooMuch).toMatchObject({ code: 2, err: expect.stringContaining('more than the <$0.01 that it may') });
	expect(await firn.run(...dear, '--max-cost', 'much')).toMatchObject({ code: 2 });
	expect(simulator.log.entries).toEqual([]);
	expect((await firn.run('--json', 'jobs')).records).toEqual([]);

	expect(await firn.run(...asked)).toMatchObject({ code: 0, out: expect.stringContaining('Looking for what is new') });
	// Where nobody would be asked, nothing is scanned twice.
	const agreed = await firn.run(...asked, '--yes');
	expect(agreed).toMatchObject({ code: 0, out: expect.not.stringContaining('Looking for what is new') });
	expect((await firn.run(...dear, '--max-cost', '1')).code).toBe(0);
});
