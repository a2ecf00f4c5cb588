/**
 * The books of a run: what its pack threads say becomes rows in the state database, in an order that a crash at any
 * moment leaves consistent. Intents are on disk before a part is sent; entries appear with the acknowledged part that
 * completes them; an archive counts once the store has confirmed it.
 */

import { type SidecarEntry, sidecarLine, sidecarPiece } from '../archive/sidecar.ts';
import type { FileProblem } from '../core/task.ts';
import type { ArchiveStore } from '../state/archive-store.ts';
import type { EntryStore } from '../state/entry-store.ts';
import type { Transaction } from '../state/transaction.ts';
import { decodeCheckpoint } from './pack/checkpoint.ts';
import { type FromPackThread, PACK_STATUS, type ResultBlock } from './pack/messages.ts';
import { decodeBatch, entryPath, type PlannedEntry } from './plan/batch-codec.ts';

type PartMessage = Extract<FromPackThread, { type: 'part' }>;

interface OpenBook {
	batches: Map<number, Uint8Array>;
	/** The batch whose results are being booked. */
	decoded: { batch: number; entries: PlannedEntry[] } | undefined;
	parts: Map<number, PartMessage>;
	acknowledged: Set<number>;
	/** The next part whose entries are to be booked. */
	nextPart: number;
	uploadId: string | undefined;
}

/** Characters of sidecar lines that are compressed together. */
const PIECE = 4 * 1024 * 1024;

export interface LedgerOptions {
	run: number;
	archives: ArchiveStore;
	entries: EntryStore;
	transaction: Transaction;
	onProblem: (problem: FileProblem) => void;
	/** A file that changed while it was read. */
	onTorn: (entry: PlannedEntry) => void;
	/** A file that was not there any more, or could not be read. */
	onMissing: (entry: PlannedEntry) => void;
}

export class Ledger {
	readonly #options: LedgerOptions;
	readonly #open = new Map<number, OpenBook>();
	newFiles = 0;
	newBytes = 0;

	constructor(options: LedgerOptions) {
		this.#options = options;
	}

	/** Begins the book of an archive; one that goes on does so behind part `after`. */
	begin(archive: number, after = 0, uploadId?: string): void {
		this.#open.set(archive, {
			batches: new Map(),
			decoded: undefined,
			parts: new Map(),
			acknowledged: new Set(),
			nextPart: after + 1,
			uploadId,
		});
	}

	/** Records a batch, on disk with the next commit. */
	plan(archive: number, batch: number, data: Uint8Array): void {
		this.#options.archives.putPlanned(archive, batch, data);
		this.know(archive, batch, data);
	}

	/** Takes note of a batch that is recorded already. */
	know(archive: number, batch: number, data: Uint8Array): void {
		this.#open.get(archive)?.batches.set(batch, data);
	}

	/** Puts the intent to send a part on disk. */
	recordPart(message: PartMessage): void {
		const { archives, transaction } = this.#options;
		const book = this.#open.get(message.archive);
		if (!book) return;
		transaction.begin();
		if (message.uploadId !== undefined && book.uploadId === undefined) {
			book.uploadId = message.uploadId;
			archives.setUpload(message.archive, message.uploadId);
		}
		book.parts.set(message.number, message);
		archives.putPart(message.archive, message);
		transaction.commit();
	}

	/** Books an acknowledged part, and the entries of all parts without a gap before it. */
	acknowledge(archive: number, number: number, etag: string): void {
		const book = this.#open.get(archive);
		if (!book) return;
		this.#options.transaction.begin();
		this.#options.archives.acknowledge(archive, number, etag);
		book.acknowledged.add(number);
		while (book.acknowledged.delete(book.nextPart)) this.#bookPart(archive, book);
	}

	/** Books what an archive said whose planned files are all gone. */
	bookEmpty(archive: number, results: ResultBlock): void {
		const book = this.#open.get(archive);
		if (book) this.#bookResults(archive, book, results);
	}

	/** Closes the book. */
	end(archive: number): void {
		this.#open.delete(archive);
	}

	#bookPart(archive: number, book: OpenBook): void {
		const { archives } = this.#options;
		const part = book.parts.get(book.nextPart)!;
		book.parts.delete(part.number);
		book.nextPart += 1;
		const { pieces, files, bytes } = this.#bookResults(archive, book, part.results);
		if (pieces.length > 0) archives.addContent(archive, part.number, files, bytes, Buffer.concat(pieces));
		archives.pruneCheckpoints(archive, part.number);
		archives.dropPlannedBefore(archive, part.batchesDone);
		for (const batch of book.batches.keys()) {
			if (batch >= part.batchesDone) break;
			book.batches.delete(batch);
		}
	}

	#bookResults(
		archive: number,
		book: OpenBook,
		block: ResultBlock,
	): { pieces: Buffer[]; files: number; bytes: number } {
		const { run, entries, onProblem, onTorn, onMissing } = this.#options;
		const actual = new Map(block.actual);
		const errors = new Map(block.errors);
		const pieces: Buffer[] = [];
		let lines = '';
		let files = 0;
		let bytes = 0;
		for (let at = 0; at < block.batch.length; at++) {
			const planned = this.#planned(book, block.batch[at]!)[block.index[at]!]!;
			const entry = actual.get(at) ?? planned;
			const status = PACK_STATUS[block.status[at]!];
			if (status === 'torn') onTorn(planned);
			if (status === 'gone') onMissing(planned);
			if (status === 'failed') {
				const error = errors.get(at);
				onMissing(planned);
				onProblem({ path: entryPath(planned), code: error?.code ?? 'UNREADABLE', message: error?.message ?? '' });
			}
			if (status !== 'packed') continue;
			if (planned.replaces) entries.supersede(entry.dir, entry.name, run);
			const isFile = entry.type === 'file';
			const row = {
				...entry,
				sha256: isFile ? block.sha256.subarray(at * 32, at * 32 + 32) : undefined,
				archive,
				offset: block.offset[at]!,
				length: block.length[at]!,
			};
			entries.insert(run, row);
			lines += sidecarLine({ ...row, path: entryPath(entry) } satisfies SidecarEntry);
			if (lines.length > PIECE) {
				pieces.push(sidecarPiece(lines));
				lines = '';
			}
			if (!isFile && entry.type !== 'hardlink') continue;
			files += 1;
			bytes += entry.size;
		}
		this.newFiles += files;
		this.newBytes += bytes;
		if (lines !== '') pieces.push(sidecarPiece(lines));
		return { pieces, files, bytes };
	}

	/** Results come in order: of the batches before this one none is needed decoded any more. */
	#planned(book: OpenBook, batch: number): PlannedEntry[] {
		if (book.decoded?.batch !== batch) book.decoded = { batch, entries: decodeBatch(book.batches.get(batch)!) };
		return book.decoded.entries;
	}
}

/** How many parts lie before a checkpoint; 0 without one. */
export function partsBefore(checkpoint: Uint8Array | undefined): number {
	return checkpoint ? decodeCheckpoint(checkpoint).part : 0;
}
