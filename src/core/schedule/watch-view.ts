import { counted, formatCount } from '../sizes.ts';

/** How the sources of a job are watched. */
export interface WatchView {
	/** `lost`: the watcher ended unexpectedly; a run comes and begins it anew. */
	state: 'starting' | 'watching' | 'scanning' | 'lost';
	/** That are watched. */
	folders: number;
	/** Paths that have changed since the last run began by itself. */
	pending: number;
	/** More than these have changed. */
	much: boolean;
	/** Why it scans, or is lost. */
	reason?: string;
}

/** The same for people. */
export function watchWords({ state, folders, pending, much, reason }: WatchView): string {
	const changes = much
		? `more than ${formatCount(pending)} changes pending`
		: pending > 0
			? `${counted(pending, 'change')} pending`
			: 'no changes pending';
	if (state === 'starting') return 'begins to watch';
	if (state === 'watching') return `watches ${counted(folders, 'folder')}, ${changes}`;
	const why = reason === undefined ? '' : ` because ${reason}`;
	if (state === 'scanning') return `scans every so often${why}; ${changes}`;
	return `watches no more${why}; a run begins it anew`;
}
