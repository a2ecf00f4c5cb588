import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { normalizeSources } from '../../../src/backup/scan/sources.ts';
import { FirnError } from '../../../src/core/errors.ts';
import { put, removeTree, scratchFolder } from '../../support/trees.ts';

let root: string;
beforeAll(() => {
	root = scratchFolder('sources');
	put(root, 'home/u/docs/a.txt');
	put(root, 'home/u-2/b.txt');
	put(root, 'srv/caf\udce9/c');
	symlinkSync('home/u', join(root, 'link'));
	symlinkSync('home', join(root, 'alias'));
	symlinkSync('nowhere', join(root, 'dangling'));
	symlinkSync('round', join(root, 'round'));
});
afterAll(() => removeTree(root));

const normalize = (...sources: string[]) => normalizeSources(sources, root).map((path) => path.slice(root.length + 1));

function failure(...sources: string[]): FirnError {
	try {
		normalizeSources(sources, root);
	} catch (error) {
		if (error instanceof FirnError) return error;
		throw error;
	}
	throw new Error('it did not fail');
}

test('sources become absolute, without duplicates, in their order', () => {
	expect(normalize('srv', './home/u/', join(root, 'srv'), 'home//u/.', 'home/u')).toEqual(['srv', 'home/u']);
	expect(normalize('home/u/docs/a.txt', 'home/u-2')).toEqual(['home/u/docs/a.txt', 'home/u-2']);
	expect(normalizeSources(['.'], root)).toEqual([root]);
	expect(normalizeSources(['/', root], '/')).toEqual(['/']);
	expect(normalize('srv/caf\udce9')).toEqual(['srv/caf\udce9']);
});

test('what lies in another source disappears, also by another name', () => {
	expect(normalize('home/u/docs', 'home/u', 'home/u-2')).toEqual(['home/u', 'home/u-2']);
	expect(normalize('home/u', 'home')).toEqual(['home']);
	expect(normalize('alias/u', 'home/u')).toEqual(['alias/u']);
	expect(normalize('alias/u/docs', 'home/u')).toEqual(['home/u']);
});

test('a symlink stands for itself, with a slash for its folder', () => {
	expect(normalize('link')).toEqual(['link']);
	expect(normalize('link', 'home/u')).toEqual(['link', 'home/u']);
	expect(normalize('link/')).toEqual(['home/u']);
	expect(normalize('link/.', 'home/u/docs')).toEqual(['home/u']);
	expect(normalize('dangling')).toEqual(['dangling']);
	expect(normalize('round')).toEqual(['round']);
});

test('`..` goes where the kernel goes', () => {
	expect(normalize('srv/../home/u')).toEqual(['home/u']);
	mkdirSync(join(root, 'u-2'));
	expect(normalize('link/../u-2')).toEqual(['home/u-2']);
	expect(normalize('link/..')).toEqual(['home']);
});

test('what is not there or cannot be read is refused by name', () => {
	expect(failure('gone\u001b[31m')).toMatchObject({
		code: 'SOURCE_MISSING',
		kind: 'usage',
		message: 'The source "gone\\e[31m" does not exist.',
	});
	for (const source of ['home/u/docs/a.txt/', 'dangling/', 'round/', '', 'nul\0', 'home/gone/../u']) {
		expect(failure('home', source).code, source).toBe('SOURCE_MISSING');
	}
	expect(failure().message).toBe('No source was given.');
	const long = failure('x'.repeat(256));
	expect(long.code).toBe('SOURCE_UNREADABLE');
	expect(long.kind).toBe('usage');
	expect(long.message).toMatch(/cannot be read: .*name too long\.$/);
});
