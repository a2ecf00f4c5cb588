/** Mirrors whose last run has held deletions back, and what the question about them says. Pure. */

import type { PlainError } from '../../core/errors.ts';
import { exampleWords } from '../../core/lost-words.ts';
import { counted, formatCount } from '../../core/sizes.ts';
import type { LostFiles } from '../../core/task.ts';
import type { JobView } from '../../protocol/contract.ts';
import { displayName } from '../components/text.ts';
import type { JobsState } from '../screens/jobs/state.ts';
import { isActive } from '../screens/run/state.ts';
import type { AppState, Modal } from '../state.ts';

const HELD = new Set(['DELETIONS_UNCONFIRMED', 'SOURCE_UNMOUNTED']);
/** Examples that the question names at most. */
const NAMED = 6;

/** Why the last run of a job has held deletions back, if it has. */
export function heldBack(app: AppState, job: string | undefined): PlainError | undefined {
	if (!takesDeletions(app.jobs?.find(({ name }) => name === job))) return undefined;
	const runs = Object.values(app.tasks).filter((one) => one.job === job && one.kind === 'backup' && !one.dryRun);
	const newest = runs.sort((a, b) => b.started - a.started)[0];
	if (newest && isActive(newest)) return undefined;
	// An engine that was started since knows of the last run by the books alone.
	const { overviews } = app.screens.jobs as JobsState;
	const error = newest ? newest.summary?.error : overviews[job!]?.runs.at(-1)?.error;
	return error && HELD.has(error.code) ? error : undefined;
}

/** For a binding: true, or why there is nothing to agree to. */
export function mayAgree(app: AppState, job: string | undefined): true | string {
	return heldBack(app, job) ? true : 'Its last run has not held any deletions back.';
}

function takesDeletions(job: JobView | undefined): boolean {
	return job?.layout === 'mirror' && (job.deletions ?? 'keep') !== 'keep';
}

/** No is the answer to begin with, and what cannot be had back is typed. */
export function deletionsQuestion(
	tag: string,
	{ name, destination }: Pick<JobView, 'name' | 'destination'>,
	deletions: 'move' | 'follow',
	lost: LostFiles,
): Modal {
	const files = counted(lost.count, 'file');
	const place = displayName(destination);
	const them = lost.count === 1 ? 'it' : 'them';
	const keeps = `Cancel keeps ${them} where ${lost.count === 1 ? 'it is' : 'they are'}, and the next run asks again.`;
	const what =
		deletions === 'follow'
			? `Delete takes ${files} out of ${place} for good: nothing brings ${them} back. ${keeps}`
			: `Move puts ${files} into the folder .firn-deleted/TIME of ${place}, where ${them} can be had back. ${keeps}`;
	const strangers =
		lost.strangers > 0 ? [`${formatCount(lost.strangers)} of these were not put there by this job.`] : [];
	return {
		kind: 'confirm',
		tag,
		title: `Deletions of ${displayName(name)} are held back`,
		lines: [reasonOf(lost), what, ...strangers, ...exampleLines(lost)],
		...(deletions === 'follow' ? { yes: 'Delete', phrase: `delete ${lost.count}` } : { yes: 'Move' }),
		chosen: 'cancel',
	};
}

/** What the run would have said; it does not go on to say what to type. */
function reasonOf({ doubt, count, kept }: LostFiles): string {
	const missing = `${formatCount(count)} of ${counted(count + kept, 'file')} of the mirror are missing at the sources.`;
	if (doubt === undefined) return missing;
	return /has lost|is new to Firn/.test(doubt) ? displayName(doubt) : `${displayName(doubt)} ${missing}`;
}

function exampleLines({ count, examples }: LostFiles): string[] {
	const named = examples.slice(0, NAMED);
	const more = count - named.reduce((sum, { files }) => sum + files, 0);
	const lines = named.map((example) => `- ${displayName(exampleWords(example))}`);
	return more > 0 ? [...lines, `- and ${counted(more, 'file')} more`] : lines;
}
