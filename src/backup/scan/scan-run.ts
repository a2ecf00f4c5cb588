/** What a run scans: all of the job, some paths alone, or both. */

import type { Job } from '../../config/job.ts';
import type { RunScope } from '../../state/run-store.ts';
import { Extras } from '../plan/extras.ts';
import { Decider } from './decide.ts';
import type { FolderContext } from './folder-reader.ts';
import { type ScanItem, type ScanOptions, scan, scanNamed } from './scan.ts';

/**
 * @param scope undefined: all of the job. With `whole`, named paths that the job takes are met anyway.
 */
export function* scanRun(
	job: Job,
	skipPaths: string[],
	scope: RunScope | undefined,
): Generator<ScanItem, void, undefined> {
	const options: ScanOptions = { ...job, skipPaths };
	const extras = new Extras(job.extras ?? []);
	const isExtra = (path: string) => extras.around(path.slice(1)) !== '';
	if (!scope || scope.whole) yield* scan(options);
	const named = scope?.paths ?? [];
	// One scan for all, so that each folder above them comes once, and hard links among them are found.
	const decider = new Decider(job, skipPaths);
	const contextOf = (path: string) => contextIn(decider, path);
	// One scan for all, so that each folder above them comes once, and hard links among them are found.
	const inside = named.filter((path) => !isExtra(path) && !(scope?.whole && contextOf(path.slice(1))));
	if (inside.length > 0) yield* scanNamed(inside, contextOf, options);
	for (const path of named.filter(isExtra)) yield* scanNamed([path], () => undefined, options);
}

function contextIn(decider: Decider, path: string): FolderContext | undefined {
	const place = decider.place(path);
	// Excluded, and yet named; of a tagged cache the job takes the tag alone.
	if (place.kind !== 'inside' || place.isCache) return undefined;
	return { rules: place.rulesAbove, sourceDev: place.sourceDev, top: place.source === `/${path}` };
}
