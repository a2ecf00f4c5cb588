/**
 * A state database of as many files as wanted, without archives: what lists of it cost does not depend on their bytes.
 * Half a thousand files a folder, folders of two levels, archives of about a gibibyte, a second run that changed every
 * hundredth file, and `flat` files in one more folder.
 */

import { openState } from '../../src/state/open-state.ts';
import { RunStore } from '../../src/state/run-store.ts';
import { CURRENT } from '../../src/state/schema.ts';
import { JOB_ID } from './hand-made-backup.ts';

export interface ManyFiles {
	stateFile: string;
	files: number;
	/** Files in the folder `srv/data/flat`; they are not among `files`. */
	flat?: number;
	perFolder?: number;
}

/** Average bytes of a file. */
const AVERAGE = 500_000;
const ARCHIVE_BYTES = 1024 ** 3;
const MTIME = 1_600_000_000;

/** Makes the database; its job is called `many` and has the source /srv/data. */
export function makeManyFiles({ stateFile, files, flat = 0, perFolder = 500 }: ManyFiles): void {
	const db = openState(stateFile, 'create');
	db.exec('PRAGMA synchronous = OFF');
	const runs = new RunStore(db);
	const created = new Date(MTIME * 1000).toISOString();
	const destination = { url: '/srv/backup' };
	runs.setMeta('job', JSON.stringify({ id: JOB_ID, name: 'many', sources: ['/srv/data'], destination, created }));
	db.exec('BEGIN');
	const addDir = db.prepare('INSERT INTO dirs (parent, name) VALUES (?, ?)');
	const addEntry = db.prepare(
		'INSERT INTO entries VALUES (?, ?, ?, ?, ?, 420, 1000, 1000, ?, ?, 0, 1, NULL, ?, ?, 0, ?)',
	);
	const addArchive = db.prepare(
		`INSERT INTO archives (run, sequence, key, status, compression, encrypted, part_size, size, files, bytes, storage_class)
		VALUES (?, ?, ?, 'stored', 'none', 1, 16777216, ?, ?, ?, 'DEEP_ARCHIVE')`,
	);
	const digest = Buffer.alloc(32, 7);
	let archive = 1;
	let held = 0;
	let bytes = 0;
	let number = 0;
	const add = (dir: number, name: string, type: number, size: number, first: number, last: number) => {
		addEntry.run(dir, name, first, last, type, size, BigInt(MTIME + number) * 1_000_000_000n, digest, archive, size);
		bytes += size;
		held += 1;
	};
	const endArchive = (run: number) => {
		addArchive.run(run, archive, `${JOB_ID}/run${run}/${String(archive).padStart(6, '0')}.tar.age`, bytes, held, bytes);
		archive += 1;
		held = 0;
		bytes = 0;
	};
	const dir = (parent: number, name: string) => {
		if (parent > 1) add(parent, name, 1, 0, 1, CURRENT);
		return Number(addDir.run(parent, name).lastInsertRowid);
	};
	runs.begin('20260101T000000Z-aaaaa', MTIME * 1000, false);
	const data = dir(dir(1, 'srv'), 'data');
	const changed: { folder: number; name: string; size: number }[] = [];
	let folder = data;
	let upper = data;
	const fill = (into: number, at: number) => {
		number += 1;
		const size = (number * 7919) % (2 * AVERAGE);
		const name = `IMG_${String(at).padStart(7, '0')}.jpeg`;
		const isChanged = number % 100 === 0;
		add(into, name, 0, size, 1, isChanged ? 1 : CURRENT);
		if (isChanged) changed.push({ folder: into, name, size: size + 1 });
		if (bytes >= ARCHIVE_BYTES) endArchive(1);
	};
	for (let at = 0; at < files; at++) {
		if (at % (perFolder * 20) === 0) upper = dir(data, `album-${String(at / perFolder / 20).padStart(4, '0')}`);
		if (at % perFolder === 0) folder = dir(upper, `day-${String((at / perFolder) % 20).padStart(2, '0')}`);
		fill(folder, at);
	}
	if (flat > 0) {
		const into = dir(data, 'flat');
		for (let at = 0; at < flat; at++) fill(into, at);
	}
	endArchive(1);
	const totals = { files: files + flat, bytes: number * AVERAGE, newFiles: 0, newBytes: 0, errors: 0 };
	runs.finish(1, 'complete', totals, MTIME * 1000 + 60_000);
	runs.begin('20260102T000000Z-bbbbb', MTIME * 1000 + 86_400_000, false);
	for (const { folder: into, name, size } of changed) add(into, name, 0, size, 2, CURRENT);
	endArchive(2);
	runs.finish(2, 'complete', { ...totals, newFiles: changed.length }, MTIME * 1000 + 86_460_000);
	db.exec('COMMIT; PRAGMA wal_checkpoint(TRUNCATE)');
	db.close();
}
