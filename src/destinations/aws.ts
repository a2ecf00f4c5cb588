/** Where archives go on AWS when nobody has said anything else. */
export const AWS_ARCHIVE_CLASS = 'DEEP_ARCHIVE';

/** Whether an endpoint is one of AWS; without one it is. */
export function isAwsEndpoint(endpoint: string | undefined): boolean {
	return endpoint === undefined || /^https?:\/\/[^/]*\.amazonaws\.com(\.cn)?(:|\/|$)/i.test(endpoint);
}
