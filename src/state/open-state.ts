import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { FirnError, usageError } from '../core/errors.ts';
import { APPLICATION_ID, MIGRATIONS } from './schema.ts';

/**
 * Opens a job's state database, creating or upgrading it when writing.
 *
 * WAL with synchronous=FULL: a commit is on disk when it returns, so that a checkpoint survives a power cut. Readers
 * never wait for the writer.
 * @throws FirnError STATE_MISSING, STATE_FOREIGN, STATE_NEWER, STATE_CORRUPT
 */
export function openState(file: string, mode: 'read' | 'write' | 'create'): DatabaseSync {
	if (mode !== 'create' && !existsSync(file)) {
		throw usageError('STATE_MISSING', `There is no state database ${file}.`, 'Run the job once: firn backup JOB.');
	}
	let db: DatabaseSync | undefined;
	try {
		// Reading takes a writable handle too: a WAL left by a killed engine must be replayed by whoever comes first.
		db = new DatabaseSync(file, { timeout: 10_000 });
		// Before anything is set: a file of another program must stay as it is.
		checkIdentity(db, file);
		db.exec(
			'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = OFF; PRAGMA cache_size = -16000',
		);
		// One that an older Firn wrote last is brought up for readers too: nobody may have to back up before a restore.
		if (mode !== 'read' || pragma(db, 'application_id') === APPLICATION_ID) migrate(db);
		if (mode === 'read') db.exec('PRAGMA query_only = ON');
		return db;
	} catch (error) {
		db?.close();
		throw describe(error, file);
	}
}

function checkIdentity(db: DatabaseSync, file: string): void {
	const id = pragma(db, 'application_id');
	const version = pragma(db, 'user_version');
	const empty = db.prepare('SELECT count(*) AS n FROM sqlite_schema').get()?.n === 0;
	if (empty && id === 0) return;
	if (id !== APPLICATION_ID) {
		throw usageError(
			'STATE_FOREIGN',
			`${file} is an SQLite file of another program.`,
			'Give the state database of a job.',
		);
	}
	if (version >= MIGRATIONS.length) {
		throw usageError(
			'STATE_NEWER',
			`${file} was written by a newer Firn (schema ${version}, this one knows ${MIGRATIONS.length - 1}).`,
			'Upgrade Firn.',
		);
	}
}

function migrate(db: DatabaseSync): void {
	while (pragma(db, 'user_version') < MIGRATIONS.length - 1) {
		db.exec('BEGIN IMMEDIATE');
		// Another thread may have done it meanwhile.
		const version = pragma(db, 'user_version') + 1;
		const step = MIGRATIONS[version] ?? '';
		const marks = `PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${version};`;
		db.exec(version < MIGRATIONS.length ? `${step} ${marks} COMMIT` : 'ROLLBACK');
	}
}

function pragma(db: DatabaseSync, name: string): number {
	return Number(db.prepare(`PRAGMA ${name}`).get()?.[name] ?? 0);
}

/** SQLite's result codes (https://www.sqlite.org/rescode.html) as errors a person can act on. */
export function describe(error: unknown, file: string): unknown {
	if (error instanceof FirnError || !(error instanceof Error) || !('errcode' in error)) return error;
	const code = Number(error.errcode) & 0xff;
	if (code === 11 || code === 26) {
		return new FirnError('STATE_CORRUPT', `The state database ${file} is damaged (${error.message}).`, {
			guidance: 'Keep the file, then restore it from a copy; the archives themselves are not affected.',
			kind: 'usage',
			cause: error,
		});
	}
	if (code === 13) {
		return new FirnError('STATE_DISK_FULL', `There is no space left for the state database ${file}.`, {
			guidance: 'Free some space, then run firn resume.',
			retry: 'later',
			cause: error,
		});
	}
	return new FirnError('STATE_FAILED', `The state database ${file} cannot be used: ${error.message}.`, {
		guidance: 'See that the file and its folder can be written.',
		retry: 'later',
		cause: error,
	});
}
