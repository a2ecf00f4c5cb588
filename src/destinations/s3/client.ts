import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { HttpHandler } from './http-handler.ts';
import type { S3Settings } from './settings.ts';

/** Requests whose bodies are proven by CRC-32 or MD5; hashing them with SHA-256 as well would halve the speed. */
const UNSIGNED = new Set(['PutObjectCommand', 'UploadPartCommand']);

/**
 * A client that leaves repetition and checksums to its caller.
 * @param timeouts for tests
 */
export async function makeClient(
	settings: S3Settings,
	timeouts?: { connectMs?: number; idleMs?: number },
): Promise<{ client: S3Client; region: string }> {
	const { endpoint, profile, credentials, credentialsFile, configFile } = settings;
	// The files are no published options of the client, but it hands its whole config to the credential chain.
	const files = {
		...(credentialsFile === undefined ? {} : { filepath: credentialsFile }),
		...(configFile === undefined ? {} : { configFilepath: configFile }),
	};
	const options: S3ClientConfig = {
		...files,
		maxAttempts: 1,
		forcePathStyle: settings.pathStyle,
		requestChecksumCalculation: 'WHEN_REQUIRED',
		responseChecksumValidation: 'WHEN_REQUIRED',
		requestHandler: new HttpHandler(timeouts) as NonNullable<S3ClientConfig['requestHandler']>,
		expectContinueHeader: false,
		...(endpoint === undefined ? {} : { endpoint }),
		...(profile === undefined ? {} : { profile }),
		...(credentials === undefined ? {} : { credentials }),
	};
	const { client, region } = await withRegion(options, settings);
	client.middlewareStack.add(
		(next, context) => (args) => {
			const { headers } = args.request as { headers: Record<string, string> };
			if (UNSIGNED.has(context.commandName ?? '')) headers['x-amz-content-sha256'] = 'UNSIGNED-PAYLOAD';
			return next(args);
		},
		{ name: 'unsignedPayload', step: 'build' },
	);
	return { client, region };
}

/** The region that is named, else that of the profile, else wherever the bucket turns out to be. */
async function withRegion(
	options: S3ClientConfig,
	settings: S3Settings,
): Promise<{ client: S3Client; region: string }> {
	if (settings.region !== undefined) {
		return { client: new S3Client({ ...options, region: settings.region }), region: settings.region };
	}
	const found = new S3Client(options);
	try {
		return { client: found, region: await found.config.region() };
	} catch {
		found.destroy();
		// Most stores outside of AWS do not care; at AWS the redirection tells the right one.
		const region = 'us-east-1';
		return { client: new S3Client({ ...options, region, followRegionRedirects: true }), region };
	}
}
