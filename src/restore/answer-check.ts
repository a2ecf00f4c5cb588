/** Proves that an identity opens what a job has stored last, by the first bytes of that archive alone. */

import { basename } from 'node:path';
import { openHeader, readHeader } from '../archive/age/header.ts';
import { recipientOf } from '../archive/age/identity.ts';
import { NONCE } from '../archive/age/payload.ts';
import type { Job } from '../config/job.ts';
import { FirnError, toFirnError, usageError } from '../core/errors.ts';
import type { KeyCheck } from '../core/restore-answers.ts';
import type { Destination, DestinationConfig } from '../destinations/destination.ts';
import { openDestination } from '../destinations/open-destination.ts';
import { NEWEST_LIST } from '../mirror/list-key.ts';
import { type ArchiveRecord, newestEncrypted } from '../state/archive-list.ts';
import { readJobState } from '../state/job-state.ts';
import { openState } from '../state/open-state.ts';
import { RunStore } from '../state/run-store.ts';

export interface CheckQuestion {
	/** `destination`: as the job has it now; the state database knows that of its last run. */
	jobs: { stateFile: string; destination?: DestinationConfig }[];
	identities: string[];
}

/** Where the reads of a header end: the first holds some thirty recipients, longer ones are read on. */
const READS = [4 * 1024, 12 * 1024, 60 * 1024];

/** One row a job; what fails is told in its row. */
export async function answerCheck({ jobs, identities }: CheckQuestion): Promise<KeyCheck[]> {
	const rows: KeyCheck[] = [];
	for (const job of jobs) rows.push(await check(job, identities));
	return rows;
}

async function check(
	{ stateFile, destination }: CheckQuestion['jobs'][number],
	identities: string[],
): Promise<KeyCheck> {
	const row: KeyCheck = {
		job: basename(stateFile, '.sqlite3'),
		archive: null,
		recipients: [],
		from: null,
		opensWith: null,
		bytesRead: 0,
	};
	let store: Destination | undefined;
	try {
		const { job } = readJobState(stateFile);
		row.job = job.name;
		const record = newest(stateFile, job);
		if (!record) return row;
		row.archive = record.key;
		row.recipients = record.recipients ?? job.recipients;
		store = await openDestination(destination ?? job.destination);
		const header = await headerIn(store, record, row);
		row.opensWith = openerOf(header, identities, record, row.recipients);
	} catch (error) {
		const problem = toFirnError(error).toPlain();
		// No run has begun in it: nothing is stored.
		if (problem.code !== 'STATE_EMPTY') row.problem = problem;
	} finally {
		await store?.close();
	}
	return row;
}

/** What was stored last and is encrypted: an archive, or the list of a mirror, which is for the same recipients. */
type Newest = Pick<ArchiveRecord, 'key' | 'ageHeader' | 'recipients'>;

function newest(stateFile: string, { layout, encrypt }: Job): Newest | undefined {
	const state = openState(stateFile, 'read');
	try {
		if (layout !== 'mirror') return newestEncrypted(state);
		const key = encrypt ? new RunStore(state).getMeta(NEWEST_LIST) : undefined;
		return key === undefined ? undefined : { key, ageHeader: undefined, recipients: undefined };
	} finally {
		state.close();
	}
}

/** The header of the archive; of a frozen one that of its index, which is for the same recipients and never frozen. */
async function headerIn(store: Destination, record: Newest, row: KeyCheck): Promise<Buffer> {
	try {
		const header = await readStart(store, record.key, row);
		row.from = 'archive';
		const written = record.ageHeader?.subarray(0, -NONCE);
		if (written && !header.subarray(0, written.length).equals(written)) throw replaced(record);
		return header;
	} catch (error) {
		if (!(error instanceof FirnError) || error.code !== 'ARCHIVED') throw error;
		const header = await readStart(store, record.key.replace(/\.tar[^/]*$/, '.idx.age'), row);
		row.from = 'index';
		return header;
	}
}

async function readStart(store: Destination, key: string, row: KeyCheck): Promise<Buffer> {
	let start = Buffer.alloc(0);
	for (const end of READS) {
		const pieces = [start];
		for await (const piece of store.get(key, { start: start.length, end })) pieces.push(Buffer.from(piece));
		start = Buffer.concat(pieces);
		row.bytesRead = start.length;
		if (start.length < end || readHeader(start) !== 'more') break;
	}
	return start;
}

/** The recipient whose identity opens it. @throws FirnError NO_IDENTITY, WRONG_IDENTITY, NOT_AGE, BAD_AGE_HEADER */
function openerOf(header: Buffer, identities: string[], record: Newest, recipients: string[]): string {
	for (const identity of identities) {
		try {
			openHeader(header, [identity]);
			return recipientOf(identity);
		} catch (error) {
			if (!(error instanceof FirnError) || error.code !== 'WRONG_IDENTITY') throw error;
		}
	}
	const meant = recipients.length > 0 ? ` It is for ${recipients.join(', ')}.` : '';
	const guidance = 'Give the identity it was made for with --identity FILE.';
	if (identities.length === 0) {
		throw usageError('NO_IDENTITY', `There is no identity to open ${record.key} with.${meant}`, guidance);
	}
	const tried = identities.map(recipientOf).join(', ');
	throw usageError('WRONG_IDENTITY', `${record.key} is not opened by the identity of ${tried}.${meant}`, guidance);
}

function replaced({ key }: Newest): FirnError {
	return new FirnError('ARCHIVE_REPLACED', `The archive ${key} in the store is not the one that Firn has written.`, {
		guidance: 'Its first bytes are others: somebody has replaced or damaged it.',
	});
}
