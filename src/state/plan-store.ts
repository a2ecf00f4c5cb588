/** Plans that delete, mark or cost something: kept with the revision of the books that they were made from. */

import { randomBytes } from 'node:crypto';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { CatalogPlan, PlanItem, PlanItemKind } from '../core/catalog.ts';
import { FirnError, usageError } from '../core/errors.ts';
import type { CatalogKind } from '../core/task.ts';
import { fromSqlName, toSqlName } from './names.ts';

/** What an item is made of. */
export interface NewItem {
	kind: PlanItemKind;
	key: string;
	archive?: number;
	size?: number;
	details?: PlanItem['details'];
}

/** Items that are put on disk at a time. */
const BATCH = 1000;

/** A plan that is being made; it counts only once it is finished. */
export class PlanDraft {
	readonly id = randomBytes(5).toString('hex');
	readonly #db: DatabaseSync;
	readonly #kind: CatalogKind;
	readonly #put: StatementSync;
	readonly #waiting: NewItem[] = [];
	#items = 0;

	/** Takes the place of the plans of this kind. */
	constructor(db: DatabaseSync, kind: CatalogKind) {
		this.#db = db;
		this.#kind = kind;
		db.prepare('DELETE FROM plans WHERE kind = ?').run(kind);
		db.exec('DELETE FROM plan_items WHERE plan NOT IN (SELECT plan FROM plans)');
		this.#put = db.prepare('INSERT INTO plan_items VALUES (?, ?, ?, ?, ?, ?, ?)');
	}

	add(item: NewItem): void {
		this.#waiting.push(item);
		if (this.#waiting.length >= BATCH) this.#flush();
	}

	finish(created: number, revision: string, figures: CatalogPlan['figures']): void {
		this.#flush();
		this.#db
			.prepare('INSERT INTO plans VALUES (?, ?, ?, ?, ?)')
			.run(this.id, this.#kind, created, revision, JSON.stringify(figures));
	}

	#flush(): void {
		this.#db.exec('BEGIN IMMEDIATE');
		for (const { kind, key, archive, size, details } of this.#waiting.splice(0)) {
			this.#items += 1;
			const more = JSON.stringify(details ?? {});
			this.#put.run(this.id, this.#items, kind, toSqlName(key), archive ?? null, size ?? null, more);
		}
		this.#db.exec('COMMIT');
	}
}

/** A finished plan, or the newest of a kind. @throws FirnError NO_PLAN */
export function readPlan(db: DatabaseSync, of: { plan: string } | { kind: CatalogKind }): CatalogPlan {
	const [where, value] = 'plan' in of ? ['plan', of.plan] : ['kind', of.kind];
	const row = db.prepare(`SELECT plan, kind, created, figures FROM plans WHERE ${where} = ?`).get(value!);
	if (!row) throw usageError('NO_PLAN', `There is no plan ${value} (any more).`, 'Make a new one.');
	const { plan, kind, created, figures } = row;
	return {
		plan: String(plan),
		kind: kind as CatalogKind,
		created: Number(created),
		figures: JSON.parse(String(figures)),
	};
}

/**
 * The plan, if the books are still as they were when it was made.
 * @throws FirnError NO_PLAN, PLAN_STALE
 */
export function takePlan(db: DatabaseSync, plan: string, kind: CatalogKind): CatalogPlan {
	const found = readPlan(db, { plan });
	if (found.kind !== kind) throw usageError('NO_PLAN', `The plan ${plan} is none of firn ${kind}.`, 'Make a new one.');
	const { revision } = db.prepare('SELECT revision FROM plans WHERE plan = ?').get(plan)!;
	if (revision === booksRevision(db)) return found;
	throw new FirnError('PLAN_STALE', `What is stored has changed since the plan ${plan} was made.`, {
		guidance: `Make a new plan: firn ${found.kind}. Nothing was done.`,
		kind: 'usage',
	});
}

/** Items in their order behind `after`, all or those of some kinds. */
export function planItems(
	db: DatabaseSync,
	plan: string,
	{ after = 0, limit = BATCH, kinds }: { after?: number; limit?: number; kinds?: readonly PlanItemKind[] } = {},
): PlanItem[] {
	const of = kinds ? `AND kind IN (SELECT value FROM json_each(?))` : 'AND ? IS NULL';
	return db
		.prepare(
			`SELECT item, kind, key, archive, size, details FROM plan_items WHERE plan = ? AND item > ? ${of} ORDER BY item LIMIT ?`,
		)
		.all(plan, after, kinds ? JSON.stringify(kinds) : null, limit)
		.map((row) => ({
			item: Number(row.item),
			kind: row.kind as PlanItemKind,
			key: fromSqlName(row.key),
			archive: row.archive === null ? null : Number(row.archive),
			size: row.size === null ? null : Number(row.size),
			details: JSON.parse(String(row.details)),
		}));
}

/** All items of some kinds, read a page at a time, so that the books can be written meanwhile. */
export function* allPlanItems(db: DatabaseSync, plan: string, kinds?: readonly PlanItemKind[]): Generator<PlanItem> {
	for (let after = 0; ; ) {
		const page = planItems(db, plan, { after, ...(kinds ? { kinds } : {}) });
		yield* page;
		if (page.length < BATCH) return;
		after = page.at(-1)!.item;
	}
}

/** Changes with every run that comes or is dropped, and with every archive that comes, goes or is marked. */
export function booksRevision(db: DatabaseSync): string {
	const run = db.prepare('SELECT run, status FROM runs ORDER BY run DESC LIMIT 1').get();
	const dropped = db.prepare('SELECT count(dropped) AS n FROM runs').get()!.n;
	const archives = db
		.prepare(
			`SELECT status, count(*) AS n, sum(archive) AS sum, sum(sidecar * archive) AS sidecars, count(deleted) AS deleted
			FROM archives GROUP BY status ORDER BY status`,
		)
		.all();
	return [run?.run, run?.status, dropped, ...archives.flatMap((row) => Object.values(row))].join(' ');
}
