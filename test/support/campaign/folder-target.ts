/** A folder as destination; killed at the n-th file operation or database statement of a kind. */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KillPoint } from '../kill-hook.ts';
import type { PlannedKill, Target } from './case.ts';
import type { Random } from './random.ts';
import type { ArchiveView } from './state-view.ts';
import { FolderView } from './store-view.ts';

const KiB = 1024;
const MiB = 1024 * KiB;

/** How often each operation happens in a backup of this size, roughly; what is never reached just does not kill. */
const POINTS: readonly [KillPoint['point'], number][] = [
	['lstatSync', 140],
	['readSync', 200],
	['statement', 300],
	['statement', 900],
	['commit', 12],
	['commit', 90],
	['create', 12],
	['write', 80],
	['datasync', 80],
	['sync', 25],
	['link', 12],
	['unlink', 14],
	['mkdir', 12],
	['rename', 2],
	['renameSync', 1],
	['fsyncSync', 3],
	['rmSync', 1],
];

export function folderTarget(workDir: string): Target {
	const root = join(workDir, 'destination');
	const store = new FolderView(root);
	return {
		destination: { url: root },
		env: {},
		store,
		splitSizes: [MiB, 1.5 * MiB, 2 * MiB],
		partSizes: [64 * KiB, 64 * KiB, 64 * KiB + 16, 100_000, 128 * KiB],
		middling: 100 * KiB,
		kill: planKill,
		partial: ({ upload_id: id }: ArchiveView) =>
			id !== null && store.uploads().includes(id) ? store.partial(id) : undefined,
		storedTwice: () => writtenTwice(join(workDir, 'durable.log')),
	};
}

function planKill(random: Random): PlannedKill {
	if (random.chance(0.1)) return { name: 'delay', kill: { afterMs: random.int(150, 900) } };
	const [point, most] = random.pick(POINTS);
	const when = random.pick(['before', 'half', 'after'] as const);
	return { name: `${when} ${point}`, kill: { point, nth: random.int(1, most), when } };
}

/** Pieces of partial files that were written again after they had been durable. */
function writtenTwice(log: string): { uploadId: string; part: string }[] {
	const seen = new Set<string>();
	const twice: { uploadId: string; part: string }[] = [];
	if (!existsSync(log)) return twice;
	for (const line of readFileSync(log, 'utf8').split('\n')) {
		const [, uploadId, part] = /([^/"]+)" (\d+) \d+$/.exec(line) ?? [];
		if (uploadId === undefined || part === undefined) continue;
		if (seen.has(`${uploadId} ${part}`)) twice.push({ uploadId, part });
		seen.add(`${uploadId} ${part}`);
	}
	return twice;
}
