/** Verifies what is stored: all of it as far as that needs no thaw, and a share of it by reading it. */

import { FirnError } from '../core/errors.ts';
import { inParallel, LANES } from '../core/in-parallel.ts';
import { sidecarOf } from '../core/object-names.ts';
import { counted } from '../core/sizes.ts';
import { ArchiveStore, type StoredRow } from '../state/archive-store.ts';
import { EntryLookup } from '../state/entry-lookup.ts';
import { type KnownObject, knownObjects } from '../state/known-objects.ts';
import { ProofLog } from '../state/proof-log.ts';
import { compareObject } from './compare-object.ts';
import { compareSidecar } from './compare-sidecar.ts';
import type { Desk, Ending } from './desk.ts';
import { proveArchive } from './prove-archive.ts';
import { readQueue } from './read-queue.ts';
import { fetchRecord, openRecord } from './recover/read-record.ts';
import type { VerifyWork } from './spec.ts';

/** Faults that the error names. */
const NAMED = 5;

/** @throws FirnError (usage) NO_IDENTITY; as the destination does where it cannot be reached */
export async function runVerify(desk: Desk, work: VerifyWork): Promise<Ending> {
	const verify = new Verify(desk, work);
	try {
		await verify.look();
		await verify.read();
	} finally {
		await verify.end();
	}
	return verify.ending();
}

class Verify {
	readonly #desk: Desk;
	readonly #work: VerifyWork;
	readonly #archives: ArchiveStore;
	readonly #entries: EntryLookup;
	readonly #proofs: ProofLog;
	/** Faults by archive; the first one of each counts. */
	readonly #faults = new Map<number, string>();
	readonly #counts = { seen: 0, sidecars: 0, unopened: 0, proven: 0, provenBytes: 0, cold: 0, faults: 0 };
	#total = 0;
	#bytes = 0;

	constructor(desk: Desk, work: VerifyWork) {
		this.#desk = desk;
		this.#work = work;
		this.#archives = new ArchiveStore(desk.db);
		this.#entries = new EntryLookup(desk.db);
		this.#proofs = new ProofLog(desk.db);
	}

	/** Every archive by name: is it there, as large as it was, with the same checksum, and does its sidecar agree? */
	async look(): Promise<void> {
		const { db, progress } = this.#desk;
		const count = db.prepare(`SELECT count(*) AS n, sum(size) AS bytes FROM archives WHERE status = 'stored'`).get()!;
		this.#total = Number(count.n);
		this.#bytes = Number(count.bytes ?? 0);
		progress.total = this.#total;
		await inParallel(storedArchives(knownObjects(db)), LANES, async ({ archive, sidecar }) => {
			this.#desk.signal.throwIfAborted();
			const faults = [await this.#lookAt(archive), await this.#lookAtSidecar(archive, sidecar)];
			for (const fault of faults) if (fault !== undefined) this.#fault(archive, fault);
			if (!this.#faults.has(archive.archive)) {
				this.#counts.seen += 1;
				this.#proofs.seen(archive.archive);
			}
			progress.done += 1;
		});
	}

	async #lookAt(known: KnownObject): Promise<string | undefined> {
		const { destination, signal } = this.#desk;
		const stored = await destination.head(known.key, { signal });
		if (!stored) return 'is not in the store (firn sync marks it, and the next run stores its files again)';
		const fault = await compareObject(destination, known, stored);
		return fault === undefined ? undefined : `has another ${fault} than was stored`;
	}

