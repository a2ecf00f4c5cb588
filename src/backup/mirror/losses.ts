/** Whether what is missing at a source may be taken out of its mirror. Pure. */

import { FirnError } from '../../core/errors.ts';
import { safePrint } from '../../core/safe-print.ts';
import { counted, formatCount } from '../../core/sizes.ts';

/** What a run has found of one source. */
export interface Losses {
	source: string;
	/** Files of the mirror that are still at the source. */
	kept: number;
	/** Files of the mirror that are there no more. */
	lost: number;
	/** An earlier run has brought this mirror to its end, or the books know all that is missing. */
	isKnown: boolean;
}

/** So many deletions are always believed where some other file is left. */
const FEW = 10;

/** Whether so much is missing that the source may not be what it was. */
export function isSuspicious({ kept, lost, isKnown }: Losses): boolean {
	if (lost === 0) return false;
	return !isKnown || kept === 0 || (lost > FEW && lost > kept);
}

/**
 * @param confirmed how many deletions a person has agreed to
 * @throws FirnError DELETIONS_UNCONFIRMED
 */
export function checkLosses(all: readonly Losses[], confirmed: number, job: string): void {
	const total = all.reduce((sum, { lost }) => sum + lost, 0);
	const doubtful = all.find(isSuspicious);
	if (!doubtful || total <= confirmed) return;
	const { source, kept, lost, isKnown } = doubtful;
	const what = isKnown
		? `The source ${safePrint(source)} has lost ${formatCount(lost)} of the ${formatCount(kept + lost)} files of its mirror`
		: `The mirror of ${safePrint(source)} is new to Firn and holds ${counted(lost, 'file')} that the source does not have`;
	throw new FirnError('DELETIONS_UNCONFIRMED', `${what}; nothing was deleted.`, {
		guidance: `See that the source is complete. If it is: firn backup ${job} --confirm-deletions ${total}.`,
		retry: 'later',
	});
}
