/** What the answers of a store and the faults of a network mean, in words for people. */

import { errnoCode, FirnError, type FirnErrorOptions, type Retry } from '../../core/errors.ts';
import { DEST_FULL, ROOM_AGAIN } from '../refusals.ts';
import { type Fault, faultOf, type Place, regionIn } from './fault.ts';

type Maker = (place: Place, fault: Fault) => [code: string, message: string, guidance: string, retry?: Retry];

const KEYS =
	'Log in, set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a profile of ~/.aws with --profile; then firn resume.';

const badCredentials: Maker = (place, fault) => [
	'BAD_CREDENTIALS',
	`${place.store} does not accept the credentials for the bucket "${place.bucket}" (${fault.name}).`,
	KEYS,
	'later',
];
const expired: Maker = (place, fault) => [
	'BAD_CREDENTIALS',
	`The credentials for the bucket "${place.bucket}" at ${place.store} have expired (${fault.name}).`,
	'Log in again (aws sso login), or set new keys and say firn resume.',
	'later',
];
const denied: Maker = (place, fault) => [
	'DEST_DENIED',
	`${place.store} denies access to ${place.url} (${fault.name}${fault.message ? `: ${fault.message}` : ''}).`,
	'The credentials need s3:ListBucket, PutObject, GetObject, AbortMultipartUpload and ListMultipartUploadParts there.',
	'later',
];
const noBucket: Maker = (place) => [
	'NO_BUCKET',
	`The bucket "${place.bucket}" does not exist at ${place.store}.`,
	'Create it, or correct the name: Firn never makes buckets.',
	'later',
];
const wrongRegion: Maker = (place, fault) => {
	const region = regionIn(fault);
	return [
		'WRONG_REGION',
		`The bucket "${place.bucket}" is not in the region that was asked at ${place.store}${region ? `, but in ${region}` : ''}.`,
		region ? `Use --region ${region}.` : 'Name its region with --region.',
		'later',
	];
};
const skew: Maker = (place) => [
	'CLOCK_SKEW',
	`The clock of this machine differs from that of ${place.store} by more than 15 minutes (it is ${new Date().toISOString()} here).`,
	'Set the clock, best with NTP, then resume.',
	'later',
];
const throttled: Maker = (place, fault) => [
	'THROTTLED',
	`${place.store} asks for fewer requests (${fault.status} ${fault.name}).`,
	'It is tried again more slowly.',
	'now',
];
const full: Maker = (place, fault) => [
	DEST_FULL,
	`The bucket "${place.bucket}" at ${place.store} has no space left (${fault.name}).`,
	'Make room or have the quota raised: what is stored already is kept.',
	'later',
];
const archived: Maker = (place) => [
	'ARCHIVED',
	`The object in ${place.url} is in an archive class and cannot be read at once.`,
	'It must be thawed first.',
	'later',
];
const damaged: Maker = (place, fault) => [
	'STORE_MISMATCH',
	`${place.store} received other bytes than were sent (${fault.name}).`,
	'They are sent again. If it goes on, the way to the store damages data.',
	'now',
];
const passing: Maker = (place, fault) => [
	'STORE_UNAVAILABLE',
	`${place.store} cannot answer just now (${fault.status} ${fault.name}).`,
	'It is tried again.',
	'now',
];

const BY_NAME: Record<string, Maker> = {
	InvalidAccessKeyId: badCredentials,
	SignatureDoesNotMatch: badCredentials,
	InvalidSecurity: badCredentials,
	InvalidToken: expired,
	ExpiredToken: expired,
	TokenRefreshRequired: expired,
	AccessDenied: denied,
	AllAccessDisabled: denied,
	AccountProblem: denied,
	NoSuchBucket: noBucket,
	PermanentRedirect: wrongRegion,
	// Also what a malformed key gets.
	AuthorizationHeaderMalformed: (place, fault) =>
		(/region/.test(fault.message) ? wrongRegion : badCredentials)(place, fault),
	IllegalLocationConstraintException: wrongRegion,
	RequestTimeTooSkewed: skew,
	SlowDown: throttled,
	Throttling: throttled,
	ThrottlingException: throttled,
	RequestLimitExceeded: throttled,
	BandwidthLimitExceeded: throttled,
	TooManyRequests: throttled,
	QuotaExceeded: full,
	XMinioStorageFull: full,
	XMinioAdminBucketQuotaExceeded: full,
	InvalidObjectState: archived,
	BadDigest: damaged,
	XAmzContentSHA256Mismatch: damaged,
	XAmzContentChecksumMismatch: damaged,
	IncompleteBody: passing,
	RequestTimeout: passing,
	OperationAborted: passing,
	ConditionalRequestConflict: passing,
};

