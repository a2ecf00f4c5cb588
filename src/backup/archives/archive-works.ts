/**
 * Where the archives of a run are made: plans them, hands them to the pack threads, and passes on to the books what
 * these say. Nothing is handed out before it is on disk in the state database.
 */

import type { Job } from '../../config/job.ts';
import { FirnError, toFirnError } from '../../core/errors.ts';
import type { FileProblem, TaskReporter, WorkerRow } from '../../core/task.ts';
import type { Destination } from '../../destinations/destination.ts';
import { createRateLimit, setRateLimit } from '../../destinations/with-rate-limit.ts';
import type { Prices } from '../../pricing/price-table.ts';
import type { RunRow } from '../../state/run-store.ts';
import { Ledger } from '../ledger.ts';
import { createGate, setGate } from '../pack/gate.ts';
import { COMPLETING, type FromPackThread } from '../pack/messages.ts';
import { PackPool } from '../pack/pack-pool.ts';
import { ArchivePlanner, type Slot } from '../plan/archive-planner.ts';
import { BatchEncoder, type PlannedEntry } from '../plan/batch-codec.ts';
import { Batcher, batchBytesFor } from '../plan/batcher.ts';
import type { FirstName } from '../plan/hard-links.ts';
import type { RunBooks } from '../run-books.ts';
import { Ahead } from './ahead.ts';
import { ArchiveEndings } from './archive-endings.ts';
import { ArchiveOpener } from './archive-opener.ts';
import { countPlanned, type TakenUp, takeUpInterrupted } from './take-up.ts';

export interface ArchiveWorksOptions {
	job: Job;
	run: RunRow;
	/** Firn's own. */
	version: string;
	books: RunBooks;
	destination: Destination;
	/** Absent when the job does not encrypt. */
	runKey: Uint8Array | undefined;
	/** Of the destination, if they are known. */
	prices: Prices | undefined;
	/** Counts the requests of all threads: destinations/request-count. */
	requestCount: SharedArrayBuffer;
	reporter: TaskReporter;
	onProblem: (problem: FileProblem) => void;
	/** A file changed while it was read. */
	onTorn: (entry: PlannedEntry) => void;
	/** Content that other entries may refer to did not come about. */
	onMissing: (entry: PlannedEntry) => void;
	/** An archive was given up; what was in it has to be found by another scan. */
	onGivenUp: () => void;
	onFailed: (error: FirnError) => void;
	/** Something moved on. */
	onChange: () => void;
}

/** Entries planned and not packed, and archives waiting for a thread, beyond which the scan waits. */
const MOST_ENTRIES = 20_000;
const MOST_WAITING = 64;

export class ArchiveWorks {
	readonly #options: ArchiveWorksOptions;
	readonly #opener: ArchiveOpener;
	readonly #planner: ArchivePlanner;
	readonly #batcher: Batcher<Buffer>;
	readonly #ahead = new Ahead();
	readonly #ledger: Ledger;
	readonly #endings: ArchiveEndings;
	readonly #rateLimit: SharedArrayBuffer;
	readonly #gate = createGate();
	readonly #pool: PackPool;
	/** What the next commit makes true, and may then be said to the threads. */
	#outbox: (() => void)[] = [];
	/** Of an earlier attempt. */
	readonly #takenUp: TakenUp = { parts: 0, bytes: 0, underWay: new Map(), planned: { files: 0, bytes: 0 } };
	readonly #acknowledged = { uploadedBytes: 0, reusedBytes: 0, reusedParts: 0 };

	/** What is to be packed, an earlier attempt's open archives included. */
	readonly #planned = this.#takenUp.planned;

