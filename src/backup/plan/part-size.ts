import { FirnError } from '../../core/errors.ts';
import type { DestinationLimits } from '../../destinations/destination.ts';

const MiB = 1024 * 1024;

/**
 * The part size for an archive of at most `bytes` TAR bytes: as wanted, or larger (in whole MiB) where the store's
 * number of parts would not do (S3: 10,000), or it takes only multiples of something (Google Drive). Room is left for
 * encryption and incompressible frames.
 * @throws FirnError ARCHIVE_TOO_BIG
 */
export function partSizeFor(bytes: number, wanted: number, limits: DestinationLimits): number {
	const most = bytes * 1.01 + 4 * MiB;
	if (most > limits.maxObjectSize) {
		throw new FirnError('ARCHIVE_TOO_BIG', `A file of ${bytes} bytes is larger than the destination takes.`, {
			guidance: 'Exclude it, or choose another destination.',
		});
	}
	const needed = Math.ceil(most / (limits.maxParts - 100));
	const size = needed > wanted ? Math.ceil(needed / MiB) * MiB : wanted;
	const granule = limits.partGranule ?? 1;
	const whole = Math.ceil(Math.max(size, limits.minPartSize) / granule) * granule;
	return Math.min(whole, limits.maxPartSize);
}
