/** Takes up the archives that an earlier attempt has left open: each goes on, is completed, or is given up. */

import type { TaskReporter } from '../../core/task.ts';
import type { Destination, PartReceipt, StoredObject } from '../../destinations/destination.ts';
import type { OpenArchive, PartRow } from '../../state/archive-store.ts';
import type { RunRow } from '../../state/run-store.ts';
import { isKeyOf } from '../archive-key.ts';
import { judge } from '../interrupted.ts';
import { type Ledger, partsBefore } from '../ledger.ts';
import { decodeCheckpoint } from '../pack/checkpoint.ts';
import type { PackPool } from '../pack/pack-pool.ts';
import { decodeBatch, entryPath, type PlannedEntry } from '../plan/batch-codec.ts';
import type { RunBooks } from '../run-books.ts';
import type { ArchiveEndings } from './archive-endings.ts';
import type { ArchiveOpener } from './archive-opener.ts';

export interface TakeUpOptions {
	run: RunRow;
	books: RunBooks;
	destination: Destination;
	reporter: TaskReporter;
	/** Absent when the job does not encrypt, or the key is lost. */
	runKey: Uint8Array | undefined;
	opener: ArchiveOpener;
	endings: ArchiveEndings;
	ledger: Ledger;
	pool: PackPool;
	onGivenUp: () => void;
}

/** What the open archives have brought along. */
export interface TakenUp {
	/** Parts that need not be sent again, and their bytes. */
	parts: number;
	bytes: number;
	/** Entries that they are going to hold, by path. */
	underWay: Map<string, PlannedEntry>;
	/** What is packed of those: parts of what is there already are read again, and count. */
	planned: { files: number; bytes: number };
}

const KEY_LOST = { kind: 'give-up', reason: 'the key of the run is lost' } as const;

/**
 * Writes missing sidecars, too.
 * @param taken grows as it goes on
 * @throws FirnError when the store cannot be asked
 */
export async function takeUpInterrupted(options: TakeUpOptions, taken: TakenUp): Promise<void> {
	const { books, run, reporter, endings } = options;
	for (const archive of books.archives.withoutSidecar()) endings.storeSidecar(archive);
	const open = books.archives.open(run.run);
	for (const archive of open) await takeUp(archive, options, taken);
	const { parts, bytes } = taken;
	if (open.length > 0) reporter.event({ event: 'reuse', archives: open.length, parts, bytes });
}

async function takeUp(archive: OpenArchive, options: TakeUpOptions, taken: TakenUp): Promise<void> {
	const { books, destination, runKey, endings, ledger, pool, opener, onGivenUp } = options;
	const parts = books.archives.parts(archive.archive);
	const keyIsLost = archive.encrypted && !(runKey && isKeyOf(runKey, archive));
	const verdict = keyIsLost ? KEY_LOST : await judge(destination, archive, parts);
	if (verdict.kind === 'give-up') {
		endings.giveUp(archive.archive, archive.key, archive.uploadId, verdict.reason);
		onGivenUp();
		return;
	}
	const { from, stored } = verdict;
	const kept = stored.filter((receipt) => receipt.number <= (from?.number ?? 0));
	taken.parts += kept.length;
	taken.bytes += sizeOf(kept);
	if (from?.final) {
		await complete(archive, from, kept, options, verdict.object);
		return;
	}
	const checkpoint = from?.checkpoint;
	ledger.begin(archive.archive, partsBefore(checkpoint), archive.uploadId);
	pool.open(opener.message(archive, { checkpoint, parts, stored }));
	for (const { batch, data } of books.archives.planned(archive.archive)) {
		ledger.know(archive.archive, batch, data);
		const entries = stillToPack(batch, decodeBatch(data), checkpoint && decodeCheckpoint(checkpoint));
		for (const entry of entries) {
			taken.underWay.set(entryPath(entry), entry);
			countPlanned(taken.planned, entry);
		}
		pool.tell(archive.archive, { type: 'batch', batch, data });
	}
	pool.tell(archive.archive, { type: 'finish' });
}

/** Adds an entry that is to be packed. */
export function countPlanned(planned: { files: number; bytes: number }, { type, size }: PlannedEntry): void {
	if (type === 'file' || type === 'hardlink') planned.files += 1;
	planned.bytes += size;
}

/** What lies before the checkpoint is in the books already, or could not be packed and has to be tried anew. */
function stillToPack(batch: number, entries: PlannedEntry[], from?: { batch: number; index: number }): PlannedEntry[] {
	if (!from || batch > from.batch) return entries;
	return batch < from.batch ? [] : entries.slice(from.index);
}

/** All parts are there; only the completion, or the note of it, is missing. */
async function complete(
	archive: OpenArchive,
	last: PartRow,
	parts: PartReceipt[],
	{ destination, endings }: TakeUpOptions,
	there: StoredObject | undefined,
): Promise<void> {
	const { raw, payload, frames } = decodeCheckpoint(last.checkpoint!);
	const { key, uploadId, partSize, storageClass } = archive;
	const options = { size: sizeOf(parts), partSize, ...(storageClass === undefined ? {} : { storageClass }) };
	const object = there ?? (await destination.completeUpload({ key, id: uploadId! }, parts, options));
	endings.confirm(archive.archive, object, { rawSize: raw, payloadSize: payload, frames });
	endings.storeSidecar(archive.archive);
}

function sizeOf(parts: PartReceipt[]): number {
	return parts.reduce((sum, { size }) => sum + size, 0);
}
