/** What Run says of a task beside its numbers: why it waits, what somebody has to do, how it ended. Pure. */

import { causeFirst } from '../../components/event-text.ts';
import { insideOf } from '../../components/pane.tsx';
import { displayName, widthOf, wrap } from '../../components/text.ts';
import { heldBack } from '../../deletions/held.ts';
import { modeOf } from '../../layout/layout.ts';
import { lacksSignIn } from '../../sign-in/of-job.ts';
import type { AppState, LiveTask, Size } from '../../state.ts';
import { endWords, stateOf } from './run-words.ts';
import { isActive } from './state.ts';

/** Beside its state: a second line only for what stays so for long, so that nothing jumps; without numbers, three. */
export function newsLines(app: AppState, task: LiveTask, area: Size): string[] {
	const isLong = task.summary !== undefined || task.progress?.phase === 'thaw';
	const most = !task.progress ? 3 : isLong ? 2 : 1;
	const lines = wrap(news(app, task), widthIn(area) - widthOf(stateOf(task).word) - 4);
	// Whatever is cut off then is in the log.
	return lines.length <= most ? lines : [...lines.slice(0, most - 1), lines.slice(most - 1).join(' ')];
}

/** Why it waits, or how it ended; nothing where pleaLines() say it. */
function news(app: AppState, task: LiveTask): string {
	const signIn = lacksSignIn(app, task) ? 'L signs in anew. ' : '';
	const agree = !task.dryRun && heldBack(app, task.job) ? 'A shows what is missing, and asks. ' : '';
	if (task.summary) return `${signIn}${agree}${endWords(task).map(displayName).join(' ')}`;
	if (!task.reason || !isActive(task) || isPlea(task)) return '';
	return `${signIn}${task.state === 'paused' ? 'p goes on' : causeFirst(task.reason)}`;
}

/** Why it waits for somebody and what they can do, to be read whole. None where it goes on by itself. */
export function pleaLines(app: AppState, task: LiveTask, area: Size): string[] {
	if (!isPlea(task)) return [];
	const keys = [lacksSignIn(app, task) ? 'L signs in anew.' : '', canTryAgain(task) ? 'a tries again at once.' : ''];
	const text = [causeFirst(task.reason!), displayName(task.guidance ?? ''), ...keys].filter(Boolean).join(' ');
	return wrap(text, widthIn(area));
}

/** Whether it is a run that tries again now and then, and would do so at once. */
export function canTryAgain({ kind, state }: LiveTask): boolean {
	return kind === 'backup' && state === 'waiting';
}

function isPlea({ state, reason, byHand }: LiveTask): boolean {
	return state === 'waiting' && byHand === true && reason !== undefined;
}

const widthIn = (area: Size): number => insideOf({ ...area, bare: modeOf(area) === 'narrow' }).width;
