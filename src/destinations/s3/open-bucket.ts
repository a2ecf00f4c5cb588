import type { Bucket } from './bucket.ts';
import { makeClient } from './client.ts';
import { type S3Config, s3Settings } from './settings.ts';

export interface BucketOptions {
	/** Called for each request that leaves. */
	onRequest?: () => void;
	/** For tests, as the next two. */
	connectMs?: number;
	idleMs?: number;
	joinIdleMs?: number;
}

/** A bucket of which nothing is known yet, with a client for it. */
export async function openBucket(
	config: S3Config,
	env: Readonly<Record<string, string | undefined>>,
	options?: BucketOptions,
): Promise<Bucket> {
	const settings = s3Settings(config, env);
	const below = config.prefix === '' ? '' : `${config.prefix}/`;
	const { client, region, isNamed } = await makeClient(settings, options);
	const storeIn = (where: string) => settings.endpoint ?? `AWS (${where})`;
	const bucket: Bucket = {
		client,
		name: config.bucket,
		place: { bucket: config.bucket, url: config.url, store: storeIn(region) },
		isAws: settings.isAws,
		joinIdleMs: options?.joinIdleMs ?? 180_000,
		support: 'unknown',
		etags: 'unknown',
		conditions: true,
		reads: true,
		listsThaws: true,
		keyOf: (key) => below + key,
		relative: (fullKey) => fullKey.slice(below.length),
		renew: () => renewIn(region),
	};
	/** Who asks may have changed, but not where. */
	const renewIn = async (where: string) => {
		const { profile, credentials, credentialsFile, configFile } = s3Settings(config, env);
		const now = { ...settings, profile, credentials, credentialsFile, configFile, region: where };
		// Requests under way end on the old one, which frees its sockets when it is collected.
		bucket.client = (await makeClient(now, options)).client;
	};
	if (!isNamed) {
		bucket.moveTo = async (other) => {
			await renewIn(other);
			bucket.renew = () => renewIn(other);
			bucket.place = { ...bucket.place, store: storeIn(other) };
			delete bucket.moveTo;
		};
	}
	return bucket;
}
