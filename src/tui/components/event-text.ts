import { lostWords } from '../../core/lost-words.ts';
import { counted, formatSize } from '../../core/sizes.ts';
import type { TaskEvent } from '../../core/task.ts';
import type { Tone } from '../theme/theme.ts';
import { displayName, displayPath } from './text.ts';

/** Of a job's run, in the keys of its archives: the same in every line. */
const FOLDER = /\b[a-z2-9]{10}\/\d{8}T\d{6}Z-\w+\//g;

/** Keys of archives without what is the same in all of them: a narrow line is cut off before they differ. */
export function withoutFolder(text: string): string {
	return text.replace(FOLDER, '');
}

/** Why something waits, safe to print, and the cause first: a narrow pane cuts the end off. */
export function causeFirst(reason: string): string {
	const short = withoutFolder(reason);
	const [, undone, cause, more] = /^Could not (.+?): (.+?)\.?( It goes on by itself .+)?$/s.exec(short) ?? [];
	return displayName(
		cause === undefined ? short : `${cause}, could not ${undone}${more === undefined ? '' : `.${more}`}`,
	);
}

/** What a task has told, as one line. */
export function eventText(event: TaskEvent): { text: string; tone: Tone } {
	switch (event.event) {
		case 'queued':
			return { text: displayName(event.reason), tone: 'normal' };
		case 'turn':
			return { text: 'its turn has come', tone: 'normal' };
		case 'run':
			return { text: event.resumed ? 'run goes on' : 'run began', tone: 'normal' };
		case 'reuse':
			return {
				text: `${counted(event.parts, 'part')} (${formatSize(event.bytes)}) of ${counted(event.archives, 'archive')} are there already`,
				tone: 'ok',
			};
		case 'archive':
			return {
				text: `stored ${formatSize(event.bytes)}, ${counted(event.files, 'file')}: ${event.key.split('/').at(-1)}`,
				tone: 'ok',
			};
		case 'problem':
			return { text: `${displayPath(event.problem.path)}: ${displayName(event.problem.message)}`, tone: 'error' };
		case 'notice':
			return { text: displayName(event.message), tone: event.level === 'warn' ? 'warn' : 'normal' };
		case 'lost':
			return { text: displayName(lostWords(event)), tone: event.doubt === undefined ? 'normal' : 'warn' };
		case 'waiting':
			return { text: `waiting: ${causeFirst(event.reason)}`, tone: 'warn' };
	}
}
