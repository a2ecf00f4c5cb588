/** Which changes concern a job: those of paths that a run of it would take in. */

import { basename } from 'node:path';
import { Decider } from '../../backup/scan/decide.ts';
import { IGNORE_FILE } from '../../backup/scan/exclude-rules.ts';
import type { ScanOptions } from '../../backup/scan/types.ts';

/** The rules of so many paths are remembered before they are read anew, so that a storm does not fill the memory. */
const REMEMBERED = 5000;

export class Relevant {
	readonly #options: ScanOptions;
	#decider: Decider;
	#asked = 0;

	constructor(options: ScanOptions) {
		this.#options = options;
		this.#decider = new Decider(options, options.skipPaths);
	}

	/** Whether a run would notice that this path was created, changed, moved or deleted. @param path absolute */
	has(path: string): boolean {
		// Its name is not valid UTF-8, and the watcher does not tell it: better one run too many.
		if (path.includes('\ufffd')) return true;
		if (basename(path) === IGNORE_FILE) return true;
		this.#asked += 1;
		if (this.#asked % REMEMBERED === 0) this.#decider = new Decider(this.#options, this.#options.skipPaths);
		const { mark } = this.#decider.decide(path).verdict;
		return mark === 'included' || mark === 'mixed';
	}
}
