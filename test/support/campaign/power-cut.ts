/** Does to files what a power cut does: what was not synced is gone, or some of it. */

import {
	closeSync,
	existsSync,
	ftruncateSync,
	linkSync,
	mkdirSync,
	openSync,
	readdirSync,
	renameSync,
	rmSync,
	statSync,
	writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { DiskTrace, FolderChange, Write } from './disk-trace.ts';
import type { Random } from './random.ts';

/**
 * @param kept folder with the files that were taken away (kill-hook.ts)
 * @param sizes of the files before the traced process
 * @returns what was undone, for the story
 */
export function cutPower(trace: DiskTrace, random: Random, kept: string, sizes: ReadonlyMap<string, number>): string[] {
	const told: string[] = [];
	for (const { path, writes } of trace.written()) {
		const loose = writes.filter(({ durable }) => !durable);
		if (loose.length === 0 || !existsSync(path)) continue;
		told.push(`${loose.length} writes to ${path}`);
		loseWrites(path, writes, random, sizes.get(path) ?? 0);
	}
	// A journal keeps the order within a folder: what is lost is everything behind some moment.
	const folders = new Map<string, FolderChange[]>();
	const loose = trace.looseChanges();
	for (const change of loose) {
		const folder = dirname(change.path);
		folders.set(folder, [...(folders.get(folder) ?? []), change]);
	}
	const lost = new Set<FolderChange>();
	for (const changes of folders.values()) {
		const from = random.chance(0.5) ? 0 : random.int(0, changes.length);
		for (const change of changes.slice(from)) lost.add(change);
	}
	for (const change of loose.reverse()) {
		if (!lost.has(change)) continue;
		told.push(`${change.kind} ${change.path}`);
		undo(change, kept);
	}
	return told;
}

function loseWrites(path: string, writes: Write[], random: Random, sizeBefore: number): void {
	const fd = openSync(path, 'r+');
	try {
		const { size } = statSync(path);
		const all = random.chance(0.5);
		for (const { offset, length, durable } of writes) {
			if (durable || (!all && random.chance(0.5))) continue;
			const zeros = Buffer.alloc(Math.min(length, Math.max(0, size - offset)));
			writeSync(fd, zeros, 0, zeros.length, offset);
		}
		// What a durable write has put over a lost one stands.
		const end = Math.max(sizeBefore, ...writes.filter(({ durable }) => durable).map((one) => one.offset + one.length));
		if (end < size && random.chance(0.5)) ftruncateSync(fd, end);
	} finally {
		closeSync(fd);
	}
}

function undo(change: FolderChange, kept: string): void {
	const { kind, path } = change;
	if (kind === 'create' || kind === 'link' || kind === 'mkdir') rmSync(path, { recursive: true, force: true });
	else if (kind === 'rmdir') mkdirSync(path, { recursive: true });
	else if (kind === 'rename' && existsSync(path)) {
		renameSync(path, change.from);
		bringBack(path, kept);
	} else if (kind === 'unlink') bringBack(path, kept);
}

function bringBack(path: string, kept: string): void {
	const copy = join(kept, encodeURIComponent(path));
	if (existsSync(copy) && !existsSync(path) && existsSync(dirname(path))) linkSync(copy, path);
}

/** All paths below the folders, and the sizes of files. */
export function sizesBelow(roots: readonly string[]): Map<string, number> {
	const sizes = new Map<string, number>();
	for (const root of roots.filter((path) => existsSync(path))) {
		for (const name of readdirSync(root, { recursive: true }) as string[]) {
			const path = join(root, name);
			sizes.set(path, statSync(path).size);
		}
	}
	return sizes;
}
