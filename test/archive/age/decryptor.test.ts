import { createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bech32 } from '@scure/base';
import { Decrypter, Encrypter } from 'age-encryption';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDecryptor } from '../../../src/archive/age/decryptor.ts';
import { createHeader, openHeader, readHeader } from '../../../src/archive/age/header.ts';
import { generateIdentity } from '../../../src/archive/age/identity.ts';
import { CHUNK, ChunkSealer, NONCE, openAll, sealAll, TAG } from '../../../src/archive/age/payload.ts';
import { FirnError } from '../../../src/core/errors.ts';
import { age, run } from '../../support/stock-tools.ts';
import { inSteps, sealedChunks } from '../../support/tar-items.ts';
import { removeTree, scratchFolder } from '../../support/trees.ts';

const SEALED = CHUNK + TAG;
const SIZES = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK];
const { identity, recipient } = generateIdentity();
const other = generateIdentity();

function decrypt(file: Uint8Array, step = 10_000, identities = [identity]): Buffer {
	const decryptor = createDecryptor(identities);
	const pieces: Buffer[] = [];
	for (const piece of inSteps(file, step)) pieces.push(...decryptor.write(piece));
	pieces.push(...decryptor.end());
	return Buffer.concat(pieces);
}

const codeOf = (act: () => unknown): string => {
	try {
		act();
	} catch (error) {
		if (error instanceof FirnError) return error.code;
		throw error;
	}
	return 'nothing thrown';
};
/** Both readers of whole files must say the same. */
const codesOf = (file: Uint8Array, identities = [identity]): string[] => [
	codeOf(() => decrypt(file, 10_000, identities)),
	codeOf(() => openAll(identities, file)),
];

/** An age file in its parts. */
function partsOf(plain: Uint8Array): { head: Buffer; chunks: Buffer[]; fileKey: Buffer; nonce: Buffer } {
	const fileKey = randomBytes(16);
	const nonce = randomBytes(NONCE);
	const head = Buffer.concat([createHeader([recipient], fileKey), nonce]);
	return { head, chunks: sealedChunks(plain, fileKey, nonce), fileKey, nonce };
}

describe.each(SIZES)('a file of %i bytes', (size) => {
	const plain = randomBytes(size);
	let folder: string;
	beforeAll(() => {
		folder = scratchFolder('age');
		writeFileSync(join(folder, 'key'), `# created: today\n${identity}\n`);
	});
	afterAll(() => removeTree(folder));

	test('opens in pieces of any size', () => {
		const file = sealAll([other.recipient, recipient], plain);
		for (const step of size < 100 ? [1, 7, 1000] : [1000, SEALED - 1, SEALED, SEALED + 1, 10_000_000]) {
			expect(decrypt(file, step).equals(plain)).toBe(true);
		}
		expect(openAll([other.identity], file).equals(plain)).toBe(true);
	});

	test('the bytes given to write() may be used again', () => {
		const file = sealAll([recipient], plain);
		const decryptor = createDecryptor([identity]);
		const pieces: Buffer[] = [];
		for (const piece of inSteps(file, 9000)) {
			const buffer = Buffer.from(piece);
			pieces.push(...decryptor.write(buffer));
			buffer.fill(0);
		}
		expect(Buffer.concat([...pieces, ...decryptor.end()]).equals(plain)).toBe(true);
	});

	test.skipIf(!age)('age opens ours, and we open what age made (needs age)', () => {
		const key = join(folder, 'key');
		expect(run('age', ['-d', '-i', key], { input: sealAll([other.recipient, recipient], plain) }).equals(plain)).toBe(
			true,
		);
		const theirs = run('age', ['-r', other.recipient, '-r', recipient], { input: plain });
		expect(decrypt(theirs).equals(plain)).toBe(true);
		expect(openAll([identity], theirs).equals(plain)).toBe(true);
	});

	test('so does typage, the other implementation', async () => {
		const decrypter = new Decrypter();
		decrypter.addIdentity(identity);
		expect(Buffer.from(await decrypter.decrypt(sealAll([recipient], plain))).equals(plain)).toBe(true);
		const encrypter = new Encrypter();
		encrypter.addRecipient(recipient);
		expect(decrypt(await encrypter.encrypt(plain)).equals(plain)).toBe(true);
	});

	test('a cut at a chunk border, and around it, is noticed', () => {
		const { head, chunks } = partsOf(plain);
		const file = Buffer.concat([head, ...chunks]);
		const cuts = [head.length, head.length + 1, head.length + TAG - 1, file.length - 1, file.length - TAG];
		for (let at = head.length; at < file.length; at += SEALED) cuts.push(at - 1, at, at + 1, at + TAG, at + TAG + 1);
		for (const cut of cuts.filter((at) => at >= head.length && at < file.length)) {
			expect(codesOf(file.subarray(0, cut))).toEqual(['TRUNCATED', 'TRUNCATED']);
		}
	});

	test('bytes behind the end are noticed', () => {
		const file = sealAll([recipient], plain);
		for (const tail of [1, TAG, SEALED, 3 * SEALED]) {
			for (const code of codesOf(Buffer.concat([file, randomBytes(tail)])))
				expect(['DAMAGED', 'TRUNCATED']).toContain(code);
		}
		expect(codesOf(Buffer.concat([file, randomBytes(SEALED)]))).toEqual(['DAMAGED', 'DAMAGED']);
	});
});

