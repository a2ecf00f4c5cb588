import type { DecidedBy, Mark } from '../../../core/selection.ts';

export const MARK_WORDS: Record<Mark, string> = {
	included: 'backed up',
	mixed: 'backed up in part',
	excluded: 'left out',
	outside: 'not backed up',
};

export const MARK_SIGNS: Record<Mark, string> = { included: '[x]', mixed: '[-]', excluded: '[ ]', outside: '[ ]' };

/** Why it is left out, in a word or two. */
export function shortReason(decided: DecidedBy): string {
	switch (decided.by) {
		case 'pattern':
		case 'file':
			return decided.pattern;
		case 'system':
			return 'system clutter';
		case 'developer':
			return 'developer clutter';
		case 'cache':
			return 'cache';
		case 'socket':
			return 'socket';
		case 'pseudo-fs':
			return 'pseudo file system';
		case 'other-fs':
			return 'other file system';
		case 'own':
			return 'Firn’s own';
		case 'link':
			return 'behind a link';
		case 'outside':
		case 'leads':
		case 'source':
			return '';
	}
}
