import { lstatSync } from 'node:fs';
import { statFacts } from '../../core/stat-facts.ts';
import { withOpenablePath } from '../scan/long-path.ts';
import { entryPath, type PlannedEntry } from './batch-codec.ts';

/** A planned file as it is now, or undefined when there is no regular file under that name any more. */
export function lookAgain(entry: PlannedEntry): PlannedEntry | undefined {
	try {
		return withOpenablePath(entryPath(entry), (path) => {
			const stat = lstatSync(path, { bigint: true, throwIfNoEntry: false });
			if (!stat?.isFile()) return undefined;
			return { ...entry, ...statFacts(stat) };
		});
	} catch {
		// Whatever stands in the way now: the next scan says it.
		return undefined;
	}
}