	constructor(options: ArchiveWorksOptions) {
		this.#options = options;
		const { job, run, books } = options;
		this.#opener = new ArchiveOpener(options);
		this.#planner = new ArchivePlanner({
			splitSize: job.splitSize,
			most: () => job.workers,
			open: (bytes) => this.#open(bytes),
			onClosed: (slot) => this.#outbox.push(() => this.#pool.tell(slot.archive, { type: 'finish' })),
		});
		this.#batcher = new Batcher({
			batch: new BatchEncoder(),
			batchBytes: batchBytesFor(job.splitSize),
			place: (bytes, notBefore) => this.#planner.place(bytes, notBefore),
			onBatch: (slot, data, count, bytes) => this.#plan(slot, data, count, bytes),
		});
		const { archives, entries, transaction } = books;
		const { onProblem, onTorn, onMissing } = options;
		this.#ledger = new Ledger({ run: run.run, archives, entries, transaction, onProblem, onTorn, onMissing });
		this.#endings = new ArchiveEndings({ ...options, asked: this.#opener });
		this.#rateLimit = createRateLimit(job.limitUpload);
		this.#pool = new PackPool({
			threads: job.workers,
			destination: job.destination,
			rateLimit: this.#rateLimit,
			requestCount: options.requestCount,
			gate: this.#gate,
			uploadsAtOnce: 2,
			onMessage: (message) => this.#listen(message),
			onFailed: options.onFailed,
		});
	}

	/** Takes over what has been changed of a run that goes on. */
	adjust({ workers, limitUpload }: Pick<Job, 'workers' | 'limitUpload'>, paused: boolean): void {
		setRateLimit(this.#rateLimit, limitUpload);
		setGate(this.#gate, paused);
		this.#pool.setThreads(workers);
	}

	/** Hands other credentials to all threads. */
	replaceCredentials(env: Record<string, string>): void {
		this.#pool.tellAll({ type: 'credentials', env });
	}

	/** Ends the waits of all threads: somebody has said that it goes on. */
	nudge(): void {
		this.#pool.tellAll({ type: 'nudge' });
	}

	get rows(): WorkerRow[] {
		return this.#pool.rows;
	}

	/** How far it is. `finishedBytes`: of the packed ones, those that have left or were there already. */
	get counts() {
		const { packedFiles, packedBytes, finishedBytes, sentBytes } = this.#pool;
		const { uploadedBytes, reusedBytes, reusedParts } = this.#acknowledged;
		return {
			plannedFiles: this.#planned.files,
			plannedBytes: this.#planned.bytes,
			packedFiles,
			packedBytes,
			finishedBytes,
			sentBytes,
			uploadedBytes,
			reusedBytes: reusedBytes + this.#takenUp.bytes,
			reusedParts: reusedParts + this.#takenUp.parts,
			archivesDone: this.#endings.archivesDone,
		};
	}

	/** What has come into archives. */
	get packed(): { newFiles: number; newBytes: number } {
		const { newFiles, newBytes } = this.#ledger;
		return { newFiles, newBytes };
	}

	/** Entries that archives of an earlier attempt are going to hold, by path. */
	get underWay(): Map<string, PlannedEntry> {
		return this.#takenUp.underWay;
	}

	/** So much lies ahead of the threads that the scan should wait. */
	get isFull(): boolean {
		return this.#ahead.entries > MOST_ENTRIES || this.#pool.waiting > MOST_WAITING;
	}

	/** Something is being made, sent or stored. */
	get busy(): boolean {
		return this.#pool.active > 0 || this.#endings.busy;
	}

	/** Takes an entry that has to be packed. */
	add(entry: PlannedEntry, link?: FirstName, own?: FirstName): void {
		countPlanned(this.#planned, entry);
		this.#batcher.add(entry, link, own);
	}

	/** Plans what is gathered and hands it out. */
	flush(): void {
		this.#batcher.flush();
		this.send();
	}

	/** Commits, then hands out what is committed. */
	send(): void {
		if (this.#outbox.length === 0) return;
		this.#options.books.transaction.commit();
		const outbox = this.#outbox;
		this.#outbox = [];
		for (const say of outbox) say();
	}

	/** While the scan waits: threads that wait for it must not hold up archives that wait for a thread. */
	makeRoom(): void {
		if (this.#pool.waiting === 0) return;
		this.#planner.closeStarving();
		this.send();
	}

	/** No more is planned: the archives that are being filled come to their end. */
	finishWhenIdle(): void {
		this.#planner.closeAll();
		this.send();
	}

	/** Takes up what an earlier attempt has left open. @throws FirnError when the store cannot be asked */
	async takeUpInterrupted(): Promise<void> {
		const { run, books, destination, reporter, runKey, onGivenUp } = this.#options;
		const given = { run, books, destination, reporter, runKey, onGivenUp };
		const own = { opener: this.#opener, endings: this.#endings, ledger: this.#ledger, pool: this.#pool };
		await takeUpInterrupted({ ...given, ...own }, this.#takenUp);
	}

	/** Ends the threads when there is nothing left to do. */
	async close(): Promise<void> {
		await this.#pool.close();
	}

	async terminate(): Promise<void> {
		await this.#pool.terminate();
	}

	#open(bytes: number): { archive: number; sequence: number } {
		const archive = this.#opener.begin(bytes);
		this.#ledger.begin(archive.archive);
		this.#outbox.push(() => this.#pool.open(this.#opener.message(archive)));
		return archive;
	}

	#plan(slot: Slot, data: Buffer, count: number, bytes: number): void {
		const { archive } = slot;
		const batch = slot.batches;
		slot.batches += 1;
		this.#ahead.plan(slot, batch, count, bytes);
		this.#ledger.plan(archive, batch, data);
		this.#outbox.push(() => this.#pool.tell(archive, { type: 'batch', batch, data }));
		this.#planner.placed(slot);
	}

	#listen(message: FromPackThread): void {
		try {
			this.#handle(message);
		} catch (error) {
			this.#options.onFailed(toFirnError(error));
		}
		this.#options.onChange();
	}

	#handle(message: FromPackThread): void {
		const { books, reporter, onFailed, onGivenUp } = this.#options;
		switch (message.type) {
			case 'part':
				this.#ledger.recordPart(message);
				this.#pool.tell(message.archive, { type: 'part-recorded', number: message.number });
				return;
			case 'completing':
				books.transaction.commit();
				this.#pool.tell(message.archive, { type: 'part-recorded', number: COMPLETING });
				return;
			case 'acknowledged':
				this.#acknowledge(message);
				return;
			case 'batch-packed':
				this.#ahead.packed(message.archive, message.batch);
				return;
			case 'stored':
				this.#endings.confirm(message.archive, message.object, message);
				this.#ended(message.archive);
				this.#endings.storeSidecar(message.archive);
				return;
			case 'empty':
				this.#ledger.bookEmpty(message.archive, message.results);
				books.archives.markAbandoned(message.archive);
				this.#ended(message.archive);
				return;
			case 'given-up': {
				const { archive, uploadId, reason } = message;
				this.#planner.giveUp(archive);
				this.#endings.giveUp(archive, books.archives.describe(archive).key, uploadId, reason);
				this.#ended(archive);
				onGivenUp();
				return;
			}
			case 'failed':
				onFailed(FirnError.fromPlain(message.error));
				return;
			case 'retry':
				reporter.event({ event: 'waiting', ...message.waiting });
				return;
			case 'progress':
		}
	}

	#acknowledge({ archive, receipt, reused }: Extract<FromPackThread, { type: 'acknowledged' }>): void {
		this.#ledger.acknowledge(archive, receipt.number, receipt.etag);
		if (reused) {
			this.#acknowledged.reusedParts += 1;
			this.#acknowledged.reusedBytes += receipt.size;
		} else {
			this.#acknowledged.uploadedBytes += receipt.size;
		}
	}

	#ended(archive: number): void {
		this.#ledger.end(archive);
		this.#ahead.ended(archive);
		this.#pool.ended(archive);
	}
}
