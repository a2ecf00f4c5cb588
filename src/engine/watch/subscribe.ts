/** Watches folders by the system's own means. What it cannot do is told, so that somebody scans instead. */

import { existsSync, lstatSync, readdirSync, readFileSync, watch } from 'node:fs';
import { basename, dirname } from 'node:path';
import { PseudoFileSystems } from '../../backup/scan/pseudo-file-systems.ts';
import type { ScanOptions } from '../../backup/scan/types.ts';
import { parseMountinfo } from '../../core/mountinfo.ts';
import { fsPath } from '../../core/path-bytes.ts';

/** Folders that cannot be watched are left out one by one; with more of them it is given up. */
const LEFT_OUT_AT_MOST = 20;
const GLOB = /[*?[\]{}()!+@|\\]/;

/**
 * Watches all sources.
 * @param onPaths told the absolute paths of what has changed
 * @param onLost told when it can be relied on no more
 * @throws Error where the system refuses, such as beyond its limit of watches
 */
export async function subscribe(
	options: ScanOptions,
	onPaths: (paths: string[]) => void,
	onLost: (reason: string) => void,
): Promise<void> {
	const ignored = unwatched(options);
	for (const source of options.sources) {
		if (lstatSync(fsPath(source)).isDirectory()) await watchTree(source, ignored, onPaths, onLost);
		else watchName(source, onPaths, onLost);
	}
}

async function watchTree(
	folder: string,
	ignored: string[],
	onPaths: (paths: string[]) => void,
	onLost: (reason: string) => void,
): Promise<void> {
	const { default: watcher } = await import('@parcel/watcher');
	const ignore = ignored.filter((path) => path.startsWith(folder === '/' ? '/' : `${folder}/`));
	for (let leftOut = 0; ; leftOut++) {
		try {
			await watcher.subscribe(
				folder,
				(error, events) => {
					if (error) onLost(error.message);
					else onPaths(events.map(({ path }) => path));
				},
				{ ignore },
			);
			return;
		} catch (error) {
			// What nobody may list, or has just vanished, has nothing that a run could take in.
			const [, path] = /^inotify_add_watch on '(.*)' failed: (?:Permission denied|No such file)/s.exec(
				error instanceof Error ? error.message : '',
			) ?? [undefined, undefined];
			if (path === undefined || path === folder || GLOB.test(path) || leftOut >= LEFT_OUT_AT_MOST) throw error;
			ignore.push(path);
		}
	}
}

/** A source that is no folder: it may be replaced, so the name in its folder is watched. */
function watchName(path: string, onPaths: (paths: string[]) => void, onLost: (reason: string) => void): void {
	const name = basename(path);
	watch(dirname(path), (_, changed) => {
		if (changed === name || changed === null) onPaths([path]);
	}).on('error', (error) => onLost(error.message));
}

/** Absolute paths that no run enters, whatever the patterns say. */
function unwatched({ skipPaths, oneFileSystem }: ScanOptions): string[] {
	const table = '/proc/self/mountinfo';
	const pseudo = new PseudoFileSystems();
	const mounts = existsSync(table) ? parseMountinfo(readFileSync(table)) : [];
	const closed = mounts.filter(({ point }) => oneFileSystem || pseudo.isMountPoint(point.slice(1)));
	// With such letters it would be taken for a pattern; its events are left out one by one instead.
	return [...skipPaths, ...closed.map(({ point }) => point)].filter((path) => !GLOB.test(path));
}

/** How many folders this process watches, as Linux counts; elsewhere 0. */
export function watchedFolders(): number {
	const folder = '/proc/self/fdinfo';
	if (!existsSync(folder)) return 0;
	let count = 0;
	for (const name of readdirSync(folder)) {
		// The descriptor of this very listing is closed by now.
		if (!existsSync(`${folder}/${name}`)) continue;
		count += readFileSync(`${folder}/${name}`, 'latin1').match(/^inotify /gm)?.length ?? 0;
	}
	return count;
}
