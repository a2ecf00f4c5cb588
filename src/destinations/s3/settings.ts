/** Where the bucket is and who asks, from the job's config and the environment. Pure. */

import { isAwsEndpoint } from '../aws.ts';
import type { DestinationConfig } from '../destination.ts';

type Env = Readonly<Record<string, string | undefined>>;

export interface S3Config extends DestinationConfig {
	bucket: string;
	prefix: string;
}

export interface S3Settings {
	/** Undefined for AWS itself. */
	endpoint: string | undefined;
	region: string | undefined;
	profile: string | undefined;
	pathStyle: boolean;
	/** Keys of the environment; undefined leaves the search to the SDK's chain. */
	credentials: { accessKeyId: string; secretAccessKey: string; sessionToken?: string } | undefined;
	/** Files in place of ~/.aws/credentials and ~/.aws/config. */
	credentialsFile: string | undefined;
	configFile: string | undefined;
	/** Whether the store keeps S3's newer promises (conditional writes, checksums) for sure. */
	isAws: boolean;
}

/**
 * What the job says goes before the environment, as in AWS's own tools: a named profile hides keys in the environment.
 * Path style is the default at an endpoint, where virtual host names seldom resolve.
 */
export function s3Settings(config: S3Config, env: Env): S3Settings {
	const endpoint = config.endpoint ?? (env.AWS_ENDPOINT_URL_S3 || env.AWS_ENDPOINT_URL || undefined);
	const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = env;
	const keys = accessKeyId && secretAccessKey && !config.profile;
	return {
		endpoint,
		region: config.region ?? (env.AWS_REGION || env.AWS_DEFAULT_REGION || undefined),
		profile: config.profile ?? (env.AWS_PROFILE || undefined),
		pathStyle: config.pathStyle ?? endpoint !== undefined,
		credentials: keys
			? { accessKeyId, secretAccessKey, ...(env.AWS_SESSION_TOKEN ? { sessionToken: env.AWS_SESSION_TOKEN } : {}) }
			: undefined,
		credentialsFile: env.AWS_SHARED_CREDENTIALS_FILE || undefined,
		configFile: env.AWS_CONFIG_FILE || undefined,
		isAws: isAwsEndpoint(endpoint),
	};
}
