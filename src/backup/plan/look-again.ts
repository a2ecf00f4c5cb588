import { lstatSync } from 'node:fs';
import { withOpenablePath } from '../scan/long-path.ts';
import { entryPath, type PlannedEntry } from './batch-codec.ts';

/** A planned file as it is now, or undefined when there is no regular file under that name any more. */
export function lookAgain(entry: PlannedEntry): PlannedEntry | undefined {
	try {
		return withOpenablePath(entryPath(entry), (path) => {
			const stat = lstatSync(path, { bigint: true, throwIfNoEntry: false });
			if (!stat?.isFile()) return undefined;
			return {
				...entry,
				mode: Number(stat.mode) & 0o7777,
				uid: Number(stat.uid),
				gid: Number(stat.gid),
				size: Number(stat.size),
				mtimeNs: stat.mtimeNs,
				ctimeNs: stat.ctimeNs,
				ino: BigInt.asIntN(64, stat.ino),
			};
		});
	} catch {
		// Whatever stands in the way now: the next scan says it.
		return undefined;
	}
}
