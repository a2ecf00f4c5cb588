import { rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

/** Result codes of SQLite (https://www.sqlite.org/rescode.html). */
const BUSY = 5;
const NOT_A_DATABASE = 26;

/** Referred to, so that none is closed as garbage. */
const held: DatabaseSync[] = [];

/**
 * Takes a lock that this process holds until it ends, and that the kernel gives back then, however it ends: nothing is
 * ever left over, and no process id has to be believed. Node has no flock(2), but SQLite locks its file, which stays
 * empty here, in that way.
 * @returns false while another process holds it
 * @throws the system's error
 */
export function takeProcessLock(file: string): boolean {
	try {
		return take(file);
	} catch (error) {
		// Whatever lies there instead holds nothing.
		if (resultCode(error) !== NOT_A_DATABASE) throw error;
		rmSync(file);
		return take(file);
	}
}

function take(file: string): boolean {
	const db = new DatabaseSync(file, { timeout: 0 });
	try {
		// Without a journal, which would stay behind.
		db.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
	} catch (error) {
		db.close();
		if (resultCode(error) === BUSY) return false;
		throw error;
	}
	held.push(db);
	return true;
}

function resultCode(error: unknown): number | undefined {
	return error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : undefined;
}
