import type { DatabaseSync } from 'node:sqlite';
import { parseObjectKey, sidecarOf } from '../core/object-names.ts';
import type { ArchiveRecord } from './archive-list.ts';

/** An object that the books speak of: an archive, or the sidecar of one. */
export interface KnownObject {
	key: string;
	kind: 'archive' | 'sidecar';
	archive: number;
	status: ArchiveRecord['status'];
	/** It must be in the store. */
	expected: boolean;
	/** Of the archive. */
	size: number;
	etag: string;
	crc32: number | undefined;
}

const PAGE = 1000;

/** All of them, ascending by key as a store lists them, a page at a time. */
export function* knownObjects(db: DatabaseSync): Generator<KnownObject> {
	const page = db.prepare(
		'SELECT key, archive, status, size, etag, crc32, sidecar FROM archives WHERE key > ? ORDER BY key LIMIT ?',
	);
	for (let last = ''; ; ) {
		const rows = page.all(last, PAGE);
		for (const row of rows) {
			const known = {
				key: String(row.key),
				archive: Number(row.archive),
				status: row.status as KnownObject['status'],
				size: Number(row.size ?? 0),
				etag: String(row.etag ?? ''),
				crc32: row.crc32 === null ? undefined : Number(row.crc32),
			};
			const expected = known.status === 'stored';
			// `000001.idx.age` comes before `000001.tar.age`, and nothing else of ours between the two.
			yield { ...known, key: sidecarOf(known.key), kind: 'sidecar', expected: expected && row.sidecar === 1 };
			yield { ...known, kind: 'archive', expected };
		}
		if (rows.length < PAGE) return;
		last = String(rows.at(-1)!.key);
	}
}

/** Whether the books speak of this key. */
export function isKnownKey(db: DatabaseSync, key: string): boolean {
	const named = db.prepare('SELECT 1 FROM archives WHERE key = ?').get(key);
	if (named) return true;
	const name = parseObjectKey(key);
	if (name?.kind !== 'sidecar') return false;
	const of = db.prepare('SELECT 1 FROM archives JOIN runs USING (run) WHERE runs.id = ? AND sequence = ?');
	return of.get(name.runId, name.sequence) !== undefined;
}
