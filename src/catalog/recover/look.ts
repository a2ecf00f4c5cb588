/** Which jobs lie in a destination, and what recovering each would read. Of each one record is opened. */

import { jsonLines } from '../../archive/json-lines.ts';
import { parseRecoverNote } from '../../archive/recover-note.ts';
import { parseSidecarHeader } from '../../archive/sidecar-reader.ts';
import type { Job } from '../../config/job.ts';
import { FirnError, toFirnError } from '../../core/errors.ts';
import { RECOVER_KEY } from '../../core/object-names.ts';
import type { FoundJob } from '../../core/recover-answers.ts';
import type { Destination } from '../../destinations/destination.ts';
import { openDestination } from '../../destinations/open-destination.ts';
import { withRetry } from '../../destinations/with-retry.ts';
import { readJobSettings } from './job-settings.ts';
import { type ListedJob, type ListedMirror, listJobs, type RecordObject, toRead } from './listing.ts';
import { parseManifest } from './manifest.ts';
import { readList } from './mirror-list.ts';
import { fetchRecord, openRecord, textOf } from './read-record.ts';
import { startOf } from './run-numbers.ts';
import type { LookSpec } from './spec.ts';

/** Records of a job that are tried, when the newest are damaged. */
const TRIED = 4;
/** A store that does not answer for so long is told to whoever waits. */
const LONGEST_MS = 120_000;
const LONGEST_NOTE = 1024 * 1024;

export interface Found {
	jobs: FoundJob[];
	looked: { requests: number; bytes: number };
}

/** @throws FirnError as Destination.list; DEST_LOST */
export async function lookForJobs({ destination: config, identities }: LookSpec): Promise<Found> {
	const abort = new AbortController();
	const { signal } = abort;
	const timer = setTimeout(() => abort.abort(lost(config.url)), LONGEST_MS);
	const store = await openDestination(config);
	try {
		// A store that was never reached may be a slip of the pen; one that has answered is waited for.
		const { jobs: listed, mirrors, requests } = await listJobs(store, undefined, signal);
		const destination = withRetry(store, { signal });
		const looked = { requests, bytes: 0 };
		const jobs: FoundJob[] = [];
		for (const job of listed) jobs.push(await look(destination, job, identities, looked, signal));
		for (const mirror of mirrors) jobs.push(await lookAtMirror(destination, mirror, identities, looked, signal));
		if (jobs.some(({ problem }) => problem?.code === 'WRONG_IDENTITY')) await nameRecipients(destination, jobs, looked);
		return { jobs, looked };
	} finally {
		clearTimeout(timer);
		await store.close();
	}
}

async function look(
	destination: Destination,
	listed: ListedJob,
	identities: string[],
	looked: Found['looked'],
	signal: AbortSignal,
): Promise<FoundJob> {
	const { id, runs } = listed;
	const archives = runs.flatMap((run) => [...run.archives.values()]);
	const found: FoundJob = {
		id,
		name: null,
		sources: [],
		encrypted: newestRecords(listed).some(({ record }) => record.encrypted),
		recipients: [],
		runs: runs.length,
		finished: runs.filter(({ manifests }) => manifests.length > 0).length,
		newest: new Date(startOf(runs.at(-1)!.id)).toISOString(),
		archives: archives.length,
		archiveBytes: archives.reduce((sum, { size }) => sum + size, 0),
		...toRead(listed),
	};
	let problem = new FirnError('NOTHING_RECOVERED', `Job ${id} has neither a manifest nor a sidecar.`, {
		guidance: 'firn decrypt unpacks archives without a state database.',
	});
	for (const { runId, record } of newestRecords(listed).slice(0, TRIED)) {
		try {
			const body = await fetchRecord(destination, record, signal);
			looked.requests += 1;
			looked.bytes += body.length;
			const { name, sources, recipients, encrypt } = await settingsIn(body, record, id, runId, identities);
			return { ...found, name, sources, recipients, encrypted: encrypt };
		} catch (thrown) {
			signal.throwIfAborted();
			problem = toFirnError(thrown);
			if (problem.code === 'WRONG_IDENTITY' || problem.code === 'DEST_DENIED') break;
		}
	}
	return { ...found, problem: problem.toPlain() };
}