describe('damage', () => {
	const plain = randomBytes(3 * CHUNK + 100);

	test('a cut in the header or nonce is noticed, wherever it is', () => {
		const { head } = partsOf(plain);
		for (let cut = 0; cut < head.length; cut++) {
			const codes = cut < 22 ? ['NOT_AGE'] : ['TRUNCATED', 'BAD_AGE_HEADER'];
			for (const code of codesOf(head.subarray(0, cut))) expect(codes).toContain(code);
		}
	});

	test('a flipped bit anywhere is noticed, and nothing wrong is given out', () => {
		const file = sealAll([recipient], plain);
		const anywhere = fc.oneof(
			fc.nat(250),
			fc.nat(file.length - 1),
			fc.constantFrom(file.length - 1, file.length - TAG),
		);
		fc.assert(
			fc.property(anywhere, fc.nat(7), (at, bit) => {
				const changed = Buffer.from(file);
				changed[at]! ^= 1 << bit;
				const given: Buffer[] = [];
				const code = codeOf(() => {
					const decryptor = createDecryptor([identity]);
					for (const piece of inSteps(changed, 50_000)) given.push(...decryptor.write(piece));
					given.push(...decryptor.end());
				});
				expect(['NOT_AGE', 'WRONG_IDENTITY', 'BAD_AGE_HEADER', 'DAMAGED', 'TRUNCATED']).toContain(code);
				const out = Buffer.concat(given);
				expect(out.equals(plain.subarray(0, out.length))).toBe(true);
				expect(codeOf(() => openAll([identity], changed))).not.toBe('nothing thrown');
			}),
			{ numRuns: 300 },
		);
	});

	test('every bit of the header counts', () => {
		const { head, chunks } = partsOf(Buffer.from('short'));
		for (let bit = 0; bit < head.length * 8; bit++) {
			const changed = Buffer.concat([head, ...chunks]);
			changed[bit >> 3]! ^= 1 << (bit & 7);
			expect(codesOf(changed)).not.toContain('nothing thrown');
		}
	});

	test('chunks that changed places, came twice or are missing are noticed', () => {
		const { head, chunks } = partsOf(plain);
		const [a, b, c, last] = chunks as [Buffer, Buffer, Buffer, Buffer];
		const orders = [
			[b, a, c, last],
			[a, a, b, c, last],
			[a, c, last],
			[b, c, last],
			[a, b, last, c],
			[a, b, c, last, last],
		];
		for (const order of orders) {
			for (const code of codesOf(Buffer.concat([head, ...order]))) expect(['DAMAGED', 'TRUNCATED']).toContain(code);
		}
		expect(codesOf(Buffer.concat([head, b, a, c, last]))).toEqual(['DAMAGED', 'DAMAGED']);
	});

	test('an empty last chunk is only for an empty file', () => {
		const fileKey = randomBytes(16);
		const nonce = randomBytes(NONCE);
		const head = Buffer.concat([createHeader([recipient], fileKey), nonce]);
		const sealer = new ChunkSealer(fileKey, nonce);
		const chunks = Buffer.alloc(SEALED + TAG);
		sealer.seal(Buffer.alloc(CHUNK), chunks, 0, false);
		sealer.seal(Buffer.alloc(0), chunks, SEALED, true);
		const file = Buffer.concat([head, chunks]);
		expect(codesOf(file)).not.toContain('nothing thrown');
	});

	test('a full last chunk with bytes behind it is told from damage', () => {
		const { head, chunks } = partsOf(randomBytes(CHUNK));
		expect(() => decrypt(Buffer.concat([head, ...chunks, Buffer.from('x')]))).toThrow(/behind its end/);
	});

	test('other files are no age files', () => {
		for (const bytes of [
			Buffer.alloc(0),
			Buffer.from('PK\u0003\u0004'),
			randomBytes(1000),
			Buffer.from('age-encryption.org/v2\n'),
		]) {
			expect(codesOf(bytes)[0]).toBe('NOT_AGE');
		}
		const armored = Buffer.from('-----BEGIN AGE ENCRYPTED FILE-----\n');
		expect(codesOf(armored)).toEqual(['NOT_AGE', 'NOT_AGE']);
	});

	test('a header without end is refused before it fills the memory', () => {
		const decryptor = createDecryptor([identity]);
		decryptor.write(Buffer.from('age-encryption.org/v1\n'));
		expect(
			codeOf(() => {
				for (let i = 0; i < 300; i++) decryptor.write(Buffer.alloc(1000, 0x61));
			}),
		).toBe('NOT_AGE');
	});

	test('the wrong identity is told, with the number of recipients', () => {
		const file = sealAll([recipient, generateIdentity().recipient], plain);
		expect(codesOf(file, [other.identity])).toEqual(['WRONG_IDENTITY', 'WRONG_IDENTITY']);
		expect(() => decrypt(file, 1000, [other.identity])).toThrow(/2 recipients/);
		expect(codesOf(file, [])).toEqual(['WRONG_IDENTITY', 'WRONG_IDENTITY']);
		expect(codesOf(file, [other.identity, identity])).toEqual(['nothing thrown', 'nothing thrown']);
	});
});

