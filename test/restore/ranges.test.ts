import { createCipheriv } from 'node:crypto';
import { lstatSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FrameTable } from '../../src/archive/frame-table.ts';
import type { ArchiveShape } from '../../src/archive/layout.ts';
import { FolderDestination } from '../../src/destinations/folder/folder-destination.ts';
import { openArchives } from '../../src/restore/opened-archive.ts';
import { mergeRanges, planUnits } from '../../src/restore/plan-units.ts';
import { startRestore } from '../../src/restore/start-restore.ts';
import { UnitRunner } from '../../src/restore/unit-runner.ts';
import { EventReport } from '../../src/restore/work-report.ts';
import { readArchive } from '../../src/state/archive-list.ts';
import { makePlan } from '../../src/state/make-plan.ts';
import { openState } from '../../src/state/open-state.ts';
import { resolveSnapshot } from '../../src/state/snapshots.ts';
import { Target } from '../../src/target/target.ts';
import { type HandMadeBackup, makeBackup } from '../support/hand-made-backup.ts';
import { removeTree, scratchFolder } from '../support/trees.ts';

let folder: string;
beforeEach(() => {
	folder = scratchFolder('ranges');
});
afterEach(() => removeTree(folder));

const noise = (seed: number, length: number) =>
	createCipheriv('aes-128-ctr', Buffer.alloc(16, seed), Buffer.alloc(16)).update(Buffer.alloc(length));

/** A destination that writes down what is read of it. */
class CountingDestination extends FolderDestination {
	readonly reads: { start: number; bytes: number }[] = [];

	override async *get(key: string, options: { start: number; end: number }): AsyncGenerator<Uint8Array> {
		const read = { start: options.start, bytes: 0 };
		this.reads.push(read);
		for await (const chunk of super.get(key, options)) {
			read.bytes += chunk.length;
			yield chunk;
		}
	}
}

/** Restores one path and says what was read for it. */
async function readsFor(
	backup: HandMadeBackup,
	paths: string[],
	target: string,
): Promise<{ start: number; bytes: number }[]> {
	const state = openState(backup.stateFile, 'read');
	const snapshot = resolveSnapshot(state, undefined);
	const file = join(folder, `plan-${Math.random()}`);
	const plan = makePlan({ state, stateFile: backup.stateFile, file, snapshot, paths });
	const records = plan.archives().map((archive) => readArchive(state, archive)!);
	state.close();
	const archives = openArchives(records, [backup.identity]);
	const destination = new CountingDestination(backup.store);
	const problems: unknown[] = [];
	const runner = new UnitRunner({
		plan,
		target: new Target({ target, existing: 'keep', isFresh: true, onOwnersLost: () => {} }),
		destination: async () => destination,
		report: new EventReport((event) => event.type === 'problem' && problems.push(event)),
		signal: new AbortController().signal,
	});
	for (const unit of planUnits(plan.places(), (archive) => shapeOf(archives.get(archive)!.record), 1, 1)) {
		await runner.run(unit, archives.get(unit.archive)!);
	}
	plan.close();
	expect(problems).toEqual([]);
	return destination.reads;
}

function shapeOf(record: ReturnType<typeof readArchive> & object): ArchiveShape {
	return {
		compression: record.compression,
		encrypted: record.encrypted,
		ageHeaderLength: record.ageHeader?.length ?? 0,
		payloadSize: record.payloadSize,
		objectSize: record.size,
		...(record.frames ? { frames: FrameTable.decode(record.frames) } : {}),
	};
}

describe('a single small file', () => {
	const files = Array.from({ length: 2000 }, (_, at) => ({ path: `d/f${at}`, content: noise(at % 250, 3072) }));

	it('costs one read of the chunks that hold it', async () => {
		const backup = makeBackup({ folder, runs: [{ archives: [files] }] });
		for (const at of [0, 777, 1999]) {
			const reads = await readsFor(backup, [`d/f${at}`], join(folder, `t${at}`));
			expect(reads.length).toBe(1);
			// Two chunks where it lies across their border.
			expect(reads[0]!.bytes).toBeLessThanOrEqual(2 * (65_536 + 16));
			expect(readFileSync(join(folder, `t${at}/d/f${at}`)).equals(files[at]!.content)).toBe(true);
		}
	});

	it('costs one frame with compression', async () => {
		const backup = makeBackup({ folder, runs: [{ archives: [files] }], compression: 'zstd' });
		const reads = await readsFor(backup, ['d/f777'], join(folder, 'target'));
		expect(reads.length).toBe(1);
		expect(reads[0]!.bytes).toBeLessThan(1.2 * 1024 * 1024);
	});

	it('is restored by a thread, which says what it read', async () => {
		const backup = makeBackup({ folder, runs: [{ archives: [files] }] });
		const handle = startRestore(
			{
				stateFile: backup.stateFile,
				paths: ['d/f5'],
				target: join(folder, 'target'),
				identities: [backup.identity],
				existing: 'keep',
				dryRun: false,
			},
			{ progress: () => {}, event: () => {} },
		);
		expect(await handle.done).toMatchObject({ status: 'complete', files: 1, details: { requests: 1 } });
		expect(lstatSync(join(folder, 'target/d/f5')).size).toBe(3072);
	});
});

