/**
 * What does not come about as planned, and what follows from it: files that change or vanish while they are packed are
 * packed again or left, and hard links without their content, or what an archive held that was given up, are found by
 * another scan.
 */

import { lstatSync } from 'node:fs';
import { errnoCode } from '../../core/errors.ts';
import type { RunRow } from '../../state/run-store.ts';
import { entryPath, type PlannedEntry } from '../plan/batch-codec.ts';
import type { Comparer } from '../plan/compare.ts';
import type { HardLinks } from '../plan/hard-links.ts';
import { lookAgain } from '../plan/look-again.ts';
import type { RunBooks } from '../run-books.ts';
import { withOpenablePath } from '../scan/long-path.ts';
import type { RunNews } from './run-news.ts';

/** A file that changes at every look is tried this often, and the scan repeated as often. */
export const ATTEMPTS = 3;

export class Unsettled {
	readonly #books: RunBooks;
	readonly #run: RunRow;
	readonly #news: RunNews;
	readonly #resumed: boolean;
	/** Files that changed while they were packed, and how often each did. */
	#torn: PlannedEntry[] = [];
	readonly #tornCounts = new Map<string, number>();
	/** Files that were not there, or not readable, when they were to be packed. */
	readonly #missing = new Set<string>();
	/** A first name may have come into a later archive than its hard links, or into none. */
	#linksMayBeLoose: boolean;
	/** Since the last scan began. */
	#hasGivenUp = false;

	/** @param resumed the run goes on with what an earlier attempt has left */
	constructor(books: RunBooks, run: RunRow, news: RunNews, resumed: boolean) {
		this.#books = books;
		this.#run = run;
		this.#news = news;
		this.#resumed = resumed;
		this.#linksMayBeLoose = resumed;
	}

	torn(entry: PlannedEntry): void {
		this.#torn.push(entry);
		this.#linksMayBeLoose = true;
	}

	missing(entry: PlannedEntry): void {
		this.#missing.add(entryPath(entry));
		this.#linksMayBeLoose = true;
	}

	/** An archive was. */
	givenUp(): void {
		this.#hasGivenUp = true;
		this.#linksMayBeLoose = true;
	}

	beginScan(): void {
		this.#hasGivenUp = false;
	}

	/** Files have changed that are not packed again yet. */
	get hasTorn(): boolean {
		return this.#torn.length > 0;
	}

	/** Files that are to be packed again, as they are now. Of those that change each time this is told. */
	takeTorn(): PlannedEntry[] {
		const torn = this.#torn;
		this.#torn = [];
		return torn.flatMap((entry) => {
			const path = entryPath(entry);
			const count = (this.#tornCounts.get(path) ?? 0) + 1;
			this.#tornCounts.set(path, count);
			if (count >= ATTEMPTS) {
				const message = `The file changed each of the ${ATTEMPTS} times it was read.`;
				this.#news.problem({ path, code: 'CHANGED_WHILE_READ', message });
				return [];
			}
			this.#news.notice('info', `/${path} changed while it was read and is packed again.`);
			return lookAgain(entry) ?? [];
		});
	}

	/**
	 * After all is packed that a scan has found: whether another one is needed.
	 * @param last there is none: what is loose is told
	 */
	needsScan(comparer: Comparer, links: HardLinks, last: boolean): boolean {
		const loose = [...this.#dropLooseLinks(links), ...this.#lookForStaleLinks(comparer)];
		if (!last) return this.#hasGivenUp || loose.length > 0;
		for (const path of loose) this.#news.problem({ path, code: 'LINK_TARGET', message: LINK_TARGET });
		return false;
	}

	/** Hard links whose content did not come about, or too late: another scan packs them anew. */
	#dropLooseLinks(links: HardLinks): string[] {
		if (!this.#linksMayBeLoose) return [];
		this.#linksMayBeLoose = false;
		const lost = new Set([...this.#missing].filter((path) => links.targets.has(path)));
		this.#missing.clear();
		this.#books.transaction.begin();
		return this.#books.entries.dropLooseLinks(this.#run.run, lost);
	}

	/**
	 * Hard links outside of the named paths, whose content was that of a file in them and is not any more: another scan
	 * looks at them too, and stores their content with them.
	 */
	#lookForStaleLinks(comparer: Comparer): string[] {
		const { entries, runs } = this.#books;
		const run = this.#run;
		if (!run.scope || !(comparer.hasEnded || this.#resumed)) return [];
		const stale = entries.staleLinks(run.scope.paths.map((path) => path.slice(1)));
		const there = stale.filter(isThere);
		for (const path of stale) if (!there.includes(path)) entries.closePath(path, run.run);
		// Noted, so that the run is the same one when it is resumed.
		run.scope = { ...run.scope, paths: [...new Set([...run.scope.paths, ...there.map((path) => `/${path}`)])] };
		runs.setScope(run.run, run.scope);
		return there;
	}
}

/** Whether there is something, as far as can be told. @param path archive path */
function isThere(path: string): boolean {
	try {
		return withOpenablePath(path, (place) => lstatSync(place, { throwIfNoEntry: false })) !== undefined;
	} catch (error) {
		return errnoCode(error) !== 'ENOENT' && errnoCode(error) !== 'ENOTDIR';
	}
}

const LINK_TARGET = 'The file that this hard link shares its content with could not be read.';
