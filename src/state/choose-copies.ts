/** Lets a restore take content from where it costs least: the same content may lie in several archives. */

import type { DatabaseSync } from 'node:sqlite';
import { fewestBytes } from './fewest-bytes.ts';
import { toSqlName } from './names.ts';
import { RestorePlan } from './restore-plan.ts';

/** Where items may be taken from. */
export interface Preference {
	/** Bytes that must be thawed before the archive can be read; 0 when it can be read at once. */
	thawBytes(archive: { archive: number; key: string; size: number; storageClass: string | undefined }): number;
	/** Archives that a restore has been begun with: it goes on with these. */
	chosen?: ReadonlySet<number> | undefined;
}

/** More than anything that is stored: an archive that is gone is never taken. */
const GONE = Number.MAX_SAFE_INTEGER;

interface Place {
	archive: number;
	offset: number;
	length: number;
	dir: number;
	name: unknown;
}

/**
 * Moves items of archives that are cold or gone to copies of their content, where that thaws fewer bytes. The state
 * database is attached as `state`.
 * @returns whether an item was moved
 */
export function chooseCopies(db: DatabaseSync, { thawBytes, chosen }: Preference): boolean {
	const weights = new Map<number, number>();
	const archives = db.prepare('SELECT archive, key, size, status, storage_class FROM state.archives').all();
	for (const { archive, key, size, status, storage_class: storageClass } of archives) {
		const record = { archive: Number(archive), key: String(key), size: Number(size ?? 0) };
		const weight = thawBytes({ ...record, storageClass: (storageClass as string | null) ?? undefined });
		weights.set(record.archive, status === 'stored' ? weight : GONE);
	}
	const weightOf = (archive: number) => weights.get(archive) ?? GONE;
	const usual = new Set(
		db
			.prepare('SELECT DISTINCT archive FROM items')
			.all()
			.map((row) => Number(row.archive)),
	);
	const dear = chosen ? [...usual].filter((one) => !chosen.has(one)) : [...usual].filter((one) => weightOf(one) > 0);
	if (dear.length === 0) return false;
	const copies = findCopies(db, dear, (archive) => weightOf(archive) < GONE && (chosen?.has(archive) ?? true));
	if (copies.size === 0) return false;
	return move(db, copies, chosen ?? choose(db, copies, usual, weightOf));
}

/** The other places of the content of items in `dear` archives; of content that is wanted once only. */
function findCopies(db: DatabaseSync, dear: number[], isReadable: (archive: number) => boolean): Map<number, Place[]> {
	db.exec('CREATE TEMP TABLE dear (archive INTEGER PRIMARY KEY)');
	const add = db.prepare('INSERT INTO dear VALUES (?)');
	for (const archive of dear) add.run(archive);
	// Each place in an archive can be read for one item only: what is wanted twice stays where it is.
	db.exec(
		`CREATE TEMP TABLE once AS SELECT sha256, size, min(item) AS item FROM items
			WHERE type = 0 AND size > 0 AND sha256 IS NOT NULL GROUP BY sha256, size HAVING count(*) = 1;
		DELETE FROM once WHERE item NOT IN (SELECT item FROM items WHERE archive IN (SELECT archive FROM dear));
		CREATE INDEX temp.once_content ON once (sha256, size)`,
	);
	const rows = db
		.prepare(
			`SELECT o.item, e.archive, e.offset, e.length, e.dir, e.name
			FROM state.entries AS e JOIN once AS o ON o.sha256 = e.sha256 AND o.size = e.size
			JOIN items AS i ON i.item = o.item
			WHERE e.type = 0 AND NOT (e.archive = i.archive AND e.offset = i.offset) ORDER BY e.archive, e.offset`,
		)
		.iterate();
	const copies = new Map<number, Place[]>();
	for (const row of rows) {
		const archive = Number(row.archive);
		if (!isReadable(archive)) continue;
		const places = copies.get(Number(row.item)) ?? [];
		if (places.length === 0) copies.set(Number(row.item), places);
		// A version of a file may stand in several rows: what is not copied but unchanged.
		if (places.at(-1)?.archive === archive) continue;
		places.push({
			archive,
			offset: Number(row.offset),
			length: Number(row.length),
			dir: Number(row.dir),
			name: row.name,
		});
	}
	db.exec('DROP TABLE once; DROP TABLE dear');
	return copies;
}

function choose(
	db: DatabaseSync,
	copies: Map<number, Place[]>,
	usual: ReadonlySet<number>,
	weightOf: (archive: number) => number,
): Set<number> {
	// Items with the same choice count once.
	const places = new Map<string, number[]>();
	for (const row of db.prepare('SELECT item, archive FROM items').iterate()) {
		const own = Number(row.archive);
		const all = [own, ...(copies.get(Number(row.item)) ?? []).map(({ archive }) => archive)];
		const distinct = [...new Set(all)].sort((a, b) => a - b);
		places.set(distinct.join(), distinct);
	}
	const chosen = fewestBytes([...places.values()], weightOf, usual);
	// What is read anyway: with it the choice is the same when it is made again from the archives of the plan.
	for (const archive of usual) if (weightOf(archive) === 0) chosen.add(archive);
	return chosen;
}

function move(db: DatabaseSync, copies: Map<number, Place[]>, chosen: ReadonlySet<number>): boolean {
	const paths = new RestorePlan(db);
	const ownOf = db.prepare('SELECT archive FROM items WHERE item = ?');
	const update = db.prepare('UPDATE items SET archive = ?, offset = ?, length = ?, stored = ? WHERE item = ?');
	let moved = false;
	for (const [item, places] of copies) {
		if (chosen.has(Number(ownOf.get(item)!.archive))) continue;
		const place = places.find(({ archive }) => chosen.has(archive));
		if (!place) continue;
		const stored = toSqlName(paths.path(place.dir, place.name));
		update.run(place.archive, place.offset, place.length, stored, item);
		moved = true;
	}
	return moved;
}
