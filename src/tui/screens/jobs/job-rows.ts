/** What the table of jobs says, from what the engine has told. Pure. */

import { formatDuration } from '../../../core/durations.ts';
import { counted } from '../../../core/sizes.ts';
import type { JobView, Overview } from '../../../protocol/contract.ts';
import { heldBack } from '../../deletions/held.ts';
import type { AppState, LiveTask } from '../../state.ts';
import type { Tone } from '../../theme/theme.ts';
import { isActive } from '../run/state.ts';
import type { JobsState } from './state.ts';

export interface JobStateView {
	sign: 'ok' | 'warn' | 'error' | 'busy' | 'off';
	word: string;
	tone: Tone;
	/** Whether something of it goes on now. */
	active: boolean;
}

/** The task that says most of a job: one that goes on, else the newest backup. */
export function taskOf({ tasks }: AppState, job: string): LiveTask | undefined {
	const own = Object.values(tasks).filter((task) => task.job === job);
	return own.find(isActive) ?? own.filter(({ kind }) => kind === 'backup').sort((a, b) => b.started - a.started)[0];
}

export function selectedJob(app: AppState): JobView | undefined {
	const { list } = app.screens.jobs as JobsState;
	return app.jobs?.[list.cursor];
}

/** Share of a task that is done, from 0 to 1, where the whole is known. */
export function shareDone({ progress }: LiveTask): number | undefined {
	if (!progress) return undefined;
	if (progress.kind === 'backup') {
		if (!progress.scanDone || progress.plannedBytes === 0) return undefined;
		return Math.min(1, progress.finishedBytes / progress.plannedBytes);
	}
	return progress.phase === 'plan' || progress.bytes === 0 ? undefined : progress.bytesDone / progress.bytes;
}

const VERBS = {
	backup: 'backing up',
	restore: 'restoring',
	decrypt: 'decrypting',
	recover: 'recovering',
	sync: 'syncing',
	delete: 'deleting',
	prune: 'pruning',
	verify: 'verifying',
};

export function jobState(app: AppState, job: string): JobStateView {
	const task = taskOf(app, job);
	if (task && isActive(task)) {
		if (task.state === 'paused') return { sign: 'off', word: 'paused', tone: 'warn', active: true };
		if (task.state === 'queued') return { sign: 'off', word: 'queued', tone: 'warn', active: true };
		if (task.state === 'waiting' && task.progress?.phase === 'thaw')
			return { sign: 'busy', word: 'thawing', tone: 'busy', active: true };
		if (task.state === 'waiting') return { sign: 'warn', word: 'waiting', tone: 'warn', active: true };
		if (task.state === 'stopping') return { sign: 'busy', word: 'stopping', tone: 'busy', active: true };
		const share = shareDone(task);
		const percent = share === undefined ? '' : ` ${Math.floor(share * 100)} %`;
		return {
			sign: 'busy',
			word: `${task.dryRun ? 'looking' : VERBS[task.kind]}${percent}`,
			tone: 'busy',
			active: true,
		};
	}
	if (task?.state === 'paused') return { sign: 'off', word: 'paused', tone: 'warn', active: false };
	if (heldBack(app, job)) return { sign: 'warn', word: 'deletions held', tone: 'warn', active: false };
	if (task?.state === 'failed') return { sign: 'error', word: 'failed', tone: 'error', active: false };
	const last = overviewOf(app, job)?.runs.at(-1);
	if (!last) return { sign: 'off', word: 'never ran', tone: 'muted', active: false };
	if (last.status === 'partial')
		return { sign: 'warn', word: counted(last.errors, 'error'), tone: 'warn', active: false };
	if (last.status === 'complete') return { sign: 'ok', word: 'ok', tone: 'ok', active: false };
	return { sign: 'error', word: last.status, tone: 'error', active: false };
}

export function overviewOf(app: AppState, job: string): Overview | undefined {
	return (app.screens.jobs as JobsState).overviews[job];
}

/** `today 14:02`, `yesterday 03:10`, `12 Jun 23:11`, with the year when it is another one. */
export function formatWhen(time: number, now: number): string {
	const then = new Date(time);
	const clock = `${pad(then.getHours())}:${pad(then.getMinutes())}`;
	const days = Math.round((midnight(now) - midnight(time)) / 86_400_000);
	if (days === 0) return `today ${clock}`;
	if (days === 1) return `yesterday ${clock}`;
	if (days === -1) return `tomorrow ${clock}`;
	const day = `${then.getDate()} ${MONTHS[then.getMonth()]}`;
	return then.getFullYear() === new Date(now).getFullYear() ? `${day} ${clock}` : `${day} ${then.getFullYear()}`;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const pad = (number: number): string => String(number).padStart(2, '0');

function midnight(time: number): number {
	return new Date(time).setHours(0, 0, 0, 0);
}

/** How long a run took. */
export function took({ started, finished }: { started: string; finished: string | null }): string {
	return finished === null ? '' : formatDuration((Date.parse(finished) - Date.parse(started)) / 1000);
}
