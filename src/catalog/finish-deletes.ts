import { FirnError } from '../core/errors.ts';
import { sidecarOf } from '../core/object-names.ts';
import { ArchiveFates, type Doomed } from '../state/archive-fates.ts';
import type { Desk } from './desk.ts';

/**
 * Deletes an archive that the books have given up already: the object first, so that a sidecar never tells of an
 * archive for longer than it must, then the sidecar, then the books are told. Can be repeated from any point.
 * @returns whether it is gone; false when the store refuses and still holds it, which the books then say again
 */
export async function deleteObjects({ db, destination, report }: Desk, { archive, key }: Doomed): Promise<boolean> {
	const fates = new ArchiveFates(db);
	try {
		await destination.delete(key);
		await destination.delete(sidecarOf(key));
	} catch (error) {
		if (!(error instanceof FirnError) || error.code === 'STOPPED') throw error;
		// A refusal: what is still there must not count as gone.
		if (await destination.head(key)) fates.undoDelete(archive);
		report({ event: 'notice', level: 'warn', message: `${key} could not be deleted: ${error.message}` });
		return false;
	}
	fates.endDelete(archive, Date.now());
	return true;
}

/** Sees deletions to their end that were confirmed and begun, and then cut off. @returns archives and bytes that are gone */
export async function finishDeletes(desk: Desk): Promise<{ deleted: number; freed: number }> {
	const done = { deleted: 0, freed: 0 };
	for (const doomed of new ArchiveFates(desk.db).unfinishedDeletes()) {
		desk.signal.throwIfAborted();
		if (!(await deleteObjects(desk, doomed))) continue;
		done.deleted += 1;
		done.freed += doomed.size;
	}
	return done;
}
