/**
 * Paths that were backed up by name and that the job itself would not take: outside of its sources, or left out by its
 * patterns. Archive paths; pure.
 */
export class Extras {
	readonly #paths: ReadonlySet<string>;
	readonly #above = new Set<string>();

	/** @param paths absolute */
	constructor(paths: readonly string[]) {
		this.#paths = new Set(paths.map((path) => path.slice(1)));
		for (const path of this.#paths) for (const folder of foldersOf(path)) this.#above.add(folder);
	}

	has(path: string): boolean {
		return this.#paths.has(path);
	}

	/** Whether some lie in that folder. */
	isAbove(path: string): boolean {
		return this.#above.has(path);
	}

	/** The innermost one that a path is or lies in; '' for none. */
	around(path: string): string {
		if (this.#paths.size === 0) return '';
		if (this.#paths.has(path)) return path;
		for (const folder of foldersOf(path)) if (this.#paths.has(folder)) return folder;
		return '';
	}
}

/** The folders that a path lies in, from the inside out; without the root. */
function* foldersOf(path: string): Generator<string> {
	for (let slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1))
		yield path.slice(0, slash);
}
