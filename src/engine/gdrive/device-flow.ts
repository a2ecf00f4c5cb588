/** The device flow (RFC 8628): a short code that is typed in on any other device, while this machine asks for the token. */

import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { FirnError, usageError } from '../../core/errors.ts';
import type { GdriveClient } from '../../core/gdrive-client.ts';
import { safePrint } from '../../core/safe-print.ts';
import type { Endpoints } from '../../destinations/gdrive/endpoints.ts';
import { type OauthAnswer, oauthRefusal, postForm, SCOPE } from './oauth.ts';

const codeSchema = z
	.looseObject({
		device_code: z.string().min(1),
		user_code: z.string().regex(/^[\x21-\x7e]{1,64}$/),
		/** Google's own name for what the RFC calls verification_uri. */
		verification_url: z.url({ protocol: /^https?$/ }).optional(),
		verification_uri: z.url({ protocol: /^https?$/ }).optional(),
		expires_in: z.number().positive(),
		interval: z.number().min(0).default(5),
	})
	.transform(({ verification_url, verification_uri, ...code }, context) => {
		const url = verification_url ?? verification_uri;
		if (url === undefined) context.issues.push({ code: 'custom', message: 'no address', input: code });
		return { ...code, url: url ?? '' };
	});

export type DeviceCode = z.output<typeof codeSchema>;

/** Asks for a code. @throws FirnError (usage) CLIENT_IS_DESKTOP, BAD_CLIENT; GDRIVE_BUSY, SIGN_IN_REFUSED, GDRIVE_UNREACHABLE */
export async function askDeviceCode(endpoints: Endpoints, client: GdriveClient): Promise<DeviceCode> {
	const answer = await postForm(endpoints.device, { client_id: client.id, scope: SCOPE });
	const code = codeSchema.safeParse(answer.body).data;
	if (answer.error === '' && code) return code;
	// The same error says that the id is not known at all: only its words tell.
	if (answer.error === 'invalid_client' && !/not found|deleted|disabled/i.test(answer.description)) {
		throw usageError(
			'CLIENT_IS_DESKTOP',
			`The client id ${safePrint(client.id)} is of type Desktop, which Google gives no codes to.`,
			'Use --browser, or make one of type TVs and Limited Input devices.',
		);
	}
	if (answer.error === 'rate_limit_exceeded') {
		throw new FirnError('GDRIVE_BUSY', 'Google gives this client no more codes for now.', {
			guidance: 'Try again in some minutes.',
			retry: 'later',
		});
	}
	throw oauthRefusal(answer, client);
}

/** What to do after an answer to a poll; seconds between polls. */
export type PollStep = { next: 'wait'; interval: number } | { next: 'take' } | { next: 'fail' };

/** Decides on an answer (RFC 8628, 3.5). */
export function afterPoll({ error }: Pick<OauthAnswer, 'error'>, interval: number): PollStep {
	switch (error) {
		case '':
			return { next: 'take' };
		case 'authorization_pending':
			return { next: 'wait', interval };
		case 'slow_down':
			return { next: 'wait', interval: interval + 5 };
		// Google's own word for polls that come too fast.
		case 'rate_limit_exceeded':
			return { next: 'wait', interval: interval + 5 };
		default:
			return { next: 'fail' };
	}
}

const LONGEST_SECONDS = 60;

/**
 * Asks until the code was approved.
 * @returns the answer that holds the tokens
 * @throws FirnError (usage) SIGN_IN_DENIED, SIGN_IN_EXPIRED, BAD_CLIENT…; the signal's reason
 */
export async function awaitApproval(
	endpoints: Endpoints,
	client: GdriveClient,
	{ device_code, interval: first }: DeviceCode,
	signal: AbortSignal,
): Promise<OauthAnswer> {
	const fields = {
		client_id: client.id,
		client_secret: client.secret,
		device_code,
		grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
	};
	let interval = first;
	for (let unanswered = 0; ; ) {
		await sleep(Math.min(interval * 2 ** unanswered, Math.max(interval, LONGEST_SECONDS)) * 1000, undefined, {
			signal,
		});
		try {
			const answer = await postForm(endpoints.token, fields, signal);
			const step = afterPoll(answer, interval);
			if (step.next === 'take') return answer;
			if (step.next === 'fail') throw oauthRefusal(answer, client);
			interval = step.interval;
			unanswered = 0;
		} catch (error) {
			if (!(error instanceof FirnError) || error.retry !== 'now') throw error;
			// The RFC asks for longer and longer pauses then.
			unanswered += 1;
		}
	}
}
