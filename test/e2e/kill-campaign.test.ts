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
import { runFolderCase } from '../support/campaign/folder-case.ts';

const isFull = process.env.FIRN_CAMPAIGN === 'full';
const onlySeed = process.env.FIRN_SEED === undefined ? undefined : Number(process.env.FIRN_SEED);
const base = mkdtempSync(join(tmpdir(), 'firn-campaign-'));
const failed: number[] = [];

afterAll(() => {
	if (failed.length === 0) rmSync(base, { recursive: true });
	else console.log(`What the failed cases (seeds ${failed.join(', ')}) left is in ${base}.`);
});

describe('killed backups', () => {
	test('to a folder', { timeout: 600_000 }, async () => {
		const kills = new Map<string, number>();
		const wanted = isFull ? 160 : 8;
		let total = 0;
		for (let seed = onlySeed ?? 1; total < wanted; seed++) {
			const result = await runFolderCase(seed, base);
			if (result.wrong.length > 0) failed.push(seed);
			expect(result.wrong, result.story.join('\n')).toEqual([]);
			for (const kill of result.kills) kills.set(kill, (kills.get(kill) ?? 0) + 1);
			total += result.kills.length;
			if (onlySeed !== undefined) break;
		}
		console.log(`${total} kills: ${[...kills].map(([point, count]) => `${point} ${count}`).join(', ')}`);
	});
});
