/** What a dry run says that a run will cost is what the run then does: real runs against the simulator and its bill. */

import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import type { BackupSpec } from '../../src/backup/spec.ts';
import { startBackup } from '../../src/backup/start-backup.ts';
import type { Job } from '../../src/config/job.ts';
import { pricesOf, priceTableWith } from '../../src/pricing/price-table.ts';
import { makeTestBackup } from '../support/campaign/spec.ts';
import { billOf } from '../support/s3-simulator/bill.ts';
import type { LogEntry } from '../support/s3-simulator/log.ts';
import { type S3Simulator, startS3Simulator } from '../support/s3-simulator/simulator.ts';
import { removeTree, scratchFolder } from '../support/trees.ts';

const KiB = 1024;
const MiB = 1024 * KiB;
const prices = pricesOf(priceTableWith(undefined), 'us-east-1')!;
const READ = new Set(['GetObject', 'HeadObject']);
const FREE = new Set(['DeleteObject', 'DeleteObjects', 'AbortMultipartUpload']);

let open: { root: string; simulator: S3Simulator } | undefined;
async function end() {
	if (!open) return;
	await open.simulator.close();
	removeTree(open.root);
	open = undefined;
}
afterEach(end);

async function makeCase(job: Partial<Job>) {
	await end();
	const root = scratchFolder('quote');
	const simulator = await startS3Simulator();
	open = { root, simulator };
	const destination = { url: 's3://bucket/p', endpoint: simulator.endpoint, region: simulator.region };
	const { spec, source } = makeTestBackup(root, {
		destination,
		partSize: 5 * MiB,
		storageClass: 'DEEP_ARCHIVE',
		...job,
	});
	const given: BackupSpec = { ...spec, prices, env: simulator.env as Record<string, string> };
	const put = (name: string, content: Buffer) => {
		mkdirSync(join(source, name, '..'), { recursive: true });
		writeFileSync(join(source, name), content);
	};
	/** What the dry run has said, and what the run then did. */
	const run = async (change: Partial<BackupSpec> = {}) => {
		const reporter = { progress: () => {}, event: () => {} };
		const start = (dryRun: boolean) => startBackup(structuredClone({ ...given, ...change, dryRun }), reporter).done;
		const dry = await start(true);
		const before = new Set(simulator.keys());
		simulator.log.clear();
		const summary = await start(false);
		expect([dry.status, summary.status, dry.error, summary.error]).toEqual([
			'complete',
			'complete',
			undefined,
			undefined,
		]);
		const charged = simulator.log.entries.filter(({ operation }) => !READ.has(operation) && !FREE.has(operation));
		const archives = simulator.keys().filter((key) => key.includes('.tar') && !before.has(key));
		const bytes: Record<string, number> = {};
		for (const key of archives) {
			const { storageClass, size } = simulator.object(key)!;
			bytes[storageClass] = (bytes[storageClass] ?? 0) + size;
		}
		return { quote: dry.quote!, summary, charged, archives: archives.length, bytes };
	};
	return { put, run };
}

type Done = Awaited<ReturnType<Awaited<ReturnType<typeof makeCase>>['run']>>;

function expectAsQuoted({ quote, charged, archives, bytes }: Done) {
	const warmBytes = quote.warmBytes!;
	const found = {
		archives,
		sent: charged.length,
		cold: bytes.DEEP_ARCHIVE ?? 0,
		warm: bytes.STANDARD ?? 0,
	};
	expect(found, story(charged)).toEqual({
		archives: quote.archives,
		sent: quote.sent,
		cold: quote.bytes! - warmBytes,
		warm: warmBytes,
	});
	expect(billOf(charged).requests).toBeCloseTo(quote.requests, 9);
}

const story = (entries: LogEntry[]) => entries.map(({ operation, key }) => `${operation} ${key}`).join('\n');

const sizes = fc.array(
	fc.oneof(
		fc.integer({ min: 0, max: 20 * KiB }),
		fc.integer({ min: 100 * KiB, max: 900 * KiB }),
		fc.integer({ min: MiB, max: 4 * MiB }),
	),
	{ minLength: 1, maxLength: 25 },
);
const how = fc.record({
	encrypt: fc.boolean(),
	splitSize: fc.constantFrom(600 * KiB, MiB, 3 * MiB, 7 * MiB),
	workers: fc.integer({ min: 1, max: 3 }),
});

test('archives, requests and bytes by class are those of the run, without compression', {
	timeout: 60_000,
}, async () => {
	await fc.assert(
		fc.asyncProperty(sizes, how, async (all, job) => {
			const { put, run } = await makeCase(job);
			for (const [at, size] of all.entries()) put(join(`${at % 3}`, `file ${at}`), randomBytes(size));
			expectAsQuoted(await run());
			// Of the second run only what is new counts.
			put('new', randomBytes(all[0]!));
			expectAsQuoted(await run());
		}),
		{ numRuns: 3 },
	);
});

test('files larger than half the split size do not share archives, and each archive is charged for', async () => {
	const { put, run } = await makeCase({ splitSize: 2 * MiB, encrypt: false });
	for (let n = 0; n < 5; n++) put(`${n}`, randomBytes(1.2 * MiB));
	const done = await run();
	expect(done.quote).toMatchObject({ archives: 5, warm: 0, storageClass: 'DEEP_ARCHIVE' });
	expectAsQuoted(done);
});

test('what compression saves is not counted: the quote is never too low', async () => {
	const { put, run } = await makeCase({ splitSize: 12 * MiB, compression: 'zstd' });
	for (let n = 0; n < 4; n++) put(`${n}`, Buffer.alloc(3 * MiB, `line ${n}\n`));
	put('noise', randomBytes(3 * MiB));
	const { quote, charged, archives, bytes } = await run();
	expect(archives).toBe(quote.archives);
	expect(charged.length).toBeLessThan(quote.sent!);
	expect(billOf(charged).requests).toBeLessThanOrEqual(quote.requests);
	expect((bytes.DEEP_ARCHIVE ?? 0) + (bytes.STANDARD ?? 0)).toBeLessThan(quote.bytes! / 3);
});

test('a mirror is quoted with all that it lists', async () => {
	const { put, run } = await makeCase({ layout: 'mirror', encrypt: true, storageClass: 'STANDARD_IA' });
	for (let n = 0; n < 12; n++) put(join('many', `${n}`), randomBytes(n * 1000));
	put('big', randomBytes(6 * MiB));
	for (let round = 1; round <= 3; round++) {
		const { quote, charged } = await run();
		expect([round, charged.length], story(charged)).toEqual([round, quote.sent]);
		expect(billOf(charged).requests).toBeCloseTo(quote.requests, 4);
		if (round === 1) put('new', randomBytes(100));
	}
});
