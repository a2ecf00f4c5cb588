import type { Call } from '../call.ts';
import { dailyWall, driveFull } from '../errors.ts';

/**
 * What stands against bytes that are to come.
 * @param bytes how many, as far as known
 * @throws DriveError when the Drive would be full, or the 750 GB of the day are used up
 */
export function checkLimits(call: Call, bytes: number): void {
	checkDay(call);
	checkRoom(call, bytes);
}

/** @throws DriveError when the 750 GB of the day are used up */
export function checkDay({ state, settings, clock }: Call): void {
	if (state.uploadedToday(clock.now()) >= settings.dailyUploadLimit) throw dailyWall();
}

/** @throws DriveError when the Drive would be full */
export function checkRoom({ state, settings }: Call, bytes: number): void {
	if (settings.storageLimit !== undefined && state.usage().all + bytes > settings.storageLimit) throw driveFull();
}
