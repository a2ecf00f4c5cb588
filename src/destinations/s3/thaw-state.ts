/** What HEAD and LIST tell of the thaw of an object. Pure. */

import type { RestoreStatus } from '@aws-sdk/client-s3';
import type { StoredObject } from '../destination.ts';

/** What the header x-amz-restore says; it is absent when nothing was ever ordered. */
export function thawInHeader(header: string | undefined): Pick<StoredObject, 'thaw'> {
	if (header === undefined) return {};
	if (/ongoing-request="true"/.test(header)) return { thaw: 'ongoing' };
	const until = Date.parse(/expiry-date="([^"]+)"/.exec(header)?.[1] ?? '');
	return Number.isNaN(until) ? {} : { thaw: { until: new Date(until) } };
}

/** What a list says, if the store tells it there. */
export function thawInList(status: RestoreStatus | undefined): Pick<StoredObject, 'thaw'> {
	if (status?.IsRestoreInProgress) return { thaw: 'ongoing' };
	return status?.RestoreExpiryDate ? { thaw: { until: status.RestoreExpiryDate } } : {};
}
