/**
 * Runs that look at named paths only, between runs of the whole job: after each, the books hold what a model holds that
 * knows nothing but the rules.
 */

import { existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { Comparer } from '../../../src/backup/plan/compare.ts';
import { Extras } from '../../../src/backup/plan/extras.ts';
import { HardLinks } from '../../../src/backup/plan/hard-links.ts';
import { RunBooks } from '../../../src/backup/run-books.ts';
import { scanRun } from '../../../src/backup/scan/scan-run.ts';
import { type Job, jobSchema } from '../../../src/config/job.ts';
import { forget, namedPaths, withoutOwn } from '../../../src/engine/named-paths.ts';
import type { RunScope } from '../../../src/state/run-store.ts';

const base = mkdtempSync(join(tmpdir(), 'firn-named-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));

/** Path to what was there: inode, time and type. */
type Model = Map<string, string>;

const isIn = (path: string, folder: string) => path === folder || path.startsWith(`${folder}/`);

function look(path: string): string {
	const { ino, mtimeNs, ctimeNs, size } = lstatSync(path, { bigint: true });
	return isFolder(path) ? `dir ${ino} ${mtimeNs} ${ctimeNs}` : `file ${ino} ${mtimeNs} ${ctimeNs} ${size}`;
}

const isFolder = (path: string) => lstatSync(path).isDirectory();

/** What a path that was named, or is a source, holds by the excludes `skip/` and `*.x`. */
function* taken(path: string): Generator<string> {
	yield path;
	if (!isFolder(path)) return;
	for (const name of readdirSync(path)) {
		const below = join(path, name);
		if (name.endsWith('.x') || (name === 'skip' && isFolder(below))) continue;
		yield* taken(below);
	}
}

class World {
	readonly root = mkdtempSync(join(base, 'w'));
	readonly books = RunBooks.open(':memory:', 'create');
	readonly model: Model = new Map();
	job: Job;
	run = 0;

	constructor() {
		mkdirSync(join(this.root, 'src'));
		mkdirSync(join(this.root, 'out'));
		this.job = jobSchema.parse({
			id: 'abcdefghjk',
			name: 'job',
			sources: [join(this.root, 'src')],
			destination: { url: '/nowhere' },
			excludes: ['skip/', '*.x'],
			created: new Date().toISOString(),
		});
	}

	whole(): void {
		this.job = withoutOwn(this.job);
		const extras = this.job.extras ?? [];
		for (const path of this.model.keys()) if (!extras.some((extra) => isIn(path, extra))) this.model.delete(path);
		this.#take(this.job.sources[0]!);
		this.#backUp(undefined);
	}

	named(path: string): void {
		this.job = withoutOwn(this.job);
		const { paths, extras } = namedPaths(this.job, [path], '/', []);
		this.job = { ...this.job, extras };
		expect(paths).toEqual([path]);
		const left = extras.filter((extra) => extra !== path && isIn(extra, path));
		for (const known of this.model.keys()) {
			if (isIn(known, path) && !left.some((extra) => isIn(known, extra))) this.model.delete(known);
		}
		this.#take(path);
		this.#backUp({ whole: false, paths });
	}

	forget(): void {
		const first = this.job.extras?.[0];
		if (first !== undefined) this.job = forget(this.job, [first], '/');
	}

	#take(from: string): void {
		for (const path of taken(from)) {
			this.model.set(path, look(path));
			for (const other of [...this.model.keys()]) {
				const isUnder = other !== path && isIn(other, path) && !isFolder(path);
				const isOver = other !== path && isIn(path, other) && this.model.get(other)!.startsWith('file');
				if (isUnder || isOver) this.model.delete(other);
			}
		}
	}

	#backUp(scope: RunScope | undefined): void {
		const { entries, runs } = this.books;
		const afterInterruption = !runs.isTidy();
		const { run } = runs.begin(`run-${this.run++}`, 0, false, scope);
		const extras = new Extras(this.job.extras ?? []);
		const comparer = new Comparer(entries, new HardLinks(), { run, full: false, afterInterruption, extras }, new Map());
		for (const item of scanRun(this.job, [], scope)) {
			if (!('folder' in item)) throw new Error(JSON.stringify(item));
			comparer.compare(item.folder, (entry) => {
				entries.supersede(entry.dir, entry.name, run);
				const { dir, name, type, mode, uid, gid, size, mtimeNs, ctimeNs, ino, link } = entry;
				const facts = { dir, name, type, mode, uid, gid, size, mtimeNs, ctimeNs, ino, link };
				entries.insert(run, { ...facts, sha256: undefined, archive: 1, offset: 0, length: 0 });
			});
		}
		runs.finish(run, 'complete', { files: 0, bytes: 0, newFiles: 0, newBytes: 0, errors: 0 }, 0);
		expect(this.#held()).toEqual(Object.fromEntries([...this.model].sort(([a], [b]) => (a < b ? -1 : 1))));
	}

	#held(): Record<string, string> {
		const held: [string, string][] = [];
		const walk = (dir: number, path: string): void => {
			for (const [name, { type, ino, mtime, ctime, size }] of this.books.entries.list(dir)) {
				const facts = `${ino} ${mtime} ${ctime}`;
				held.push([`${path}/${name}`, type === DIR ? `dir ${facts}` : `file ${facts} ${size}`]);
			}
			for (const child of this.books.entries.childDirs(dir)) {
				if (child.name !== '') walk(child.dir, `${path}/${child.name}`);
			}
		};
		walk(1, '');
		return Object.fromEntries(held.sort(([a], [b]) => (a < b ? -1 : 1)));
	}
}

const DIR = 1;

const name = fc.constantFrom('a', 'b', 'skip', 'f.x');
const place = fc
	.tuple(fc.constantFrom('src', 'out'), fc.array(name, { minLength: 1, maxLength: 3 }))
	.map(([top, names]) => join(top, ...names));
const step = fc.oneof(
	{ weight: 5, arbitrary: fc.record({ do: fc.constant('write' as const), path: place, size: fc.nat(99) }) },
	{ weight: 2, arbitrary: fc.record({ do: fc.constant('remove' as const), path: place }) },
	{ weight: 3, arbitrary: fc.record({ do: fc.constant('named' as const), path: place }) },
	{ weight: 2, arbitrary: fc.record({ do: fc.constant('whole' as const) }) },
	{ weight: 1, arbitrary: fc.record({ do: fc.constant('forget' as const) }) },
);

/** Writes a file, also where a file is in the way of its folder, or a folder in its own. */
function write(path: string, size: number): void {
	for (let above = join(path, '..'); above.length > base.length; above = join(above, '..')) {
		if (existsSync(above) && !isFolder(above)) rmSync(above);
	}
	rmSync(path, { recursive: true, force: true });
	mkdirSync(join(path, '..'), { recursive: true });
	writeFileSync(path, 'x'.repeat(size));
}

const write1 = (path: string) => ({ do: 'write' as const, path, size: 1 });
const named1 = (path: string) => ({ do: 'named' as const, path });
/** A file comes in the place of a folder that something is kept in, and a folder in that of a file. */
const PLACES_TAKEN: [(typeof step extends fc.Arbitrary<infer T> ? T : never)[]][] = [
	[[write1('src/skip/a'), named1('src/skip/a'), { do: 'whole' }, write1('src/skip'), { do: 'whole' }]],
	[[write1('src/a'), { do: 'whole' }, write1('src/a/b'), named1('src/a/b'), { do: 'whole' }]],
];

test('the books hold what was looked at as it is, and all else as it was', () => {
	fc.assert(
		fc.property(fc.array(step, { minLength: 4, maxLength: 24 }), (steps) => {
			const world = new World();
			for (const one of steps) {
				if (one.do === 'write') write(join(world.root, one.path), one.size);
				else if (one.do === 'remove') rmSync(join(world.root, one.path), { recursive: true, force: true });
				else if (one.do === 'whole') world.whole();
				else if (one.do === 'forget') world.forget();
				else if (existsSync(join(world.root, one.path))) world.named(join(world.root, one.path));
			}
			world.whole();
			world.books.close();
		}),
		{ numRuns: 200, examples: PLACES_TAKEN },
	);
});
