import type { BigIntStats } from 'node:fs';
import { PseudoFileSystems } from './pseudo-file-systems.ts';
import { SkipPaths } from './skip-paths.ts';
import type { Child, ScanOptions, SkipReason } from './types.ts';

/** What a scan must not enter, whatever the patterns say. */
export class Boundaries {
	readonly pseudo: PseudoFileSystems = new PseudoFileSystems();
	readonly skip: SkipPaths;
	readonly #oneFileSystem: boolean;

	constructor(options: Pick<ScanOptions, 'oneFileSystem' | 'skipPaths'>) {
		this.#oneFileSystem = options.oneFileSystem;
		this.skip = new SkipPaths(options.skipPaths);
	}

	/**
	 * Why something in a folder is not entered (or, no folder, is left out).
	 * @param named whether it is one of the paths to skip, by its name
	 */
	reasonToSkip(
		path: string,
		type: Child['type'],
		stat: BigIntStats,
		parentDev: bigint,
		sourceDev: bigint,
		named: boolean,
	): SkipReason | undefined {
		if (named || this.skip.has(stat)) return 'own';
		if (stat.dev !== parentDev && this.pseudo.has(stat.dev, path)) return 'pseudo-fs';
		// Folders only: on overlay file systems files may show the device of a lower layer.
		if (this.#oneFileSystem && type === 'dir' && stat.dev !== sourceDev) return 'other-fs';
		return undefined;
	}

	/** Why a source itself is no part of the backup (or, a folder, must not be entered). */
	reasonToSkipSource(path: string, stat: BigIntStats): SkipReason | undefined {
		if (this.pseudo.has(stat.dev, path)) return 'pseudo-fs';
		const slash = path.lastIndexOf('/');
		const named = this.skip.in(path.slice(0, Math.max(0, slash)))?.has(path.slice(slash + 1)) === true;
		return named || this.skip.has(stat) ? 'own' : undefined;
	}
}
