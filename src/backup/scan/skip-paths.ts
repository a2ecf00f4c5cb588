import { type BigIntStats, statSync } from 'node:fs';
import { fsPath } from '../../core/path-bytes.ts';

/**
 * The paths a scan must never read. Each is known by its path and, so that bind mounts and symlinked ways to it count as
 * well, by device and inode as they were when the scan began.
 */
export class SkipPaths {
	readonly #names = new Map<string, Set<string>>();
	readonly #inodes = new Map<bigint, bigint>();

	/** @param paths absolute; those that do not exist (yet) count by path alone */
	constructor(paths: string[]) {
		for (const path of paths) {
			const slash = path.lastIndexOf('/');
			const folder = path.slice(1, slash);
			const names = this.#names.get(folder) ?? new Set();
			this.#names.set(folder, names.add(path.slice(slash + 1)));
			let stat: BigIntStats | undefined;
			try {
				stat = statSync(fsPath(path), { bigint: true, throwIfNoEntry: false });
			} catch {
				// Out of reach: then the scan cannot come upon it another way either.
				continue;
			}
			if (stat) this.#inodes.set(stat.ino, stat.dev);
		}
	}

	/** The names to skip in this folder (archive path). */
	in(folder: string): Set<string> | undefined {
		return this.#names.get(folder);
	}

	has(stat: BigIntStats): boolean {
		return this.#inodes.get(stat.ino) === stat.dev;
	}
}
