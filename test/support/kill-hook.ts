/**
 * Loaded into a backup process (`--import`), and with it into all its threads: ends the process with SIGKILL at the n-th
 * operation of a kind, and notes which pieces of partial files have become durable.
 *
 * FIRN_KILL is JSON: `{"dir": …, "point": …, "nth": …, "when": "before" | "half" | "after"}`; without `point` it counts only.
 */

import fs, { type PathLike, readlinkSync, writeSync } from 'node:fs';
import fsPromises, { type FileHandle } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';

export interface KillPoint {
	point: string;
	nth: number;
	when: 'before' | 'half' | 'after';
}

const config = JSON.parse(process.env.FIRN_KILL ?? '{}') as { dir: string } & Partial<KillPoint>;
const { dir, point, nth = 0, when = 'before' } = config;
const { openSync, fstatSync, linkSync, unlinkSync, existsSync } = fs;
/** One byte for each operation, appended by whichever thread: the size is the count of all threads together. */
const counters = new Map<string, number>();
const parts = openSync(join(dir, '..', 'durable.log'), 'a');

function die(): void {
	process.kill(process.pid, 'SIGKILL');
}

/** Counts an operation. @returns whether it is the one to die at */
function count(kind: string): boolean {
	let counter = counters.get(kind);
	if (counter === undefined) {
		counter = openSync(join(dir, `${kind}.count`), 'a');
		counters.set(kind, counter);
	}
	writeSync(counter, '.');
	return kind === point && fstatSync(counter).size === nth;
}

function around<A extends unknown[], R>(kind: string, original: (...args: A) => R): (...args: A) => R {
	return function (this: unknown, ...args: A): R {
		const hit = count(kind);
		if (hit && when !== 'after') die();
		const result = original.apply(this, args);
		if (!hit) return result;
		if (result instanceof Promise) return result.finally(die) as R;
		die();
		return result;
	};
}

/** Keeps what an operation takes away, so that a test of power cuts can put it back: FIRN_KEEP is a folder. */
const keepFolder = process.env.FIRN_KEEP;
function keep(path: unknown): void {
	if (keepFolder === undefined || typeof path !== 'string' || !existsSync(path)) return;
	const kept = join(keepFolder, encodeURIComponent(path));
	if (existsSync(kept)) unlinkSync(kept);
	linkSync(path, kept);
}

const promises = fsPromises as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>;
const sync = fs as unknown as Record<string, (...args: unknown[]) => unknown>;
const { unlink, rename } = promises;
promises.unlink = (path) => {
	keep(path);
	return unlink!(path);
};
promises.rename = (from, to) => {
	keep(to);
	return rename!(from, to);
};
const { rmSync } = sync;
sync.rmSync = (path, options) => {
	keep(path);
	return rmSync!(path, options);
};
for (const name of ['link', 'rename', 'unlink', 'mkdir', 'readFile']) promises[name] = around(name, promises[name]!);
for (const name of ['lstatSync', 'readSync', 'fsyncSync', 'rmSync', 'unlinkSync', 'renameSync'])
	sync[name] = around(name, sync[name]!);

const probe = await fsPromises.open(process.execPath, 'r');
const handle = Object.getPrototypeOf(probe) as FileHandle;
await probe.close();
const pending = new WeakMap<FileHandle, string[]>();
const { write, datasync } = handle;
handle.write = async function (this: FileHandle, ...args: unknown[]) {
	const [buffer, offset, length, position] = args as [Uint8Array, number, number, number];
	const hit = count('write');
	if (hit && when === 'before') die();
	const part = hit && when === 'half' ? length >> 1 : length;
	const result = await (write as (...values: unknown[]) => Promise<{ bytesWritten: number; buffer: Uint8Array }>).call(
		this,
		buffer,
		offset,
		part,
		position,
	);
	if (hit) die();
	const written = pending.get(this) ?? [];
	written.push(`${position} ${length}`);
	pending.set(this, written);
	return result;
} as FileHandle['write'];
handle.datasync = async function (this: FileHandle) {
	const hit = count('datasync');
	if (hit && when === 'before') die();
	const written = pending.get(this)?.splice(0) ?? [];
	await datasync.call(this);
	const path = readlinkSync(`/proc/self/fd/${this.fd}`);
	for (const piece of written) writeSync(parts, `${JSON.stringify(path)} ${piece}\n`);
	if (hit) die();
};
handle.sync = around('sync', handle.sync);
const open = fsPromises.open;
fsPromises.open = async (path: PathLike, flags?: string | number, mode?: fs.Mode) => {
	const creates = typeof flags === 'number' && (flags & fs.constants.O_CREAT) !== 0;
	const hit = creates && count('create');
	if (hit && when === 'before') die();
	const opened = await open(path, flags, mode);
	if (hit) die();
	return opened;
};
syncBuiltinESMExports();

const { exec, prepare } = DatabaseSync.prototype;
DatabaseSync.prototype.exec = function (sql: string) {
	const hit = sql === 'COMMIT' && count('commit');
	if (hit && when !== 'after') die();
	exec.call(this, sql);
	if (hit) die();
};
DatabaseSync.prototype.prepare = function (sql: string) {
	const statement = prepare.call(this, sql);
	const run = statement.run.bind(statement) as (...values: SQLInputValue[]) => ReturnType<typeof statement.run>;
	statement.run = around('statement', run) as typeof statement.run;
	return statement;
};
