/**
 * Uploads by parts that a mirror has under way, with the file as it was when they began: what tells a run after a kill
 * whether it may go on with them.
 */

import type { DatabaseSync, StatementSync } from 'node:sqlite';

export interface MirrorUpload {
	key: string;
	/** The store's name for it. */
	id: string;
	partSize: number;
	storageClass: string | undefined;
	size: number;
	mtimeNs: bigint;
	ctimeNs: bigint;
	/** As signed 64 bits. */
	ino: bigint;
}

export class MirrorUploads {
	readonly #put: StatementSync;
	readonly #get: StatementSync;
	readonly #drop: StatementSync;
	readonly #all: StatementSync;

	constructor(db: DatabaseSync) {
		this.#put = db.prepare('INSERT OR REPLACE INTO uploads VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
		this.#get = db.prepare('SELECT * FROM uploads WHERE key = ?');
		this.#get.setReadBigInts(true);
		this.#drop = db.prepare('DELETE FROM uploads WHERE key = ?');
		this.#all = db.prepare('SELECT key, upload FROM uploads ORDER BY key');
	}

	/** Takes the place of the one that the key has had. */
	begun({ key, id, partSize, storageClass, size, mtimeNs, ctimeNs, ino }: MirrorUpload): void {
		this.#put.run(key, id, partSize, storageClass ?? null, size, mtimeNs, ctimeNs, ino);
	}

	get(key: string): MirrorUpload | undefined {
		const row = this.#get.get(key);
		if (!row) return undefined;
		return {
			key,
			id: String(row.upload),
			partSize: Number(row.part_size),
			storageClass: row.storage_class === null ? undefined : String(row.storage_class),
			size: Number(row.size),
			mtimeNs: row.mtime as bigint,
			ctimeNs: row.ctime as bigint,
			ino: row.ino as bigint,
		};
	}

	ended(key: string): void {
		this.#drop.run(key);
	}

	/** All of them; there are no more than workers and kills. */
	all(): { key: string; id: string }[] {
		return this.#all.all().map(({ key, upload }) => ({ key: String(key), id: String(upload) }));
	}
}
