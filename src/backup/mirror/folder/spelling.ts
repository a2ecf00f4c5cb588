/**
 * Names that a file system takes for one: FAT, NTFS and most network disks do not tell upper from lower case, those of
 * Apple not the forms in which Unicode writes a letter. What is said here is only suspected: how names are told apart is
 * a matter of each file system. Pure.
 */

export const NAME_CLASH = 'The mirror cannot tell this name from another one in its folder, which has taken the place.';

/** What all spellings of a name have in common. */
export function folded(name: string): string {
	return name.normalize('NFC').toLowerCase();
}

/** Those of the names that share their folded form with another one. */
export function alike(names: readonly string[]): Set<string> {
	const groups = Map.groupBy(names, folded);
	return new Set([...groups.values()].filter((group) => group.length > 1).flat());
}
