/**
 * Walks the sources, depth first and in the order of bytes, one folder at a time as the caller pulls. Synchronous: it runs
 * in a thread of its own, where that is several times faster than promises. It follows no symlink, so it always ends, and
 * holds no more than the folders between the root and where it is.
 */

import { ExcludeRules } from './exclude-rules.ts';
import { emptyFolder, type FolderContext, FolderReader, type FolderReading } from './folder-reader.ts';
import { compareNames } from './name-order.ts';
import { scanProblem } from './problem.ts';
import { type SourceNode, sourceTree } from './sources.ts';
import type { Child, Folder, ScanItem, ScanOptions } from './types.ts';

export type { ChildStat } from './child-stat.ts';
export { normalizeSources } from './sources.ts';
export type { Child, Folder, ScanItem, ScanOptions, SkipReason } from './types.ts';

/**
 * Everything in the sources, as folders with their children. A folder comes before its sub-folders; its own metadata is
 * the child of that name in its parent (the root, when it is a source, has none). The sources' own entries are children
 * of virtual folders.
 *
 * What happens to the tree meanwhile does no harm: what vanished is not there, what cannot be read is a problem.
 */
export function* scan(options: ScanOptions): Generator<ScanItem, void, undefined> {
	const reader = new FolderReader(options);
	yield* walkTo(sourceTree(options.sources), '', reader, options);
}

/**
 * Some paths alone, whatever the patterns say of them; of what is in them they are asked as ever.
 * @param paths absolute, none in another
 * @param contextOf what holds in the folder `path` (archive path) because of where it is; undefined: it is a source of its
 * own
 */
export function* scanNamed(
	paths: string[],
	contextOf: (path: string) => FolderContext | undefined,
	options: ScanOptions,
): Generator<ScanItem, void, undefined> {
	const reader = new FolderReader(options);
	yield* walkTo(sourceTree(paths), '', reader, { ...options, contextOf });
}

interface WalkOptions extends ScanOptions {
	/** Of a scan of named paths. */
	contextOf?: (path: string) => FolderContext | undefined;
}

/** A folder that is a source, or leads to some. */
function* walkTo(node: SourceNode, path: string, reader: FolderReader, options: WalkOptions): Generator<ScanItem> {
	// Only the root can be a source here; others are met in the folder above them.
	if (node.source) {
		const { child, reason } = reader.readSource('');
		if (reason) yield { skipped: { path, reason } };
		else if (child) yield* walkSource(child, path, reader, options);
		return;
	}
	const folder: Folder = { ...emptyFolder(path), virtual: true, ...(options.contextOf ? { named: true } : {}) };
	const closed = new Set<string>();
	const names = [...node.below.keys()].sort(compareNames);
	for (const name of names) {
		if (!node.below.get(name)!.source) {
			folder.passed.push(name);
			continue;
		}
		const below = join(path, name);
		try {
			const { child, reason } = sourceChild(below, path, reader, options);
			if (reason) yield { skipped: { path: below, reason } };
			if (reason && child) closed.add(name);
			if (child) folder.children.push(child);
		} catch (error) {
			// Unlike a name in a listing, a source that is not there is a fault: its disk may not be mounted.
			folder.complete = false;
			folder.unseen.push(name);
			yield { problem: scanProblem(below, 'The source cannot be read', error) };
		}
	}
	yield { folder };
	const children = new Map(folder.children.map((child) => [child.name, child]));
	for (const name of names) {
		const below = join(path, name);
		const next = node.below.get(name)!;
		const child = children.get(name);
		if (!next.source) yield* walkTo(next, below, reader, options);
		else if (closed.has(name)) yield { folder: emptyFolder(below) };
		else if (child?.type === 'dir') yield* walkSource(child, below, reader, options);
	}
}

function sourceChild(path: string, folder: string, reader: FolderReader, options: WalkOptions) {
	const found = reader.readSource(path);
	if (!found.child || found.child.type === 'dir' || options.contextOf) return found;
	const rules = ExcludeRules.ofJob(options.excludes, folder);
	return rules.excludes(join(folder, ''), found.child.name, false)
		? { child: undefined, reason: 'excluded' as const }
		: found;
}

/** A folder whose sub-folders are being walked. */
interface Level {
	prefix: string;
	folders: string[];
	next: number;
	closed: Set<string> | undefined;
	context: FolderContext;
}

function* walkSource(source: Child, path: string, reader: FolderReader, options: WalkOptions): Generator<ScanItem> {
	const context: FolderContext = options.contextOf?.(path) ?? {
		rules: ExcludeRules.ofJob(options.excludes, path),
		sourceDev: source.stat.dev,
		top: true,
	};
	yield* walkFolder(path, context, reader);
}

/**
 * Everything in a folder that is inside a source.
 * @param path archive path
 * @param context of the folder it is in, with `top` unset
 */
export function scanBelow(path: string, context: FolderContext, options: ScanOptions): Generator<ScanItem> {
	return walkFolder(path, context, new FolderReader(options));
}

function* walkFolder(path: string, context: FolderContext, reader: FolderReader): Generator<ScanItem> {
	// A stack instead of recursion: trees can be thousands of folders deep.
	const levels: Level[] = [{ prefix: '', folders: [path], next: 0, closed: undefined, context }];
	for (let level = levels.at(-1); level !== undefined; level = levels.at(-1)) {
		const name = level.folders[level.next++];
		if (name === undefined) {
			levels.pop();
			continue;
		}
		const below = level.prefix + name;
		if (level.closed?.has(name)) {
			yield { folder: emptyFolder(below) };
			continue;
		}
		const reading = reader.read(below, level.context);
		yield* reading.notes;
		yield { folder: reading.folder };
		levels.push(levelOf(reading, level.context));
	}
}

function levelOf({ folder, rules, closed }: FolderReading, context: FolderContext): Level {
	const folders: string[] = [];
	for (const child of folder.children) if (child.type === 'dir') folders.push(child.name);
	return {
		prefix: folder.path === '' ? '' : `${folder.path}/`,
		folders,
		next: 0,
		closed,
		context: { rules, sourceDev: context.sourceDev, top: false },
	};
}

function join(folder: string, name: string): string {
	return folder === '' ? name : `${folder}/${name}`;
}
