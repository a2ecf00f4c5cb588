/** The write side of archives and of their checkpoints (parts and planned batches). */

import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Compression } from '../core/object-names.ts';

export interface OpenArchive {
	archive: number;
	sequence: number;
	key: string;
	compression: Compression;
	encrypted: boolean;
	partSize: number;
	uploadId: string | undefined;
	ageHeader: Uint8Array | undefined;
	storageClass: string | undefined;
}

export interface NewArchive extends Omit<OpenArchive, 'archive' | 'uploadId'> {
	/** age recipients that it was encrypted for, where they are known. */
	recipients?: string[];
}

export interface PartRow {
	number: number;
	size: number;
	acknowledged: boolean;
	final: boolean;
	crc32: number;
	etag: string | undefined;
	fingerprint: Uint8Array;
	checkpoint: Uint8Array | undefined;
}

/** What is known of an archive once the store has confirmed it. */
export interface StoredArchive {
	size: number;
	rawSize: number;
	payloadSize: number;
	crc32: number | undefined;
	etag: string;
	frames: Uint8Array | undefined;
	/** Kept only of an archive that a class was asked for. */
	storageClass: string;
	link: string | undefined;
	now: number;
}

/** A row of `archives` once it is stored, by the names of the columns. */
export interface StoredRow {
	archive: number;
	run: number;
	sequence: number;
	key: string;
	compression: Compression;
	encrypted: number;
	size: number;
	raw_size: number;
	payload_size: number;
	crc32: number | null;
	storage_class: string | null;
	part_size: number;
	etag: string;
	/** JSON. */
	recipients: string | null;
	files: number;
	bytes: number;
	age_header: Uint8Array | null;
	frames: Uint8Array | null;
	stored: number;
}

export class ArchiveStore {
	readonly #db: DatabaseSync;
	readonly #putPlanned: StatementSync;
	readonly #putPart: StatementSync;
	readonly #acknowledge: StatementSync;
	readonly #forgetBehind: StatementSync;
	readonly #pruneCheckpoints: StatementSync;

