import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodePath } from '../../../../src/core/path-bytes.ts';
import { pastedPaths } from '../../../../src/tui/screens/sources/pasted-paths.ts';

const PLACE = { home: '/home/u', cwd: '/cwd' };
const split = (text: string) => pastedPaths(text, PLACE).split;

describe('pasted paths', () => {
	test.each([
		['/a/b', ['/a/b']],
		["'/a b'", ['/a b']],
		['"/a b"', ['/a b']],
		['/a\\ b', ['/a b']],
		["'/it'\\''s'", ["/it's"]],
		['"/a \\"b\\" $x \\$y \\z"', ['/a "b" $x $y \\z']],
		['/a /b\n/c\n', ['/a', '/b', '/c']],
		['\'/a b\' /c\\ d  "/e f"', ['/a b', '/c d', '/e f']],
		['/a\r\n/b\r\n', ['/a', '/b']],
		['file:///a%20b/%C3%BC', ['/a b/ü']],
		['file://localhost/a', ['/a']],
		['file:///caf%e9', [decodePath(Buffer.from('/caf\xe9', 'latin1'))]],
		['~', ['/home/u']],
		['~/x ~y', ['/home/u/x', '/cwd/~y']],
		["'~/x'", ['/cwd/~/x']],
		["~/'a b'", ['/home/u/a b']],
		["$'/a\\nb\\303\\274\\x41\\''", ["/a\nbüA'"]],
		['x/y', ['/cwd/x/y']],
		['/a//b/./c/', ['/a/b/c']],
		['/a/../b', ['/a/../b']],
		['/a /a', ['/a']],
		['/', ['/']],
		['', []],
		[' \n', []],
		["/it's\n/b", ["/it's", '/b']],
		['/end\\', ['/end\\']],
	])('%j', (text, paths) => expect(split(text)).toEqual(paths));

	test('a name that was dropped without quoting may be one', () => {
		expect(pastedPaths('/my files/a b\n', PLACE)).toEqual({
			whole: '/my files/a b',
			split: ['/my', '/cwd/files/a', '/cwd/b'],
		});
		expect(pastedPaths('/plain\n', PLACE).whole).toBeUndefined();
	});

	const name = fc
		.array(
			fc.oneof(
				fc.constantFrom(' ', "'", '"', '\\', '$', '`', '\n', '\t', '*', '~', '#', '%', '!', '-', 'file://'),
				fc.string({ unit: 'grapheme', minLength: 1, maxLength: 3 }),
			),
			{ minLength: 1, maxLength: 8 },
		)
		.map((pieces) => pieces.join('').replace(/[/\0\r]/g, '_'))
		.filter((text) => text !== '.' && text !== '..' && text !== '');
	const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => `/${names.join('/')}`);

	const single = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
	const double = (text: string) => `"${text.replace(/["\\$`]/g, '\\$&')}"`;
	// A backslash cannot quote a newline.
	const backslash = (text: string) => text.replace(/[^A-Za-z0-9/\n]/gu, '\\$&').replaceAll('\n', "'\n'");
	const address = (text: string) =>
		`file://${encodeURI(text).replace(/['#?]/g, (c) => `%${c.charCodeAt(0).toString(16)}`)}`;
	const quote = fc.constantFrom(single, double, backslash, address);

	test('what was quoted comes back', () => {
		const given = fc.array(fc.tuple(path, quote), { minLength: 1, maxLength: 4 });
		fc.assert(
			fc.property(given, fc.constantFrom(' ', '\n', '  '), fc.boolean(), (paths, between, end) => {
				const text = paths.map(([one, quoted]) => quoted(one)).join(between) + (end ? '\n' : '');
				expect(split(text)).toEqual([...new Set(paths.map(([one]) => one))]);
			}),
		);
	});

	test('what bash quotes comes back', () => {
		const paths = fc.sample(path, { numRuns: 150, seed: 7 });
		const script = 'for p in "$@"; do printf "%q\\0" "$p"; done';
		const quoted = execFileSync('bash', ['-c', script, 'bash', ...paths])
			.toString()
			.split('\0')
			.slice(0, -1);
		expect(quoted.map((text) => split(text))).toEqual(paths.map((one) => [one]));
	});

	test('no text makes it throw, and every path is absolute', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'binary' }), (text) => {
				const { whole, split: paths } = pastedPaths(text, PLACE);
				for (const one of [...paths, ...(whole ? [whole] : [])]) expect(one.startsWith('/')).toBe(true);
			}),
		);
	});
});
