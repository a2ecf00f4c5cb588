import type { Call } from '../call.ts';
import { dailyWall, driveFull } from '../errors.ts';

/**
 * What stands against bytes that are to come.
 * @param bytes how many, as far as known
 * @throws DriveError when the Drive would be full, or the 750 GB of the day are used up
 */
export function checkRoom(call: Call, bytes: number): void {
	const { state, settings, clock } = call;
	if (state.uploadedToday(clock.now()) >= settings.dailyUploadLimit) throw dailyWall();
	if (settings.storageLimit !== undefined && state.usage().all + bytes > settings.storageLimit) throw driveFull();
}
