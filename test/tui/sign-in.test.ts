/** Signing in to Google Drive in the app: its states, its view, and its questions to an engine and an emulator. */

import { Box, renderToString } from 'ink';
import { createElement } from 'react';
import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { qrLines } from '../../src/core/qr-code.ts';
import type { GdriveSignInView } from '../../src/protocol/contract.ts';
import { bindingOf } from '../../src/tui/keys/table.ts';
import { newSignIn, reduceSignIn, type SignInAction, type SignInState } from '../../src/tui/sign-in/state.ts';
import { SignInView } from '../../src/tui/sign-in/view.tsx';
import { stateWords } from '../../src/tui/sign-in/words.ts';
import { ASCII, UNICODE } from '../../src/tui/theme/glyphs.ts';
import { LookContext } from '../../src/tui/theme/look.ts';
import { appState, NOW } from '../support/app-state.ts';

const HOSTILE = 'evil\u001b[2J\r\nforged\u202e👍';
const order = { tag: 'test', name: 'gdrive' };
const view: GdriveSignInView = {
	id: '01',
	name: 'gdrive',
	how: 'device',
	state: 'waiting',
	url: 'https://www.google.com/device',
	code: 'ABCD-EFGH',
	expires: NOW + 1_800_000,
};
const error = (code: string) => ({ code, message: 'No.', retry: 'no' as const, kind: 'usage' as const });

const reduce = (state: SignInState, ...actions: (SignInAction | string)[]): SignInState | undefined =>
	actions.reduce<SignInState | undefined>(
		(one, action) => one && reduceSignIn(one, typeof action === 'string' ? { type: 'command', id: action } : action),
		state,
	);
const waiting = (change: Partial<GdriveSignInView> = {}, code: readonly string[] = []) =>
	reduce(
		newSignIn(order),
		{ type: 'signIn/asked' },
		{ type: 'signIn/begun', view: { ...view, ...change }, code },
	) as SignInState;
const typed = (state: SignInState, text: string) => reduceSignIn(state, { type: 'paste', text }) as SignInState;

describe('the states', () => {
	test('it is asked for at once; a client is asked for where none is known', () => {
		const start = newSignIn(order);
		expect(start).toMatchObject({ phase: 'wanted', how: 'device' });
		const form = reduce(start, { type: 'signIn/asked' }, { type: 'signIn/failed', error: error('NO_CLIENT') })!;
		expect(form.phase).toBe('client');
		expect(reduce(form, 'signIn.next')).toMatchObject({ phase: 'client', error: { code: 'BAD_CLIENT_ID' } });
		expect(reduce(typed(form, '/tmp/client.json'), 'signIn.next')).toMatchObject({ phase: 'wanted' });
		expect(reduce(form, { type: 'signIn/failed', error: error('GDRIVE_UNREACHABLE') })?.phase).toBe('ended');
	});

	test.each([
		['waiting', undefined, 'Waiting for you to approve it. 30:00 left.'],
		['done', undefined, 'Approved as ada@example.org.'],
		['failed', 'SIGN_IN_DENIED', 'Denied: the sign-in was refused on the page of Google.'],
		['failed', 'SIGN_IN_EXPIRED', 'Expired: nobody has approved it in time.'],
		['failed', 'SCOPE_REFUSED', 'It did not work.'],
	] as const)('%s %s in words', (state, code, words) => {
		const now: GdriveSignInView = {
			...view,
			state,
			...(code ? { error: error(code) } : {}),
			account: { email: 'ada@example.org', used: 1, limit: 2 },
		};
		expect(stateWords(reduce(waiting(), { type: 'signIn/view', view: now })!, NOW).text).toBe(words);
	});

	test('what failed begins anew with enter, what is done is left with it', () => {
		const denied = { ...view, state: 'failed' as const, error: error('SIGN_IN_DENIED') };
		expect(reduce(waiting(), { type: 'signIn/view', view: denied }, 'signIn.next')).toMatchObject({
			phase: 'wanted',
			error: undefined,
		});
		expect(reduce(waiting(), { type: 'signIn/view', view: { ...view, state: 'done' } }, 'signIn.next')).toBeUndefined();
	});

	test('answers about another sign-in change nothing', () => {
		const state = waiting();
		expect(reduce(state, { type: 'signIn/view', view: { ...view, id: '02', state: 'done' } })).toBe(state);
	});

	test('in the browser the address is pasted, given once, and what was wrong with it is said', () => {
		const state = waiting({ how: 'browser' });
		const other = reduce(state, 'signIn.browser')!;
		expect(other).toMatchObject({ how: 'browser', phase: 'wanted' });
		const browser = reduce(other, { type: 'signIn/begun', view: { ...view, how: 'browser' }, code: [] })!;
		expect(reduce(browser, 'signIn.next')).toBe(browser);
		const given = reduce(typed(browser, 'nonsense'), 'signIn.next')!;
		expect(given.given).toBe('wanted');
		const wrong = reduce(given, { type: 'signIn/given' }, { type: 'signIn/failed', error: error('BAD_REDIRECT') })!;
		expect(wrong).toMatchObject({ phase: 'waiting', given: 'no', error: { code: 'BAD_REDIRECT' } });
		expect(reduceSignIn(wrong, { type: 'field', key: 'tab' })).toMatchObject({ how: 'device', phase: 'wanted' });
	});

	test('another screen, or esc, leaves it', () => {
		expect(reduceSignIn(waiting(), { type: 'open', screen: 'log' })).toBeUndefined();
		expect(reduce(waiting(), 'signIn.back')).toBeUndefined();
		expect(bindingOf(appState({ signIn: waiting() }), 'b')?.id).toBe('signIn.browser');
	});
});

