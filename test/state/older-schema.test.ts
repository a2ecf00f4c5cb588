import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { openState } from '../../src/state/open-state.ts';
import { APPLICATION_ID, MIGRATIONS } from '../../src/state/schema.ts';
import { removeTree, scratchFolder } from '../support/trees.ts';

test('a state database of every older schema can be read at once, before anything is written', () => {
	const folder = scratchFolder('older');
	try {
		const columns = (db: DatabaseSync) =>
			['runs', 'archives', 'entries'].map((table) =>
				db.prepare(`SELECT name FROM pragma_table_info('${table}')`).all(),
			);
		const newest = openState(join(folder, 'newest.sqlite3'), 'create');
		const expected = columns(newest);
		newest.close();
		for (let version = 1; version < MIGRATIONS.length; version++) {
			const file = join(folder, `${version}.sqlite3`);
			const older = new DatabaseSync(file);
			const marks = `PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${version}`;
			older.exec(`${MIGRATIONS.slice(1, version + 1).join('')} ${marks}`);
			older.close();
			const [db, again] = [openState(file, 'read'), openState(file, 'read')];
			expect(columns(db)).toEqual(expected);
			expect(() => db.exec('DELETE FROM runs')).toThrow(/readonly/);
			db.close();
			again.close();
		}
	} finally {
		removeTree(folder);
	}
});
