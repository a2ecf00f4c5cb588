/** What is marked for a restore: files and folders, a folder with all below it. Pure. */

import type { BrowseRow } from '../../../core/browse.ts';
import type { Mark, Marks } from './state.ts';

export function isBelow(path: string, folder: string): boolean {
	return folder === '/' ? path !== '/' : path.startsWith(`${folder}/`);
}

/** `own`: marked itself. `above`: in a marked folder. `below`: something in it is marked. */
export type Marked = 'own' | 'above' | 'below' | undefined;

export function markedAs(marks: Marks, path: string): Marked {
	if (marks[path]) return 'own';
	const paths = Object.keys(marks);
	if (paths.some((marked) => isBelow(path, marked))) return 'above';
	return paths.some((marked) => isBelow(marked, path)) ? 'below' : undefined;
}

/** With one more mark; what lies below it needs none of its own. */
export function addMark(marks: Marks, { path, totals }: BrowseRow): Marks {
	if (markedAs(marks, path) === 'above') return marks;
	const others = Object.entries(marks).filter(([marked]) => !isBelow(marked, path));
	const mark: Mark = { files: totals?.files ?? 0, bytes: totals?.bytes ?? 0 };
	return { ...Object.fromEntries(others), [path]: mark };
}

export function removeMark(marks: Marks, path: string): Marks {
	const { [path]: _, ...others } = marks;
	return others;
}

export function sumOfMarks(marks: Marks): Mark & { count: number } {
	const all = Object.values(marks);
	return {
		count: all.length,
		files: all.reduce((sum, { files }) => sum + files, 0),
		bytes: all.reduce((sum, { bytes }) => sum + bytes, 0),
	};
}
