/** A server that may write, list and abort, and neither read nor delete: it backs up all the same. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { firnHome } from '../support/firn.ts';
import { startS3Simulator } from '../support/s3-simulator/simulator.ts';

test('a backup with a write-only role, and a second one', async () => {
	const simulator = await startS3Simulator();
	const home = firnHome(simulator.env);
	try {
		simulator.faults.add({
			operation: ['GetObject', 'HeadObject', 'DeleteObject'],
			times: Number.POSITIVE_INFINITY,
			fault: { kind: 'error', status: 403, code: 'AccessDenied' },
		});
		const source = join(home.root, 'docs');
		mkdirSync(source);
		writeFileSync(join(source, 'a.txt'), 'hello');
		const args = [source, '--to', 's3://bucket/pre', '--endpoint', simulator.endpoint];
		const test = await home.run('--json', 'test', ...args.slice(1));
		expect(test).toMatchObject({ code: 0, records: [{ verdict: 'writeOnly', left: [] }] });
		const first = await home.run('--json', 'backup', ...args);
		expect(first.records.at(-1)).toMatchObject({ status: 'complete', archives: 1, errors: 0 });
		writeFileSync(join(source, 'b.txt'), 'more');
		const second = await home.run('--json', 'backup', 'docs');
		expect(second.records.at(-1)).toMatchObject({ status: 'complete', archives: 1, errors: 0 });
		expect(simulator.keys().filter((key) => key.endsWith('.tar.age'))).toHaveLength(2);
		expect(simulator.openUploads()).toEqual([]);
	} finally {
		await home.close();
		await simulator.close();
	}
});
