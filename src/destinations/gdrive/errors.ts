/** What the refusals of Google Drive mean, in words for people, and whether trying again helps. Pure. */

import { errnoCode, FirnError, type Retry } from '../../core/errors.ts';
import { DEST_FULL, ROOM_AGAIN } from '../refusals.ts';
import { DRIVE_DAILY_LIMIT } from './daily-limit.ts';

/** How to get a sign-in that works. */
export const SIGN_IN_AGAIN = 'Sign in with firn gdrive sign-in; runs that wait go on by themselves.';

/** When what waits for a sign-in that works goes on. */
export const SIGNED_IN_AGAIN = 'after a new sign-in';

/** The code of the refusal to give out what is taken for malware. */
export const DRIVE_FLAGGED = 'DRIVE_FLAGGED';

/** Where it was asked. */
export interface Place {
	/** `gdrive:folder/sub`. */
	url: string;
	/** `Google Drive`, or that at an endpoint. */
	store: string;
}

/** What an answer says. */
export interface Fault {
	status: number;
	/** Drive's own word, such as `userRateLimitExceeded`; empty where the answer has none. */
	reason: string;
	message: string;
	/** From its Retry-After. */
	afterMs?: number;
}

type Meaning = [code: string, says: string, guidance: string, retry: Retry];

const THROTTLED: Meaning = ['THROTTLED', 'asks for fewer requests', 'It is tried again more slowly.', 'now'];
const WALL: Meaning = [
	DRIVE_DAILY_LIMIT,
	'takes no more today: a Google account can upload 750 GB a day',
	'It is tried again each hour until Google takes more, at the latest tomorrow; firn resume tries it at once.',
	'later',
];
const FULL: Meaning = [
	DEST_FULL,
	'has not enough room left in this account',
	'Empty the trash of Drive, delete what is large in Drive, Gmail or Photos, or get more storage: what is stored is kept.',
	'later',
];
const CROWDED: Meaning = [
	'DEST_LIMIT',
	'takes no more files in this folder or drive',
	'Choose another folder, or make fewer and larger archives with --split-size.',
	'later',
];
const DENIED: Meaning = [
	'DRIVE_DENIED',
	'denies it',
	'Firn may touch only what it made itself with the same client id, and where the account may write.',
	'later',
];
const SIGNED_OUT: Meaning = ['BAD_CREDENTIALS', 'does not accept the sign-in any more', SIGN_IN_AGAIN, 'later'];
const PASSING: Meaning = ['STORE_UNAVAILABLE', 'cannot answer just now', 'It is tried again.', 'now'];
const MISSING: Meaning = ['NOT_FOUND', 'does not have it', 'It was deleted or moved: look into the folder.', 'no'];

const BY_REASON: Readonly<Record<string, Meaning>> = {
	rateLimitExceeded: THROTTLED,
	userRateLimitExceeded: THROTTLED,
	storageQuotaExceeded: FULL,
	quotaExceeded: FULL,
	teamDriveFileLimitExceeded: CROWDED,
	numChildrenInNonRootLimitExceeded: CROWDED,
	activeItemCreationLimitExceeded: CROWDED,
	downloadQuotaExceeded: [
		'DRIVE_DOWNLOAD_LIMIT',
		'lets nothing more of this be downloaded today',
		'Try again tomorrow.',
		'later',
	],
	dailyLimitExceeded: [
		'DRIVE_REQUEST_LIMIT',
		'takes no more requests today from this client id',
		'Resume tomorrow, or have the limit of the Google Cloud project raised.',
		'later',
	],
	accessNotConfigured: [
		'DRIVE_API_OFF',
		'is not switched on for the Google Cloud project of this client id',
		'Enable the Google Drive API in that project, wait some minutes, then resume.',
		'later',
	],
	appNotAuthorizedToFile: DENIED,
	insufficientFilePermissions: DENIED,
	insufficientPermissions: [
		'DRIVE_DENIED',
		'was not allowed to Firn when somebody signed in',
		'Sign in again with firn gdrive sign-in, and leave the tick at access to files.',
		'later',
	],
	domainPolicy: [
		'DRIVE_DENIED',
		'is closed to Firn by the administrator of the domain',
		'Ask the administrator.',
		'later',
	],
	cannotDownloadAbusiveFile: [
		DRIVE_FLAGGED,
		'holds it for malware and does not give it out',
		'Download it in the browser as its owner.',
		'later',
	],
	authError: SIGNED_OUT,
	notFound: MISSING,
};

