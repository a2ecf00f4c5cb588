/** Bytes to keys: however a read cuts them, the same keys come out. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Input, KeyDecoder } from '../../src/tui/terminal/key-decoder.ts';

const bytes = (text: string) => Buffer.from(text);

/** Everything that comes of these reads, with what waits at the end. */
function decode(...reads: Uint8Array[]): Input[] {
	const decoder = new KeyDecoder();
	return [...reads.flatMap((read) => decoder.feed(read)), ...decoder.flush()];
}
const keys = (text: string) => decode(bytes(text)).map((input) => (input.type === 'key' ? input.key : input));

/** Cuts bytes at these places. */
function cut(whole: Uint8Array, places: number[]): Uint8Array[] {
	const sorted = [0, ...places.map((place) => place % (whole.length + 1)), whole.length].sort((a, b) => a - b);
	return sorted.slice(1).map((end, at) => whole.subarray(sorted[at], end));
}

describe('keys have names', () => {
	test.each([
		['j', ['j']],
		['jjG', ['j', 'j', 'G']],
		['é漢🧊', ['é', '漢', '🧊']],
		[' \r\t\x7f\x08', ['space', 'enter', 'tab', 'backspace', 'backspace']],
		['\x03\x0c\x1a', ['ctrl+c', 'ctrl+l', 'ctrl+z']],
		['\x1b[A\x1b[B\x1b[C\x1b[D\x1b[H\x1b[F', ['up', 'down', 'right', 'left', 'home', 'end']],
		['\x1bOA\x1bOH\x1b[1~\x1b[4~\x1b[3~', ['up', 'home', 'home', 'end', 'delete']],
		['\x1b[5~\x1b[6~\x1b[Z', ['pageUp', 'pageDown', 'shift+tab']],
		['\x1b[1;5C\x1b[1;3D\x1b[1;2A', ['ctrl+right', 'alt+left', 'shift+up']],
		['\x1bb\x1bf', ['alt+b', 'alt+f']],
		['\x1b', ['esc']],
		['\x1b\x1b', ['esc', 'esc']],
		['\x1b[200~/a b\n/c\x1b[201~j', [{ type: 'paste', text: '/a b\n/c' }, 'j']],
		['\x1b[200~\x1b[A\x1b[201\x1b[201~', [{ type: 'paste', text: '\x1b[A\x1b[201' }]],
	])('%j', (sent, expected) => expect(keys(sent)).toEqual(expected));
});

test.each([
	['a mouse report', '\x1b[<0;10;5M\x1b[<0;10;5m'],
	['a mouse report of old', '\x1b[M !!'],
	['focus in and out', '\x1b[I\x1b[O'],
	['where the cursor is', '\x1b[24;80R'],
	['what the terminal is', '\x1b[?62;22c\x1b[>0;276;0c'],
	['function keys', '\x1b[15~\x1bOP\x1b[1;2P'],
	['a key of the kitty protocol', '\x1b[97;5u'],
])('%s is no key', (_, sent) => expect(keys(`${sent}j`)).toEqual(['j']));

test('a long run of digits is not swallowed as a sequence without end', () => {
	expect(keys(`\x1b[${'1'.repeat(200)}`).length).toBeGreaterThan(100);
});

/** Pieces as terminals send them, whole, cut off and broken. */
const piece = fc.oneof(
	fc.constantFrom('\x1b', '\x1b[', '\x1bO', '\x1b[A', '\x1b[1;5C', '\x1b[5~', '\x1b[200~', '\x1b[201~', '\x1b[<0;1;1M'),
	fc.constantFrom(
		'\r',
		'\n',
		'\t',
		' ',
		'\x7f',
		'\x00',
		'é',
		'漢',
		'🧊',
		'j',
		'\x1b\x1b[A',
		'\x1b[1 q',
		`\x1b[${'9'.repeat(80)}~`,
	),
	fc.string({ unit: 'grapheme', maxLength: 8 }),
);
const stream = fc
	.array(
		fc.oneof({ weight: 9, arbitrary: piece.map(bytes) }, { weight: 1, arbitrary: fc.uint8Array({ maxLength: 4 }) }),
		{
			maxLength: 20,
		},
	)
	.map((pieces) => Buffer.concat(pieces));

test('any cut gives the same keys', () => {
	fc.assert(
		fc.property(stream, fc.array(fc.nat(200), { maxLength: 30 }), (whole, places) => {
			expect(decode(...cut(whole, places))).toEqual(decode(whole));
		}),
		{ numRuns: 2000 },
	);
});

test('one byte at a time gives the same keys', () => {
	fc.assert(
		fc.property(stream, (whole) => {
			expect(decode(...Array.from(whole, (byte) => Uint8Array.of(byte)))).toEqual(decode(whole));
		}),
		{ numRuns: 500 },
	);
});

test('a paste is whole wherever it is cut, and no key comes of it', () => {
	fc.assert(
		fc.property(fc.string({ unit: 'grapheme' }), fc.array(fc.nat(200), { maxLength: 9 }), (text, places) => {
			fc.pre(!text.includes('\x1b[201~'));
			const inputs = decode(...cut(bytes(`\x1b[200~${text}\x1b[201~`), places));
			expect(inputs).toEqual([{ type: 'paste', text: Buffer.from(text).toString() }]);
		}),
		{ numRuns: 500 },
	);
});
