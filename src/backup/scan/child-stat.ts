import type { BigIntStats } from 'node:fs';

/** What a scan keeps of `lstat`. */
export type ChildStat = Pick<
	BigIntStats,
	'dev' | 'ino' | 'mode' | 'nlink' | 'uid' | 'gid' | 'rdev' | 'size' | 'blocks' | 'mtimeNs' | 'ctimeNs'
>;

/**
 * Copies what is needed of a BigIntStats, which weighs a kilobyte: a folder of a million files must still fit into
 * memory. Values that are the same as those of the file before it are shared with it.
 */
export function keepStat(stat: BigIntStats, before: ChildStat | undefined): ChildStat {
	return {
		dev: stat.dev === before?.dev ? before.dev : stat.dev,
		ino: stat.ino,
		mode: stat.mode === before?.mode ? before.mode : stat.mode,
		nlink: stat.nlink === before?.nlink ? before.nlink : stat.nlink,
		uid: stat.uid === before?.uid ? before.uid : stat.uid,
		gid: stat.gid === before?.gid ? before.gid : stat.gid,
		rdev: stat.rdev === before?.rdev ? before.rdev : stat.rdev,
		size: stat.size === before?.size ? before.size : stat.size,
		blocks: stat.blocks === before?.blocks ? before.blocks : stat.blocks,
		mtimeNs: stat.mtimeNs,
		ctimeNs: stat.ctimeNs === stat.mtimeNs ? stat.mtimeNs : stat.ctimeNs,
	};
}
