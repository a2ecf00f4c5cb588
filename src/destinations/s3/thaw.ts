/** Orders objects out of the archive classes (RestoreObject). */

import { RestoreObjectCommand, type Tier } from '@aws-sdk/client-s3';
import { FirnError } from '../../core/errors.ts';
import type { ThawAnswer, ThawOptions } from '../destination.ts';
import { notFound } from '../refusals.ts';
import { ask, type Bucket, until } from './bucket.ts';
import type { Fault } from './fault.ts';
import { getObject } from './read.ts';

const TIER: Record<ThawOptions['tier'], Tier> = { bulk: 'Bulk', standard: 'Standard', expedited: 'Expedited' };

/** @throws FirnError as Destination.thaw */
export async function thawObject(bucket: Bucket, key: string, options: ThawOptions): Promise<ThawAnswer> {
	const { tier, days, signal } = options;
	const answer = await ask(
		bucket,
		`thaw ${key}`,
		signal,
		() =>
			bucket.client.send(
				new RestoreObjectCommand({
					Bucket: bucket.name,
					Key: bucket.keyOf(key),
					RestoreRequest: {
						...(days === undefined ? {} : { Days: days }),
						GlacierJobParameters: { Tier: TIER[tier] },
					},
				}),
				until(signal),
			),
		(fault) => answerIn(bucket, key, options, fault),
	);
	if (answer === 'none') return withoutThaws(bucket, key, signal);
	if (typeof answer === 'string') return answer;
	return answer.$metadata.httpStatusCode === 200 ? 'extended' : 'accepted';
}

function answerIn(bucket: Bucket, key: string, { tier }: ThawOptions, { name, status, message }: Fault) {
	const { store, url } = bucket.place;
	if (name === 'RestoreAlreadyInProgress') return 'ongoing';
	// It is in no archive class, or has come back from one.
	if (name === 'InvalidObjectState' || name === 'ObjectAlreadyInActiveTierError') return 'readable';
	if (status === 405 || status === 501) return 'none';
	if (status === 404 && name !== 'NoSuchBucket') return notFound(key, url);
	if (name === 'GlacierExpeditedRetrievalNotAvailable') {
		return new FirnError(
			'EXPEDITED_UNAVAILABLE',
			`${store} has no capacity for an expedited thaw of ${key} just now.`,
			{
				retry: 'later',
				guidance: 'It is tried again; the tier standard always has capacity.',
			},
		);
	}
	if (name === 'AccessDenied') {
		return new FirnError('DEST_DENIED', `${store} does not let these credentials thaw ${key} (${name}).`, {
			retry: 'later',
			guidance: 'They need s3:RestoreObject there.',
		});
	}
	if (status === 400 && BAD_ORDERS.has(name)) {
		const said = `${name} ${message}`.trim().replace(/\.$/, '');
		return new FirnError('THAW_REFUSED', `${store} does not thaw ${key} with the tier "${tier}": ${said}.`, {
			guidance: 'Choose another tier: Deep Archive has no expedited one.',
		});
	}
	return undefined;
}

/** 400 means much else, such as credentials that have expired. */
const BAD_ORDERS = new Set(['InvalidArgument', 'InvalidRequest', 'MalformedXML']);

/** A store without RestoreObject: its archive classes are mere labels, or a way out of them that only its owner knows. */
async function withoutThaws(bucket: Bucket, key: string, signal: AbortSignal | undefined): Promise<ThawAnswer> {
	try {
		for await (const _chunk of getObject(bucket, key, { start: 0, end: 1, ...(signal ? { signal } : {}) })) break;
		return 'readable';
	} catch (error) {
		if (!(error instanceof FirnError) || error.code !== 'ARCHIVED') throw error;
		throw new FirnError('NO_THAW', `${bucket.place.store} keeps ${key} in an archive class, but cannot thaw it.`, {
			guidance: 'Move the object into a class that can be read at once with what the store has for that.',
		});
	}
}
