import { expect, test } from 'vitest';
import { driveError, faultOf, networkError, retryAfterOf } from '../../../src/destinations/gdrive/errors.ts';

const PLACE = { url: 'gdrive:backup', store: 'Google Drive' };

test.each([
	[403, 'rateLimitExceeded', 'Rate Limit Exceeded', 'THROTTLED', 'now'],
	[429, 'rateLimitExceeded', 'Too many requests', 'THROTTLED', 'now'],
	[429, '', '', 'THROTTLED', 'now'],
	[403, 'userRateLimitExceeded', 'User Rate Limit Exceeded', 'THROTTLED', 'now'],
	[403, 'userRateLimitExceeded', 'User rate limit exceeded.', 'DRIVE_DAILY_LIMIT', 'later'],
	[403, 'storageQuotaExceeded', "The user's Drive storage quota has been exceeded.", 'DEST_FULL', 'later'],
	[403, 'quotaExceeded', '', 'DEST_FULL', 'later'],
	[403, 'teamDriveFileLimitExceeded', '', 'DEST_LIMIT', 'later'],
	[403, 'numChildrenInNonRootLimitExceeded', '', 'DEST_LIMIT', 'later'],
	[403, 'downloadQuotaExceeded', '', 'DRIVE_DOWNLOAD_LIMIT', 'later'],
	[403, 'dailyLimitExceeded', 'Daily Limit Exceeded', 'DRIVE_REQUEST_LIMIT', 'later'],
	[403, 'accessNotConfigured', '', 'DRIVE_API_OFF', 'later'],
	[403, 'appNotAuthorizedToFile', '', 'DRIVE_DENIED', 'later'],
	[403, 'insufficientFilePermissions', '', 'DRIVE_DENIED', 'later'],
	[403, 'insufficientPermissions', '', 'DRIVE_DENIED', 'later'],
	[403, 'cannotDownloadAbusiveFile', '', 'DRIVE_FLAGGED', 'later'],
	[403, 'somethingNew', '', 'DRIVE_DENIED', 'later'],
	[401, 'authError', 'Invalid Credentials', 'BAD_CREDENTIALS', 'later'],
	[404, 'notFound', 'File not found: .', 'NOT_FOUND', 'no'],
	[400, 'invalid', 'Invalid Value', 'DEST_REFUSED', 'no'],
	[408, '', '', 'STORE_UNAVAILABLE', 'now'],
	[500, 'internalError', 'Internal Error', 'STORE_UNAVAILABLE', 'now'],
	[502, '', '', 'STORE_UNAVAILABLE', 'now'],
	[503, 'backendError', 'Backend Error', 'STORE_UNAVAILABLE', 'now'],
] as const)('%i %s "%s" is %s', (status, reason, message, code, retry) => {
	const error = driveError({ status, reason, message }, PLACE, 'write x', true);
	expect(error).toMatchObject({ code, retry });
	expect(error.message).toContain('Google Drive');
	expect(error.message).toContain('write x');
	expect(error.guidance).toBeTruthy();
});

test('the daily wall is met by uploads only', () => {
	const fault = { status: 403, reason: 'userRateLimitExceeded', message: 'User rate limit exceeded.' };
	expect(driveError(fault, PLACE, 'list it').code).toBe('THROTTLED');
});

test('an answer is read, whatever it is', () => {
	const body = { error: { code: 403, message: 'No.', errors: [{ domain: 'global', reason: 'rateLimitExceeded' }] } };
	expect(faultOf(403, JSON.stringify(body))).toEqual({ status: 403, reason: 'rateLimitExceeded', message: 'No.' });
	expect(faultOf(400, '{"error":"invalid_grant"}')).toMatchObject({ reason: 'invalid_grant' });
	for (const body of ['', '<html>', 'null', '[]', '{"error":null}']) {
		expect(faultOf(502, body)).toEqual({ status: 502, reason: '', message: '' });
	}
});

test('faults of the network say nothing of the address', () => {
	const cause = Object.assign(new Error('connect ECONNREFUSED https://x/?upload_id=SECRET'), { code: 'ECONNREFUSED' });
	const error = networkError(new TypeError('fetch failed', { cause }), PLACE, 'send x');
	expect(error).toMatchObject({ code: 'NETWORK', retry: 'now' });
	expect(JSON.stringify(error.toPlain())).not.toContain('SECRET');
	const tls = Object.assign(new Error('x'), { code: 'SELF_SIGNED_CERT_IN_CHAIN' });
	expect(networkError(new TypeError('fetch failed', { cause: tls }), PLACE, 'send x').code).toBe('TLS_FAILED');
});

test('a Retry-After is seconds or a date, or nothing', () => {
	const now = Date.parse('2026-11-21T12:00:00Z');
	expect(retryAfterOf('7', now)).toBe(7000);
	expect(retryAfterOf('Sat, 21 Nov 2026 12:01:00 GMT', now)).toBe(60_000);
	for (const none of [null, '', '0', '-1', 'soon', 'Sat, 21 Nov 2026 11:00:00 GMT']) {
		expect(retryAfterOf(none, now), String(none)).toBeUndefined();
	}
});
