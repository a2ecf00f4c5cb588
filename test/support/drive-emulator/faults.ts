/** Faults on demand: a test says which request is to go wrong, and how. */

import { type FaultRuleOf, FaultRules } from '../store-server/fault-rules.ts';

export type Fault =
	/** Refused as Google refuses; nothing is done unless `applied`. */
	| {
			kind: 'error';
			status: number;
			reason: string;
			message?: string;
			headers?: Record<string, string>;
			applied?: boolean;
	  }
	/** The connection is reset at once, or when all was done but not answered. */
	| { kind: 'cut'; when: 'before' | 'after' }
	/** The connection is reset when so many bytes of the body have come. */
	| { kind: 'cut-request'; afterBytes: number }
	/** The answer's body ends too early. */
	| { kind: 'cut-answer'; afterBytes: number }
	/** No answer ever, before or after it was done. */
	| { kind: 'hang'; when: 'before' | 'after' }
	| { kind: 'delay'; ms: number }
	/** Of a chunk only so many units of 256 KiB are persisted; then the connection is cut, or the answer says so. */
	| { kind: 'persist'; units: number; ends: 'cut' | 'answer' }
	/** The session is gone, as if a week had passed. */
	| { kind: 'forget-session' }
	/** The checksums in the answer are those of other bytes. */
	| { kind: 'wrong-checksum' }
	/** The answer has a smaller size than what is stored. */
	| { kind: 'wrong-size' }
	/** The answer has no sha256Checksum, or no checksum at all. */
	| { kind: 'no-checksum'; which: 'sha256' | 'all' }
	/** 200 and a web page, as a login page of a hotel answers to everything; or JSON that is none of Drive's. */
	| { kind: 'web-page'; json?: boolean }
	/** One bit is flipped on the way in: the store's checksums are those of the damaged bytes. Cut: without an answer. */
	| { kind: 'damage-received'; ends?: 'cut' }
	/** A list that does not know yet what was made last. */
	| { kind: 'stale-list' }
	/** One bit is flipped on the store's disk: its checksums are those of the right bytes. */
	| { kind: 'damage-stored' }
	/** One bit of a download is flipped on the way out. */
	| { kind: 'damage-answer' };

const limit = (status: number, reason: string, message: string): Fault => ({ kind: 'error', status, reason, message });

/** The refusals that Google is known for. */
export const REFUSALS = {
	unauthorized: limit(401, 'authError', 'Invalid Credentials'),
	rateLimit: limit(403, 'rateLimitExceeded', 'Rate Limit Exceeded'),
	userRateLimit: limit(403, 'userRateLimitExceeded', 'User Rate Limit Exceeded'),
	tooMany: limit(429, 'rateLimitExceeded', 'Too many requests'),
	/** The 750 GB of a day are used up. */
	dailyWall: limit(403, 'userRateLimitExceeded', 'User rate limit exceeded.'),
	driveFull: limit(403, 'storageQuotaExceeded', "The user's Drive storage quota has been exceeded."),
	downloadQuota: limit(403, 'downloadQuotaExceeded', 'The download quota for this file has been exceeded.'),
	dailyLimit: limit(403, 'dailyLimitExceeded', 'Daily Limit Exceeded'),
	notAuthorizedToFile: limit(403, 'appNotAuthorizedToFile', 'The user has not granted the app access to the file.'),
	internal: limit(500, 'internalError', 'Internal Error'),
	unavailable: limit(503, 'backendError', 'Backend Error'),
} as const satisfies Record<string, Fault>;

/** What a rule may name of a request beside its operation: the id of the file in its address. */
interface FaultTarget {
	fileId: string | undefined;
}

export type FaultRule = FaultRuleOf<Fault, FaultTarget>;

export class Faults extends FaultRules<Fault, FaultTarget> {}
