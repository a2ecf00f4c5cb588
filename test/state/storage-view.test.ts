import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { storageView } from '../../src/state/storage-view.ts';

test('a range of archives tells its classes and what is thawed, without what was deleted', () => {
	const db = new DatabaseSync(':memory:');
	db.exec(`CREATE TABLE archives (archive INTEGER PRIMARY KEY, status TEXT, storage_class TEXT);
		INSERT INTO archives VALUES (1, 'deleted', 'DEEP_ARCHIVE'), (2, 'stored', 'DEEP_ARCHIVE'),
			(3, 'stored', 'DEEP_ARCHIVE'), (4, 'stored', NULL), (5, 'stored', 'GLACIER')`);
	const thawed = [
		{ archive: 1, state: 500 },
		{ archive: 2, state: 900 },
		{ archive: 3, state: 'ongoing' as const },
		{ archive: 4, state: 700 },
		{ archive: 5, state: 600 },
	];
	expect(storageView(db, 1, 4, thawed)).toEqual({
		classes: [
			{ storageClass: 'DEEP_ARCHIVE', archives: 2 },
			{ storageClass: null, archives: 1 },
		],
		thawing: 1,
		warm: 2,
		warmUntil: 700,
	});
	expect(storageView(db, 5, 5, [])).toEqual({
		classes: [{ storageClass: 'GLACIER', archives: 1 }],
		thawing: 0,
		warm: 0,
	});
	db.close();
});
