/** What the answer of a store says, taken out of the SDK's error. */

/** What messages need to know about the place. */
export interface Place {
	bucket: string;
	/** `s3://bucket/prefix`. */
	url: string;
	/** The endpoint, or `AWS (eu-central-1)`. */
	store: string;
}

interface ServiceError extends Error {
	$metadata: { httpStatusCode?: number };
	$response?: { headers?: Record<string, string> };
}

/** The store's own name for what went wrong, its HTTP status, and what else the answer says. */
export interface Fault {
	name: string;
	status: number;
	message: string;
	headers: Record<string, string>;
}

/** The answer in a thrown error, or undefined when there was none. */
export function faultOf(error: unknown): Fault | undefined {
	if (!(error instanceof Error) || !('$metadata' in error)) return undefined;
	const { $metadata, $response, name, message } = error as ServiceError;
	const status = $metadata.httpStatusCode ?? 0;
	if (status === 0) return undefined;
	// The SDK's word for an answer without text.
	return { name, status, message: message === 'UnknownError' ? '' : message, headers: $response?.headers ?? {} };
}

/** The region that a refusal names as the right one. */
export function regionIn({ name, status, message, headers }: Fault): string | undefined {
	const isAboutRegion =
		status === 301 || status === 307 || /^(PermanentRedirect|AuthorizationHeaderMalformed|IllegalLocation)/.test(name);
	if (!isAboutRegion) return undefined;
	return headers['x-amz-bucket-region'] ?? /expecting '([a-z0-9-]+)'/.exec(message)?.[1];
}
