import { expect, test } from 'vitest';
import { Losses } from '../../src/state/doomed-archives.ts';
import { openState } from '../../src/state/open-state.ts';
import { allPlanItems, booksRevision, PlanDraft, planItems, readPlan, takePlan } from '../../src/state/plan-store.ts';

function books(files: number) {
	const db = openState(':memory:', 'create');
	db.exec(`INSERT INTO runs (id, started, status, full) VALUES ('r', 0, 'complete', 0);
		INSERT INTO archives (run, sequence, key, status, compression, encrypted, part_size, size)
		VALUES (1, 1, 'k/r/000001.tar', 'stored', 'none', 0, 1, 10); BEGIN`);
	const put = db.prepare(
		'INSERT INTO entries VALUES (1, ?, 1, 2147483647, 0, 0, 0, 0, 1, 0, 0, 0, NULL, ?, 1, 0, 512)',
	);
	for (let n = 0; n < files; n++) put.run(`f${n}`, Buffer.from(String(n).padStart(32)));
	db.exec('COMMIT');
	return db;
}

test('thousands of items are written while they are found, and read page by page', () => {
	const db = books(2500);
	const doomed = [
		{ archive: 1, key: 'k/r/000001.tar', status: 'stored', size: 10, files: 2500, storageClass: undefined, stored: 0 },
	] as const;
	const draft = new PlanDraft(db, 'delete');
	const losses = new Losses(db, doomed);
	for (const { path, size, current } of losses.files())
		draft.add({ kind: 'lost', key: path, size, details: { current } });
	losses.close();
	draft.add({ kind: 'archive', key: 'k/r/000001.tar', archive: 1 });
	draft.finish(1, booksRevision(db), { archives: 1 });
	const items = [...allPlanItems(db, draft.id)];
	expect(items.map(({ item }) => item)).toEqual(Array.from({ length: 2501 }, (_, n) => n + 1));
	expect(new Set(items.map(({ key }) => key)).size).toBe(2501);
	expect([...allPlanItems(db, draft.id, ['archive'])]).toMatchObject([{ archive: 1, size: null }]);
	expect(planItems(db, draft.id, { after: 2499, limit: 1 })).toMatchObject([{ item: 2500 }]);
	db.close();
});

test('a plan takes the place of the one before, counts when it is finished, and goes stale', () => {
	const db = books(1);
	const first = new PlanDraft(db, 'sync');
	first.add({ kind: 'unknown', key: 'k/\udcff' });
	expect(() => readPlan(db, { plan: first.id })).toThrow('There is no plan');
	first.finish(1, booksRevision(db), {});
	expect(takePlan(db, first.id, 'sync')).toMatchObject({ plan: first.id, kind: 'sync' });
	// A name that is not UTF-8 comes back as it was.
	expect(planItems(db, first.id)).toMatchObject([{ key: 'k/\udcff' }]);
	const other = new PlanDraft(db, 'delete');
	other.finish(1, booksRevision(db), {});
	const second = new PlanDraft(db, 'sync');
	second.finish(2, booksRevision(db), {});
	expect(() => readPlan(db, { plan: first.id })).toThrow('There is no plan');
	expect(readPlan(db, { kind: 'delete' }).plan).toBe(other.id);
	db.exec(`UPDATE archives SET status = 'missing'`);
	expect(() => takePlan(db, second.id, 'delete')).toThrow('none of firn delete');
	expect(() => takePlan(db, second.id, 'sync')).toThrow('has changed since');
	db.close();
});