const BY_STATUS: Readonly<Record<number, Meaning>> = {
	401: SIGNED_OUT,
	403: DENIED,
	404: MISSING,
	408: PASSING,
	429: THROTTLED,
};

/** What an answer of Drive says: its JSON, or some page of a proxy. */
export function faultOf(status: number, body: string): Fault {
	try {
		const { error } = JSON.parse(body) as { error?: { message?: string; errors?: { reason?: string }[] } | string };
		if (typeof error === 'string') return { status, reason: error, message: '' };
		return { status, reason: error?.errors?.[0]?.reason ?? '', message: error?.message ?? '' };
	} catch {
		return { status, reason: '', message: '' };
	}
}

/** A Retry-After header in milliseconds: seconds or a date; undefined for none, or what is none. */
export function retryAfterOf(header: string | null, now = Date.now()): number | undefined {
	if (header === null) return undefined;
	const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - now;
	return ms > 0 ? ms : undefined;
}

/** Whether it is refused for want of space. */
export function isFull({ reason }: Fault): boolean {
	return BY_REASON[reason] === FULL;
}

/**
 * The FirnError for a refusal.
 * @param doing what was tried, such as `write 000001.tar.age`
 * @param isUpload whether bytes were to be stored: only then can it be the daily wall, which Drive tells apart from too
 * many requests by nothing but its sentence (rclone goes by the same)
 * @param figures what else is known, such as `: 15.0 GiB of 15.0 GiB are used`
 */
export function driveError(fault: Fault, place: Place, doing: string, isUpload = false, figures = ''): FirnError {
	const { status, reason, message, afterMs } = fault;
	const isWall = isUpload && reason === 'userRateLimitExceeded' && message === 'User rate limit exceeded.';
	const found = isWall ? WALL : (BY_REASON[reason] ?? BY_STATUS[status] ?? (status >= 500 ? PASSING : undefined));
	const detail = [status, reason].filter((part) => part !== '').join(' ');
	if (!found) {
		const more = message === '' ? '' : `: ${message.replace(/\.$/, '')}`;
		return new FirnError('DEST_REFUSED', `${place.store} refused to ${doing} (${detail}${more}).`, {
			guidance: 'This is a fault in Firn, or of a proxy on the way.',
		});
	}
	const [code, says, guidance, retry] = found;
	const goesOn = found === SIGNED_OUT ? SIGNED_IN_AGAIN : found === FULL ? ROOM_AGAIN : undefined;
	return new FirnError(code, `${place.store} ${says}${figures} (${detail}, to ${doing} in ${place.url}).`, {
		guidance,
		retry,
		...(goesOn === undefined ? {} : { goesOn }),
		...(afterMs === undefined ? {} : { afterMs }),
	});
}

/** The FirnError for a request that got no answer. What was asked is not told: the address may be a secret. */
export function networkError(error: unknown, place: Place, doing: string): FirnError {
	if (error instanceof FirnError) return error;
	const inner = error instanceof Error && error.cause instanceof Error ? error.cause : error;
	const code = errnoCode(inner) ?? (inner instanceof Error ? inner.name : 'unknown');
	if (/CERT|TLS|SSL|SELF_SIGNED|UNABLE_TO_/.test(code)) {
		return new FirnError('TLS_FAILED', `${place.store} cannot be trusted or speaks no TLS (${code}).`, {
			retry: 'later',
			guidance: 'Correct the endpoint (http or https?), or name its certificate authority in NODE_EXTRA_CA_CERTS.',
		});
	}
	return new FirnError('NETWORK', `${place.store} could not be reached to ${doing}: ${code}.`, {
		retry: 'now',
		guidance: 'It is tried again until the network is back.',
	});
}

/** What was made has gone to the trash with its folder, which somebody has thrown away since it was looked for. */
export function inTrash(doing: string): FirnError {
	return new FirnError('STORE_UNAVAILABLE', `Somebody has put a folder into the trash of Drive, to ${doing}.`, {
		retry: 'now',
		guidance: 'It is made again.',
	});
}

/** The answer is not one of Drive: a proxy or a login page stands in between. */
export function notDrive(place: Place, doing: string): FirnError {
	return new FirnError('NETWORK', `What answered for ${place.store} is not Google Drive, to ${doing}.`, {
		retry: 'now',
		guidance: 'Look for a proxy or a login page on the way to it.',
	});
}
