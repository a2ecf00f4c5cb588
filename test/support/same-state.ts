/** Compares a state database with the one that was rebuilt from the store, row by row and column by column. */

import { existsSync, rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { startRecover } from '../../src/catalog/recover/start-recover.ts';
import type { Job } from '../../src/config/job.ts';
import type { FileProblem, TaskEvent, TaskSummary } from '../../src/core/task.ts';
import { fromSqlName } from '../../src/state/names.ts';

type Row = Record<string, unknown>;

/**
 * All rows as text, sorted. Three things are not compared: the ids of folders (the paths they stand for are), folders
 * without anything in them, and `restores`, which tells of this machine and not of the job.
 */
export function rowsOf(file: string): string[] {
	const db = new DatabaseSync(file);
	try {
		const dirs = new Map<number, { parent: number; name: string }>();
		for (const { dir, parent, name } of db.prepare('SELECT * FROM dirs').all())
			dirs.set(Number(dir), { parent: Number(parent), name: fromSqlName(name) });
		const pathOf = (dir: number): string => {
			const { parent, name } = dirs.get(dir)!;
			return dir === 1 ? '' : `${pathOf(parent)}/${name}`;
		};
		return ['meta', 'runs', 'archives', 'parts', 'planned', 'index_pieces', 'entries', 'problems']
			.flatMap((table) => {
				const statement = db.prepare(`SELECT * FROM ${table}`);
				statement.setReadBigInts(true);
				return statement.all().map((row) => {
					const { dir, ...rest } = row as Row;
					return `${table} ${text(dir === undefined ? rest : { folder: pathOf(Number(dir)), ...rest })}`;
				});
			})
			.sort();
	} finally {
		db.close();
	}
}

function text(row: Row): string {
	return JSON.stringify(row, (_key, value: unknown) => {
		if (typeof value === 'bigint') return String(value);
		return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value;
	});
}

/** What one has and the other has not. */
export function differences(before: string[], after: string[]): string[] {
	const [had, has] = [new Set(before), new Set(after)];
	return [
		...before.filter((row) => !has.has(row)).map((row) => `lost: ${row}`),
		...after.filter((row) => !had.has(row)).map((row) => `new: ${row}`),
	];
}

export interface Rebuilt {
	summary: TaskSummary;
	events: TaskEvent[];
	problems: FileProblem[];
}

/** Rebuilds the state database of a job as `file`. */
export async function rebuild(
	{ id, name, destination }: Pick<Job, 'id' | 'name' | 'destination'>,
	file: string,
	identities: string[],
	env: Record<string, string> = {},
): Promise<Rebuilt> {
	rmSync(file, { force: true });
	const events: TaskEvent[] = [];
	const spec = { destination, identities, job: id, name, stateFile: file, env };
	const summary = await startRecover(spec, { progress: () => {}, event: (event) => events.push(event) }).done;
	const problems = events.flatMap((event) => (event.event === 'problem' ? [event.problem] : []));
	if (existsSync(`${file}.recovering`)) throw new Error(`${file}.recovering was left behind`);
	return { summary, events, problems };
}
