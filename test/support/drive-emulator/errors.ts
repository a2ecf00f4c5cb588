/** Refusals in the three shapes that Google has: the API's JSON, OAuth's JSON, and the upload server's plain text. */

export class DriveError extends Error {
	readonly status: number;
	readonly reason: string;
	readonly location: string | undefined;
	constructor(status: number, reason: string, message: string, location?: string) {
		super(message);
		this.status = status;
		this.reason = reason;
		this.location = location;
	}
}

export class OAuthError extends Error {
	readonly status: number;
	readonly code: string;
	constructor(status: number, code: string, message: string) {
		super(message);
		this.status = status;
		this.code = code;
	}
}

/** The upload server answers to chunks in plain text, not in the API's JSON. */
export class UploadServerError extends Error {
	readonly status: number;
	constructor(status: number, message: string) {
		super(message);
		this.status = status;
	}
}

/** The connection is to break without an answer. */
export class ConnectionCut extends Error {}

export const notFound = (id: string) => new DriveError(404, 'notFound', `File not found: ${id}.`, 'fileId');
export const badRequest = (message: string, location?: string) => new DriveError(400, 'invalid', message, location);
export const invalidParameter = (name: string, message: string) =>
	new DriveError(400, 'invalidParameter', message, name);
export const driveFull = () =>
	new DriveError(403, 'storageQuotaExceeded', "The user's Drive storage quota has been exceeded.");
/** What Drive says beyond 750 GB a day: word for word that of an ordinary rate limit. */
export const dailyWall = () => new DriveError(403, 'userRateLimitExceeded', 'User rate limit exceeded.');
export const invalidGrant = (message: string) => new OAuthError(400, 'invalid_grant', message);

/** Google's `error` object, as all of the API answers have it. */
export function errorBody(status: number, reason: string, message: string, location?: string) {
	const place = location === undefined ? {} : { locationType: placeOf(location), location };
	return { error: { code: status, message, errors: [{ message, domain: domainOf(reason), reason, ...place }] } };
}

const placeOf = (location: string) => (location === 'Authorization' ? 'header' : 'parameter');
const domainOf = (reason: string) => (/rateLimitExceeded|dailyLimit/i.test(reason) ? 'usageLimits' : 'global');
