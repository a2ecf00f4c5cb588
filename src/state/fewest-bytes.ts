/** Which archives to thaw, where what is wanted lies in several of them. Pure. */

/**
 * Chooses archives so that each of `places` has one of its archives among them, of little weight in all: greedily, the
 * archive with the least weight for what it adds first, then without those that turn out not to be needed. The result
 * is never heavier than `usual`.
 * @param places of each content that is wanted the archives that hold it; never empty
 * @param usual a choice that is possible, in any case
 */
export function fewestBytes(
	places: readonly (readonly number[])[],
	weightOf: (archive: number) => number,
	usual: ReadonlySet<number>,
): Set<number> {
	const holders = new Map<number, Set<number>>();
	places.forEach((archives, index) => {
		for (const archive of archives) {
			const held = holders.get(archive);
			if (held) held.add(index);
			else holders.set(archive, new Set([index]));
		}
	});
	const open = new Set(places.keys());
	const chosen: number[] = [];
	const take = (archive: number) => {
		chosen.push(archive);
		for (const index of holders.get(archive)!) open.delete(index);
		holders.delete(archive);
	};
	for (const archives of places) if (archives.length === 1 && holders.has(archives[0]!)) take(archives[0]!);
	while (open.size > 0) take(best(holders, open, weightOf));
	const needed = withoutSpare(places, chosen, weightOf);
	return total(needed, weightOf) < total(usual, weightOf) ? needed : new Set(usual);
}

function best(
	holders: Map<number, Set<number>>,
	open: ReadonlySet<number>,
	weightOf: (archive: number) => number,
): number {
	let found = -1;
	let least = Number.POSITIVE_INFINITY;
	for (const [archive, held] of holders) {
		let adds = 0;
		for (const index of held) {
			if (open.has(index)) adds += 1;
			else held.delete(index);
		}
		if (adds === 0) holders.delete(archive);
		else if (found === -1 || weightOf(archive) / adds < least) {
			found = archive;
			least = weightOf(archive) / adds;
		}
	}
	return found;
}

/** The heaviest that can be left out are left out. */
function withoutSpare(
	places: readonly (readonly number[])[],
	chosen: readonly number[],
	weightOf: (archive: number) => number,
): Set<number> {
	const needed = new Set(chosen);
	const covers = places.map((archives) => archives.filter((archive) => needed.has(archive)).length);
	const held = new Map<number, number[]>();
	places.forEach((archives, index) => {
		for (const archive of archives) if (needed.has(archive)) held.set(archive, [...(held.get(archive) ?? []), index]);
	});
	for (const archive of [...needed].sort((a, b) => weightOf(b) - weightOf(a))) {
		const mine = held.get(archive) ?? [];
		if (mine.some((index) => covers[index] === 1)) continue;
		needed.delete(archive);
		for (const index of mine) covers[index]! -= 1;
	}
	return needed;
}

function total(archives: Iterable<number>, weightOf: (archive: number) => number): number {
	let sum = 0;
	for (const archive of archives) sum += weightOf(archive);
	return sum;
}
