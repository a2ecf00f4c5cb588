/** What to do about a name that is there already. */

import { createHash } from 'node:crypto';
import { type BigIntStats, closeSync, constants, lstatSync, openSync, readlinkSync, readSync } from 'node:fs';
import type { EntryType } from '../core/entry.ts';
import { decodePath } from '../core/path-bytes.ts';
import type { ExistingPolicy } from './existing-policy.ts';
import { type Folder, inFolder } from './folders.ts';

/** `free`: nothing there. `right`: what is wanted is there. `keep` and `replace`: something else is. */
export type Verdict = 'free' | 'right' | 'keep' | 'replace';

export interface Wanted {
	type: EntryType;
	size: number;
	mtimeNs: bigint;
	link?: string;
	/** In hexadecimal. */
	sha256?: string | undefined;
}

/** How exactly a file system may keep times: FAT has steps of two seconds. */
const TIME_STEP = 2_000_000_000n;
const READ = 1024 * 1024;

/** Looks at a name. Files of the right size and time are read to compare their hash; `breathe` is awaited meanwhile. */
export async function lookAt(
	folder: Folder,
	name: string,
	wanted: Wanted,
	policy: ExistingPolicy,
	breathe: () => Promise<void>,
): Promise<Verdict> {
	const place = inFolder(folder, name);
	const stat = lstatSync(place, { bigint: true, throwIfNoEntry: false });
	if (!stat) return 'free';
	if (looksRight(place, stat, wanted) && (wanted.type !== 'file' || (await hasContent(place, wanted, breathe)))) {
		return 'right';
	}
	return decide(stat, wanted.mtimeNs, policy);
}

/** What becomes of something that is not what is wanted. */
export function decide(stat: BigIntStats, mtimeNs: bigint, policy: ExistingPolicy): 'keep' | 'replace' {
	const isNewer = mtimeNs > stat.mtimeNs && !isSameTime(mtimeNs, stat.mtimeNs);
	return policy === 'overwrite' || (policy === 'newer' && isNewer) ? 'replace' : 'keep';
}

/** Whether something is what is wanted, by all but the content of a file. */
export function looksRight(place: string | Buffer, stat: BigIntStats, wanted: Wanted): boolean {
	if (wanted.type === 'fifo') return stat.isFIFO();
	if (wanted.type === 'char') return stat.isCharacterDevice();
	if (wanted.type === 'block') return stat.isBlockDevice();
	if (wanted.type === 'symlink') {
		return stat.isSymbolicLink() && decodePath(readlinkSync(place, { encoding: 'buffer' })) === wanted.link;
	}
	return stat.isFile() && stat.size === BigInt(wanted.size) && isSameTime(stat.mtimeNs, wanted.mtimeNs);
}

/** Whether two times may be one, as a file system kept it. */
export function isSameTime(a: bigint, b: bigint): boolean {
	const apart = a - b;
	return apart < TIME_STEP && apart > -TIME_STEP;
}

async function hasContent(place: string | Buffer, wanted: Wanted, breathe: () => Promise<void>): Promise<boolean> {
	if (!wanted.sha256) return false;
	const fd = openSync(place, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
	try {
		const digest = createHash('sha256');
		const buffer = Buffer.allocUnsafe(Math.min(READ, wanted.size + 1));
		for (let read = readSync(fd, buffer); read > 0; read = readSync(fd, buffer)) {
			digest.update(buffer.subarray(0, read));
			if (read === READ) await breathe();
		}
		return digest.digest('hex') === wanted.sha256;
	} finally {
		closeSync(fd);
	}
}
