/**
 * Enters runs into the books that these do not know: written by another machine, or after the copy of the state database
 * that came back. Their manifests and sidecars tell all of it; no archive is read.
 *
 * Only runs that are newer than all the books have can be entered, one behind the other, as versions of files follow
 * each other.
 */

import { FirnError, usageError } from '../core/errors.ts';
import { parseObjectKey } from '../core/object-names.ts';
import { counted } from '../core/sizes.ts';
import type { StoredObject } from '../destinations/destination.ts';
import { isKnownKey } from '../state/known-objects.ts';
import { allPlanItems } from '../state/plan-store.ts';
import { TakenIn } from '../state/taken-in.ts';
import type { Desk } from './desk.ts';
import type { RecordObject } from './recover/listing.ts';
import { type Manifest, parseManifest } from './recover/manifest.ts';
import { fetchRecord, openRecord, textOf } from './recover/read-record.ts';
import { startOf } from './recover/run-numbers.ts';
import { Folders, takeInSidecar } from './recover/take-in.ts';

interface UnknownRun {
	id: string;
	archives: Map<number, Pick<StoredObject, 'size' | 'link'>>;
	sidecars: Map<number, RecordObject>;
	/** The newest last. */
	manifests: (RecordObject & { attempt: number })[];
}

/** What is wrong with a record alone. */
const SKIPPED = new Set(['WRONG_IDENTITY', 'RECORD_DAMAGED', 'BAD_SIDECAR', 'BAD_LINES', 'BAD_FRAME', 'NOT_FOUND']);

/**
 * @returns how many archives were entered
 * @throws FirnError (usage) ADOPT_UNFINISHED, NO_IDENTITY; as the destination does
 */
export async function adoptUnknown(desk: Desk, plan: string, identities: string[]): Promise<number> {
	const store = new TakenIn(desk.db);
	const folders = new Folders(store);
	let adopted = 0;
	for (const run of unknownRuns(desk, plan)) {
		desk.signal.throwIfAborted();
		if (run.sidecars.size === 0) continue;
		const newest = newestRun(desk, store);
		if (newest !== undefined && run.id <= newest.id) {
			refuse(desk, `Run ${run.id} is older than run ${newest.id} of the books: firn decrypt unpacks its archives.`);
			continue;
		}
		requireIdentity(run, identities);
		adopted += await adoptRun(desk, { store, folders, identities, behind: newest?.run ?? 0 }, run);
		folders.forget();
	}
	return adopted;
}

/** Run by run, as their keys follow each other. */
function* unknownRuns(desk: Desk, plan: string): Generator<UnknownRun> {
	const { db, spec } = desk;
	let run: UnknownRun | undefined;
	for (const { key, size, details } of allPlanItems(db, plan, ['unknown'])) {
		const name = parseObjectKey(key);
		if (!name || name.jobId !== spec.job.id || isKnownKey(db, key)) continue;
		if (run && run.id !== name.runId) yield run;
		if (run?.id !== name.runId) run = { id: name.runId, archives: new Map(), sidecars: new Map(), manifests: [] };
		const record = { key, size: size!, encrypted: name.encrypted };
		// Anybody who can write to the store can put a run there that is not encrypted.
		if (spec.job.encrypt && !name.encrypted) {
			if (name.kind === 'sidecar') refuse(desk, `${key} is not encrypted, and the job is: it was not adopted.`);
			continue;
		}
		if (name.kind === 'archive') {
			const { link } = details;
			run.archives.set(name.sequence, { size: size!, ...(typeof link === 'string' ? { link } : {}) });
		} else if (name.kind === 'sidecar') run.sidecars.set(name.sequence, record);
		else run.manifests.push({ ...record, attempt: name.attempt });
	}
	if (run) yield run;
}

/** @throws FirnError (usage) ADOPT_UNFINISHED: what would be gone on with later lies before what is entered */
function newestRun({ db, spec }: Desk, store: TakenIn): { run: number; id: string } | undefined {
	const unfinished = store.runs.unfinished();
	if (unfinished) {
		throw usageError(
			'ADOPT_UNFINISHED',
			`Run ${unfinished.id} of the books is unfinished.`,
			`Finish it first: firn resume ${spec.job.name}.`,
		);
	}
	const row = db.prepare('SELECT run, id FROM runs ORDER BY run DESC LIMIT 1').get();
	return row && { run: Number(row.run), id: String(row.id) };
}

