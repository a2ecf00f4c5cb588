import { type BigIntStats, lstatSync, readlinkSync } from 'node:fs';
import { decodePath } from '../../../core/path-bytes.ts';
import { typeOfMode } from '../../../core/stat-facts.ts';
import { inFolder } from '../../../target/folders.ts';
import type { Target } from '../../../target/target.ts';
import type { Child } from '../../scan/scan.ts';
import type { Facts } from './decide.ts';

/** What is there, with the identity that names of one file share. */
export interface Found extends Facts {
	dev: bigint;
	ino: bigint;
}

/** What a scan has met, as the decision takes it. */
export function factsOf({ type, stat, link }: Pick<Child, 'type' | 'stat' | 'link'>): Facts {
	return { ...figures(stat), type, link };
}

/**
 * What has this path in the mirror.
 * @throws FirnError TARGET_NOT_FOLDER where a link or file stands for a folder on the way; the system's error
 */
export function findThere(target: Target | undefined, path: string): Found | undefined {
	if (!target) return undefined;
	const { folder, name } = target.placeOf(path);
	const found = target.folders.find(folder);
	if (!found) return undefined;
	const place = inFolder(found, name);
	const stat = lstatSync(place, { bigint: true, throwIfNoEntry: false });
	if (!stat) return undefined;
	const type = typeOfMode(stat.mode) ?? 'other';
	const link = type === 'symlink' ? decodePath(readlinkSync(place, { encoding: 'buffer' })) : '';
	return { ...figures(stat), type, link, dev: stat.dev, ino: stat.ino };
}

type Figures = Pick<BigIntStats, 'size' | 'mtimeNs' | 'mode' | 'uid' | 'gid' | 'nlink' | 'rdev'>;

function figures({ size, mtimeNs, mode, uid, gid, nlink, rdev }: Figures) {
	return { size, mtimeNs, mode: Number(mode) & 0o7777, uid: Number(uid), gid: Number(gid), nlink, rdev };
}
