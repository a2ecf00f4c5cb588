import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LONGEST_LINE, linesAfter, linesBefore } from '../../src/engine/log-lines.ts';

let root: string;
beforeAll(() => {
	root = mkdtempSync(join(tmpdir(), 'firn-log-'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

function withFile<T>(content: string | Uint8Array, work: (fd: number) => T): T {
	const file = join(root, 'lines');
	writeFileSync(file, content);
	const fd = openSync(file, 'r');
	try {
		return work(fd);
	} finally {
		closeSync(fd);
	}
}

const contents = fc.array(
	fc.string({ unit: 'grapheme', maxLength: 40 }).map((text) => text.replaceAll('\n', ' ')),
	{
		maxLength: 12,
	},
);

test('any cut of a file gives its whole lines only, from either end, whatever the blocks', () => {
	fc.assert(
		fc.property(contents, fc.nat(), fc.integer({ min: 1, max: 70 }), (lines, at, block) => {
			const whole = Buffer.from(lines.map((line) => `${line}\n`).join(''));
			const cut = whole.subarray(0, whole.length === 0 ? 0 : at % (whole.length + 1));
			const expected = cut.toString('latin1').split('\n').slice(0, -1);
			withFile(cut, (fd) => {
				const back = [...linesBefore(fd, cut.length, block)];
				const on = [...linesAfter(fd, 0, cut.length, block)];
				expect(on.map(({ text }) => Buffer.from(text!).toString('latin1'))).toEqual(expected);
				expect(back.reverse()).toEqual(on);
				for (const { start, end, text } of on) expect(cut.subarray(start, end).toString()).toBe(`${text}\n`);
			});
		}),
		{ numRuns: 300 },
	);
});

test('reading can begin at every end of a line', () => {
	const text = 'one\ntwo\n\nfour\n';
	withFile(text, (fd) => {
		const all = [...linesAfter(fd, 0, text.length, 3)];
		for (const [index, { end }] of all.entries()) {
			expect([...linesAfter(fd, end, text.length, 3)]).toEqual(all.slice(index + 1));
			expect([...linesBefore(fd, end, 3)]).toEqual(all.slice(0, index + 1).reverse());
		}
	});
});

test('a line that is too long to be an entry is not held, and those around it are read', () => {
	const text = `one\n${'x'.repeat(LONGEST_LINE * 3)}\nthree\n`;
	withFile(text, (fd) => {
		const on = [...linesAfter(fd, 0, text.length)];
		expect(on.map((line) => line.text)).toEqual(['one', undefined, 'three']);
		expect([...linesBefore(fd, text.length)].reverse()).toEqual(on);
	});
});
