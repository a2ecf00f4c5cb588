import { FirnError } from '../core/errors.ts';
import type { Destination, StoredObject } from '../destinations/destination.ts';
import type { KnownObject } from '../state/known-objects.ts';

/**
 * Compares an archive with what the store has under its key, without reading it. An ETag changes when an object is
 * copied within the store, so it alone accuses nobody: then the store's checksum of the content is asked for.
 * @returns what is wrong, or undefined
 */
export async function compareObject(
	destination: Destination,
	known: Pick<KnownObject, 'key' | 'size' | 'etag' | 'crc32'>,
	stored: StoredObject,
): Promise<'size' | 'checksum' | undefined> {
	if (stored.size !== known.size) return 'size';
	if (stored.crc32 !== undefined && known.crc32 !== undefined)
		return stored.crc32 === known.crc32 ? undefined : 'checksum';
	if (stored.etag === known.etag || stored.etag === '' || known.etag === '') return undefined;
	const found = await destination.head(known.key);
	if (!found) throw new FirnError('NETWORK', `${known.key} was listed and is not there.`, { retry: 'later' });
	if (found.crc32 === undefined || known.crc32 === undefined) return found.etag === known.etag ? undefined : 'checksum';
	return found.crc32 === known.crc32 ? undefined : 'checksum';
}
