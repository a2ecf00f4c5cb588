/** Compares what the books know of a job with what its store holds. Nothing is changed but the plan. */

import type { PlanItemKind } from '../core/catalog.ts';
import { FirnError } from '../core/errors.ts';
import { inParallel, LANES } from '../core/in-parallel.ts';
import { manifestKey, parseObjectKey } from '../core/object-names.ts';
import type { StoredObject } from '../destinations/destination.ts';
import type { KnownObject } from '../state/known-objects.ts';
import { knownObjects } from '../state/known-objects.ts';
import { booksRevision, type NewItem, PlanDraft } from '../state/plan-store.ts';
import { RunStore } from '../state/run-store.ts';
import { compareObject } from './compare-object.ts';
import type { Desk, Ending } from './desk.ts';
import { mergeJoin } from './merge-join.ts';
import { mustHoldSomething } from './store-empty.ts';

const KINDS: readonly PlanItemKind[] = [
	'missing',
	'returned',
	'differs',
	'sidecar',
	'manifest',
	'leftover',
	'unknown',
	'upload',
];

/**
 * @throws FirnError STORE_EMPTY when the store holds nothing at all of the job: rather a disk that is not mounted than
 * so many archives gone
 */
export async function planSync(desk: Desk): Promise<Ending> {
	const { db, destination, spec, signal, progress } = desk;
	const created = Date.now();
	const revision = booksRevision(db);
	const draft = new PlanDraft(db, 'sync');
	const counts = Object.fromEntries(KINDS.map((kind) => [kind, { count: 0, bytes: 0 }]));
	const find = (item: NewItem) => {
		counts[item.kind]!.count += 1;
		counts[item.kind]!.bytes += item.size ?? 0;
		draft.add(item);
	};
	const runs = new RunStore(db);
	const manifests = new Set<string>();
	const archives = await mustHoldSomething(desk);
	let [objects, bytes] = [0, 0];
	const pairs = mergeJoin(knownObjects(db), destination.list(`${spec.job.id}/`, { signal }));
	// What the listing does not settle is asked for by name, and a store may have lost much.
	await inParallel(pairs, LANES, async ({ known, stored }) => {
		progress.done += 1;
		if (stored) {
			objects += 1;
			bytes += stored.size;
		}
		if (known) {
			for (const item of await (stored ? both(desk, known, stored) : knownOnly(desk, known))) find(item);
		} else if (stored) {
			const name = parseObjectKey(stored.key);
			if (name?.kind === 'manifest' && runs.has(name.runId)) manifests.add(name.runId);
			else find({ kind: 'unknown', key: stored.key, size: stored.size, details: detailsOf(stored) });
		}
	});
	for (const id of runs.finishedIds()) {
		if (!manifests.has(id)) find({ kind: 'manifest', key: manifestKey(spec.job.id, id, spec.job.encrypt) });
	}
	for await (const item of staleUploads(desk)) find(item);
	const findings = Object.values(counts).reduce((sum, { count }) => sum + count, 0);
	const figures: Record<string, number> = { objects, bytes, archives, findings };
	for (const kind of KINDS) figures[kind] = counts[kind]!.count;
	figures.unknownBytes = counts.unknown!.bytes;
	draft.finish(created, revision, figures);
	const alarms = counts.differs!.count;
	progress.errors = alarms;
	return {
		status: alarms > 0 ? 'partial' : 'complete',
		archives,
		bytes,
		errors: alarms,
		details: { plan: draft.id, ...figures },
	};
}

async function both(desk: Desk, known: KnownObject, stored: StoredObject): Promise<NewItem[]> {
	const { key, archive, status, size } = known;
	if (status === 'deleted') return [{ kind: 'leftover', key, archive, size: stored.size }];
	if (known.kind === 'sidecar' || (status !== 'stored' && status !== 'missing')) return [];
	const fault = await compareObject(desk.destination, known, stored);
	if (fault) return [{ kind: 'differs', key, archive, size: stored.size, details: { expected: size, fault } }];
	return status === 'missing' ? [{ kind: 'returned', key, archive, size }] : [];
}

/** A listing may be behind: what it does not have is asked for by name before it counts as lost. */
async function knownOnly(desk: Desk, known: KnownObject): Promise<NewItem[]> {
	if (!known.expected) return [];
	const { key, archive, size } = known;
	const stored = await desk.destination.head(key, { signal: desk.signal });
	if (stored) return both(desk, known, stored);
	return known.kind === 'archive' ? [{ kind: 'missing', key, archive, size }] : [{ kind: 'sidecar', key, archive }];
}

/** Uploads below the job's own prefix that no open archive goes on with. */
async function* staleUploads({ db, destination, spec, signal, report }: Desk): AsyncGenerator<NewItem> {
	const live = db.prepare(`SELECT 1 FROM archives WHERE status = 'open' AND key = ? AND upload_id = ?`);
	try {
		for await (const { key, id, begun } of destination.uploads(`${spec.job.id}/`, { signal })) {
			if (live.get(key, id)) continue;
			yield { kind: 'upload', key, details: { upload: id, begun: begun.toISOString() } };
		}
	} catch (error) {
		if (!(error instanceof FirnError) || error.code === 'STOPPED') throw error;
		report({ event: 'notice', level: 'warn', message: `Unfinished uploads could not be looked for: ${error.message}` });
	}
}

const detailsOf = ({ etag, storageClass, modified, link }: StoredObject): NonNullable<NewItem['details']> => ({
	etag,
	...(storageClass === undefined ? {} : { storageClass }),
	...(modified === undefined ? {} : { modified: modified.toISOString() }),
	...(link === undefined ? {} : { link }),
});
