/**
 * The folders that patterns of a job name without wildcards and in which they leave something out: a picker shows these,
 * and all folders above them, as not wholly included. Only patterns that begin with a slash are so exact.
 *
 * @param source archive path
 * @param exists whether there is something at an archive path
 * @returns archive paths
 */
export function literalFolders(
	excludes: readonly string[],
	source: string,
	exists: (path: string) => boolean,
): string[] {
	const folders: string[] = [];
	for (const pattern of excludes) {
		if (!pattern.startsWith('/')) continue;
		const names = pattern.split('/').filter(Boolean);
		const wild = names.findIndex((name) => /[*?[]/.test(name.replace(/\\./gs, '')));
		const exact = (wild === -1 ? names : names.slice(0, wild)).map((name) => name.replace(/\\(.)/gs, '$1'));
		if (exact.length === 0) continue;
		// It means a path from the root, and one from the source.
		for (const path of [exact, source === '' ? [] : [source, ...exact]].map((parts) => parts.join('/'))) {
			const folder = wild === -1 ? path.slice(0, Math.max(0, path.lastIndexOf('/'))) : path;
			const isInside = source === '' || folder === source || folder.startsWith(`${source}/`);
			if (path !== '' && isInside && exists(path)) folders.push(folder);
		}
	}
	return folders;
}
