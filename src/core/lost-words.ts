/** What a mirror tells of files that its sources have no more. Pure. */

import { safePrint } from './safe-print.ts';
import { counted, formatCount } from './sizes.ts';
import type { LostExample, LostFiles } from './task.ts';

/** Examples in one line. */
const NAMED = 3;

/** `Missing at the sources: 12 of 40 files, such as photos/2019/ (8 files), photos/a.jpg`. Safe to print. */
export function lostWords({ count, kept, strangers, examples }: LostFiles): string {
	const named = examples.slice(0, NAMED).map(exampleWords);
	const such = named.length > 0 ? `, such as ${named.join(', ')}` : '';
	return `Missing at the sources: ${formatCount(count)} of ${counted(count + kept, 'file')} of the mirror${strangerWords(strangers)}${such}`;
}

/** One of them; a folder counts what is in it. Safe to print. */
export function exampleWords({ path, files }: LostExample): string {
	return files === 1 ? safePrint(path) : `${safePrint(path)}/ (${counted(files, 'file')})`;
}

function strangerWords(strangers: number): string {
	return strangers === 0 ? '' : ` (${formatCount(strangers)} not put there by this job)`;
}