	constructor(db: DatabaseSync) {
		this.#db = db;
		this.#putPlanned = db.prepare('INSERT INTO planned VALUES (?, ?, ?)');
		this.#putPart = db.prepare(
			'INSERT OR REPLACE INTO parts (archive, number, size, acknowledged, final, crc32, etag, fingerprint, checkpoint) VALUES (?, ?, ?, 0, ?, ?, NULL, ?, ?)',
		);
		this.#acknowledge = db.prepare('UPDATE parts SET acknowledged = 1, etag = ? WHERE archive = ? AND number = ?');
		this.#forgetBehind = db.prepare(
			`DELETE FROM parts WHERE archive = ?1 AND number > ?2 AND EXISTS (
				SELECT 1 FROM parts WHERE archive = ?1 AND number = ?2 AND (size <> ?3 OR fingerprint <> ?4))`,
		);
		this.#pruneCheckpoints = db.prepare(
			'UPDATE parts SET checkpoint = NULL WHERE archive = ? AND number < ? AND checkpoint IS NOT NULL',
		);
	}

	create(run: number, archive: NewArchive): number {
		const { lastInsertRowid } = this.#db
			.prepare(
				`INSERT INTO archives (run, sequence, key, status, compression, encrypted, part_size, age_header, storage_class, recipients)
				VALUES (?, ?, ?, 'open', ?, ?, ?, ?, ?, ?)`,
			)
			.run(
				run,
				archive.sequence,
				archive.key,
				archive.compression,
				archive.encrypted ? 1 : 0,
				archive.partSize,
				archive.ageHeader ?? null,
				archive.storageClass ?? null,
				archive.encrypted && archive.recipients ? JSON.stringify(archive.recipients) : null,
			);
		return Number(lastInsertRowid);
	}

	/** Archives of the run that are not stored yet, in order. */
	open(run: number): OpenArchive[] {
		return this.#db
			.prepare(`SELECT * FROM archives WHERE run = ? AND status = 'open' ORDER BY sequence`)
			.all(run)
			.map((row) => ({
				archive: Number(row.archive),
				sequence: Number(row.sequence),
				key: String(row.key),
				compression: row.compression as Compression,
				encrypted: row.encrypted === 1,
				partSize: Number(row.part_size),
				uploadId: (row.upload_id as string | null) ?? undefined,
				ageHeader: (row.age_header as Uint8Array | null) ?? undefined,
				storageClass: (row.storage_class as string | null) ?? undefined,
			}));
	}

	/** Stored archives, of whatever run, whose sidecar is still missing. */
	withoutSidecar(): number[] {
		return this.#db
			.prepare(`SELECT archive FROM archives WHERE status = 'stored' AND sidecar = 0 ORDER BY archive`)
			.all()
			.map((row) => Number(row.archive));
	}

	/** Archives that were stored and are no more: deleted, or not found in the store. */
	gone(): Set<number> {
		const rows = this.#db.prepare(`SELECT archive FROM archives WHERE status IN ('missing', 'deleted')`).all();
		return new Set(rows.map((row) => Number(row.archive)));
	}

	/** The stored archives of a run, as its manifest lists them. */
	stored(
		run: number,
	): { key: string; size: number; files: number; bytes: number; crc32: number | null; storageClass: string | null }[] {
		return this.#db
			.prepare(
				`SELECT key, size, files, bytes, crc32, storage_class AS storageClass FROM archives
				WHERE run = ? AND status = 'stored' ORDER BY sequence`,
			)
			.all(run) as ReturnType<ArchiveStore['stored']>;
	}

	/** Everything the sidecar's first line says of a stored archive. */
	describe(archive: number): StoredRow {
		return this.#db.prepare('SELECT * FROM archives WHERE archive = ?').get(archive) as unknown as StoredRow;
	}

	lastSequence(run: number): number {
		return Number(this.#db.prepare('SELECT max(sequence) AS n FROM archives WHERE run = ?').get(run)?.n ?? 0);
	}

	setUpload(archive: number, uploadId: string): void {
		this.#db.prepare('UPDATE archives SET upload_id = ? WHERE archive = ?').run(uploadId, archive);
	}

	putPlanned(archive: number, batch: number, data: Uint8Array): void {
		this.#putPlanned.run(archive, batch, data);
	}

	planned(archive: number): { batch: number; data: Uint8Array }[] {
		return this.#db
			.prepare('SELECT batch, data FROM planned WHERE archive = ? ORDER BY batch')
			.all(archive)
			.map((row) => ({ batch: Number(row.batch), data: row.data as Uint8Array }));
	}

	dropPlannedBefore(archive: number, batch: number): void {
		this.#db.prepare('DELETE FROM planned WHERE archive = ? AND batch < ?').run(archive, batch);
	}

	/**
	 * Records, before it is sent, that a part may reach the store. When an earlier attempt has made it otherwise, what is
	 * known of the parts behind it is worth nothing.
	 */
	putPart(archive: number, part: Omit<PartRow, 'acknowledged' | 'etag'>): void {
		this.#forgetBehind.run(archive, part.number, part.size, part.fingerprint);
		this.#putPart.run(
			archive,
			part.number,
			part.size,
			part.final ? 1 : 0,
			part.crc32,
			part.fingerprint,
			part.checkpoint ?? null,
		);
	}

	acknowledge(archive: number, number: number, etag: string): void {
		this.#acknowledge.run(etag, archive, number);
	}

	/** Drops the checkpoints before that of part `newest`: what they would need is dropped with it. */
	pruneCheckpoints(archive: number, newest: number): void {
		this.#pruneCheckpoints.run(archive, newest);
	}

	parts(archive: number): PartRow[] {
		return this.#db
			.prepare('SELECT * FROM parts WHERE archive = ? ORDER BY number')
			.all(archive)
			.map((row) => ({
				number: Number(row.number),
				size: Number(row.size),
				acknowledged: row.acknowledged === 1,
				final: row.final === 1,
				crc32: Number(row.crc32),
				etag: (row.etag as string | null) ?? undefined,
				fingerprint: row.fingerprint as Uint8Array,
				checkpoint: (row.checkpoint as Uint8Array | null) ?? undefined,
			}));
	}

	/** From here on the archive's entries count; its upload and its checkpoint are no longer needed. */
	markStored(archive: number, stored: StoredArchive): void {
		this.#db
			.prepare(
				`UPDATE archives SET status = 'stored', upload_id = NULL, size = ?, raw_size = ?, payload_size = ?, crc32 = ?, etag = ?, frames = ?, stored = ?, link = ?,
					storage_class = iif(storage_class IS NULL, NULL, ?)
				WHERE archive = ?`,
			)
			.run(
				stored.size,
				stored.rawSize,
				stored.payloadSize,
				stored.crc32 ?? null,
				stored.etag,
				stored.frames ?? null,
				stored.now,
				stored.link ?? null,
				stored.storageClass,
				archive,
			);
		this.#dropCheckpoint(archive);
	}

	/** Adds to the archive what its newly acknowledged parts hold: counts, and a piece of its sidecar. */
	addContent(archive: number, number: number, files: number, bytes: number, indexPiece: Uint8Array): void {
		this.#db
			.prepare('UPDATE archives SET files = files + ?, bytes = bytes + ? WHERE archive = ?')
			.run(files, bytes, archive);
		this.#db.prepare('INSERT INTO index_pieces VALUES (?, ?, ?)').run(archive, number, indexPiece);
	}

	indexPieces(archive: number): Uint8Array[] {
		return this.#db
			.prepare('SELECT data FROM index_pieces WHERE archive = ? ORDER BY number')
			.all(archive)
			.map((row) => row.data as Uint8Array);
	}

	markSidecar(archive: number): void {
		this.#db.prepare('UPDATE archives SET sidecar = 1 WHERE archive = ?').run(archive);
		this.#db.prepare('DELETE FROM index_pieces WHERE archive = ?').run(archive);
	}

	/** Gives an archive up that never became an object: its entries were never part of a snapshot and go with it. */
	markAbandoned(archive: number): void {
		this.#db.prepare(`UPDATE archives SET status = 'abandoned' WHERE archive = ?`).run(archive);
		this.#db.prepare('DELETE FROM entries WHERE archive = ?').run(archive);
		this.#db.prepare('DELETE FROM index_pieces WHERE archive = ?').run(archive);
		this.#dropCheckpoint(archive);
	}

	/** Keys of all archives that were given up and may have left something at the store. */
	abandoned(): string[] {
		return this.#db
			.prepare(`SELECT key FROM archives WHERE status = 'abandoned' ORDER BY archive`)
			.all()
			.map((row) => String(row.key));
	}

	/**
	 * Forgets an archive that was given up and of which nothing is left. Only when its run has ended: until then its
	 * sequence number must not be given away again.
	 */
	forgetAbandoned(key: string): void {
		this.#db.prepare(`DELETE FROM archives WHERE key = ? AND status = 'abandoned'`).run(key);
	}

	#dropCheckpoint(archive: number): void {
		this.#db.prepare('DELETE FROM parts WHERE archive = ?').run(archive);
		this.#db.prepare('DELETE FROM planned WHERE archive = ?').run(archive);
	}
}
