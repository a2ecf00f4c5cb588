/** Other disks that are mounted inside a source, as a scan meets them. */

import { isWithin } from '../../mirror/pairs.ts';

export class Mounts {
	/** Device of each source and of each mount point in it. */
	readonly #devices = new Map<string, { source: string; dev: bigint }>();

	/** Takes a folder; to be called for a folder before those in it. */
	meet(path: string, source: string, dev: bigint): void {
		let nearest = '';
		for (const known of this.#devices.keys()) {
			if (known.length > nearest.length && isWithin(path, known)) nearest = known;
		}
		if (this.#devices.get(nearest)?.dev !== dev) this.#devices.set(path, { source, dev });
	}

	/** Mount points inside a source. */
	of(source: string): string[] {
		return [...this.#devices].filter(([path, at]) => at.source === source && path !== source).map(([path]) => path);
	}
}
