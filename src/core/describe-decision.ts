import { safePrint } from './safe-print.ts';
import type { Verdict } from './selection.ts';

/** The rule behind a verdict in words, safe to print: `the pattern *.iso of the job, as its folder /a/b is left out`. */
export function describeDecision({ mark, decided, at }: Verdict, path: string): string {
	const above = at === path ? '' : `, for ${safePrint(at)} above it`;
	switch (decided.by) {
		case 'source':
			if (mark === 'mixed') return 'rules leave out some of what is in it';
			return decided.source === path ? 'it is a source' : `it lies in the source ${safePrint(decided.source)}`;
		case 'outside':
			return 'it lies in no source';
		case 'leads':
			return 'only sources in it are backed up';
		case 'link':
			return `${safePrint(at)} is a symbolic link, which is kept as a link`;
		case 'pattern':
			return `pattern ${decided.index + 1} of the job, ${safePrint(decided.pattern)}${above}`;
		case 'file':
			return `line ${decided.line} of ${safePrint(decided.file)}, ${safePrint(decided.pattern)}${above}`;
		case 'system':
			return `${safePrint(decided.name)} is system clutter${above}`;
		case 'developer':
			return `${safePrint(decided.name)} is developer clutter${above}`;
		case 'cache':
			return `in a folder with a CACHEDIR.TAG${above}`;
		case 'socket':
			return 'it is a socket';
		case 'pseudo-fs':
			return `${safePrint(at)} is a pseudo file system`;
		case 'other-fs':
			return `${safePrint(at)} is another file system`;
		case 'own':
			return `${safePrint(at)} is Firn’s own or the destination`;
	}
}
