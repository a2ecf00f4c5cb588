/** The account that is signed in, and what space it has left. */

import type { DriveClient } from './client.ts';
import { COST } from './quota.ts';

export interface DriveAccount {
	name: string;
	email: string;
	/** Bytes used by Drive, Gmail and Photos together, which share the limit. */
	used: number;
	/** Of those, what lies in the trash of Drive. */
	trashed: number;
	/** Undefined where there is no limit, as in some organisations. */
	limit?: number;
	free?: number;
}

interface About {
	user?: { displayName?: string; emailAddress?: string };
	storageQuota?: { limit?: string; usage?: string; usageInDriveTrash?: string };
}

/** Asks for the account. @throws FirnError BAD_CREDENTIALS, NOT_SIGNED_IN, NETWORK… */
export async function driveAccount(client: DriveClient, signal?: AbortSignal): Promise<DriveAccount> {
	const { user, storageQuota } = await client.ask<About>({
		address: `${client.endpoints.api}/about`,
		query: { fields: 'user(displayName,emailAddress),storageQuota(limit,usage,usageInDriveTrash)' },
		cost: COST.read,
		doing: 'look at the account',
		signal,
	});
	const used = Number(storageQuota?.usage ?? 0);
	const limit = storageQuota?.limit === undefined ? undefined : Number(storageQuota.limit);
	return {
		name: user?.displayName ?? '',
		email: user?.emailAddress ?? '',
		used,
		trashed: Number(storageQuota?.usageInDriveTrash ?? 0),
		...(limit === undefined ? {} : { limit, free: Math.max(0, limit - used) }),
	};
}
