/** Makes a folder behave as on FAT or a Mac's disk, within this process: names are found whatever their case. */

import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { basename, dirname, join } from 'node:path';

const ONE_PATH = [
	'lstatSync',
	'statSync',
	'openSync',
	'unlinkSync',
	'mkdirSync',
	'rmdirSync',
	'readlinkSync',
	'chmodSync',
	'lchownSync',
	'chownSync',
	'utimesSync',
	'lutimesSync',
	'readdirSync',
	'opendirSync',
] as const;
const TWO_PATHS = ['renameSync', 'linkSync'] as const;

/** @returns what ends it */
export function caseBlind(root: string): () => void {
	const { readdirSync, realpathSync } = { ...fs };
	const all = fs as unknown as Record<string, (...args: unknown[]) => unknown>;
	const spelt = (path: unknown): unknown => {
		if (typeof path !== 'string' || path.endsWith('/') || path === root) return path;
		const folder = path.startsWith(`${root}/`) ? String(spelt(dirname(path))) : dirname(path);
		try {
			if (!realpathSync(folder).startsWith(root)) return path;
			const same = readdirSync(folder).find((name) => name.toLowerCase() === basename(path).toLowerCase());
			return join(folder, same ?? basename(path));
		} catch {
			return path;
		}
	};
	const promises = fs.promises as unknown as typeof all;
	const originals = [...ONE_PATH, ...TWO_PATHS].flatMap((name) =>
		[all, promises].map((of) => {
			const own = of === all ? name : name.replace('Sync', '');
			return { of, own, original: of[own]!, paths: (TWO_PATHS as readonly string[]).includes(name) ? 2 : 1 };
		}),
	);
	for (const { of, own, original, paths } of originals) {
		of[own] = (...args) => original(...args.map((arg, at) => (at < paths ? spelt(arg) : arg)));
	}
	syncBuiltinESMExports();
	return () => {
		for (const { of, own, original } of originals) of[own] = original;
		syncBuiltinESMExports();
	};
}
