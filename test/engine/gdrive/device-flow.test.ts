/** What a poll of the device flow decides, and what is read from redirections and client files. */

import { connect } from 'node:net';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseClientFile } from '../../../src/core/gdrive-client.ts';
import { endpointsOf } from '../../../src/destinations/gdrive/endpoints.ts';
import { afterPoll } from '../../../src/engine/gdrive/device-flow.ts';
import { following, newSessionKey, seesTheSame } from '../../../src/engine/gdrive/kept.ts';
import { listenForRedirect, readPasted, readRedirect } from '../../../src/engine/gdrive/loopback.ts';
import { oauthRefusal, refreshTokenOf, SCOPE, signInEndpoints } from '../../../src/engine/gdrive/oauth.ts';

const answer = (error: string, body: unknown = {}) => ({ status: 400, error, description: '', body });

test('polls go on while nobody has decided, slower when they are told to, and no further', () => {
	expect(afterPoll(answer('authorization_pending'), 5)).toEqual({ next: 'wait', interval: 5 });
	expect(afterPoll(answer('slow_down'), 5)).toEqual({ next: 'wait', interval: 10 });
	expect(afterPoll(answer(''), 5)).toEqual({ next: 'take' });
	for (const error of ['access_denied', 'expired_token', 'invalid_grant', 'HTTP 404'])
		expect(afterPoll(answer(error), 5)).toEqual({ next: 'fail' });
	const told = fc.array(fc.constantFrom('authorization_pending', 'slow_down'));
	fc.assert(
		fc.property(told, (errors) => {
			let interval = 5;
			for (const error of errors) {
				const step = afterPoll(answer(error), interval);
				if (step.next === 'wait') interval = step.interval;
			}
			expect(interval).toBe(5 + 5 * errors.filter((error) => error === 'slow_down').length);
		}),
	);
});

test.each([
	['access_denied', 'SIGN_IN_DENIED'],
	['expired_token', 'SIGN_IN_EXPIRED'],
	['invalid_client', 'BAD_CLIENT'],
	['\u001b[31m', 'SIGN_IN_REFUSED'],
])('%j becomes %s', (error, code) => {
	const refusal = oauthRefusal(answer(error), { id: 'x' });
	expect([refusal.code, refusal.message]).toEqual([code, expect.not.stringContaining('\u001b')]);
});

test('an answer must give what was asked for', () => {
	const tokens = { access_token: 'a', refresh_token: 'r', scope: `openid ${SCOPE}` };
	expect(refreshTokenOf(answer('', tokens))).toBe('r');
	const code = (body: object) => {
		try {
			refreshTokenOf(answer('', body));
		} catch (error) {
			return (error as { code: string }).code;
		}
		return '';
	};
	expect(code({ ...tokens, scope: 'openid' })).toBe('SCOPE_REFUSED');
	expect(code({ access_token: 'a' })).toBe('SIGN_IN_REFUSED');
});

describe('a redirection', () => {
	const query = (text: string) => new URLSearchParams(text);

	test('counts with the right state only', () => {
		expect(readRedirect(query('state=s&code=c'), 's')).toEqual({ code: 'c' });
		expect(readRedirect(query('state=s&error=access_denied'), 's')).toEqual({ error: 'access_denied' });
		for (const other of ['code=c', 'state=t&code=c', 'state=&error=x', 'state=s'])
			expect(readRedirect(query(other), 's')).toBeUndefined();
	});

	test('is told from what whoever finds the port asks for', async () => {
		const client = { id: 'i', secret: 's' };
		const loopback = await listenForRedirect(endpointsOf(undefined), client, AbortSignal.timeout(10_000));
		const port = Number(new URL(new URL(loopback.url).searchParams.get('redirect_uri')!).port);
		try {
			for (const target of ['//', 'http://[', '/?state=&code=c', '*', '/favicon.ico']) {
				const socket = connect(port, '127.0.0.1');
				socket.end(`GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
				let said = '';
				for await (const chunk of socket) said += chunk;
				expect(said, target).toMatch(/^HTTP\/1.1 40[04] /);
			}
		} finally {
			loopback.close();
		}
	});

	test('can be pasted, whole or as the code alone', () => {
		expect(readPasted('  http://127.0.0.1:1/?state=s&code=4%2F0abc \n', 's')).toEqual({ code: '4/0abc' });
		expect(readPasted('4/0AQSTgQ-abc_def', 's')).toEqual({ code: '4/0AQSTgQ-abc_def' });
		for (const other of ['http://127.0.0.1:1/?state=t&code=c', 'hello you', '', 'http://127.0.0.1:1/'])
			expect(readPasted(other, 's')).toBeUndefined();
	});
});

test.each([
	['{"installed":{"client_id":"i","client_secret":"s","more":1}}', { id: 'i', secret: 's' }],
	['{"installed":{"client_id":"i"}}', { id: 'i' }],
])('a client is read from %s', (text, client) => {
	expect(parseClientFile(text, 'f')).toEqual(client);
});

test.each(['', '[]', '{"web":{"client_id":"SECRET"}}', '{"installed":{"client_secret":"SECRET"}}', 'SECRET'])(
	'%j holds no client, and is not repeated',
	(text) => {
		expect(() => parseClientFile(text, 'f')).toThrow(
			expect.objectContaining({ code: 'BAD_CLIENT_FILE', message: expect.not.stringContaining('SECRET') }),
		);
	},
);

test('an endpoint is encrypted, or on this machine', () => {
	expect(signInEndpoints('https://g.example/x/').token).toBe('https://g.example/x/token');
	expect(signInEndpoints('http://127.0.0.1:8').device).toBe('http://127.0.0.1:8/device/code');
	for (const endpoint of ['http://g.example', 'https://a:b@g.example', 'g.example', 'ftp://127.0.0.1', ''])
		expect(() => signInEndpoints(endpoint)).toThrow(expect.objectContaining({ code: 'BAD_ENDPOINT' }));
});

test('uploads go on only with a sign-in that sees the same files', () => {
	const one = { clientId: '12-a.apps', refreshToken: 'r', email: 'a@x', sessionKey: newSessionKey() };
	const next = { ...one, clientId: '12-b.apps', refreshToken: 'q', sessionKey: newSessionKey() };
	expect(Buffer.from(one.sessionKey, 'base64')).toHaveLength(32);
	expect(following(next, one)).toEqual({ ...next, sessionKey: one.sessionKey });
	for (const other of [{ email: 'b@x' }, { clientId: '13-a.apps' }, { endpoint: 'http://127.0.0.1:1' }]) {
		expect(seesTheSame(one, { ...next, ...other })).toBe(false);
		expect(following({ ...next, ...other }, one).sessionKey).toBe(next.sessionKey);
	}
});
