import type { ChildStat } from '../scan/child-stat.ts';

/** The first name under which an inode with several names was seen in this scan. */
export interface FirstName {
	path: string;
	/** Archive of this run that holds its content; 0 where an earlier one does. Set when its batch is placed. */
	sequence: number;
	left: bigint;
}

/**
 * Finds the names that share an inode, so that the content is stored once. The scan's order is stable, so the same
 * name comes first in every run. An inode is forgotten when all its names have been seen.
 */
export class HardLinks {
	readonly #inodes = new Map<string, FirstName>();
	/** First names that others refer to. */
	readonly targets = new Set<string>();

	/**
	 * The first name of this file, or undefined when this is it (or it has no other).
	 * @param within names in different ones do not count as those of one file
	 */
	visit(path: string, stat: ChildStat, within = ''): FirstName | undefined {
		if (stat.nlink < 2n) return undefined;
		const key = keyOf(stat, within);
		const first = this.#inodes.get(key);
		if (!first) {
			this.#inodes.set(key, { path, sequence: 0, left: stat.nlink - 1n });
			return undefined;
		}
		this.targets.add(first.path);
		first.left -= 1n;
		if (first.left <= 0n) this.#inodes.delete(key);
		return first;
	}

	/** The record of a first name, to note the archive that holds it. */
	firstName(stat: ChildStat, within = ''): FirstName | undefined {
		return stat.nlink < 2n ? undefined : this.#inodes.get(keyOf(stat, within));
	}
}

function keyOf({ dev, ino }: ChildStat, within: string): string {
	return within === '' ? `${dev}:${ino}` : `${dev}:${ino}:${within}`;
}
