/** Finds what the store of a mirror has lost, or holds as something else, and takes that over into the books. */

import type { PlanItemKind } from '../../core/catalog.ts';
import { FirnError, usageError } from '../../core/errors.ts';
import { counted } from '../../core/sizes.ts';
import { pathOfKey } from '../../mirror/object-key.ts';
import { isWithin, pairsOf, sourcePath } from '../../mirror/pairs.ts';
import { MirrorStore } from '../../state/mirror-store.ts';
import { allPlanItems, booksRevision, PlanDraft, takePlan } from '../../state/plan-store.ts';
import type { Desk, Ending } from '../desk.ts';
import type { SyncWork } from '../spec.ts';
import { compareMirror, mirrorJob } from './compare.ts';

const KINDS: readonly PlanItemKind[] = ['missing', 'differs', 'unknown'];
/** Alarms that the error names. */
const NAMED = 5;

/** @throws FirnError as compareMirror() */
export async function planSyncMirror(desk: Desk): Promise<Ending> {
	const { db, progress } = desk;
	const created = Date.now();
	const revision = booksRevision(db);
	const draft = new PlanDraft(db, 'sync');
	const counts = Object.fromEntries(KINDS.map((kind) => [kind, 0]));
	const { objects, bytes } = await compareMirror(desk, mirrorJob(desk), (found) => {
		const { kind, key, size, expected, fault } = found;
		counts[kind]! += 1;
		const details = fault === undefined ? {} : { expected: expected ?? null, fault };
		const of = size ?? expected;
		draft.add({ kind, key, details, ...(of === undefined ? {} : { size: of }) });
	});
	const findings = Object.values(counts).reduce((sum, count) => sum + count, 0);
	const figures = { objects, bytes, archives: 0, findings, layout: 'mirror', ...counts };
	draft.finish(created, revision, figures);
	const errors = counts.differs!;
	progress.errors = errors;
	const status = errors > 0 ? 'partial' : 'complete';
	return { status, archives: 0, bytes, errors, details: { plan: draft.id, ...figures } };
}

/**
 * What is not there as it was sent is forgotten, so that the next run copies it anew.
 * @throws FirnError NO_PLAN, PLAN_STALE; (usage) BAD_OPTION for what cannot be done about a mirror
 */
export async function syncMirror(desk: Desk, { plan, unknown, abortUploads }: SyncWork): Promise<Ending> {
	const { db, progress, spec } = desk;
	if (unknown !== 'keep' || abortUploads) {
		throw usageError(
			'BAD_OPTION',
			`What the books of the mirror ${spec.job.name} do not know can be neither adopted nor deleted by a sync.`,
			`Leave the option out. With --deletions follow, the next run deletes what the sources do not have.`,
		);
	}
	const job = mirrorJob(desk);
	const { figures } = takePlan(db, plan, 'sync');
	const pairs = pairsOf(job.sources);
	const items = [...allPlanItems(db, plan, ['missing', 'differs'])];
	const mirror = new MirrorStore(db);
	db.exec('BEGIN IMMEDIATE');
	try {
		for (const { key } of items) {
			const path = pathOfKey(key, job.encrypt);
			const pair = path === undefined ? undefined : pairs.find(({ name }) => isWithin(path, name));
			mirror.lose(key, path === undefined || !pair ? undefined : sourcePath(pair, path));
		}
		db.exec('COMMIT');
	} catch (error) {
		db.exec('ROLLBACK');
		throw error;
	}
	progress.done = items.length;
	const differs = items.filter(({ kind }) => kind === 'differs');
	const details = { forgotten: items.length, objects: Number(figures.objects) };
	const ending = { archives: 0, bytes: Number(figures.bytes), errors: differs.length, details };
	if (differs.length === 0) return { ...ending, status: 'complete' };
	const named = differs.slice(0, NAMED).map(({ key, details: { fault } }) => `${key} (${fault})`);
	const more = differs.length > NAMED ? ` and ${differs.length - NAMED} more` : '';
	const is = differs.length === 1 ? 'is' : 'are';
	const error = new FirnError(
		'STORE_DIFFERS',
		`${counted(differs.length, 'object')} in the store ${is} not what was stored: ${named.join(', ')}${more}.`,
		{ guidance: `firn backup ${spec.job.name} copies their files again.` },
	);
	return { ...ending, status: 'failed', error };
}
