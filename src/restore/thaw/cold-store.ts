/** Asks a destination how archives are, and orders thaws of it. */

import { FirnError, toFirnError } from '../../core/errors.ts';
import type { Destination, StoredObject } from '../../destinations/destination.ts';
import { coldClassOf } from '../../pricing/estimate.ts';
import type { OrderAnswer, Seen, ThawArchive } from './archive-thaw.ts';
import { folderOf, TIERING } from './quote.ts';
import { lookBy, retryAfter } from './schedule.ts';
import type { ColdStore } from './thaw-run.ts';

/** Questions by name that are under way at the same time. */
const AT_ONCE = 16;
/** @param stored how many archives each run has stored, by the folder of the run */
export function coldStore(
	destination: Destination,
	stored: Readonly<Record<string, number>>,
	signal: AbortSignal,
): ColdStore {
	/** Not every store tells of thaws in its lists. */
	let listsTell = true;

	async function byList(folder: string, archives: readonly ThawArchive[], found: Map<number, Seen>) {
		const numbers = new Map(archives.map(({ key, archive }) => [key, archive]));
		for await (const object of destination.list(folder, { signal, thaws: true })) {
			const number = numbers.get(object.key);
			// Of Intelligent-Tiering only a question by name tells where it is.
			if (number !== undefined && object.storageClass !== TIERING) found.set(number, seenOf(object));
		}
		const isSilent = (one: ThawArchive) => one.status === 'thawing' && found.get(one.archive)?.state === 'cold';
		const silent = archives.filter(isSilent);
		if (silent.length > 0) {
			await byName(silent, found);
			if (silent.some(({ archive }) => found.get(archive)?.state !== 'cold')) listsTell = false;
		}
		await byName(
			archives.filter(({ archive }) => !found.has(archive)),
			found,
		);
	}

	async function byName(archives: readonly ThawArchive[], found: Map<number, Seen>) {
		const queue = archives.values();
		const ask = async () => {
			for (const { archive, key } of queue) {
				const object = await destination.head(key, { signal });
				found.set(archive, object ? seenOf(object) : { state: 'gone', error: gone(key).toPlain() });
			}
		};
		await Promise.all(Array.from({ length: AT_ONCE }, ask));
	}

	return {
		async look(archives) {
			const found = new Map<number, Seen>();
			for (const [folder, mine] of Map.groupBy(archives, ({ key }) => folderOf(key))) {
				const how = listsTell ? lookBy(mine.length, stored[folder] ?? mine.length) : 'head';
				await (how === 'list' ? byList(folder, mine, found) : byName(mine, found));
			}
			return found;
		},

		async order({ key, refusals }, { tier, days, now }): Promise<OrderAnswer> {
			try {
				const answer = await destination.thaw(key, { tier, ...(days === undefined ? {} : { days }), signal });
				return { answer };
			} catch (thrown) {
				signal.throwIfAborted();
				const error = toFirnError(thrown);
				if (error.retry === 'no') return { answer: 'failed', error: error.toPlain() };
				return { answer: 'refused', error: error.toPlain(), retryAt: retryAfter(refusals, now) };
			}
		},
	};
}

/** What the store says of an object, as far as thawing goes. */
export function seenOf({ storageClass, archiveTier, thaw }: StoredObject): Seen {
	const coldClass = coldClassOf(storageClass, archiveTier);
	if (thaw !== undefined && thaw !== 'ongoing') return { state: 'warm', until: thaw.until.getTime() };
	if (!coldClass) return { state: 'readable' };
	return { state: thaw ?? 'cold', coldClass, inPlace: archiveTier !== undefined };
}

function gone(key: string): FirnError {
	return new FirnError('NOT_FOUND', `The store has no object ${key} any more.`);
}