function byStatus(status: number): Maker | undefined {
	if (status === 301 || status === 307) return wrongRegion;
	if (status === 401 || status === 403) return denied;
	if (status === 429) return throttled;
	if (status === 507) return full;
	if (status === 501) return undefined;
	return status === 408 || status >= 500 ? passing : undefined;
}

const TLS = /^(CERT_|ERR_TLS_|ERR_SSL|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_MISMATCH|EPROTO$)/;

/**
 * The FirnError for whatever a request threw.
 * @param doing such as `send part 3 of 000001.tar.age`
 */
export function s3Error(error: unknown, place: Place, doing: string): FirnError {
	if (error instanceof FirnError) return error;
	const fault = faultOf(error);
	return fault ? refusal(fault, place, doing) : outage(error, place, doing);
}

/** The store has answered. */
function refusal(fault: Fault, place: Place, doing: string): FirnError {
	// The SDK's error holds the whole connection and signed headers: neither memory nor logs are to keep those.
	const cause = `${fault.status} ${fault.name} ${fault.message} ${fault.headers['x-amz-request-id'] ?? ''}`.trim();
	const make = BY_NAME[fault.name] ?? byStatus(fault.status);
	if (make) {
		const [code, message, guidance, retry = 'no'] = make(place, fault);
		return firn(code, `Could not ${doing}: ${message}`, {
			guidance,
			retry,
			cause,
			...(code === DEST_FULL ? { goesOn: ROOM_AGAIN } : {}),
		});
	}
	if (fault.status < 400) return notAStore(place, doing);
	return firn(
		'DEST_REFUSED',
		`${place.store} refuses to ${doing}: ${fault.status} ${fault.name} ${fault.message}`.trim(),
		{
			retry: 'later',
			guidance: 'Look at the settings of the bucket and at what the store supports.',
			cause,
		},
	);
}

/** There was no answer, or no request. */
function outage(error: unknown, place: Place, doing: string): FirnError {
	const code = errnoCode(error) ?? '';
	const detail = error instanceof Error ? error.message : String(error);
	const cause = `${code} ${detail}`.trim();
	if (error instanceof Error && /Credentials|TokenProvider|SSO/.test(error.name)) {
		const found = `No credentials were found for the bucket "${place.bucket}" at ${place.store}: ${detail}`;
		return firn('BAD_CREDENTIALS', found, { retry: 'later', guidance: KEYS, cause });
	}
	if (TLS.test(code)) {
		return firn('TLS_FAILED', `${place.store} cannot be trusted or speaks no TLS (${code}).`, {
			retry: 'later',
			guidance: 'Correct the endpoint (http or https?), or name its certificate authority in NODE_EXTRA_CA_CERTS.',
			cause,
		});
	}
	if (code === 'ENOTFOUND') {
		return firn('NETWORK', `The name of ${place.store} cannot be found (ENOTFOUND), to ${doing}.`, {
			retry: 'now',
			guidance: 'Look at the network, and whether the endpoint is spelt right.',
			cause,
		});
	}
	// All that is left is a connection that broke, or an answer that is not S3's: a proxy or a login page on the way.
	return firn('NETWORK', `${place.store} could not be reached to ${doing}: ${code || detail}.`, {
		retry: 'now',
		guidance: 'It is tried again until the network is back.',
		cause,
	});
}

/** 200 without what a store would say: a login page or a proxy stands in between. */
export function notAStore(place: Place, doing: string): FirnError {
	return new FirnError('NETWORK', `What answered for ${place.store} is not an S3 store, to ${doing}.`, {
		retry: 'now',
		guidance: 'Look for a proxy or a login page on the way to it.',
	});
}

function firn(code: string, message: string, options: FirnErrorOptions): FirnError {
	return new FirnError(code, message.endsWith('.') ? message : `${message}.`, options);
}