describe('the view', () => {
	const drawn = (state: SignInState, columns: number, rows: number, glyphs = UNICODE): string[] => {
		const area = { width: columns, height: rows - 3 };
		const box = createElement(
			Box,
			{ ...area, overflow: 'hidden' },
			createElement(SignInView, { state, now: NOW, area }),
		);
		const look = { theme: 'mono' as const, glyphs };
		return renderToString(createElement(LookContext.Provider, { value: look }, box), { columns }).split('\n');
	};

	test('shows code, address and time left; the QR code only where there is room, or alone with c', async () => {
		const code = await qrLines(view.url, 'light');
		const state = waiting({}, code);
		for (const [columns, rows, beside] of [
			[160, 45, true],
			[80, 24, true],
			[60, 16, false],
		] as const) {
			const text = drawn(state, columns, rows).join('\n');
			expect(text).toContain('A B C D - E F G H');
			expect(text).toContain(view.url);
			expect(text).toContain('30:00 left');
			expect(text.includes(code[8]!), `${columns}`).toBe(beside);
		}
		const wanted = reduce(state, 'signIn.qr')!;
		expect(drawn(wanted, 100, 30).join('\n')).not.toContain(code[8]!);
		expect(drawn(wanted, 60, 26).join('\n')).toContain(code[8]!);
		expect(drawn(wanted, 60, 16).join('\n')).toContain('no room for the QR code');
		expect(drawn(wanted, 80, 24, ASCII).join('\n')).toContain('cannot be drawn in ASCII');
		expect(drawn(state, 100, 30, ASCII).join('\n')).toMatch(/^[\x20-\x7e\n]*$/);
	});

	test.each([
		[160, 45],
		[100, 30],
		[80, 24],
		[60, 16],
	])('fills %i x %i and no more, whatever things are called', async (columns, rows) => {
		const code = await qrLines(view.url, 'light');
		const failure = { ...error('SIGN_IN_REFUSED'), message: HOSTILE };
		const long = `https://accounts.google.com/${'x'.repeat(500)}`;
		const account = { email: HOSTILE, used: 1, limit: 2 };
		const states = [
			newSignIn(order),
			waiting({ code: HOSTILE }, code),
			{ ...waiting({ how: 'browser', url: long }), how: 'browser' as const, error: failure },
			reduce(newSignIn(order), { type: 'signIn/failed', error: { ...failure, code: 'BAD_CLIENT_FILE' } })!,
			reduce(waiting(), { type: 'signIn/view', view: { ...view, state: 'failed', error: failure } })!,
			reduce(waiting(), { type: 'signIn/view', view: { ...view, state: 'done', account, jobs: [HOSTILE] } })!,
		];
		for (const glyphs of [UNICODE, ASCII]) {
			for (const state of states) {
				const lines = drawn(state, columns, rows, glyphs);
				expect(lines.length).toBeLessThanOrEqual(rows - 3);
				expect(Math.max(...lines.map((line) => stringWidth(line)))).toBeLessThanOrEqual(columns);
				expect(lines.join('\n')).not.toMatch(/\u202e|👍|\u001b\[2J|\r|^forged/m);
				if (glyphs === ASCII) expect(lines.join('\n')).toMatch(/^[\x20-\x7e\n]*$/);
			}
		}
	});
});
