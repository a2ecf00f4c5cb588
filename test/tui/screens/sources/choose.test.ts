import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Decider } from '../../../../src/backup/scan/decide.ts';
import type { Selection } from '../../../../src/core/selection.ts';
import { cycle, ownRule, patternOf, sourceOf, withSource } from '../../../../src/tui/screens/sources/choose.ts';
import { ODD_NAMES, put, removeTree, scratchFolder } from '../../../support/trees.ts';

let root: string;
beforeAll(() => {
	root = scratchFolder('choose');
});
afterAll(() => removeTree(root));

const NONE: Selection = {
	sources: [],
	excludes: [],
	excludeSystem: true,
	excludeDeveloper: true,
	oneFileSystem: false,
};
const verdict = (rules: Selection, path: string) => new Decider(rules, []).decide(path).verdict;
const mark = (rules: Selection, path: string) => verdict(rules, path).mark;
const press = (rules: Selection, path: string): Selection => {
	const after = cycle(rules, path, verdict(rules, path));
	return typeof after === 'string' ? rules : after;
};

test('a pattern of a path means that path alone, whatever its names', () => {
	for (const name of [...ODD_NAMES, 'a ', ' a', 'b\\', '[x]', '**', 'c\n', 'd\r']) {
		for (const path of [`/src/${name}`, `/src/x/${name}`, `/src/${name}/y`]) {
			const names = ODD_NAMES.map((other) => `/src/${other}`);
			const excluded = { ...NONE, sources: ['/src'], excludes: [patternOf(path)] };
			expect({ path, mark: mark(excluded, path) }).toEqual({ path, mark: 'excluded' });
			for (const other of names) expect(mark(excluded, other) === 'excluded').toBe(other === path);
			const back = { ...excluded, excludes: [`/src/*`, `!${patternOf(path)}`] };
			if (path === `/src/${name}`) expect({ path, mark: mark(back, path) }).toEqual({ path, mark: 'included' });
		}
	}
	const first = { ...NONE, sources: ['/a[b]*'], excludes: [patternOf('/a[b]*/x')] };
	expect(mark(first, '/a[b]*/x')).toBe('excluded');
});

test('outside of all sources a path becomes one, and takes in those below it', () => {
	const one = press(NONE, '/srv/a');
	expect(one.sources).toEqual(['/srv/a']);
	expect(press(one, '/srv').sources).toEqual(['/srv']);
	expect(press(one, '/srv/a').sources).toEqual([]);
	expect(withSource(one, '/srv/a/b')).toBe(one);
	expect(sourceOf(press(NONE, '/'), '/any')).toBe('/');
});

test('in a source it is left out, then as before; patterns that named it go with the source', () => {
	put(root, 's/a/b/c');
	const at = (path: string) => join(root, path);
	const source = press(NONE, at('s'));
	const out = press(source, at('s/a'));
	expect(out.excludes).toEqual([at('s/a')]);
	expect([mark(out, at('s/a')), mark(out, at('s')), mark(out, at('s/a/b'))]).toEqual(['excluded', 'mixed', 'excluded']);
	expect(press(out, at('s/a'))).toEqual(source);
	expect(press({ ...out, excludes: ['*.iso', ...out.excludes] }, at('s'))).toEqual({ ...NONE, excludes: ['*.iso'] });
});

test('what a list or a pattern leaves out is brought back, also in an excluded folder', () => {
	put(root, 'p/node_modules/x/y/z');
	put(root, 'p/node_modules/other');
	const at = (path: string) => join(root, path);
	const source = press(NONE, at('p'));
	const back = press(source, at('p/node_modules'));
	expect(mark(back, at('p/node_modules/other'))).toBe('included');
	expect(press(back, at('p/node_modules'))).toEqual(source);
	const deep = press(source, at('p/node_modules/x/y'));
	expect([
		mark(deep, at('p/node_modules')),
		mark(deep, at('p/node_modules/other')),
		mark(deep, at('p/node_modules/x')),
		mark(deep, at('p/node_modules/x/y/z')),
	]).toEqual(['mixed', 'excluded', 'mixed', 'included']);
	// One more beside it, and the folder as a whole again.
	const more = press(deep, at('p/node_modules/other'));
	expect(mark(more, at('p/node_modules/other'))).toBe('included');
	expect(mark(more, at('p/node_modules/x/y/z'))).toBe('included');
	expect(ownRule(more, at('p/node_modules'))).toBe('some');
	expect(press(more, at('p/node_modules'))).toEqual(source);
});

test('what cannot be brought back says why', () => {
	expect(cycle({ ...NONE, sources: ['/'] }, '/proc', verdict({ ...NONE, sources: ['/'] }, '/proc'))).toMatch(/pseudo/);
});

test('a choice does what it shows: every key changes the mark of its path, and twice the same key leads back', () => {
	const names = ['a', 'b', 'node_modules', '[c]'];
	mkdirSync(join(root, 'r'));
	const all: string[] = [];
	for (const one of names) {
		for (const two of names) {
			put(root, `r/${one}/${two}/f`);
			all.push(`r/${one}`, `r/${one}/${two}`, `r/${one}/${two}/f`);
		}
	}
	const paths = [...new Set(all)].map((path) => join(root, path));
	fc.assert(
		fc.property(fc.array(fc.constantFrom(...paths), { minLength: 1, maxLength: 12 }), (presses) => {
			let rules: Selection = { ...NONE, sources: [join(root, 'r')] };
			for (const path of presses) {
				const before = verdict(rules, path);
				const own = ownRule(rules, path);
				const after = press(rules, path);
				const now = mark(after, path);
				if (own === undefined && before.mark === 'excluded') expect(now).not.toBe('excluded');
				if (own === undefined && before.mark !== 'excluded') expect(now).toBe('excluded');
				if (own === undefined && before.at === path) expect(press(after, path).excludes).toEqual(rules.excludes);
				rules = after;
			}
		}),
		{ numRuns: 300 },
	);
});
