/** In which storage class the objects of a run are: a real run against the simulator, as AWS is and as others are. */

import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { BackupSpec } from '../../src/backup/spec.ts';
import { startBackup } from '../../src/backup/start-backup.ts';
import { jobSchema } from '../../src/config/job.ts';
import type { TaskEvent } from '../../src/core/task.ts';
import { pricesOf, priceTableWith } from '../../src/pricing/price-table.ts';
import { listArchives } from '../../src/state/archive-list.ts';
import { openState } from '../../src/state/open-state.ts';
import { startS3Simulator } from '../support/s3-simulator/simulator.ts';

let close: (() => Promise<void>) | undefined;
afterEach(() => close?.());

async function run(storageClass: string | undefined, priced: boolean) {
	const root = mkdtempSync(join(tmpdir(), 'firn-class-'));
	const simulator = await startS3Simulator();
	close = async () => {
		rmSync(root, { recursive: true, force: true });
		await simulator.close();
	};
	mkdirSync(join(root, 'tree'));
	writeFileSync(join(root, 'tree', 'big'), randomBytes(900_000));
	writeFileSync(join(root, 'tree', 'small'), 'small');
	const job = jobSchema.parse({
		id: 'k7m2qx9a4b',
		name: 'job',
		sources: [join(root, 'tree')],
		destination: { url: 's3://bucket/p', endpoint: simulator.endpoint },
		encrypt: false,
		splitSize: 500_000,
		created: new Date().toISOString(),
		...(storageClass ? { storageClass } : {}),
	});
	const prices = pricesOf(priceTableWith(undefined), 'us-east-1')!;
	const spec: BackupSpec = {
		job,
		stateFile: join(root, 'state.sqlite3'),
		secretsDir: join(root, 'secrets'),
		full: false,
		dryRun: false,
		mode: 'new',
		version: '1',
		skipPaths: [],
		env: simulator.env,
		...(priced ? { prices } : {}),
	};
	const events: TaskEvent[] = [];
	const summary = await startBackup(spec, { progress: () => {}, event: (event) => events.push(event) }).done;
	expect(summary).toMatchObject({ status: 'complete', archives: 2 });
	const db = openState(spec.stateFile, 'read');
	const listed = listArchives(db).rows.map(({ key, bytes, storageClass: name }) => [key, bytes > 500_000, name]);
	db.close();
	const classes = simulator.keys().map((key) => [key, simulator.object(key)!.storageClass] as const);
	return {
		listed: new Map(listed.map(([, isBig, name]) => [isBig, name])),
		archives: new Map(
			classes
				.filter(([key]) => key.endsWith('.tar'))
				.map(([key, name]) => [simulator.object(key)!.size > 500_000, name]),
		),
		others: new Set(classes.filter(([key]) => !key.endsWith('.tar')).map(([, name]) => name)),
		kinds: classes.filter(([key]) => !key.endsWith('.tar')).map(([key]) => key.split('/').at(-1)),
		notices: events.flatMap((event) => (event.event === 'notice' ? [event.message] : [])),
	};
}

test('archives go to the class of the job; small ones, and what must stay readable, do not', async () => {
	const { archives, listed, others, kinds, notices } = await run('DEEP_ARCHIVE', true);
	expect(archives).toEqual(
		new Map<unknown, unknown>([
			[true, 'DEEP_ARCHIVE'],
			[false, 'STANDARD'],
		]),
	);
	expect(listed).toEqual(archives);
	expect(kinds.sort()).toEqual(['000001.idx', '000002.idx', 'RECOVER.txt', 'manifest']);
	expect(others).toEqual(new Set(['STANDARD']));
	expect(
		notices.filter((text) => /Archives below 3\d\d KiB are stored in STANDARD: DEEP_ARCHIVE/.test(text)),
	).toHaveLength(1);
});

test('where prices are not known, all archives go to the class that was asked for', async () => {
	const { archives, listed, others } = await run('GLACIER', false);
	expect(new Set(archives.values())).toEqual(new Set(['GLACIER']));
	expect(listed).toEqual(archives);
	expect(others).toEqual(new Set(['STANDARD']));
});

test('at a store that is not AWS no class is named unless asked for', async () => {
	const { archives, listed } = await run(undefined, true);
	expect(new Set(archives.values())).toEqual(new Set(['STANDARD']));
	expect(new Set(listed.values())).toEqual(new Set([null]));
});
