/** What lies in a destination, by the names alone: jobs, their runs, and what of these there is. Nothing is read. */

import { parseObjectKey } from '../../core/object-names.ts';
import type { Destination, StoredObject } from '../../destinations/destination.ts';
import { listPrefix, parseListKey } from '../../mirror/list-key.ts';

/** A sidecar or a manifest. */
export interface RecordObject {
	key: string;
	size: number;
	encrypted: boolean;
}

export interface ListedRun {
	id: string;
	/** By their numbers within the run, ascending. */
	archives: Map<number, StoredObject>;
	sidecars: Map<number, RecordObject>;
	/** The newest first. */
	manifests: (RecordObject & { attempt: number })[];
}

export interface ListedJob {
	id: string;
	/** The oldest first. */
	runs: ListedRun[];
}

/** The list of what a mirror holds. */
export interface ListedList extends RecordObject {
	runId: string;
}

export interface ListedMirror {
	id: string;
	/** Those that are tried, the newest first; encrypted ones alone if there are any. */
	lists: ListedList[];
}

/** Keys that a store lists at once. */
const PAGE = 1000;

/**
 * @param jobId of this job alone
 * @returns the jobs, and how many requests it took
 */
export async function listJobs(
	destination: Destination,
	jobId?: string,
	signal?: AbortSignal,
): Promise<{ jobs: ListedJob[]; mirrors: ListedMirror[]; requests: number }> {
	const jobs: ListedJob[] = [];
	let job: ListedJob | undefined;
	let run: ListedRun | undefined;
	const lists: (ListedList & { jobId: string })[] = [];
	let objects = 0;
	for await (const object of listed(destination, jobId, signal)) {
		objects += 1;
		const name = parseObjectKey(object.key);
		const list = name ? undefined : parseListKey(object.key);
		if (list) lists.push({ ...list, key: object.key, size: object.size });
		if (!name) continue;
		// Ascending by key: what belongs together comes together.
		if (job?.id !== name.jobId) {
			job = { id: name.jobId, runs: [] };
			run = undefined;
			jobs.push(job);
		}
		if (run?.id !== name.runId) {
			run = { id: name.runId, archives: new Map(), sidecars: new Map(), manifests: [] };
			job.runs.push(run);
		}
		const record = { key: object.key, size: object.size, encrypted: name.encrypted };
		if (name.kind === 'archive') run.archives.set(name.sequence, object);
		// Beside an encrypted one a plain one is not ours: it sorts before it and is replaced.
		else if (name.kind === 'sidecar') run.sidecars.set(name.sequence, record);
		else run.manifests.push({ ...record, attempt: name.attempt });
	}
	for (const job of jobs) for (const { manifests } of job.runs) manifests.sort(newestFirst);
	const mirrors = [...new Set(lists.map((list) => list.jobId))].map((id) => mirrorOf(id, lists));
	return { jobs, mirrors, requests: Math.max(1, Math.ceil(objects / PAGE)) };
}

async function* listed(destination: Destination, jobId: string | undefined, signal: AbortSignal | undefined) {
	const options = signal ? { signal } : {};
	let isEmpty = true;
	for await (const object of destination.list(jobId === undefined ? '' : `${jobId}/`, options)) {
		isEmpty = false;
		yield object;
	}
	// A job is either in archives or a mirror.
	if (jobId !== undefined && isEmpty) yield* destination.list(listPrefix(jobId), options);
}

function mirrorOf(id: string, all: readonly (ListedList & { jobId: string })[]): ListedMirror {
	const own = all.filter(({ jobId }) => jobId === id).sort((a, b) => (a.runId < b.runId ? 1 : -1));
	const encrypted = own.filter((list) => list.encrypted);
	return { id, lists: encrypted.length > 0 ? encrypted : own };
}

function newestFirst(a: ListedRun['manifests'][number], b: ListedRun['manifests'][number]): number {
	return Number(b.encrypted) - Number(a.encrypted) || b.attempt - a.attempt;
}

/** What rebuilding a job reads: every sidecar, and of each run the newest manifest. */
export function toRead(job: ListedJob): { requests: number; bytes: number } {
	let requests = 0;
	let bytes = 0;
	for (const { sidecars, manifests } of job.runs) {
		for (const { size } of [...sidecars.values(), ...manifests.slice(0, 1)]) {
			requests += 1;
			bytes += size;
		}
	}
	return { requests, bytes };
}
