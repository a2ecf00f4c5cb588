/**
 * Takes dropped snapshots out of the store, so that a recovery agrees with the books: it rebuilds a snapshot wherever it
 * finds a manifest.
 */

import { manifestKey, parseObjectKey } from '../core/object-names.ts';
import { DroppedRuns } from '../state/dropped-runs.ts';
import { sealedManifest } from './companions.ts';
import type { Desk } from './desk.ts';

/**
 * Sees to its end what was dropped in the books. Can be repeated from any point, and at each the store can be recovered:
 * a manifest tells only what was deleted since the one before it, so the kept ones are written anew before any goes, and
 * of the others the newest goes first.
 */
export async function finishDrops(desk: Desk): Promise<void> {
	const { db, destination, signal } = desk;
	const dropped = new DroppedRuns(db);
	const left = dropped.unforgotten();
	const successors = new Set(left.map(({ run }) => dropped.successor(run)));
	for (const id of successors) {
		signal.throwIfAborted();
		if (id !== undefined) await replaceManifest(desk, id);
	}
	for (const { id } of left) {
		signal.throwIfAborted();
		for (const { key } of await manifests(desk, id)) await destination.delete(key);
	}
	dropped.forget(
		left.map(({ run }) => run),
		Date.now(),
	);
}

/** In its place, so that it does not become more with every call. */
async function replaceManifest(desk: Desk, runId: string): Promise<void> {
	const { destination, spec } = desk;
	const { job } = spec;
	const there = await manifests(desk, runId);
	const newest = there.find(({ encrypted }) => encrypted === job.encrypt);
	const place = newest?.key ?? manifestKey(job.id, runId, job.encrypt);
	await destination.put(place, sealedManifest(desk, runId), { overwrite: true });
	for (const { key } of there) if (key !== place) await destination.delete(key);
}

/** Of a run, the newest first. */
async function manifests({ destination, spec, signal }: Desk, runId: string) {
	const found: { key: string; encrypted: boolean; attempt: number }[] = [];
	for await (const { key } of destination.list(`${spec.job.id}/${runId}/manifest`, { signal })) {
		const name = parseObjectKey(key);
		if (name?.kind === 'manifest') found.push({ key, encrypted: name.encrypted, attempt: name.attempt });
	}
	return found.sort((a, b) => b.attempt - a.attempt);
}
