/** The sign-in of a job on Google Drive, made anew from wherever the job is seen: what waits for it then goes on. */

import type { EffectContext } from '../screen.ts';
import type { AppState, LiveTask } from '../state.ts';
import { openSignIn } from './effect.ts';

const TAG = 'job.signedIn:';
const DEAD = new Set(['BAD_CREDENTIALS', 'NOT_SIGNED_IN']);

/** Whether a job stores on Google Drive, or why there is nothing to sign in to. */
export function isOnDrive({ jobs }: AppState, job: string | undefined): true | string {
	if (!jobs) return 'The engine has not told of the jobs yet.';
	const found = jobs.find(({ name }) => name === job);
	return found && /^gdrive:/i.test(found.destination) ? true : 'This job does not store on Google Drive.';
}

/** Whether a task waits for, or has failed for want of, a sign-in. */
export function lacksSignIn(app: AppState, { job, state, code, summary }: LiveTask): boolean {
	const dead = summary ? summary.error?.code : state === 'waiting' ? code : undefined;
	return isOnDrive(app, job) === true && DEAD.has(dead ?? '');
}

/** Opens the sign-in that a job goes by. */
export async function signInFor(job: string, context: EffectContext): Promise<void> {
	try {
		const { signIns } = await context.call('gdriveSignIns', {});
		const found = signIns.find(({ jobs }) => jobs.includes(job));
		if (found) openSignIn({ tag: TAG + job, name: found.name }, context);
	} catch (error) {
		context.fail(error);
	}
}

/** What is said when it is done. */
export function signedInFor(tag: string, { flash, refresh, state }: EffectContext): void {
	if (!tag.startsWith(TAG)) return;
	const job = tag.slice(TAG.length);
	const waits = Object.values(state().tasks).some((task) => task.job === job && task.state === 'waiting');
	flash('info', waits ? `Signed in: ${job} goes on by itself.` : `Signed in: s starts ${job}.`);
	refresh();
}
