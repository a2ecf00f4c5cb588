import type { DestinationConfig } from '../destination.ts';
import { type DriveAccount, driveAccount } from './about.ts';
import { DriveClient } from './client.ts';

/** Asks for the account, for whoever has no client yet. @param env holds the sign-in. @throws FirnError as driveAccount() */
export function askDriveAccount(
	config: Pick<DestinationConfig, 'endpoint'>,
	env: Readonly<Record<string, string | undefined>>,
): Promise<DriveAccount> {
	return driveAccount(new DriveClient({ url: 'gdrive:', endpoint: config.endpoint }, env));
}
