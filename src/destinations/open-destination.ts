import type { Destination, DestinationConfig } from './destination.ts';
import { parseDestination } from './parse-destination.ts';
import type { RequestHooks } from './request-count.ts';

export { type ParsedDestination, parseDestination } from './parse-destination.ts';

/**
 * Opens a destination without asking it anything yet (see `check`). The store's code is loaded only when it is needed:
 * the AWS SDK costs 130 ms and 30 MB.
 * @param env where credentials and regions named by `AWS_…` are read, and `FIRN_GDRIVE`; the environment of the process
 * if not given
 * @throws FirnError usage BAD_DESTINATION
 */
export async function openDestination(
	config: DestinationConfig,
	env: Readonly<Record<string, string | undefined>> = process.env,
	hooks: RequestHooks = {},
): Promise<Destination> {
	const parsed = parseDestination(config.url);
	if (parsed.kind === 'folder') {
		const { FolderDestination } = await import('./folder/folder-destination.ts');
		return new FolderDestination(parsed.path);
	}
	if (parsed.kind === 'gdrive') {
		const { openDriveDestination } = await import('./gdrive/gdrive-destination.ts');
		return openDriveDestination({ ...config, folders: parsed.folders }, env, hooks);
	}
	const { openS3Destination } = await import('./s3/s3-destination.ts');
	return openS3Destination({ ...config, bucket: parsed.bucket, prefix: parsed.prefix }, env, hooks);
}