async function lookAtMirror(
	destination: Destination,
	{ id: jobId, lists }: ListedMirror,
	identities: string[],
	looked: Found['looked'],
	signal: AbortSignal,
): Promise<FoundJob> {
	const [list] = lists;
	const { size: bytes, encrypted, runId } = list!;
	const newest = new Date(startOf(runId)).toISOString();
	const none = { name: null, sources: [], recipients: [], archives: 0, archiveBytes: 0 };
	const found: FoundJob = {
		id: jobId,
		layout: 'mirror',
		...none,
		encrypted,
		runs: 1,
		finished: 1,
		newest,
		requests: 1,
		bytes,
	};
	const onRead = (read: number) => {
		looked.bytes += read;
	};
	try {
		looked.requests += 1;
		// Its first line tells the settings; the rest is not fetched.
		for await (const line of readList(destination, { list: list!, jobId, identities, signal, onRead })) {
			if (!('head' in line)) break;
			const { name, sources, recipients, encrypt } = line.head.job;
			return { ...found, name, sources, recipients, encrypted: encrypt };
		}
		throw new FirnError('RECORD_DAMAGED', `The list of the mirror ${jobId} is empty.`);
	} catch (thrown) {
		signal.throwIfAborted();
		return { ...found, problem: toFirnError(thrown).toPlain() };
	}
}

/** The record of each run that tells the settings of the job, the newest first; encrypted ones alone if there are any. */
function newestRecords({ runs }: ListedJob): { runId: string; record: RecordObject }[] {
	const records = runs.toReversed().flatMap(({ id: runId, manifests, sidecars }) => {
		const record = manifests[0] ?? [...sidecars.values()].at(-1);
		return record ? [{ runId, record }] : [];
	});
	const encrypted = records.filter(({ record }) => record.encrypted);
	return encrypted.length > 0 ? encrypted : records;
}

async function settingsIn(
	body: Buffer,
	{ key, encrypted }: RecordObject,
	jobId: string,
	runId: string,
	identities: string[],
): Promise<Job> {
	const pieces = openRecord(body, encrypted, identities);
	if (key.includes('/manifest')) return parseManifest(await textOf(pieces), jobId, runId).job;
	for await (const [line] of jsonLines(pieces)) {
		const job = readJobSettings(parseSidecarHeader(line).settings, jobId);
		if (job) return job;
		break;
	}
	throw new FirnError('BAD_SIDECAR', `The sidecar ${key} does not tell the settings of its job.`);
}

/** The note says how the recipients begin. */
async function nameRecipients(destination: Destination, jobs: FoundJob[], looked: Found['looked']): Promise<void> {
	const chunks: Uint8Array[] = [];
	try {
		looked.requests += 1;
		for await (const chunk of destination.get(RECOVER_KEY, { start: 0, end: LONGEST_NOTE })) chunks.push(chunk);
	} catch (error) {
		if (error instanceof FirnError && error.code === 'NOT_FOUND') return;
		throw error;
	}
	const note = parseRecoverNote(Buffer.concat(chunks).toString('utf8'));
	for (const job of jobs) {
		const recipients = note.get(job.id) ?? [];
		if (job.problem?.code !== 'WRONG_IDENTITY' || recipients.length === 0) continue;
		job.recipients = recipients;
		job.problem = {
			...job.problem,
			message: `Job ${job.id} was encrypted for ${recipients.map((one) => `${one}…`).join(' or ')}; no identity given is that one's.`,
			guidance: 'Give that identity with --identity FILE; age-keygen -y FILE prints the recipient of an identity.',
		};
	}
}

function lost(url: string): FirnError {
	return new FirnError('DEST_LOST', `${url} has not answered in ${LONGEST_MS / 1000} s.`, { retry: 'later' });
}
