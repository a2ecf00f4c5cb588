/** RestoreObject: orders a temporary copy of an object in an archive class. */

import { receiveText } from '../body.ts';
import { bucketOf, type Call, type Reply } from '../call.ts';
import { archiveClassOf, expiryOf, thawState } from '../cold.ts';
import { invalidRequest, S3Error } from '../errors.ts';
import { isOffered } from '../thaw-time.ts';
import type { ObjectVersion, Thaw, Tier } from '../types.ts';
import { textOf } from '../xml.ts';
import { found } from './objects.ts';

const SPEED: Record<Tier, number> = { Bulk: 1, Standard: 2, Expedited: 3 };

/** @throws S3Error InvalidObjectState, RestoreAlreadyInProgress, GlacierExpeditedRetrievalNotAvailable, … */
export async function restoreObject(call: Call): Promise<Reply> {
	const { restoreObject: rule } = call.quirks;
	const text = await receiveText(call);
	if (rule === 'NotImplemented') throw new S3Error(501, rule, 'RestoreObject is not implemented.');
	if (rule === 'MethodNotAllowed') throw new S3Error(405, rule);
	const bucket = bucketOf(call);
	const version = found(call, bucket);
	call.log.storageClass = version.storageClass;
	call.log.size = version.size;
	const archiveClass = archiveClassOf(call, version);
	const state = thawState(call, version);
	if (!archiveClass || (version.accessTier && state === 'warm')) {
		const message = "Restore is not allowed for the object's current storage class";
		throw new S3Error(403, 'InvalidObjectState', message, { StorageClass: version.storageClass });
	}
	const tier = (textOf(text, 'Tier') ?? 'Standard') as Tier;
	if (!(tier in SPEED)) throw new S3Error(400, 'MalformedXML', 'The XML you provided was not well-formed.');
	const days = daysOf(text, version);
	if (!isOffered(archiveClass, tier)) {
		throw new S3Error(400, 'InvalidArgument', 'Retrieval option is not supported by this storage class');
	}
	const now = call.now();
	const order = (kind: 'new' | 'upgrade' | 'extended', thaw: Thaw, status: number): Reply => {
		const { name } = bucket;
		call.state.change({ type: 'thaw', bucket: name, key: version.key, versionId: version.versionId, thaw });
		call.log.thaw = { kind, tier: thaw.tier, ready: thaw.ready, expires: thaw.expires };
		return { status };
	};
	if (state === 'warm') return order('extended', { ...version.thaw!, days, expires: expiryOf(now, days) }, 200);
	const before = state === 'ongoing' ? version.thaw! : undefined;
	if (before && (SPEED[tier] <= SPEED[before.tier] || days !== before.days)) {
		throw new S3Error(409, 'RestoreAlreadyInProgress', 'Object restore is already in progress');
	}
	if (tier === 'Expedited' && call.quirks.expedited === 'exhausted') {
		const message = 'Glacier expedited retrievals are currently not available, please try again later';
		throw new S3Error(503, 'GlacierExpeditedRetrievalNotAvailable', message);
	}
	const ready = now + call.thawMs({ key: version.key, archiveClass, tier });
	if (before) return order('upgrade', { ...before, tier, ready: Math.min(ready, before.ready) }, 202);
	const expires = version.accessTier ? {} : { expires: expiryOf(now, days) };
	return order('new', { tier, days, requested: now, ready, ...expires }, 202);
}

/** @throws S3Error where days are missing, or given for an object that stays warm by itself */
function daysOf(text: string, version: ObjectVersion): number {
	const days = textOf(text, 'Days');
	if (version.accessTier) {
		if (days !== undefined) throw invalidRequest('Days cannot be given for Intelligent-Tiering.');
		return 0;
	}
	if (!/^[1-9]\d*$/.test(days ?? '')) {
		throw new S3Error(400, 'MalformedXML', 'The XML you provided was not well-formed.');
	}
	return Number(days);
}
