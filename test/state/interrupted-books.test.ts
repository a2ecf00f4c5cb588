/** What the books must not say after interruptions. */

import type { DatabaseSync } from 'node:sqlite';
import { beforeEach, describe, expect, test } from 'vitest';
import type { EntryType } from '../../src/core/entry.ts';
import { ArchiveStore } from '../../src/state/archive-store.ts';
import { EntryStore } from '../../src/state/entry-store.ts';
import { openState } from '../../src/state/open-state.ts';
import { RunStore } from '../../src/state/run-store.ts';

let db: DatabaseSync;
let archives: ArchiveStore;
let entries: EntryStore;
beforeEach(() => {
	db = openState(':memory:', 'create');
	archives = new ArchiveStore(db);
	entries = new EntryStore(db);
	const runs = new RunStore(db);
	for (const id of ['one', 'two']) runs.begin(id, 0, false);
	for (let sequence = 1; sequence <= 3; sequence++) archives.create(2, archive(sequence));
});

function archive(sequence: number) {
	const none = { ageHeader: undefined, storageClass: undefined };
	return { sequence, key: `key ${sequence}`, compression: 'none' as const, encrypted: false, partSize: 10, ...none };
}

function part(number: number, fingerprint: number) {
	const shared = { size: 10, final: false, crc32: fingerprint, checkpoint: Buffer.from(`after ${number}`) };
	return { number, ...shared, fingerprint: Buffer.from([fingerprint]) };
}

describe('parts', () => {
	beforeEach(() => {
		for (const number of [1, 2, 3]) archives.putPart(1, part(number, number));
		// Two are under way at once: the third was stored, the second not.
		for (const number of [1, 3]) archives.acknowledge(1, number, '');
	});

	test('a part made otherwise left the one behind it, as if it followed', () => {
		archives.putPart(1, part(2, 77));
		expect(archives.parts(1).map(({ number }) => number)).toEqual([1, 2]);
	});

	test('a part made again as it was keeps the one behind it', () => {
		archives.putPart(1, part(2, 2));
		expect(archives.parts(1).map(({ number, acknowledged }) => [number, acknowledged])).toEqual([
			[1, true],
			[2, false],
			[3, true],
		]);
	});

	test('only the newest checkpoint is kept: what the others would need is gone', () => {
		archives.pruneCheckpoints(1, 2);
		expect(archives.parts(1).map(({ checkpoint }) => checkpoint !== undefined)).toEqual([false, true, true]);
	});
});

function insert(run: number, of: number, name: string, type: EntryType, link = ''): void {
	const times = { mtimeNs: BigInt(of), ctimeNs: 0n, ino: 1n };
	const rest = { mode: 0, uid: 0, gid: 0, size: 1, sha256: undefined, offset: 0, length: 1 };
	entries.insert(run, { dir: 1, name, type, link, archive: of, ...times, ...rest });
}

describe('entries', () => {
	test('an older archive that was done later ended the newer version of a later one', () => {
		insert(1, 1, 'file', 'file');
		entries.supersede(1, 'file', 2);
		insert(2, 3, 'file', 'file');
		entries.supersede(1, 'file', 2);
		insert(2, 2, 'file', 'file');
		expect([...entries.list(1)].map(([name, { mtime, first }]) => [name, mtime, first])).toEqual([['file', 3n, 2]]);
	});

	test('hard links led to names in later archives, to none, and to content that was never stored', () => {
		insert(2, 2, 'first', 'file');
		insert(2, 1, 'too early', 'hardlink', 'first');
		insert(2, 2, 'beside it', 'hardlink', 'first');
		insert(2, 3, 'later', 'hardlink', 'first');
		insert(2, 3, 'dangling', 'hardlink', 'nothing');
		insert(1, 1, 'unreadable now', 'file');
		insert(2, 3, 'of old content', 'hardlink', 'unreadable now');
		expect(entries.dropLooseLinks(2, new Set(['unreadable now'])).sort()).toEqual([
			'dangling',
			'of old content',
			'too early',
		]);
		expect([...entries.list(1).keys()].sort()).toEqual(['beside it', 'first', 'later', 'unreadable now']);
	});
});
