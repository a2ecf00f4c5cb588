/**
 * Backups that are killed (SIGKILL) at seeded points, resumed, and then proven whole with stock tools. A failure tells its
 * seed; the same seed makes the same tree and the same kills, up to the scheduling of threads.
 *
 * FIRN_CAMPAIGN=full: at least 200 kills. FIRN_SEED=n: one case.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { runCase, type Target } from '../support/campaign/case.ts';
import { driveTarget } from '../support/campaign/drive-target.ts';
import { folderTarget } from '../support/campaign/folder-target.ts';
import { Random } from '../support/campaign/random.ts';
import { PartCounter, s3Target } from '../support/campaign/s3-target.ts';
import { startDriveEmulator } from '../support/drive-emulator/emulator.ts';
import { startS3Simulator } from '../support/s3-simulator/simulator.ts';
import { AWS, CEPH } from '../support/s3-simulator/types.ts';

const isFull = process.env.FIRN_CAMPAIGN === 'full';
const onlySeed = process.env.FIRN_SEED === undefined ? undefined : Number(process.env.FIRN_SEED);
const base = mkdtempSync(join(tmpdir(), 'firn-campaign-'));
const failed: string[] = [];

afterAll(() => {
	if (failed.length === 0) rmSync(base, { recursive: true });
	else console.log(`What the failed cases left is in ${failed.join(' and ')}.`);
});

/** Runs cases until so many attempts have been killed. */
async function campaign(
	label: string,
	wanted: number,
	targetOf: (workDir: string, seed: number) => Target,
): Promise<void> {
	const kills = new Map<string, number>();
	let total = 0;
	for (let seed = onlySeed ?? 1; total < wanted; seed++) {
		const workDir = join(base, `${label}-${seed}`);
		const result = await runCase(new Random(seed), workDir, targetOf(workDir, seed)).catch((cause: Error) => {
			failed.push(workDir);
			throw new Error(`seed ${seed}: ${cause.message}`, { cause });
		});
		if (result.wrong.length > 0) failed.push(workDir);
		expect(result.wrong, [`seed ${seed}`, ...result.story].join('\n')).toEqual([]);
		for (const kill of result.kills) kills.set(kill, (kills.get(kill) ?? 0) + 1);
		total += result.kills.length;
		if (onlySeed !== undefined) break;
	}
	console.log(`${total} kills: ${[...kills].map(([point, count]) => `${point} ${count}`).join(', ')}`);
}

describe.concurrent('killed backups', () => {
	test('to a folder', { timeout: 600_000 }, async () => {
		await campaign('folder', isFull ? 150 : 6, folderTarget);
	});

	test('to an S3 store', { timeout: 600_000 }, async () => {
		const simulator = await startS3Simulator();
		const counter = new PartCounter(simulator);
		try {
			await campaign('s3', isFull ? 60 : 3, (_workDir, seed) => {
				// Ceph keeps no CRC-32, but both have ETags that prove the bytes of a part.
				Object.assign(simulator.quirks, seed % 3 === 0 ? CEPH : AWS);
				return s3Target(simulator, counter, `seed-${seed}`);
			});
		} finally {
			await simulator.close();
		}
	});

	test('to Google Drive', { timeout: 600_000 }, async () => {
		const drive = await startDriveEmulator();
		try {
			await campaign('drive', isFull ? 60 : 3, (workDir, seed) => driveTarget(drive, workDir, `seed-${seed}`));
		} finally {
			await drive.close();
		}
	});
});
