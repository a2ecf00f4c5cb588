/** Thawing objects of the archive classes: the order, and what HEAD and LIST tell of it. */

import { RestoreObjectCommand, type RestoreStatus, type Tier } from '@aws-sdk/client-s3';
import { FirnError } from '../../core/errors.ts';
import type { StoredObject, ThawAnswer, ThawOptions } from '../destination.ts';
import { notFound } from '../refusals.ts';
import { ask, type Bucket, until } from './bucket.ts';
import type { Fault } from './fault.ts';

const TIER: Record<ThawOptions['tier'], Tier> = { bulk: 'Bulk', standard: 'Standard', expedited: 'Expedited' };

/**
 * Orders a copy of an object that can be read, or a faster one while it is thawed.
 * @throws FirnError NOT_FOUND, EXPEDITED_UNAVAILABLE
 */
export async function thawObject(
	bucket: Bucket,
	key: string,
	{ tier, days, signal }: ThawOptions,
): Promise<ThawAnswer> {
	const command = new RestoreObjectCommand({
		Bucket: bucket.name,
		Key: bucket.keyOf(key),
		RestoreRequest: {
			...(days === undefined ? {} : { Days: days }),
			GlacierJobParameters: { Tier: TIER[tier] },
		},
	});
	const answer = await ask(
		bucket,
		`thaw ${key}`,
		signal,
		() => bucket.client.send(command, until(signal)),
		(fault) => answerIn(bucket, key, fault),
	);
	return answer === 'ongoing' || answer === 'readable' ? answer : 'accepted';
}

function answerIn(bucket: Bucket, key: string, { name, status }: Fault): ThawAnswer | FirnError | undefined {
	if (name === 'RestoreAlreadyInProgress') return 'ongoing';
	// It is in no archive class, or has come back from one.
	if (name === 'InvalidObjectState' || name === 'ObjectAlreadyInActiveTierError') return 'readable';
	// A store that has never heard of thawing.
	if (status === 405 || status === 501) return 'readable';
	if (status === 404 && name !== 'NoSuchBucket') return notFound(key, bucket.place.url);
	if (name === 'GlacierExpeditedRetrievalNotAvailable') {
		const message = `${bucket.place.store} has no capacity for an expedited thaw of ${key} just now.`;
		return new FirnError('EXPEDITED_UNAVAILABLE', message, {
			retry: 'later',
			guidance: 'It is tried again; the tier standard always has capacity.',
		});
	}
	return undefined;
}

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
