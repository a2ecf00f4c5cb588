/** What the archive classes do to an object: whether it can be read now, and what HEAD and LIST tell of its thaw. */

import type { Call } from './call.ts';
import { S3Error } from './errors.ts';
import type { ArchiveClass } from './thaw-time.ts';
import type { ObjectVersion } from './types.ts';
import type { Node } from './xml.ts';

const DAY = 86_400_000;

/** What has to be thawed: undefined for all that can be read at once. */
export function archiveClassOf(call: Call, version: ObjectVersion): ArchiveClass | undefined {
	if (call.quirks.archiveClasses === 'labels') return undefined;
	const { storageClass, accessTier } = version;
	if (storageClass === 'GLACIER' || storageClass === 'DEEP_ARCHIVE') return storageClass;
	if (storageClass !== 'INTELLIGENT_TIERING' || !accessTier) return undefined;
	return accessTier === 'ARCHIVE_ACCESS' ? 'GLACIER' : 'DEEP_ARCHIVE';
}

/** The thaw as it stands now; an expired one is gone. */
export function thawState(call: Call, version: ObjectVersion): 'none' | 'ongoing' | 'warm' {
	const { thaw } = version;
	const now = call.now();
	if (!thaw || (thaw.expires !== undefined && thaw.expires <= now)) return 'none';
	return thaw.ready > now ? 'ongoing' : 'warm';
}

/** @throws S3Error InvalidObjectState */
export function assertReadable(call: Call, version: ObjectVersion): void {
	if (!archiveClassOf(call, version) || thawState(call, version) === 'warm') return;
	throw new S3Error(403, 'InvalidObjectState', "The operation is not valid for the object's storage class", {
		StorageClass: version.storageClass,
		...(version.accessTier ? { AccessTier: version.accessTier } : {}),
	});
}

/** Days from now, on to the next midnight UTC. */
export function expiryOf(now: number, days: number): number {
	return Math.ceil((now + days * DAY) / DAY) * DAY;
}

export function thawHeaders(call: Call, version: ObjectVersion): Record<string, string> {
	const state = archiveClassOf(call, version) ? thawState(call, version) : 'none';
	const { accessTier, thaw } = version;
	// In Intelligent-Tiering a thawed object is back in the frequent tier, and nothing is to be told of it.
	const tier = accessTier && state !== 'warm' ? { 'x-amz-archive-status': accessTier } : {};
	if (state === 'none' || (accessTier && state === 'warm')) return tier;
	if (state === 'ongoing') return { ...tier, 'x-amz-restore': 'ongoing-request="true"' };
	return { 'x-amz-restore': `ongoing-request="false", expiry-date="${new Date(thaw!.expires!).toUTCString()}"` };
}

export function thawStatus(call: Call, version: ObjectVersion): { [tag: string]: Node } {
	const state = archiveClassOf(call, version) ? thawState(call, version) : 'none';
	if (state === 'none' || (version.accessTier && state === 'warm')) return {};
	if (state === 'ongoing') return { RestoreStatus: { IsRestoreInProgress: true } };
	return {
		RestoreStatus: {
			IsRestoreInProgress: false,
			RestoreExpiryDate: new Date(version.thaw!.expires!).toISOString(),
		},
	};
}