	async #lookAtSidecar({ archive, key }: KnownObject, isWritten: boolean): Promise<string | undefined> {
		const { destination, signal } = this.#desk;
		// The next run writes it.
		if (!isWritten) return undefined;
		const sidecar = sidecarOf(key);
		const stored = await destination.head(sidecar, { signal });
		if (!stored) return 'has no sidecar';
		const row = this.#archives.describe(archive);
		const encrypted = row.encrypted === 1;
		if (encrypted && this.#work.identities.length === 0) {
			this.#counts.unopened += 1;
			return undefined;
		}
		try {
			const body = await fetchRecord(destination, { key: sidecar, size: stored.size, encrypted }, signal);
			const fault = await compareSidecar(openRecord(body, encrypted, this.#work.identities), row, this.#entries);
			if (fault !== undefined) return `has a sidecar that ${fault}`;
			this.#counts.sidecars += 1;
			return undefined;
		} catch (error) {
			if (!(error instanceof FirnError)) throw error;
			if (error.code === 'WRONG_IDENTITY') {
				this.#counts.unopened += 1;
				return undefined;
			}
			if (!READING_FAULTS.has(error.code)) throw error;
			return `has a sidecar that cannot be used: ${error.message}`;
		}
	}

	/** Reads a share of the archives, those first whose proof is oldest. */
	async read(): Promise<void> {
		const { db, signal, progress } = this.#desk;
		const queue = readQueue(db, this.#work.share).filter(({ archive }) => !this.#faults.has(archive));
		if (queue.length === 0) return;
		progress.done = 0;
		progress.total = queue.length;
		progress.bytes = queue.reduce((sum, { size }) => sum + size, 0);
		for (const { archive, key, size } of queue) {
			signal.throwIfAborted();
			const from = progress.bytesDone;
			await this.#prove(this.#archives.describe(archive), key);
			progress.bytesDone = from + size;
			progress.done += 1;
		}
	}

	async #prove(row: StoredRow, key: string): Promise<void> {
		const { destination, signal } = this.#desk;
		const { identities } = this.#work;
		try {
			await proveArchive(this.#told(destination.get(key, { signal })), row, this.#entries, identities);
		} catch (error) {
			if (!(error instanceof FirnError)) throw error;
			if (error.code === 'ARCHIVED') {
				this.#counts.cold += 1;
				return;
			}
			if (!READING_FAULTS.has(error.code)) throw error;
			this.#fault(row, `cannot be restored: ${error.message}`);
			return;
		}
		this.#counts.proven += 1;
		this.#counts.provenBytes += row.size;
		this.#proofs.proven(row.archive);
	}

	async *#told(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
		for await (const chunk of source) {
			this.#desk.signal.throwIfAborted();
			this.#desk.progress.bytesDone += chunk.length;
			yield chunk;
		}
	}

	#fault({ archive, key }: { archive: number; key: string }, fault: string): void {
		const { progress, report } = this.#desk;
		if (!this.#faults.has(archive)) progress.errors += 1;
		this.#faults.set(archive, this.#faults.get(archive) ?? `${key} ${fault}`);
		report({ event: 'notice', level: 'warn', message: `Archive ${archive}, ${key}, ${fault.replace(/\.$/, '')}.` });
	}

	end(): Promise<void> {
		return this.#proofs.end(this.#desk.signal);
	}

	ending(): Ending {
		const faults = [...this.#faults.values()];
		const details = { ...this.#counts, faults: faults.length };
		const ending = { archives: this.#total, bytes: this.#bytes, errors: faults.length, details };
		if (faults.length === 0) return { ...ending, status: 'complete' };
		const more = faults.length > NAMED ? ` And ${faults.length - NAMED} more.` : '';
		const { name } = this.#desk.spec.job;
		const error = new FirnError(
			'VERIFY_FAILED',
			`${counted(faults.length, 'archive')} cannot be relied on: ${faults.slice(0, NAMED).join('; ')}.${more}`,
			{
				guidance: `firn sync ${name} tells what is missing; firn delete ${name} ARCHIVE lets the next run store the files of a damaged one again.`,
			},
		);
		return { ...ending, status: 'failed', error };
	}
}

/** What reading stored bytes can show of them. All else is no fault of theirs. */
const READING_FAULTS = new Set([
	'ARCHIVE_WRONG',
	'BAD_AGE_HEADER',
	'BAD_FRAME',
	'BAD_LINES',
	'BAD_SIDECAR',
	'BAD_TAR',
	'BAD_TAR_END',
	'DAMAGED',
	'NOT_AGE',
	'NOT_FOUND',
	'RECORD_DAMAGED',
	'STORE_MISMATCH',
	'TRUNCATED',
]);

/** The stored archives, and whether their sidecars are. */
function* storedArchives(known: Iterable<KnownObject>): Generator<{ archive: KnownObject; sidecar: boolean }> {
	let sidecar = false;
	for (const one of known) {
		if (one.kind === 'sidecar') sidecar = one.expected;
		else if (one.expected) yield { archive: one, sidecar };
	}
}
