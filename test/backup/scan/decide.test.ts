/** What is shown of a path against what a scan does. */

import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Decider } from '../../../src/backup/scan/decide.ts';
import { CACHEDIR_SIGNATURE } from '../../../src/core/clutter.ts';
import type { Selection } from '../../../src/core/selection.ts';
import { makeOddTree, put, putSocket, removeTree, scratchFolder } from '../../support/trees.ts';
import { scanAll } from './scan-all.ts';

const RULES: Selection = {
	sources: [],
	excludes: [],
	excludeSystem: true,
	excludeDeveloper: false,
	oneFileSystem: false,
};

let root: string;
beforeAll(() => {
	root = scratchFolder('decide');
});
afterAll(() => removeTree(root));

/** The archive paths that a scan takes, and those that the verdicts would. Folders that are kept empty are in neither. */
function both(paths: string[], rules: Partial<Selection>, skipPaths: string[] = []) {
	const selection = { ...RULES, ...rules };
	const scanned = scanAll(selection.sources, { ...selection, skipPaths });
	const kept = new Set(scanned.skipped.map(({ path }) => path));
	const decider = new Decider(selection, skipPaths);
	const verdicts = paths.map((path) => ({ path, ...decider.decide(`/${path}`).verdict }));
	return {
		scanned: paths.filter((path) => scanned.children.has(path) && !kept.has(path)).sort(),
		decided: verdicts
			.filter(({ path, mark, decided }) => mark === 'included' || (mark === 'mixed' && decided.by !== 'leads' && path))
			.map(({ path }) => path)
			.sort(),
		verdicts,
	};
}

describe('against the scan', () => {
	const name = fc.constantFrom('a', 'b', 'c', 'node_modules', 'x.iso', '.DS_Store', 'Thumbs.db', 'd e', '[z]', '.git');
	const paths = fc.uniqueArray(
		fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => names.join('/')),
		{
			minLength: 1,
			maxLength: 25,
		},
	);
	const pattern = fc.oneof(
		fc.constantFrom(
			'*.iso',
			'!x.iso',
			'a/',
			'b',
			'/a',
			'!/a/b',
			'a/*',
			'!a/b',
			'**/c',
			'a/**/b',
			'!.DS_Store',
			'\\[z\\]',
			'd e',
		),
		fc.constantFrom(
			'ROOT/a',
			'!ROOT/a/b',
			'ROOT/a/*',
			'ROOT/\\[z\\]',
			'ROOT/b/node_modules',
			'ROOT/*/c',
			'!ROOT/a/*/c',
		),
	);
	const source = fc.constantFrom('', 'a', 'b', 'a/b', 'x.iso', 'c/node_modules');

	test('agrees on every path of random trees, patterns, ignore files and sources', () => {
		let count = 0;
		fc.assert(
			fc.property(
				paths,
				fc.array(pattern, { maxLength: 4 }),
				fc.array(fc.tuple(fc.constantFrom('', 'a', 'a/b', 'c'), fc.array(pattern, { maxLength: 3 })), { maxLength: 2 }),
				fc.uniqueArray(source, { minLength: 1, maxLength: 2 }),
				fc.record({ excludeSystem: fc.boolean(), excludeDeveloper: fc.boolean() }),
				fc.constantFrom(undefined, 'a', 'b/c', 'a/b'),
				(files, patterns, ignoreFiles, sources, options, cache) => {
					const tree = join(root, String(count++));
					mkdirSync(tree);
					const all = new Set<string>();
					const add = (path: string, content?: string) => {
						try {
							put(tree, path, content);
						} catch {
							// A file is where a folder would have to be, or the other way round.
							return;
						}
						for (let end = path.indexOf('/'); end !== -1; end = path.indexOf('/', end + 1)) all.add(path.slice(0, end));
						all.add(path);
					};
					for (const file of files) add(file);
					for (const [folder, lines] of ignoreFiles) {
						add(join(folder, '.firnignore'), lines.filter((line) => !line.includes('ROOT')).join('\n'));
					}
					if (cache) add(`${cache}/CACHEDIR.TAG`, `${CACHEDIR_SIGNATURE}\n`);
					const at = (path: string) => join(tree, path);
					const { scanned, decided } = both(
						[...all].map((path) => at(path).slice(1)),
						{
							...options,
							sources: sources.filter((path) => path === '' || all.has(path)).map(at),
							excludes: patterns.map((line) => line.replace('ROOT', tree)),
						},
					);
					expect(decided).toEqual(scanned);
				},
			),
			{ numRuns: 400 },
		);
	});

	test('agrees on odd names and types', async () => {
		const tree = join(root, 'odd');
		mkdirSync(tree);
		const { paths: all } = makeOddTree(tree);
		const socket = await putSocket(tree, 'socket');
		const { scanned, decided, verdicts } = both(
			[...all, 'socket'].map((path) => join(tree, path).slice(1)),
			{ sources: [tree], excludes: ['*.txt', 'new*', '!new\nline'] },
			[join(tree, 'plain')],
		);
		socket.close();
		expect(decided).toEqual(scanned);
		expect(new Set(verdicts.map((verdict) => verdict.decided.by))).toEqual(
			new Set(['source', 'pattern', 'own', 'socket']),
		);
	});
});

