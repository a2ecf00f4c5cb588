/**
 * Power cuts: what a killed backup had not synced is taken from the disk again (state database, secrets and destination),
 * then the backup goes on. strace tells what was synced.
 *
 * FIRN_CAMPAIGN=full: forty cuts. FIRN_SEED=n: one case.
 */

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runCase } from '../support/campaign/case.ts';
import { DiskTrace, straceCommand } from '../support/campaign/disk-trace.ts';
import { folderTarget } from '../support/campaign/folder-target.ts';
import { cutPower, sizesBelow } from '../support/campaign/power-cut.ts';
import { Random } from '../support/campaign/random.ts';

const canTrace = spawnSync('strace', ['-f', '--seccomp-bpf', '-o', '/dev/null', 'true']).status === 0;
const onlySeed = process.env.FIRN_SEED === undefined ? undefined : Number(process.env.FIRN_SEED);
const wanted = process.env.FIRN_CAMPAIGN === 'full' ? 40 : 6;

test.skipIf(!canTrace)(
	canTrace
		? 'a backup goes on after power cuts'
		: 'a backup goes on after power cuts (skipped: strace cannot be used here)',
	{ timeout: 600_000 },
	async () => {
		const base = mkdtempSync(join(tmpdir(), 'firn-power-'));
		let cuts = 0;
		for (let seed = onlySeed ?? 1; cuts < wanted; seed++) {
			const workDir = join(base, String(seed));
			const random = new Random(seed);
			const { kills, wrong, story } = await runCase(random, workDir, powerTarget(workDir, random));
			expect(wrong, [`seed ${seed}, in ${workDir}`, ...story].join('\n')).toEqual([]);
			cuts += kills.length;
			if (onlySeed !== undefined) break;
		}
		rmSync(base, { recursive: true });
	},
);

/** A folder that loses what was not synced whenever an attempt is killed. */
function powerTarget(workDir: string, random: Random) {
	const roots = [join(workDir, 'home'), join(workDir, 'destination')];
	const trace = join(workDir, 'trace');
	const kept = join(workDir, 'kept');
	mkdirSync(kept, { recursive: true });
	let before = new Map<string, number>();
	const target = folderTarget(workDir);
	return {
		...target,
		env: { FIRN_KEEP: kept },
		changesTree: false,
		kill: () => {
			before = sizesBelow(roots);
			const [point, most] = random.pick(POINTS);
			const when = random.pick(['before', 'half', 'after'] as const);
			const kill = { point, nth: random.int(1, most), when };
			return { name: `${when} ${point}`, kill, under: straceCommand(trace) };
		},
		afterKill: () => cutPower(new DiskTrace(roots, before.keys(), readFileSync(trace, 'latin1')), random, kept, before),
	};
}

/** Where things are on their way to the disk, and about how often in one backup. */
const POINTS: readonly [string, number][] = [
	['write', 60],
	['write', 20],
	['datasync', 60],
	['datasync', 20],
	['commit', 80],
	['statement', 500],
	['sync', 20],
	['create', 10],
	['link', 10],
	['unlink', 10],
	['mkdir', 6],
	['rename', 1],
	['renameSync', 1],
	['fsyncSync', 4],
	['rmSync', 1],
];