function requireIdentity({ sidecars, manifests }: UnknownRun, identities: string[]): void {
	if (identities.length > 0 || ![...sidecars.values(), ...manifests].some(({ encrypted }) => encrypted)) return;
	throw usageError(
		'NO_IDENTITY',
		'The sidecars are encrypted, and there is no identity to open them.',
		'Give the identity they were made for with --identity FILE.',
	);
}

interface Place {
	store: TakenIn;
	folders: Folders;
	identities: string[];
	/** Number of the newest run of the books. */
	behind: number;
}

/** All of a run is entered, or nothing; a sidecar that cannot be used is left out by itself. */
async function adoptRun(desk: Desk, { store, folders, identities, behind }: Place, run: UnknownRun): Promise<number> {
	const { db, destination, signal, spec } = desk;
	const open = async (record: RecordObject) =>
		openRecord(await fetchRecord(destination, record, signal), record.encrypted, identities);
	const manifest = await readManifest(desk, run, open);
	const listed = manifest && new Map(manifest.archives.map((archive) => [archive.key, archive]));
	const wanted = manifest?.run.number ?? 0;
	const number = wanted > behind ? wanted : behind + 1;
	const known = new Set<string>();
	db.exec('BEGIN IMMEDIATE');
	try {
		if (manifest) store.putRun(finishedRun(run.id, number, manifest));
		for (const [sequence, record] of run.sidecars) {
			const object = run.archives.get(sequence);
			const found = { jobId: spec.job.id, runId: run.id, sequence, encrypted: record.encrypted, listed, object };
			try {
				const pieces = await open(record);
				const { archive } = await store.atOnce(() =>
					takeInSidecar(store, folders, pieces, found, ({ runStarted, full = false }) => {
						const started = runStarted === undefined ? startOf(run.id) : Date.parse(runStarted);
						if (!store.runs.has(run.id))
							store.putRun({ run: number, id: run.id, started, status: 'abandoned', full, problems: [] });
						return number;
					}),
				);
				known.add(archive);
			} catch (error) {
				folders.forget();
				passOver(desk, record.key, error);
			}
		}
		if (manifest) endRun(store, number, manifest, known);
		else if (known.size > 0) store.entries.dropLooseLinks(number, new Set());
		db.exec('COMMIT');
	} catch (error) {
		db.exec('ROLLBACK');
		throw error;
	}
	return known.size;
}

/** The newest one that can be used. */
async function readManifest(
	desk: Desk,
	{ id, manifests }: UnknownRun,
	open: (record: RecordObject) => Promise<AsyncIterable<Buffer>>,
): Promise<Manifest | undefined> {
	for (const record of [...manifests].sort((a, b) => b.attempt - a.attempt)) {
		try {
			return parseManifest(await textOf(await open(record)), desk.spec.job.id, id);
		} catch (error) {
			passOver(desk, record.key, error);
		}
	}
	return undefined;
}

function finishedRun(id: string, number: number, { run, problems }: Manifest) {
	const { started, finished, status, full, scope, ...totals } = run;
	const ended = { at: Date.parse(finished), ...totals };
	return { run: number, id, started: Date.parse(started), status, full, scope, problems, finished: ended };
}

/** Which versions it has ended; without a sidecar its snapshot is not whole. */
function endRun(store: TakenIn, number: number, { archives, closed, ended, run }: Manifest, known: Set<string>): void {
	const lost = archives.filter(({ key }) => !known.has(key));
	for (const { key, files } of lost) {
		const message = `Its sidecar could not be read when the run was adopted: what it holds (${counted(files, 'file')}) is not listed.`;
		store.runs.addProblem(number, { path: key, code: 'SIDECAR_MISSING', message });
	}
	if (lost.length > 0) store.addErrors(number, lost.length);
	for (const path of closed === undefined ? ended : []) store.close(path, number);
	for (const [path, first, last] of closed ?? []) {
		if (number === run.number) store.closeVersion(path, first, last);
		else store.close(path, number);
	}
}

function passOver(desk: Desk, key: string, error: unknown): void {
	desk.signal.throwIfAborted();
	if (!(error instanceof FirnError) || !SKIPPED.has(error.code)) throw error;
	refuse(desk, `${key}: ${error.message}`);
}

function refuse({ progress, report }: Desk, message: string): void {
	progress.errors += 1;
	report({ event: 'notice', level: 'warn', message });
}