describe('which rule', () => {
	const why = (path: string, rules: Partial<Selection>, skip: string[] = []) =>
		new Decider({ ...RULES, ...rules }, skip).decide(path).verdict;
	let tree: string;
	const at = (path: string) => join(tree, path);
	beforeAll(() => {
		tree = join(root, 'why');
		put(tree, 's/keep/a.iso');
		put(tree, 's/deep/.firnignore', '# comment\n\n*.o\n!b.o\r\n');
		put(tree, 's/deep/more/a.o');
		put(tree, 's/deep/b.o');
		put(tree, 's/.DS_Store');
		put(tree, 's/cache/CACHEDIR.TAG', CACHEDIR_SIGNATURE);
		put(tree, 's/cache/x/y');
		put(tree, 'beside/file');
		symlinkSync('keep', at('s/link'));
	});

	test('the text and place of the pattern that counts last', () => {
		const sources = [at('s')];
		const excludes = ['*.iso', 'keep/', `!${at('s/keep')}`, '!a.iso'];
		expect(why(at('s/keep/a.iso'), { sources, excludes })).toEqual({
			mark: 'included',
			decided: { by: 'pattern', index: 3, pattern: '!a.iso' },
			at: at('s/keep/a.iso'),
		});
		expect(why(at('s/keep/a.iso'), { sources, excludes: excludes.slice(0, 2) })).toMatchObject({
			mark: 'excluded',
			decided: { by: 'pattern', index: 1, pattern: 'keep/' },
			at: at('s/keep'),
		});
		expect(why(at('s/keep'), { sources, excludes })).toMatchObject({ decided: { index: 2 } });
	});

	test('everything else that decides', () => {
		const sources = [at('s')];
		const file = { by: 'file', file: at('s/deep/.firnignore') };
		expect(why(at('s/deep/more/a.o'), { sources }).decided).toEqual({ ...file, line: 3, pattern: '*.o' });
		expect(why(at('s/deep/b.o'), { sources }).decided).toEqual({ ...file, line: 4, pattern: '!b.o' });
		expect(why(at('s/.DS_Store'), { sources }).decided).toEqual({ by: 'system', name: '.DS_Store' });
		expect(why(at('s/cache/x/y'), { sources })).toMatchObject({ decided: { by: 'cache' }, at: at('s/cache/x') });
		expect(why(at('s/cache/CACHEDIR.TAG'), { sources }).mark).toBe('included');
		expect(why(at('s/link/a.iso'), { sources })).toMatchObject({ mark: 'outside', decided: { by: 'link' } });
		expect(why(at('s/link'), { sources }).mark).toBe('included');
		expect(why(at('beside/file'), { sources })).toMatchObject({ mark: 'outside', decided: { by: 'outside' } });
		expect(why(tree, { sources })).toMatchObject({ mark: 'mixed', decided: { by: 'leads' } });
		expect(why('/proc/self', { sources: ['/'] })).toMatchObject({ decided: { by: 'pseudo-fs' }, at: '/proc' });
		expect(why('/proc', { sources })).toMatchObject({ mark: 'outside', decided: { by: 'pseudo-fs' } });
		expect(why(at('s/keep'), { sources }, [at('s/keep')]).decided).toEqual({ by: 'own' });
		expect(why(at('s/none/x.iso'), { sources, excludes: ['*.iso'] }).decided).toMatchObject({ by: 'pattern' });
	});

	test('a folder is mixed where a pattern without wildcards leaves out what is in it', () => {
		const mark = (path: string, ...excludes: string[]) =>
			why(at(path), { sources: [at('s'), at('beside')], excludes }).mark;
		expect(mark('s', at('s/keep/a.iso'))).toBe('mixed');
		expect(mark('s/keep', at('s/keep/a.iso'))).toBe('mixed');
		expect(mark('s/deep', at('s/keep/a.iso'))).toBe('included');
		expect(mark('beside', at('s/keep/a.iso'))).toBe('included');
		expect(mark('s/keep', at('s/keep/*'))).toBe('mixed');
		expect(mark('s', '/keep')).toBe('mixed');
		expect(mark('s', at('s/no longer there'))).toBe('included');
		expect(mark('s/keep', at('s/keep'))).toBe('excluded');
	});
});
