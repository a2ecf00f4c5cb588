/**
 * Where the archives of a run are made: plans them, hands them to the pack threads, books what these say, and stores
 * the sidecars. Nothing is handed out before it is on disk in the state database.
 */

import type { Job } from '../config/job.ts';
import { FirnError, toFirnError } from '../core/errors.ts';
import { archiveKey } from '../core/object-names.ts';
import { formatSize } from '../core/sizes.ts';
import type { FileProblem, TaskReporter, WorkerRow } from '../core/task.ts';
import type { Destination, PartReceipt, StoredObject } from '../destinations/destination.ts';
import { createRateLimit, setRateLimit } from '../destinations/with-rate-limit.ts';
import { warmBelowOf } from '../pricing/object-class.ts';
import type { Prices } from '../pricing/price-table.ts';
import type { OpenArchive, PartRow } from '../state/archive-store.ts';
import type { RunRow } from '../state/run-store.ts';
import { archiveFileKey, isKeyOf, newArchiveHeader } from './archive-key.ts';
import { sealSidecar, writeSidecar } from './finish.ts';
import { judge } from './interrupted.ts';
import { Ledger, partsBefore } from './ledger.ts';
import { decodeCheckpoint } from './pack/checkpoint.ts';
import { createGate, setGate } from './pack/gate.ts';
import { COMPLETING, type FromPackThread, type OpenArchiveMessage, type ToPackThread } from './pack/messages.ts';
import { PackPool } from './pack/pack-pool.ts';
import { ArchivePlanner, type Slot } from './plan/archive-planner.ts';
import { decodeBatch, entryPath, type PlannedEntry } from './plan/batch-codec.ts';
import { Batcher } from './plan/batcher.ts';
import type { FirstName } from './plan/hard-links.ts';
import { partSizeFor } from './plan/part-size.ts';
import type { RunBooks } from './run-books.ts';
import { sidecarHeader } from './sidecar-header.ts';

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
const MiB = 1024 * 1024;

export class ArchiveWorks {
	readonly #options: ArchiveWorksOptions;
	readonly #planner: ArchivePlanner;
	readonly #batcher: Batcher;
	readonly #ledger: Ledger;
	readonly #pool: PackPool;
	readonly #rateLimit: SharedArrayBuffer;
	readonly #gate = createGate();
	/** Of new archives, and the size below which it does not pay. */
	readonly #storageClass: string | undefined;
	readonly #warmBelow: number;
	#toldClass = false;
	/** Entries that archives of an earlier attempt are going to hold, by path. */
	readonly underWay = new Map<string, PlannedEntry>();
	/** What the next commit makes true, and may then be said to the threads. */
	#outbox: (() => void)[] = [];
	readonly #slots = new Map<number, Slot>();
	/** Counts and bytes of batches that are not packed yet: `archive/batch`. */
	readonly #pending = new Map<string, { count: number; bytes: number }>();
	readonly #nextBatch = new Map<number, number>();
	readonly #background = new Set<Promise<void>>();
	#sequence: number;
	#pendingEntries = 0;
	plannedFiles = 0;
	plannedBytes = 0;
	uploadedBytes = 0;
	reusedBytes = 0;
	reusedParts = 0;
	archivesDone = 0;

