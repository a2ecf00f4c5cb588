/** What the state database says, read by the test itself. */

import { DatabaseSync } from 'node:sqlite';
import { ENTRY_TYPES } from '../../../src/core/entry.ts';
import { fromSqlName } from '../../../src/state/names.ts';

export interface ArchiveView {
	archive: number;
	run: number;
	key: string;
	status: string;
	compression: string;
	encrypted: number;
	size: number;
	raw_size: number;
	files: number;
	bytes: number;
	upload_id: string | null;
	sidecar: number;
	sequence: number;
}

export interface EntryView {
	path: string;
	type: string;
	size: number;
	mode: number;
	mtime: bigint;
	link: string;
	sha256: string | undefined;
	archive: number;
	offset: number;
	length: number;
}

export class StateView {
	readonly #db: DatabaseSync;

	constructor(file: string) {
		this.#db = new DatabaseSync(file);
	}

	integrity(): string {
		return String(this.#db.prepare('PRAGMA integrity_check').get()?.integrity_check);
	}

	runs(): { run: number; id: string; status: string; files: number; bytes: number }[] {
		return this.#db.prepare('SELECT * FROM runs ORDER BY run').all() as ReturnType<StateView['runs']>;
	}

	archives(): ArchiveView[] {
		return this.#db.prepare('SELECT * FROM archives ORDER BY run, sequence').all() as unknown as ArchiveView[];
	}

	count(table: 'parts' | 'planned' | 'index_pieces' | 'problems'): number {
		return Number(this.#db.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.n);
	}

	/** Entries of the newest snapshot, of archives in any status. */
	entries(): EntryView[] {
		const dirs = new Map<number, { parent: number; name: string }>();
		for (const row of this.#db.prepare('SELECT * FROM dirs').all()) {
			dirs.set(Number(row.dir), { parent: Number(row.parent), name: fromSqlName(row.name) });
		}
		const pathOf = (dir: number): string => {
			const { parent, name } = dirs.get(dir)!;
			if (parent === 0) return '';
			const above = pathOf(parent);
			return above === '' ? name : `${above}/${name}`;
		};
		const statement = this.#db.prepare('SELECT * FROM entries WHERE last = 2147483647');
		statement.setReadBigInts(true);
		return statement.all().map((row) => ({
			path: `${pathOf(Number(row.dir))}/${fromSqlName(row.name)}`,
			type: ENTRY_TYPES[Number(row.type)]!,
			size: Number(row.size),
			mode: Number(row.mode),
			mtime: row.mtime as bigint,
			link: row.link === null ? '' : fromSqlName(row.link),
			sha256: row.sha256 ? Buffer.from(row.sha256 as Uint8Array).toString('hex') : undefined,
			archive: Number(row.archive),
			offset: Number(row.offset),
			length: Number(row.length),
		}));
	}

	close(): void {
		this.#db.close();
	}
}
