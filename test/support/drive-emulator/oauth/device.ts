/** The device flow: https://developers.google.com/identity/protocols/oauth2/limited-input-device */

import { randomBytes, randomInt } from 'node:crypto';
import type { Call, Reply } from '../call.ts';
import { OAuthError } from '../errors.ts';
import { SCOPE } from '../types.ts';
import type { Accounts, DeviceCode } from './accounts.ts';
import { formOf } from './form.ts';
import { page } from './page.ts';

const LIFETIME_SECONDS = 1800;
/** As RFC 8628 has it, 3.5. */
const SLOWER_BY = 5000;
const LETTERS = 'BCDFGHJKLMNPQRSTVWXZ';

/** POST /device/code */
export async function deviceCode(call: Call): Promise<Reply> {
	const form = await formOf(call);
	const client = call.accounts.client(form, false);
	if (client.type !== 'tv') {
		throw new OAuthError(401, 'invalid_client', 'Only clients of type "TVs and Limited Input devices" can do this.');
	}
	const scope = form.get('scope') ?? '';
	if (scope !== SCOPE) throw new OAuthError(400, 'invalid_scope', `Invalid device flow scope: ${scope}`);
	const letters = Array.from({ length: 8 }, () => LETTERS[randomInt(LETTERS.length)]).join('');
	const device: DeviceCode = {
		code: `AH-1${randomBytes(48).toString('base64url')}`,
		userCode: `${letters.slice(0, 4)}-${letters.slice(4)}`,
		client,
		expires: call.clock.now() + LIFETIME_SECONDS * 1000,
		decision: 'pending',
		interval: call.settings.pollSeconds * 1000,
		polled: call.clock.now(),
	};
	call.accounts.devices.set(device.code, device);
	return {
		status: 200,
		body: {
			device_code: device.code,
			user_code: device.userCode,
			expires_in: LIFETIME_SECONDS,
			interval: call.settings.pollSeconds,
			verification_url: `${call.base}/device`,
		},
	};
}

/**
 * The client's question whether the user has decided.
 * @returns the code, which is spent with this
 * @throws OAuthError authorization_pending, slow_down, access_denied, expired_token or invalid_grant
 */
export function polled(call: Call, form: URLSearchParams): DeviceCode {
	const client = call.accounts.client(form, true);
	const device = call.accounts.devices.get(form.get('device_code') ?? '');
	if (!device || device.client.id !== client.id) throw new OAuthError(400, 'invalid_grant', 'Malformed auth code.');
	const now = call.clock.now();
	if (now >= device.expires) throw new OAuthError(400, 'expired_token', 'The device code has expired.');
	const waited = now - device.polled;
	device.polled = now;
	// Half a tenth for a timer that fires early.
	if (waited < device.interval * 0.95) {
		device.interval += SLOWER_BY;
		throw new OAuthError(403, 'slow_down', 'Forbidden');
	}
	if (device.decision === 'pending') throw new OAuthError(428, 'authorization_pending', 'Precondition Required');
	call.accounts.devices.delete(device.code);
	if (device.decision === 'denied') throw new OAuthError(403, 'access_denied', 'Forbidden');
	return device;
}

/** What the user does on another device. @throws Error when no such code waits */
export function decide(accounts: Accounts, userCode: string, decision: 'allowed' | 'denied'): void {
	const typed = userCode.trim().toUpperCase();
	const device = [...accounts.devices.values()].find((one) => one.userCode === typed);
	if (!device) throw new Error(`no sign-in waits for the code ${userCode}`);
	device.decision = decision;
}

/** GET and POST /device: the page where the user types the code. */
export async function devicePage(call: Call): Promise<Reply> {
	if (call.request.method === 'GET') {
		return page(
			200,
			'<form method="post">Code: <input name="user_code" autofocus> <button name="decision" value="allowed">Allow' +
				'</button> <button name="decision" value="denied">Deny</button></form>',
		);
	}
	const form = await formOf(call);
	try {
		decide(call.accounts, form.get('user_code') ?? '', form.get('decision') === 'denied' ? 'denied' : 'allowed');
	} catch {
		return page(200, 'That code does not wait for anybody. <a href="/device">Again</a>');
	}
	return page(200, 'Done. You may go back to your device.');
}
