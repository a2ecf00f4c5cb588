import { bech32 } from '@scure/base';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { describe, expect, test } from 'vitest';
import { generateIdentity, parseIdentityFile, parseRecipient, recipientOf } from '../../../src/archive/age/identity.ts';
import { haveTool, run } from '../../support/stock-tools.ts';

const badIdentity = expect.objectContaining({ code: 'BAD_IDENTITY', kind: 'usage' });
const badRecipient = expect.objectContaining({ code: 'BAD_RECIPIENT', kind: 'usage' });

// From the age project's own tests.
const KNOWN = {
	identity: 'AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX',
	recipient: 'age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj',
};

describe('identities', () => {
	test('have the recipients that others give them', async () => {
		expect(recipientOf(KNOWN.identity)).toBe(KNOWN.recipient);
		for (let round = 0; round < 5; round++) {
			const made = generateIdentity();
			expect(made.identity).toMatch(/^AGE-SECRET-KEY-1[0-9A-Z]{58}$/);
			expect(made.recipient).toBe(await identityToRecipient(made.identity));
			const theirs = await generateX25519Identity();
			expect(recipientOf(theirs)).toBe(await identityToRecipient(theirs));
		}
	});

	test.skipIf(!haveTool('age-keygen'))(
		'age-keygen makes files that parse, with the recipient in them (needs age-keygen)',
		() => {
			const text = run('age-keygen', []).toString();
			const [identity] = parseIdentityFile(text);
			expect(text).toContain(`public key: ${recipientOf(identity!)}`);
		},
	);

	test('of a file: comments, blank lines and Windows line ends are allowed', () => {
		const second = generateIdentity().identity;
		expect(parseIdentityFile(`# created: x\r\n\r\n  ${KNOWN.identity}\r\n#\n${second}`)).toEqual([
			KNOWN.identity,
			second,
		]);
	});

	test.each([
		'',
		'# only a comment\n',
		'hello',
		KNOWN.recipient,
		KNOWN.identity.slice(0, -1),
		`${KNOWN.identity}Q`,
		KNOWN.identity.replace('GFP', 'GFQ'),
		`${KNOWN.identity}\njunk`,
		'AGE-SECRET-KEY-PQ-1QQQQ',
		'AGE-PLUGIN-YUBIKEY-1QQQQ',
		KNOWN.identity.replace('AGE', 'age'),
	])('%j is none', (text) => {
		expect(() => parseIdentityFile(text)).toThrow(badIdentity);
	});

	test('a wrong one is not printed', () => {
		const wrong = KNOWN.identity.replace('GFP', 'GFQ');
		try {
			parseIdentityFile(wrong);
		} catch (error) {
			expect(JSON.stringify(error) + String(error)).not.toContain(wrong.slice(20, 40));
			return;
		}
		expect.unreachable();
	});
});

describe('recipients', () => {
	test('are taken with space around them, and in capitals', () => {
		expect(parseRecipient(` ${KNOWN.recipient}\n`)).toBe(KNOWN.recipient);
		expect(parseRecipient(KNOWN.recipient.toUpperCase())).toBe(KNOWN.recipient);
	});

	const lowOrder = bech32.encodeFromBytes('age', new Uint8Array(32));
	test.each([
		'',
		'age1',
		KNOWN.identity,
		`${KNOWN.recipient}q`,
		KNOWN.recipient.replace('zvk', 'zvq'),
		'ssh-ed25519 AAAA',
		'age1yubikey1qqq',
		lowOrder,
		bech32.encodeFromBytes('age', new Uint8Array(31)),
		'age1é',
	])('%j is none', (text) => {
		expect(() => parseRecipient(text)).toThrow(badRecipient);
	});
});
