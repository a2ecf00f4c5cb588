/** Does what a plan of a sync has found: marks in the books, and what was asked for in the store. */

import type { PlanItem } from '../core/catalog.ts';
import { FirnError } from '../core/errors.ts';
import { counted } from '../core/sizes.ts';
import { ArchiveFates } from '../state/archive-fates.ts';
import { isKnownKey } from '../state/known-objects.ts';
import { allPlanItems, takePlan } from '../state/plan-store.ts';
import { adoptUnknown } from './adopt.ts';
import { rewriteManifest, rewriteSidecars } from './companions.ts';
import type { Desk, Ending } from './desk.ts';
import { finishDeletes } from './finish-deletes.ts';
import { finishDrops } from './finish-drops.ts';
import type { SyncWork } from './spec.ts';

/** Alarms that the error names. */
const NAMED = 5;

/** @throws FirnError NO_PLAN, PLAN_STALE, or as the destination does */
export async function runSync(
	desk: Desk,
	{ plan: id, unknown, abortUploads, identities = [] }: SyncWork,
): Promise<Ending> {
	const { db, progress } = desk;
	const { figures } = takePlan(db, id, 'sync');
	const [archives, bytes] = [Number(figures.archives), Number(figures.bytes)];
	const { missing, returned } = mark(desk, id);
	progress.done = missing + returned;
	const counts = { missing, returned, written: 0, adopted: 0, removed: 0, aborted: 0, refused: 0 };
	const isStored = db.prepare(`SELECT 1 FROM archives WHERE archive = ? AND status = 'stored'`);
	const bare = [...allPlanItems(db, id, ['sidecar'])].flatMap(({ archive }) =>
		isStored.get(archive!) ? [archive!] : [],
	);
	counts.written += await rewriteSidecars(desk, bare);
	progress.errors += bare.length - counts.written;
	counts.written += await each(desk, id, 'manifest', async ({ key }) => {
		await rewriteManifest(desk, key.split('/')[1]!);
		return true;
	});
	await finishDrops(desk);
	await finishDeletes(desk);
	counts.removed += await each(desk, id, 'leftover', (item) => remove(desk, item));
	if (unknown === 'delete') counts.removed += await each(desk, id, 'unknown', (item) => removeUnknown(desk, item));
	if (unknown === 'adopt') counts.adopted += await adoptUnknown(desk, id, identities);
	if (abortUploads) counts.aborted += await each(desk, id, 'upload', (item) => abort(desk, item));
	counts.refused = progress.errors;
	const alarms = [...allPlanItems(db, id, ['differs'])];
	const ending = { archives, bytes, errors: alarms.length + counts.refused, details: counts };
	if (alarms.length > 0) return { ...ending, status: 'failed', error: alarm(alarms, desk) };
	return { ...ending, status: counts.refused > 0 ? 'partial' : 'complete' };
}

/** Makes all marks, or none. */
function mark({ db }: Desk, plan: string): { missing: number; returned: number } {
	const fates = new ArchiveFates(db);
	const { created } = takePlan(db, plan, 'sync');
	const marked = { missing: 0, returned: 0 };
	// Read before anything is written: the marks change what the plan was made from.
	const items = [...allPlanItems(db, plan, ['missing', 'returned'])];
	db.exec('BEGIN IMMEDIATE');
	try {
		for (const { kind, archive } of items) {
			if (kind === 'missing') fates.markMissing(archive!);
			else fates.markReturned(archive!);
			marked[kind as keyof typeof marked] += 1;
		}
		fates.markSeen(plan, created);
		db.exec('COMMIT');
	} catch (error) {
		db.exec('ROLLBACK');
		throw error;
	}
	return marked;
}

/** Goes through items of a kind; what the store refuses is told and passed over. @returns how many were done */
async function each(
	{ db, signal, report, progress }: Desk,
	plan: string,
	kind: PlanItem['kind'],
	act: (item: PlanItem) => Promise<boolean>,
): Promise<number> {
	let done = 0;
	for (const item of allPlanItems(db, plan, [kind])) {
		signal.throwIfAborted();
		try {
			if (await act(item)) done += 1;
		} catch (error) {
			if (!(error instanceof FirnError) || error.code === 'STOPPED') throw error;
			progress.errors += 1;
			report({ event: 'notice', level: 'warn', message: error.message });
		}
		progress.done += 1;
	}
	return done;
}

/** What is left of an archive that is deleted in the books. */
async function remove({ destination }: Desk, { key }: PlanItem): Promise<boolean> {
	await destination.delete(key);
	return true;
}

/** Only if it is still what was listed, lies below the job's own prefix, and the books do not know it by now. */
async function removeUnknown({ db, destination, spec, report }: Desk, item: PlanItem): Promise<boolean> {
	const { key, size, details } = item;
	if (!key.startsWith(`${spec.job.id}/`) || isKnownKey(db, key)) return false;
	const now = await destination.head(key);
	if (!now) return false;
	if (now.size !== size || now.etag !== details.etag) {
		report({ event: 'notice', level: 'warn', message: `${key} has changed since it was listed, and stays.` });
		return false;
	}
	await destination.delete(key);
	return true;
}

async function abort({ db, destination, spec }: Desk, { key, details }: PlanItem): Promise<boolean> {
	const id = String(details.upload);
	const live = db.prepare(`SELECT 1 FROM archives WHERE status = 'open' AND upload_id = ?`).get(id);
	if (!key.startsWith(`${spec.job.id}/`) || live) return false;
	await destination.abortUpload({ key, id });
	return true;
}

function alarm(items: PlanItem[], { spec }: Desk): FirnError {
	const named = items.slice(0, NAMED).map(({ key, details }) => `${key} (${details.fault})`);
	const more = items.length > NAMED ? ` and ${items.length - NAMED} more` : '';
	return new FirnError(
		'STORE_DIFFERS',
		`${counted(items.length, 'archive')} in the store ${items.length === 1 ? 'is' : 'are'} not what was stored: ${named.join(', ')}${more}.`,
		{
			guidance: `firn verify ${spec.job.name} --read-data proves what is left of them; firn delete ${spec.job.name} ARCHIVE lets the next run store their files again.`,
		},
	);
}
