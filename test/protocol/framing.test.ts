import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeMessage, MAX_MESSAGE, MessageReader } from '../../src/protocol/framing.ts';

/** The bytes cut at the given places, empty pieces included. */
function cut(bytes: Buffer, places: number[]): Buffer[] {
	const at = [0, ...places.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
	return at.slice(1).map((end, index) => bytes.subarray(at[index], end));
}

const lengthOf = (length: number) => {
	const head = Buffer.alloc(4);
	head.writeUInt32BE(length);
	return head;
};

describe('framing', () => {
	test('gives the messages back in order, however the stream is cut', () => {
		const messages = fc.array(fc.jsonValue({ maxDepth: 2 }), { maxLength: 8 });
		const cuts = fc.array(fc.nat(), { maxLength: 20 });
		fc.assert(
			fc.property(messages, cuts, (sent, places) => {
				const reader = new MessageReader();
				const got = cut(Buffer.concat(sent.map(encodeMessage)), places).flatMap((piece) => reader.push(piece));
				expect(got).toEqual(sent.map((message) => JSON.parse(JSON.stringify(message))));
			}),
		);
	});

	test('gives a message as soon as it is whole, byte by byte', () => {
		const reader = new MessageReader();
		const bytes = encodeMessage({ text: 'grüße 👋', odd: '\udc80' });
		for (const at of bytes.subarray(0, -1).keys()) expect(reader.push(bytes.subarray(at, at + 1))).toEqual([]);
		expect(reader.push(bytes.subarray(-1))).toEqual([{ text: 'grüße 👋', odd: '\udc80' }]);
	});

	test('carries names that are not UTF-8', () => {
		const odd = fc.array(fc.integer({ min: 0xdc80, max: 0xdcff }), { maxLength: 5 });
		fc.assert(
			fc.property(fc.string(), odd, (text, codes) => {
				const path = `${text}${String.fromCharCode(...codes)}`;
				expect(new MessageReader().push(encodeMessage({ path }))).toEqual([{ path }]);
			}),
		);
	});

	test('takes many pieces of one message in linear time', () => {
		const bytes = encodeMessage({ text: 'x'.repeat(3 * 1024 * 1024) });
		const reader = new MessageReader();
		const got = [];
		for (let at = 0; at < bytes.length; at += 512) got.push(...reader.push(bytes.subarray(at, at + 512)));
		expect(got).toHaveLength(1);
	}, 2000);

	test('takes the longest message and refuses a longer one before it is read', () => {
		const longest = 'x'.repeat(MAX_MESSAGE - 2);
		expect(new MessageReader().push(encodeMessage(longest))).toEqual([longest]);
		expect(() => encodeMessage(`${longest}x`)).toThrow(/longer than/);
		expect(() => new MessageReader().push(lengthOf(MAX_MESSAGE + 1))).toThrow(/longer than/);
		expect(() => new MessageReader().push(Buffer.from('GET / HTTP/1.1\r\n'))).toThrow(/longer than/);
	});

	test('refuses what is not JSON', () => {
		const broken = Buffer.from('{"id":1');
		expect(() => new MessageReader().push(Buffer.concat([lengthOf(broken.length), broken]))).toThrow(SyntaxError);
	});
});