describe('headers', () => {
	const fileKey = randomBytes(16);

	/** A header with these stanzas and a MAC that is right. */
	function headerOf(...stanzas: string[]): Buffer {
		const head = `age-encryption.org/v1\n${stanzas.join('')}---`;
		const key = Buffer.from(hkdfSync('sha256', fileKey, Buffer.alloc(0), 'header', 32));
		const mac = createHmac('sha256', key).update(head).digest('base64').replace(/=+$/, '');
		return Buffer.from(`${head} ${mac}\n`);
	}
	const own = createHeader([recipient], fileKey).toString().split('\n').slice(1, 3).join('\n').concat('\n');

	test('are read as far as they go', () => {
		const header = createHeader([recipient, other.recipient], fileKey);
		for (let length = 0; length < header.length; length++) expect(readHeader(header.subarray(0, length))).toBe('more');
		const more = Buffer.concat([header, randomBytes(500)]);
		expect(readHeader(more)).toMatchObject({ length: header.length });
		for (const one of [identity, other.identity]) {
			expect(openHeader(more, [one])).toEqual({ fileKey, length: header.length });
		}
	});

	test('stanzas of other kinds are passed over, also with long bodies', () => {
		const grease = '-> grease-X args here\n\n';
		const long = `-> plugin\n${'A'.repeat(64)}\n${'B'.repeat(64)}\nCCCC\n`;
		const exact = `-> plugin\n${'A'.repeat(64)}\n\n`;
		expect(openHeader(headerOf(grease, long, exact, own), [identity]).fileKey.equals(fileKey)).toBe(true);
	});

	test('malformed ones are refused', () => {
		const share = own.split(' ')[2]!;
		for (const stanza of ['', 'junk\n', own.replace(share, `${share.split('\n')[0]}AA\n`)]) {
			expect(['BAD_AGE_HEADER', 'WRONG_IDENTITY', 'NOT_AGE']).toContain(
				codeOf(() => openHeader(headerOf(stanza), [identity])),
			);
		}
	});

	test('a share of low order is refused', () => {
		const zero = `-> X25519 ${'A'.repeat(43)}\n${Buffer.alloc(32).toString('base64').replace(/=+$/, '')}\n`;
		expect(codeOf(() => openHeader(headerOf(zero), [identity]))).toBe('BAD_AGE_HEADER');
	});

	// As age's own test vectors have them; the MAC is right in all of these.
	const [opening, wrapped] = own.split('\n') as [string, string];
	const full = 'A'.repeat(64);
	test.each([
		['a body that ends without a short line', `-> plugin\n${full}\n${own}`],
		['no body', `-> plugin\n${own}`],
		['no body at the end', `${own}-> plugin\n`],
		['a line that is too long', `-> plugin\n${full}A\nAAAA\n${own}`],
		['base64 with padding', `-> plugin\nAA==\n${own}`],
		['base64 that is not canonical', `-> plugin\nAB\n${own}`],
		['characters that are no base64', `-> plugin\nAA*A\n${own}`],
		['a carriage return', `-> plugin\r\n\n${own}`],
		['an empty argument', `-> plugin  x\n\n${own}`],
		['an argument that is not ASCII', `-> plug\u00efn\n\n${own}`],
		['no type', `->\n\n${own}`],
		['a share and something else', `${opening} more\n${wrapped}\n`],
		['no share', `-> X25519\n${wrapped}\n`],
		['a body that is too long', `${opening}\n${wrapped.slice(0, -1)}AAAA\n`],
		['a body that is too short', `${opening}\n${wrapped.slice(4)}\n`],
		['a passphrase beside it', `-> scrypt AAAAAAAAAAAAAAAAAAAAAA 18\n${wrapped}\n${own}`],
	])('a stanza with %s is refused', (_, stanzas) => {
		expect(codeOf(() => openHeader(headerOf(stanzas), [identity]))).toBe('BAD_AGE_HEADER');
	});

	test('are not made for nobody, for too many, or for a point of low order', () => {
		const lowOrder = bech32.encodeFromBytes('age', new Uint8Array(32));
		for (const recipients of [[], [lowOrder], [recipient, lowOrder], ['age1nobody'], Array(3000).fill(recipient)]) {
			expect(codeOf(() => createHeader(recipients, fileKey))).toBe('BAD_RECIPIENT');
			expect(codeOf(() => sealAll(recipients, Buffer.from('x')))).toBe('BAD_RECIPIENT');
		}
		const many = createHeader(Array(1000).fill(recipient), fileKey);
		expect(openHeader(many, [identity]).fileKey.equals(fileKey)).toBe(true);
	});
});
