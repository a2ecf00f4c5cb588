/** What came of the runs of a job, from its books. */

import type { DatabaseSync } from 'node:sqlite';
import type { PlainError } from '../core/errors.ts';
import type { HistoryDetails, HistoryQuery, RunRecord } from '../core/history.ts';

/** Of the first archives of a run: more lines than that help nobody, and its details have all. */
const LINKS = 3;

const COLUMNS = `id, started, finished, dropped, files, bytes, new_files, new_bytes, errors, error,
	CASE WHEN dropped IS NULL THEN status ELSE 'dropped' END AS outcome,
	(SELECT count(*) FROM archives WHERE archives.run = runs.run AND stored IS NOT NULL) AS archives,
	(SELECT coalesce(sum(size), 0) FROM archives WHERE archives.run = runs.run AND stored IS NOT NULL) AS stored,
	(SELECT json_group_array(link) FROM (SELECT link FROM archives
		WHERE archives.run = runs.run AND status = 'stored' AND link IS NOT NULL ORDER BY sequence LIMIT ${LINKS})) AS links`;

/** The newest first. One that is interrupted is `running` here: the books cannot tell. */
export function runRecords(db: DatabaseSync, { statuses, since = 0, before, limit }: HistoryQuery): RunRecord[] {
	const known = statuses?.map((status) => (status === 'interrupted' ? 'running' : status)) ?? null;
	return db
		.prepare(
			`SELECT ${COLUMNS} FROM runs WHERE started >= :since AND (started, id) < (:started, :id)
			AND (:known IS NULL OR outcome IN (SELECT value FROM json_each(:known)))
			ORDER BY started DESC, id DESC LIMIT :limit`,
		)
		.all({
			since,
			started: before?.started ?? Number.MAX_SAFE_INTEGER,
			id: before?.id ?? '',
			known: known && JSON.stringify(known),
			limit,
		})
		.map(recordOf);
}

/** Undefined: the job has had no run of this id. */
export function runRecord(db: DatabaseSync, id: string): RunRecord | undefined {
	const row = db.prepare(`SELECT ${COLUMNS} FROM runs WHERE id = ?`).get(id);
	return row && recordOf(row);
}

/** The archives that a run has stored, as they were when they were sent. */
export function archivesOf(db: DatabaseSync, id: string, limit = -1): (HistoryDetails['archives'][number] & Packed)[] {
	return db
		.prepare(
			`SELECT key, size, storage_class, part_size, iif(status = 'stored', link, NULL) AS link FROM archives
			WHERE run = (SELECT run FROM runs WHERE id = ?) AND stored IS NOT NULL ORDER BY sequence LIMIT ?`,
		)
		.all(id, limit)
		.map((row) => ({
			key: String(row.key),
			size: Number(row.size),
			storageClass: row.storage_class as string | null,
			link: row.link as string | null,
			partSize: Number(row.part_size),
		}));
}

/** Whether no run of the job was begun before it. @param id its id */
export function isFirstRun(db: DatabaseSync, id: string): boolean {
	return db.prepare('SELECT 1 FROM runs WHERE run < (SELECT run FROM runs WHERE id = ?)').get(id) === undefined;
}

interface Packed {
	/** Bytes of its upload parts. */
	partSize: number;
}

function recordOf(row: Record<string, unknown>): RunRecord {
	const error = row.error === null ? undefined : (JSON.parse(String(row.error)) as PlainError);
	return {
		id: String(row.id),
		started: Number(row.started),
		finished: row.finished === null ? null : Number(row.finished),
		status: row.outcome as RunRecord['status'],
		dropped: row.dropped as RunRecord['dropped'],
		files: Number(row.files),
		bytes: Number(row.bytes),
		newFiles: Number(row.new_files),
		newBytes: Number(row.new_bytes),
		errors: Number(row.errors),
		error: error?.message ?? null,
		code: error?.code ?? null,
		guidance: error?.guidance ?? null,
		archives: Number(row.archives),
		storedBytes: Number(row.stored),
		links: JSON.parse(String(row.links)),
	};
}
