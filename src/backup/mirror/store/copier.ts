/** Copies files into a store, several at once, and notes in the books what the store has confirmed. */

import type { BigIntStats } from 'node:fs';
import type { Job } from '../../../config/job.ts';
import { FirnError } from '../../../core/errors.ts';
import { signedInode, statFacts } from '../../../core/stat-facts.ts';
import type { FileProblem, WorkerRow } from '../../../core/task.ts';
import type { Destination, StoredObject } from '../../../destinations/destination.ts';
import { leastBytes } from '../../../pricing/estimate.ts';
import type { Prices } from '../../../pricing/price-table.ts';
import type { MirrorStore, Verdict } from '../../../state/mirror-store.ts';
import { entryPath, type PlannedEntry } from '../../plan/batch-codec.ts';
import { partSizeFor } from '../../plan/part-size.ts';
import { headerSize, sealedSize } from '../../plan/sealed-size.ts';
import type { RunBooks } from '../../run-books.ts';
import type { Flow } from '../flow.ts';
import type { MirrorCounts } from '../site.ts';
import { ATTEMPTS, changedWhileRead, SourceFault, sourceProblem } from '../source.ts';
import { KeptUpload, Stale } from './kept-upload.ts';
import { objectMetadata } from './metadata.ts';
import { sendObject } from './send-object.ts';
import { hashOfSource, SourceFile, Torn } from './source-file.ts';

/** A file that is new, changed, or not in the store as the books have it. */
export interface CopyItem {
	entry: PlannedEntry;
	key: string;
	verdict: Verdict;
	/** The books say already that it may be in the store soon. */
	isIntended?: boolean;
}

export interface CopierOptions {
	destination: Destination;
	job: Job;
	books: RunBooks;
	mirror: MirrorStore;
	/** Absent in a dry run: then nothing is sent or noted. */
	run: number | undefined;
	flow: Flow;
	counts: MirrorCounts;
	/** Of the store, if they are known. */
	prices: Prices | undefined;
	onProblem: (problem: FileProblem) => void;
}

/** Faults of one file, not of the store. */
const OF_ONE_FILE = new Set([
	'KEY_TOO_LONG',
	'BAD_KEY',
	'ARCHIVE_TOO_BIG',
	'STORE_MISMATCH',
	'DEST_LIMIT',
	'DEST_NOT_FOLDER',
]);
/** So much may be planned ahead of the copying. */
const QUEUED = 5000;
const COMMIT_MS = 500;
/** Files that are noted at once as about to be sent. */
const INTENDED = 1000;

export class Copier {
	readonly #options: CopierOptions;
	readonly #queue: CopyItem[] = [];
	/** Ends those under way when one has met what ends all. */
	readonly #abort = new AbortController();
	readonly #signal: AbortSignal;
	readonly #going = new Map<number, { promise: Promise<void>; row: WorkerRow }>();
	#most: number;
	#failure: { error: unknown } | undefined;
	#committed = Date.now();
	/** Bytes of age before the content; undefined where nothing is encrypted. */
	readonly #header: number | undefined;

	constructor(options: CopierOptions) {
		this.#options = options;
		const { encrypt, recipients } = options.job;
		this.#header = encrypt ? headerSize(recipients) : undefined;
		this.#most = options.job.workers;
		this.#signal = AbortSignal.any([options.flow.signal, this.#abort.signal]);
	}