	constructor(options: ArchiveWorksOptions) {
		this.#options = options;
		const { job, run, books, destination, prices } = options;
		const storageClass = job.storageClass ?? destination.archiveClass;
		this.#storageClass = storageClass;
		this.#warmBelow = warmBelowOf(prices, storageClass);
		this.#sequence = books.archives.lastSequence(run.run);
		this.#planner = new ArchivePlanner({
			splitSize: job.splitSize,
			most: () => job.workers,
			open: (bytes) => this.#openArchive(bytes),
			onClosed: (slot) => this.#outbox.push(() => this.#pool.tell(slot.archive, { type: 'finish' })),
		});
		this.#batcher = new Batcher({
			batchBytes: Math.min(4 * MiB, Math.max(16 * 1024, job.splitSize / 8)),
			place: (bytes, notBefore) => this.#planner.place(bytes, notBefore),
			onBatch: (slot, data, count, bytes) => this.#plan(slot, data, count, bytes),
		});
		this.#ledger = new Ledger({
			run: run.run,
			archives: books.archives,
			entries: books.entries,
			transaction: books.transaction,
			onProblem: options.onProblem,
			onTorn: options.onTorn,
			onMissing: options.onMissing,
		});
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

	get packedFiles(): number {
		return this.#pool.packedFiles;
	}

	get packedBytes(): number {
		return this.#pool.packedBytes;
	}

	/** Of the packed bytes, those that have left or were there already. */
	get finishedBytes(): number {
		return this.#pool.finishedBytes;
	}

	/** Object bytes put on the wire in this attempt. */
	get sentBytes(): number {
		return this.#pool.sentBytes;
	}

	get newFiles(): number {
		return this.#ledger.newFiles;
	}

	get newBytes(): number {
		return this.#ledger.newBytes;
	}

	/** So much lies ahead of the threads that the scan should wait. */
	get isFull(): boolean {
		return this.#pendingEntries > MOST_ENTRIES || this.#pool.waiting > MOST_WAITING;
	}

	/** Something is being made, sent or stored. */
	get busy(): boolean {
		return this.#pool.active > 0 || this.#background.size > 0;
	}

	/** Takes an entry that has to be packed. */
	add(entry: PlannedEntry, link?: FirstName, own?: FirstName): void {
		if (entry.type === 'file' || entry.type === 'hardlink') this.plannedFiles += 1;
		this.plannedBytes += entry.size;
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

	/** Takes up the archives that an earlier attempt has left open, and the sidecars it has not written. */
	async takeUpInterrupted(): Promise<void> {
		const { books, run, reporter } = this.#options;
		for (const archive of books.archives.withoutSidecar()) this.#storeSidecar(archive);
		const open = books.archives.open(run.run);
		for (const archive of open) await this.#takeUp(archive);
		if (open.length > 0) {
			reporter.event({ event: 'reuse', archives: open.length, parts: this.reusedParts, bytes: this.reusedBytes });
		}
	}

	/** Ends the threads when there is nothing left to do. */
	async close(): Promise<void> {
		await this.#pool.close();
	}

	async terminate(): Promise<void> {
		await this.#pool.terminate();
	}

	async #takeUp(archive: OpenArchive): Promise<void> {
		const { books, destination, runKey } = this.#options;
		const parts = books.archives.parts(archive.archive);
		const keyIsLost = archive.encrypted && !(runKey && isKeyOf(runKey, archive));
		const verdict = keyIsLost ? KEY_LOST : await judge(destination, archive, parts);
		if (verdict.kind === 'give-up') {
			this.#giveUp(archive.archive, archive.key, archive.uploadId, verdict.reason);
			return;
		}
		const { from, stored } = verdict;
		const kept = stored.filter((receipt) => receipt.number <= (from?.number ?? 0));
		this.reusedParts += kept.length;
		this.reusedBytes += kept.reduce((sum, part) => sum + part.size, 0);
		if (from?.final) {
			await this.#complete(archive, from, kept, verdict.object);
			return;
		}
		const checkpoint = from?.checkpoint;
		this.#ledger.begin(archive.archive, partsBefore(checkpoint), archive.uploadId);
		this.#pool.open(this.#openMessage(archive, { checkpoint, parts, stored }));
		for (const { batch, data } of books.archives.planned(archive.archive)) {
			this.#ledger.know(archive.archive, batch, data);
			this.#noteUnderWay(batch, decodeBatch(data), checkpoint && decodeCheckpoint(checkpoint));
			this.#pool.tell(archive.archive, { type: 'batch', batch, data });
		}
		this.#pool.tell(archive.archive, { type: 'finish' });
	}

	/** What lies before the checkpoint is in the books already, or could not be packed and has to be tried anew. */
	#noteUnderWay(batch: number, entries: PlannedEntry[], from: { batch: number; index: number } | undefined): void {
		const first = !from || batch > from.batch ? 0 : batch < from.batch ? entries.length : from.index;
		for (const entry of entries.slice(first)) this.underWay.set(entryPath(entry), entry);
	}

	/** All parts are there; only the completion, or the note of it, is missing. */
	async #complete(archive: OpenArchive, last: PartRow, parts: PartReceipt[], there?: StoredObject): Promise<void> {
		const { destination } = this.#options;
		const { raw, payload, frames } = decodeCheckpoint(last.checkpoint!);
		const size = parts.reduce((sum, part) => sum + part.size, 0);
		const { key, uploadId, partSize, storageClass } = archive;
		const options = { size, partSize, ...(storageClass === undefined ? {} : { storageClass }) };
		const object = there ?? (await destination.completeUpload({ key, id: uploadId! }, parts, options));
		this.#confirm(archive.archive, object, raw, payload, frames);
		this.#storeSidecar(archive.archive);
	}

	/** Begins an archive that will hold at most `bytes` TAR bytes. */
	#openArchive(bytes: number): { archive: number; sequence: number } {
		const { job, run, books, destination, runKey } = this.#options;
		this.#sequence += 1;
		const sequence = this.#sequence;
		const { compression, encrypt: encrypted } = job;
		const storageClass = this.#storageClass;
		const key = archiveKey({ jobId: job.id, runId: run.id, sequence, compression, encrypted });
		const planned = {
			sequence,
			key,
			compression,
			encrypted,
			partSize: partSizeFor(bytes, job.partSize, destination.limits),
			ageHeader: encrypted ? newArchiveHeader(job.recipients, archiveFileKey(runKey!, key)) : undefined,
			storageClass,
		};
		books.transaction.begin();
		const archive = books.archives.create(run.run, { ...planned, recipients: job.recipients });
		this.#ledger.begin(archive);
		this.#outbox.push(() => this.#pool.open(this.#openMessage({ ...planned, archive, uploadId: undefined })));
		return { archive, sequence };
	}

	#openMessage(
		archive: OpenArchive,
		resume?: {
			checkpoint: Uint8Array | undefined;
			parts: PartRow[];
			stored: NonNullable<OpenArchiveMessage['resume']>['stored'];
		},
	): OpenArchiveMessage {
		const { runKey } = this.#options;
		const { key, compression, partSize, storageClass, ageHeader, uploadId } = archive;
		return {
			type: 'open',
			archive: archive.archive,
			key,
			compression,
			partSize,
			...(ageHeader ? { encryption: { header: ageHeader, fileKey: archiveFileKey(runKey!, key) } } : {}),
			...(storageClass === undefined ? {} : { storageClass, warmBelow: this.#warmBelow }),
			...(resume ? { resume: { uploadId, ...resume } } : {}),
		};
	}

	#plan(slot: Slot, data: Buffer, count: number, bytes: number): void {
		this.#slots.set(slot.archive, slot);
		this.#pendingEntries += count;
		const batch = this.#nextBatch.get(slot.archive) ?? 0;
		this.#nextBatch.set(slot.archive, batch + 1);
		this.#pending.set(`${slot.archive}/${batch}`, { count, bytes });
		this.#ledger.plan(slot.archive, batch, data);
		const message: ToPackThread = { type: 'batch', batch, data };
		this.#outbox.push(() => this.#pool.tell(slot.archive, message));
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
		switch (message.type) {
			case 'part':
				this.#ledger.recordPart(message);
				this.#pool.tell(message.archive, { type: 'part-recorded', number: message.number });
				return;
			case 'completing':
				this.#options.books.transaction.commit();
				this.#pool.tell(message.archive, { type: 'part-recorded', number: COMPLETING });
				return;
			case 'acknowledged':
				this.#acknowledged(message);
				return;
			case 'batch-packed':
				this.#packed(message.archive, message.batch);
				return;
			case 'stored':
				this.#stored(message);
				return;
			case 'empty':
				this.#ledger.bookEmpty(message.archive, message.results);
				this.#options.books.archives.markAbandoned(message.archive);
				this.#ended(message.archive);
				return;
			case 'given-up': {
				const { archive, uploadId, reason } = message;
				this.#giveUp(archive, this.#options.books.archives.describe(archive).key, uploadId, reason);
				return;
			}
			case 'failed':
				this.#options.onFailed(FirnError.fromPlain(message.error));
				return;
			case 'retry':
				this.#options.reporter.event({ event: 'waiting', ...message.waiting });
				return;
			case 'progress':
		}
	}

	#acknowledged({ archive, receipt, reused }: Extract<FromPackThread, { type: 'acknowledged' }>): void {
		this.#ledger.acknowledge(archive, receipt.number, receipt.etag);
		if (reused) {
			this.reusedParts += 1;
			this.reusedBytes += receipt.size;
		} else {
			this.uploadedBytes += receipt.size;
		}
	}

	#packed(archive: number, batch: number): void {
		const name = `${archive}/${batch}`;
		const pending = this.#pending.get(name);
		if (!pending) return;
		this.#pending.delete(name);
		this.#pendingEntries -= pending.count;
		const slot = this.#slots.get(archive);
		if (slot) slot.pending -= pending.bytes;
	}

	#stored({ archive, object, rawSize, payloadSize, frames }: Extract<FromPackThread, { type: 'stored' }>): void {
		this.#confirm(archive, object, rawSize, payloadSize, frames);
		this.#ended(archive);
		this.#storeSidecar(archive);
	}

	#confirm(
		archive: number,
		object: StoredObject,
		rawSize: number,
		payloadSize: number,
		frames: Uint8Array | undefined,
	): void {
		const { books, reporter } = this.#options;
		books.transaction.begin();
		books.archives.markStored(archive, {
			size: object.size,
			rawSize,
			payloadSize,
			crc32: object.crc32,
			etag: object.etag,
			frames,
			// Stores do not name the class that an object is in if none was asked for.
			storageClass: object.storageClass ?? 'STANDARD',
			link: object.link,
			now: Date.now(),
		});
		books.transaction.commit();
		this.#tellClass(object);
		this.archivesDone += 1;
		const { key, size, files } = books.archives.describe(archive);
		reporter.event({ event: 'archive', archive: key.split('/').at(-1)!, key, bytes: size, files });
	}

	/** Says once why archives are not where the job has its archives. */
	#tellClass({ size, storageClass = 'STANDARD' }: StoredObject): void {
		const cold = this.#storageClass;
		if (this.#toldClass || cold === undefined || storageClass === cold || size >= this.#warmBelow) return;
		this.#toldClass = true;
		const message = `Archives below ${formatSize(this.#warmBelow)} are stored in ${storageClass}: ${cold} would cost more for them.`;
		this.#options.reporter.event({ event: 'notice', level: 'info', message });
	}

	/** The archive cannot be finished: what was sent is thrown away, what was planned is found by the next scan. */
	#giveUp(archive: number, key: string, uploadId: string | undefined, reason: string): void {
		const { books, destination, reporter, onGivenUp } = this.#options;
		books.transaction.begin();
		books.archives.markAbandoned(archive);
		books.transaction.commit();
		this.#ended(archive);
		reporter.event({ event: 'notice', level: 'warn', message: `Archive ${key} is made anew: ${reason}.` });
		// Without an upload it may have been stored whole, the answer being lost; it is in no book then.
		this.#inBackground(uploadId === undefined ? this.#remove(key) : destination.abortUpload({ key, id: uploadId }));
		onGivenUp();
	}

	async #remove(key: string): Promise<void> {
		try {
			await this.#options.destination.delete(key);
		} catch (error) {
			const message = `The unfinished object ${key} could not be removed: ${toFirnError(error).message}`;
			this.#options.reporter.event({ event: 'notice', level: 'warn', message });
		}
	}

	#storeSidecar(archive: number): void {
		const { books, destination, job, version } = this.#options;
		const row = books.archives.describe(archive);
		const run = books.runs.get(row.run);
		const { sequence, compression, encrypted } = row;
		const naming = { jobId: job.id, runId: run.id, sequence, compression, encrypted: encrypted === 1 };
		const body = sealSidecar(job, row, sidecarHeader(row, run, job, version), books.archives.indexPieces(archive));
		this.#inBackground(
			writeSidecar(destination, naming, body).then(() => {
				books.transaction.begin();
				books.archives.markSidecar(archive);
			}),
		);
	}

	#ended(archive: number): void {
		this.#ledger.end(archive);
		this.#slots.delete(archive);
		for (const [name, { count }] of this.#pending) {
			if (!name.startsWith(`${archive}/`)) continue;
			this.#pending.delete(name);
			this.#pendingEntries -= count;
		}
		this.#pool.ended(archive);
	}

	#inBackground(work: Promise<void>): void {
		const task = work
			.catch((error: unknown) => this.#options.onFailed(toFirnError(error)))
			.finally(() => {
				this.#background.delete(task);
				this.#options.onChange();
			});
		this.#background.add(task);
	}
}

const KEY_LOST = { kind: 'give-up', reason: 'the key of the run is lost' } as const;
