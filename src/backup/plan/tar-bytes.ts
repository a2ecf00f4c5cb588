import { lstatSync } from 'node:fs';
import { encodeTarHeader, tarPadding } from '../../archive/tar-header.ts';
import type { Owners } from '../pack/owners.ts';
import { withOpenablePath } from '../scan/long-path.ts';
import { entryPath, type PlannedEntry } from './batch-codec.ts';

/**
 * The TAR bytes of an entry as it was planned: exact, but for a sparse file, whose holes only reading finds: there the
 * blocks count that it has on the disk.
 */
export function tarBytesOf(entry: PlannedEntry, owners: Owners): number {
	const uname = owners.user(entry.uid);
	const gname = owners.group(entry.gid);
	const header = encodeTarHeader({ ...entry, path: entryPath(entry), uname, gname }).length;
	if (entry.type !== 'file') return header;
	const stored = entry.sparse ? Math.min(entry.size, bytesOnDisk(entry)) : entry.size;
	return header + stored + tarPadding(stored);
}

function bytesOnDisk(entry: PlannedEntry): number {
	try {
		return withOpenablePath(entryPath(entry), (path) => lstatSync(path).blocks * 512);
	} catch {
		// Whatever has become of it since the scan: as it was planned.
		return entry.size;
	}
}
