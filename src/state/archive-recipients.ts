/** Whom the archives of a job were encrypted for. */

import type { DatabaseSync } from 'node:sqlite';

/** Stored archives with the same recipients. */
export interface RecipientGroup {
	/** Undefined where nobody wrote them down. */
	recipients: string[] | undefined;
	archives: number;
	/** Numbers of the first and the last run that wrote such archives. */
	firstRun: number;
	lastRun: number;
}

/** The stored, encrypted archives by their recipients, in the order of their runs. */
export function recipientGroups(db: DatabaseSync): RecipientGroup[] {
	return db
		.prepare(
			`SELECT ${column(db)} AS who, count(*) AS archives, min(run) AS firstRun, max(run) AS lastRun
			FROM archives WHERE status = 'stored' AND encrypted = 1 GROUP BY who ORDER BY firstRun`,
		)
		.all()
		.map(({ who, archives, firstRun, lastRun }) => ({
			recipients: who === null ? undefined : (JSON.parse(String(who)) as string[]),
			archives: Number(archives),
			firstRun: Number(firstRun),
			lastRun: Number(lastRun),
		}));
}

/** The same of an encrypted mirror, whose objects count as archives. */
export function mirrorGroups(db: DatabaseSync, recipients: string[]): (RecipientGroup & { recipients: string[] })[] {
	const { n, first, last } = db
		.prepare('SELECT (SELECT count(*) FROM objects) AS n, min(run) AS first, max(run) AS last FROM runs')
		.get()!;
	return n === 0 ? [] : [{ recipients, archives: Number(n), firstRun: Number(first), lastRun: Number(last) }];
}

/** Whether any stored archive is encrypted. */
export function hasEncrypted(db: DatabaseSync): boolean {
	return db.prepare(`SELECT 1 FROM archives WHERE status = 'stored' AND encrypted = 1 LIMIT 1`).get() !== undefined;
}

/** Run and age header of the stored archives whose recipients nobody wrote down. */
export function* unknownHeaders(db: DatabaseSync): Generator<{ run: number; header: Uint8Array }> {
	const rows = db
		.prepare(
			`SELECT run, age_header FROM archives
			WHERE status = 'stored' AND encrypted = 1 AND age_header IS NOT NULL AND ${column(db)} IS NULL ORDER BY run`,
		)
		.iterate();
	for (const { run, age_header: header } of rows) yield { run: Number(run), header: header as Uint8Array };
}

/** A database that an older Firn wrote last has no such column yet, and reading does not upgrade it. */
function column(db: DatabaseSync): string {
	const columns = db.prepare(`SELECT name FROM pragma_table_info('archives')`).all();
	return columns.some(({ name }) => name === 'recipients') ? 'recipients' : 'NULL';
}