	get rows(): WorkerRow[] {
		return [...this.#going.values()].map(({ row }) => ({ ...row }));
	}

	set most(most: number) {
		this.#most = most;
		this.#start();
	}

	add(item: CopyItem): void {
		this.#queue.push(item);
		this.#start();
	}

	/** Waits until no more than some files wait. @throws what has ended the copying */
	async room(): Promise<void> {
		while (this.#queue.length > QUEUED) await this.#one();
		this.#check();
	}

	/** Waits until all is copied. @throws what has ended the copying */
	async settle(): Promise<void> {
		while (this.#going.size > 0) await this.#one();
		this.#check();
	}

	/** Ends what goes on. */
	async close(): Promise<void> {
		this.#queue.length = 0;
		this.#abort.abort(new FirnError('STOPPED', 'The run was stopped.', { retry: 'later' }));
		await Promise.all([...this.#going.values()].map(({ promise }) => promise));
	}

	async #one(): Promise<void> {
		await Promise.race([...this.#going.values()].map(({ promise }) => promise));
		this.#check();
	}

	#check(): void {
		this.#options.flow.signal.throwIfAborted();
		if (this.#failure) throw this.#failure.error;
	}

	#start(): void {
		for (let worker = 1; this.#queue.length > 0 && this.#going.size < this.#most; worker++) {
			if (this.#going.has(worker)) continue;
			const row: WorkerRow = { worker, state: 'upload', bytes: 0 };
			const promise = this.#work(row)
				.catch((error: unknown) => {
					this.#failure ??= { error };
					this.#queue.length = 0;
					this.#abort.abort(error);
				})
				.finally(() => {
					this.#going.delete(worker);
					// When fewer are wanted, more may have ended at once than should.
					this.#start();
				});
			this.#going.set(worker, { promise, row });
		}
	}

	async #work(row: WorkerRow): Promise<void> {
		while (this.#going.size <= this.#most) {
			const item = this.#queue.shift();
			if (!item) return;
			row.path = entryPath(item.entry);
			row.bytes = 0;
			await this.#options.flow.pass();
			await this.#copy(item, row);
		}
	}

	async #copy(item: CopyItem, row: WorkerRow): Promise<void> {
		const { onProblem } = this.#options;
		const path = entryPath(item.entry);
		try {
			for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
				try {
					if (await this.#attempt(item, path, row)) return;
				} catch (error) {
					if (!(error instanceof Torn || error instanceof Stale)) throw error;
				}
			}
			onProblem(changedWhileRead(path));
		} catch (error) {
			this.#signal.throwIfAborted();
			if (error instanceof SourceFault) {
				const problem = sourceProblem(path, error);
				if (problem) onProblem(problem);
			} else if (error instanceof FirnError && OF_ONE_FILE.has(error.code)) {
				onProblem({ path, code: error.code, message: error.message });
			} else throw error;
		}
		this.#notCopied(item);
	}

	/** @returns true when all is right in the store; throws else */
	async #attempt(item: CopyItem, path: string, row: WorkerRow): Promise<true> {
		const { destination, job, flow, run, counts, mirror } = this.#options;
		const { entry, key } = item;
		const known = item.verdict === 'right' ? mirror.current(entry.dir, entry.name) : undefined;
		if (known?.sha256 && known.type === 'file' && known.size === entry.size) {
			row.state = 'verify';
			const { stat, sha256 } = await hashOfSource(path, flow);
			row.state = 'upload';
			if (sha256.equals(known.sha256)) {
				counts.unchanged += 1;
				if (known.mtimeNs === stat.mtimeNs && known.ctimeNs === stat.ctimeNs && known.ino === signedInode(stat.ino))
					return true;
				counts.metadata += 1;
				if (run !== undefined) this.#note(entry, stat, sha256);
				return true;
			}
		}
		counts.planned.files += 1;
		counts.planned.bytes += entry.size;
		if (run === undefined) {
			this.#foresee(entry.size);
			return true;
		}
		const file = new SourceFile(path);
		try {
			this.#intend(item);
			const { storageClass } = job;
			const size = Number(file.stat.size);
			const kept = new KeptUpload({ ...this.#options, key, stat: file.stat, storageClass, signal: this.#signal });
			const stored = await sendObject(destination, {
				key,
				size,
				content: file.content(flow),
				partSize: job.partSize,
				absent: item.verdict === 'missing',
				...(job.encrypt ? { recipients: job.recipients } : { metadata: objectMetadata(file.stat), kept }),
				...(storageClass === undefined ? {} : { storageClass }),
				signal: this.#signal,
				gate: () => flow.pass(),
				onSent: (bytes) => {
					counts.written += bytes;
					row.bytes += bytes;
				},
				onReused: (bytes) => {
					counts.reused.parts += 1;
					counts.reused.bytes += bytes;
					row.bytes += bytes;
				},
			});
			this.#note(entry, file.stat, file.sha256(), { key, stored });
			// What was long in coming is not sent again because of a kill within the next moments.
			if (size > job.partSize) this.#commit();
			counts.copied.files += 1;
			counts.copied.bytes += size;
			return true;
		} catch (error) {
			counts.planned.files -= 1;
			counts.planned.bytes -= entry.size;
			throw error;
		} finally {
			file.close();
		}
	}

	/** Counts what a run would send of a file. */
	#foresee(size: number): void {
		const { destination, job, counts, prices } = this.#options;
		if (!prices) return;
		const stored = sealedSize(size, this.#header);
		const partSize = partSizeFor(stored, job.partSize, destination.limits);
		counts.objects.objects += 1;
		counts.objects.bytes += Math.max(stored, leastBytes(prices, job.storageClass));
		if (stored <= partSize) return;
		counts.objects.multipart += 1;
		counts.objects.parts += Math.ceil(stored / partSize);
	}

	/** What is sent and not noted because the process dies is to be known as this mirror's own by the next run. */
	#intend(item: CopyItem): void {
		if (item.isIntended || item.verdict === 'right') return;
		const { books, mirror } = this.#options;
		books.transaction.begin();
		for (const next of [item, ...this.#queue.slice(0, INTENDED)]) {
			if (!next.isIntended && next.verdict !== 'right') mirror.intend(next.key);
			next.isIntended = true;
		}
		this.#commit();
	}

	#note(
		{ dir, name }: PlannedEntry,
		stat: BigIntStats,
		sha256: Buffer,
		sent?: { key: string; stored: StoredObject },
	): void {
		const { books, mirror, run } = this.#options;
		books.transaction.begin();
		books.entries.supersede(dir, name, run!);
		books.entries.insert(run!, {
			dir,
			name,
			type: 'file',
			...statFacts(stat),
			link: '',
			sha256,
			archive: 0,
			offset: 0,
			length: 0,
		});
		if (sent) {
			mirror.note(sent.key, sent.stored);
			books.uploads.ended(sent.key);
		}
		if (Date.now() - this.#committed >= COMMIT_MS) this.#commit();
	}

	#commit(): void {
		this.#options.books.transaction.commit();
		this.#committed = Date.now();
	}

	/** Of what is neither in the store nor could be sent there, the books must not say that it is. */
	#notCopied({ entry, key, verdict }: CopyItem): void {
		const { books, mirror, run } = this.#options;
		if (run === undefined || verdict === 'right') return;
		books.transaction.begin();
		books.entries.close(entry.dir, entry.name, run);
		mirror.forget(key);
	}
}
