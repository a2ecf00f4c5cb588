/** What the state database holds of a mirror: where its folders were mounted, and how much was there. */

import { lstatSync } from 'node:fs';
import { FirnError } from '../../core/errors.ts';
import { fsPath } from '../../core/path-bytes.ts';
import { safePrint } from '../../core/safe-print.ts';
import { counted } from '../../core/sizes.ts';
import { mountPoint } from './mount-point.ts';

export interface KnownMirror {
	/** Mount point of the destination. */
	mount: string;
	/** `inner`: mount points inside. */
	sources: Record<string, { mount: string; files: number; inner: string[] }>;
}

/** Where it is kept: table meta. */
export const KNOWN = 'mirror';

/** @throws FirnError DEST_UNMOUNTED: the disk underneath would be filled instead */
export function checkDestination(root: string, known: KnownMirror | undefined): void {
	const now = mountPoint(root);
	if (!known || now === known.mount) return;
	throw new FirnError(
		'DEST_UNMOUNTED',
		`The destination ${safePrint(root)} was on the disk mounted at ${safePrint(known.mount)}, and is on that at ${safePrint(now ?? 'nowhere')} now.`,
		{ guidance: 'Mount it again. If it has moved for good, make a new job for it.', retry: 'later' },
	);
}

/**
 * Before a run that takes deletions over.
 * @param confirmed whether a person has agreed to deletions
 * @throws FirnError SOURCE_UNMOUNTED
 */
export function checkSources(
	sources: readonly string[],
	known: KnownMirror | undefined,
	job: string,
	confirmed: boolean,
): void {
	for (const source of sources) {
		const before = known?.sources[source];
		const isThere = lstatSync(fsPath(source), { throwIfNoEntry: false }) !== undefined;
		const now = mountPoint(source);
		if (isThere && (!before || before.mount === now || confirmed)) continue;
		const files = before ? ` It held ${counted(before.files, 'file')} at the last run.` : '';
		const what = isThere
			? `looks unmounted: it was on the disk mounted at ${safePrint(before?.mount ?? '')}, and is on that at ${safePrint(now ?? '')} now`
			: 'is not there';
		const agree = isThere
			? `, or agree to deletions: firn backup ${job} --confirm-deletions N`
			: `, or take it out of the job: firn jobs edit ${job} --source …`;
		throw new FirnError('SOURCE_UNMOUNTED', `The source ${safePrint(source)} ${what}.${files} Nothing was done.`, {
			guidance: `Mount it${agree}.`,
			retry: 'later',
		});
	}
}

/**
 * Before deletions are taken over: a disk inside a source that was mounted at the last run must not look like files that
 * were deleted.
 * @param mounts what is mounted in a source now
 * @param isMissing whether the mirror has something of this path that the source has not
 * @throws FirnError SOURCE_UNMOUNTED
 */
export function checkInner(
	known: KnownMirror | undefined,
	job: string,
	mounts: (source: string) => string[],
	isMissing: (path: string) => boolean,
): void {
	for (const [source, { inner }] of Object.entries(known?.sources ?? {})) {
		const now = mounts(source);
		const lost = inner.find((path) => !now.includes(path) && isMissing(path));
		if (lost === undefined) continue;
		throw new FirnError(
			'SOURCE_UNMOUNTED',
			`A disk was mounted at ${safePrint(lost)} in the source ${safePrint(source)}, and is not now; nothing was deleted.`,
			{ guidance: `Mount it, or agree to deletions: firn backup ${job} --confirm-deletions N.`, retry: 'later' },
		);
	}
}
