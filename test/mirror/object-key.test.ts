import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodePath } from '../../src/core/path-bytes.ts';
import { assertKey } from '../../src/destinations/keys.ts';
import { objectKey, pathOfKey } from '../../src/mirror/object-key.ts';

/** A name as a file system may have it: any bytes but a slash and NUL. */
const name = fc
	.oneof(
		fc.uint8Array({ minLength: 1, maxLength: 12 }),
		fc.string({ unit: 'binary', minLength: 1, maxLength: 8 }).map((text) => Buffer.from(text)),
		fc.constantFrom('%', '%41', '.', '..', '\ufffe', '.age', 'a\n', 'Grüße').map((text) => Buffer.from(text)),
	)
	.map((bytes) => decodePath(bytes.filter((byte) => byte !== 0 && byte !== 0x2f)))
	.filter((text) => text !== '');
const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => names.join('/'));

describe('keys of a mirror', () => {
	it('are good for every path, and lead back to it alone', () => {
		fc.assert(
			fc.property(path, fc.boolean(), (one, encrypted) => {
				const key = objectKey(one, encrypted);
				assertKey(key);
				expect(pathOfKey(key, encrypted)).toBe(one);
			}),
			{ numRuns: 2000 },
		);
	});

	it('stay what people call the file', () => {
		expect(objectKey('photos/Grüße 日本.jpg', false)).toBe('photos/Grüße 日本.jpg');
		expect(objectKey('photos/100%\n', true)).toBe('photos/100%25%0A.age');
		expect(objectKey(`a/${decodePath(Buffer.from([0xff, 0x41]))}`, false)).toBe('a/%FFA');
	});

	it('that are of no path are told', () => {
		for (const key of ['a%', 'a%4', 'a%41', 'a%e4', '%C3%BC']) expect(pathOfKey(key, false), key).toBeUndefined();
		expect(pathOfKey('a', true)).toBeUndefined();
	});
});