it('any file of any archive can be restored alone', async () => {
	const sizes = fc.oneof(
		fc.nat(3000),
		fc.nat(200_000),
		fc.constantFrom(0, 1, 512, 65_536, 131_072 - 512, 1_048_576, 1_500_000),
	);
	await fc.assert(
		fc.asyncProperty(
			fc.array(sizes, { minLength: 1, maxLength: 12 }),
			fc.constantFrom('none' as const, 'gzip' as const, 'zstd' as const),
			fc.boolean(),
			async (lengths, compression, encrypt) => {
				const own = scratchFolder('any');
				const files = lengths.map((length, at) => ({ path: `f${at}`, content: noise(at, length) }));
				const backup = makeBackup({ folder: own, runs: [{ archives: [files] }], compression, encrypt });
				for (const { path, content } of files) {
					const reads = await readsFor(backup, [path], join(own, `t-${path}`));
					expect(reads.length).toBe(1);
					expect(readFileSync(join(own, `t-${path}`, path)).equals(content)).toBe(true);
				}
				removeTree(own);
			},
		),
		{ numRuns: 15 },
	);
});

describe('planUnits and mergeRanges', () => {
	const shape: ArchiveShape = {
		compression: 'none',
		encrypted: false,
		ageHeaderLength: 0,
		payloadSize: 1e9,
		objectSize: 1e9,
	};
	const places = fc
		.array(fc.tuple(fc.nat(400_000), fc.integer({ min: 512, max: 300_000 })), { minLength: 1, maxLength: 50 })
		.map((pairs) => {
			let at = 0;
			return pairs.map(([gap, length], item) => {
				const offset = at + gap;
				at = offset + length;
				return { item: item + 1, archive: 1, offset, length, size: length, type: 'file' as const };
			});
		});

	it('read every item once, join what is close and nothing else', () => {
		fc.assert(
			fc.property(places, (all) => {
				const merged = mergeRanges(shape, all);
				expect(merged.flatMap((range) => range.places)).toEqual(all);
				for (const { range, places } of merged) {
					expect([range.start, range.end]).toEqual([places[0]!.offset, places.at(-1)!.offset + places.at(-1)!.length]);
				}
				for (let at = 1; at < merged.length; at++) {
					expect(merged[at]!.range.start - merged[at - 1]!.range.end).toBeGreaterThan(128 * 1024);
				}
			}),
		);
	});

	it('cut a plan into units that hold every item once and say what they cost', () => {
		fc.assert(
			fc.property(places, fc.integer({ min: 1, max: 4 }), (all, workers) => {
				const units = planUnits(all, () => shape, 4 * 1024 * 1024, workers);
				expect(units[0]!.from).toBe(1);
				expect(units.at(-1)!.to).toBe(all.length + 1);
				for (let at = 1; at < units.length; at++) expect(units[at]!.from).toBe(units[at - 1]!.to);
				for (const unit of units) {
					const merged = mergeRanges(shape, all.slice(unit.from - 1, unit.to - 1));
					expect(unit.requests).toBe(merged.length);
					expect(unit.fetchBytes).toBe(merged.reduce((sum, { range }) => sum + range.end - range.start, 0));
				}
			}),
		);
	});
});

it('makes the target with all above it', async () => {
	const backup = makeBackup({ folder, runs: [{ archives: [[{ path: 'f', content: 'f' }]] }] });
	mkdirSync(join(folder, 'x'));
	await readsFor(backup, [], join(folder, 'x/y/z'));
	expect(readFileSync(join(folder, 'x/y/z/f'), 'utf8')).toBe('f');
});
