import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { HttpHandler } from './http-handler.ts';
import type { S3Settings } from './settings.ts';

/** Requests whose bodies are proven by CRC-32 or MD5; hashing them with SHA-256 as well would halve the speed. */
const UNSIGNED = new Set(['PutObjectCommand', 'UploadPartCommand']);

/**
 * A client that leaves repetition and checksums to its caller, and the region it asks.
 * @param connection who is told of requests; timeouts are for tests
 */
export async function makeClient(
	settings: S3Settings,
	connection?: { connectMs?: number; idleMs?: number; onRequest?: () => void },
): Promise<{ client: S3Client; region: string; isNamed: boolean }> {
	const { endpoint, profile, credentials, credentialsFile, configFile } = settings;
	// The files are no published options of the client, but it hands its whole config to the credential chain.
	const files = {
		// Or else it would never notice that somebody has logged in again.
		ignoreCache: true,
		...(credentialsFile === undefined ? {} : { filepath: credentialsFile }),
		...(configFile === undefined ? {} : { configFilepath: configFile }),
	};
	const options: S3ClientConfig = {
		...files,
		maxAttempts: 1,
		forcePathStyle: settings.pathStyle,
		requestChecksumCalculation: 'WHEN_REQUIRED',
		responseChecksumValidation: 'WHEN_REQUIRED',
		requestHandler: new HttpHandler(connection) as NonNullable<S3ClientConfig['requestHandler']>,
		expectContinueHeader: false,
		...(endpoint === undefined ? {} : { endpoint }),
		...(profile === undefined ? {} : { profile }),
		...(credentials === undefined ? {} : { credentials }),
	};
	const made = await withRegion(options, settings);
	made.client.middlewareStack.add(
		(next, context) => (args) => {
			const { headers } = args.request as { headers: Record<string, string> };
			if (UNSIGNED.has(context.commandName ?? '')) headers['x-amz-content-sha256'] = 'UNSIGNED-PAYLOAD';
			return next(args);
		},
		{ name: 'unsignedPayload', step: 'build' },
	);
	return made;
}

/** The region that is named, else that of the profile, else any: whoever cares tells the right one (`Bucket.moveTo`). */
async function withRegion(
	options: S3ClientConfig,
	settings: S3Settings,
): Promise<{ client: S3Client; region: string; isNamed: boolean }> {
	const { region } = settings;
	if (region !== undefined) return { client: new S3Client({ ...options, region }), region, isNamed: true };
	const client = new S3Client(options);
	try {
		return { client, region: await client.config.region(), isNamed: true };
	} catch {
		// The SDK's word for "nowhere named".
		client.destroy();
		return { client: new S3Client({ ...options, region: 'us-east-1' }), region: 'us-east-1', isNamed: false };
	}
}
