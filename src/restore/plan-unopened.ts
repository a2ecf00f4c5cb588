/** What a restore has to do, as far as it is known without any key: the files, their archives, the reads. */

import { dirname, join } from 'node:path';
import type { ArchiveShape } from '../archive/layout.ts';
import type { DestinationConfig } from '../destinations/destination.ts';
import { coldClassOf } from '../pricing/estimate.ts';
import { type ArchiveRecord, readArchive, storedByRun } from '../state/archive-list.ts';
import type { Preference } from '../state/choose-copies.ts';
import { readJobState } from '../state/job-state.ts';
import { makePlan } from '../state/make-plan.ts';
import { openState } from '../state/open-state.ts';
import type { RestorePlan } from '../state/restore-plan.ts';
import { resolveSnapshot, type Snapshot } from '../state/snapshots.ts';
import { objectUnits } from './mirror/object-units.ts';
import { type MirrorPlace, mirrorPlace } from './mirror/place.ts';
import { readMirrorFolder } from './mirror/read-folder.ts';
import { shapeOf } from './opened-archive.ts';
import { planUnits, type Unit } from './plan-units.ts';
import type { RestoreSpec } from './spec.ts';

export interface UnopenedPlan {
	snapshot: Snapshot;
	destination: DestinationConfig;
	plan: RestorePlan;
	planFile: string;
	/** The archives that hold what is wanted. */
	records: ArchiveRecord[];
	units: Unit[];
	/** Sums of the units. */
	fetchBytes: number;
	requests: number;
	totals: { files: number; bytes: number; others: number };
	/** How many archives each run that is needed has stored, by the folder of the run. */
	stored: Record<string, number>;
	/** Where files lie that are in no archives. */
	mirror: MirrorPlace | undefined;
}

/**
 * @param planFile does not exist yet; the books of a mirror of plain files come beside it
 * @throws FirnError SNAPSHOT_MISSING, PATH_MISSING, BAD_FRAME_TABLE, DEST_MISSING, or as openState()
 */
export function planUnopened(
	spec: Pick<RestoreSpec, 'stateFile' | 'paths' | 'snapshot' | 'workers' | 'destination' | 'warm' | 'archives'>,
	planFile: string,
	usualWorkers: number,
): UnopenedPlan {
	const { paths, workers = usualWorkers } = spec;
	const { job } = readJobState(spec.stateFile);
	const mirror = mirrorPlace(job);
	const stateFile = mirror?.folder === undefined ? spec.stateFile : join(dirname(planFile), 'books.sqlite3');
	if (mirror?.folder !== undefined) readMirrorFolder(job, spec.stateFile, stateFile);
	const state = openState(stateFile, 'read');
	let plan: RestorePlan | undefined;
	try {
		const snapshot = resolveSnapshot(state, spec.snapshot);
		const destination = spec.destination ?? job.destination;
		// Only S3 has storage classes, whatever a job says.
		const hasClasses = destination.url.startsWith('s3:');
		const warm = new Set(spec.warm);
		const prefer: Preference = {
			thawBytes: ({ key, size, storageClass }) =>
				hasClasses && coldClassOf(storageClass) && !warm.has(key) ? size : 0,
			chosen: spec.archives && new Set(spec.archives),
		};
		plan = makePlan({ state, stateFile, file: planFile, snapshot, paths, ...(mirror ? {} : { prefer }) });
		const found = plan.archives().flatMap((archive) => readArchive(state, archive) ?? []);
		const records = hasClasses ? found : found.map((record) => ({ ...record, storageClass: undefined }));
		const totals = plan.totals();
		const shapes = new Map<number, ArchiveShape>();
		for (const record of records) if (record.status === 'stored') shapes.set(record.archive, shapeOf({ record }));
		const units = mirror
			? objectUnits(plan.places(), mirror.recipients.length)
			: planUnits(plan.places(), (archive) => shapes.get(archive), totals.bytes, workers);
		const fetchBytes = units.reduce((sum, unit) => sum + unit.fetchBytes, 0);
		const requests = units.reduce((sum, unit) => sum + unit.requests, 0);
		const stored = storedByRun(state, records);
		return { snapshot, destination, plan, planFile, records, units, fetchBytes, requests, totals, stored, mirror };
	} catch (error) {
		plan?.close();
		throw error;
	} finally {
		state.close();
	}
}
