import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { absolutePattern, rebasePattern } from '../../../src/backup/scan/exclude-patterns.ts';
import { ExcludeRules } from '../../../src/backup/scan/exclude-rules.ts';
import { put, removeTree, scratchFolder } from '../../support/trees.ts';
import { scanPaths } from './scan-all.ts';

// One git process for each tree: slow on a busy machine.
describe('against git', () => {
	let repository: string;
	beforeAll(() => {
		repository = scratchFolder('git');
		execFileSync('git', ['init', '-q'], { cwd: repository });
	});
	afterAll(() => removeTree(repository));

	const git = (args: string[], input = ''): string[] => {
		try {
			const out = execFileSync('git', args, { cwd: repository, input, env: { ...process.env, HOME: repository } });
			return out.toString().split('\0').filter(Boolean);
		} catch (error) {
			// check-ignore says 1 when it lists nothing.
			if ((error as { status?: number }).status === 1) return [];
			throw error;
		}
	};

	const segment = fc.constantFrom(
		'a',
		'b',
		'ab',
		'foo',
		'foo.o',
		'.x',
		'a b',
		'x*y',
		'[z]',
		'#h',
		'!n',
		'b ',
		'd\\e',
		'A',
	);
	const piece = fc.constantFrom(
		...[
			'a',
			'b',
			'ab',
			'foo',
			'*',
			'**',
			'***',
			'?',
			'a*',
			'*b',
			'[ab]',
			'[!a]',
			'*.o',
			'f*o*',
			'.*',
			'\\#h',
			'\\!n',
			'#h',
			'!n',
		],
		...[
			'x\\*y',
			'x*y',
			'\\[z\\]',
			'[[]z]',
			'a b',
			'a\\ b',
			'b\\ ',
			'd\\\\e',
			'A',
			'\\a',
			'[[:alpha:]]',
			'[^b]',
			'.',
			'..',
			'',
		],
	);
	const pattern = fc
		.tuple(
			fc.constantFrom('', '', '', '!'),
			fc.constantFrom('', '', '/'),
			fc.array(piece, { minLength: 1, maxLength: 3 }),
			fc.constantFrom('', '', '/'),
			fc.constantFrom('', '', '', ' ', '  '),
		)
		.map(([sign, root, pieces, end, space]) => sign + root + pieces.join('/') + end + space);
	const rulesText = fc
		.tuple(
			fc.array(fc.oneof(pattern, pattern, fc.constantFrom('# a', '', '  ')), { maxLength: 5 }),
			fc.constantFrom('\n', '\r\n'),
		)
		.map(([lines, end]) => lines.join(end));
	const tree = fc.array(fc.array(segment, { minLength: 1, maxLength: 4 }), { minLength: 3, maxLength: 14 });
	// Folders by number, so that an ignore file mostly meets a folder that is there.
	const files = fc.array(fc.tuple(fc.nat(), rulesText), { maxLength: 3 });

	/** Makes the tree with its ignore files under both names; gives all its paths. */
	function plant(paths: string[][], ignoreFiles: [number, string][]): string[] {
		const root = join(repository, 'tree');
		rmSync(root, { recursive: true, force: true });
		mkdirSync(root);
		const folders = new Set(['']);
		const all = new Set<string>();
		for (const path of paths) {
			for (let depth = 1; depth < path.length; depth++) folders.add(path.slice(0, depth).join('/'));
		}
		for (const path of paths) {
			const file = path.join('/');
			if (!folders.has(file)) put(root, file, '');
		}
		for (const folder of folders) mkdirSync(join(root, folder), { recursive: true });
		for (const [number, text] of ignoreFiles) {
			const folder = [...folders][number % folders.size]!;
			for (const name of ['.gitignore', '.firnignore']) put(root, folder ? `${folder}/${name}` : name, text);
		}
		for (const line of execFileSync('find', ['.', '-mindepth', '1', '-printf', '%P\\0'], { cwd: root })
			.toString()
			.split('\0')) {
			if (line) all.add(line);
		}
		return [...all];
	}

	test('the scan sees what check-ignore does not ignore', () => {
		fc.assert(
			fc.property(tree, files, (paths, ignoreFiles) => {
				const all = plant(paths, ignoreFiles);
				const ignored = new Set(
					git(['check-ignore', '-z', '--no-index', '--stdin'], all.map((path) => `tree/${path}`).join('\0')),
				);
				const expected = all.filter((path) => !ignored.has(`tree/${path}`));
				expect(scanPaths(join(repository, 'tree'))).toEqual(expected.sort());
			}),
			{ numRuns: 150 },
		);
	});

	test("the job's patterns are those of git's command line", () => {
		fc.assert(
			fc.property(tree, files, fc.array(pattern, { maxLength: 4 }), (paths, ignoreFiles, excludes) => {
				plant(paths, ignoreFiles);
				// Git does not trim on its command line, and has no use for what we could not pass on.
				const plain = excludes.map((exclude) => exclude.trimEnd()).filter((exclude) => exclude !== '');
				const listed = execFileSync(
					'git',
					[
						'--git-dir=../.git',
						'--work-tree=.',
						'ls-files',
						'-z',
						'-o',
						'--exclude-per-directory=.firnignore',
						...plain.flatMap((exclude) => ['-x', exclude]),
					],
					{ cwd: join(repository, 'tree') },
				);
				const expected = listed.toString().split('\0').filter(Boolean).sort();
				const seen = scanPaths(join(repository, 'tree'), { excludes: plain }, (child) => child.type !== 'dir');
				expect(seen).toEqual(expected);
			}),
			{ numRuns: 100 },
		);
	});
});

test('patterns are moved to another folder without changing their meaning', () => {
	expect(rebasePattern('*.o', '')).toBe('*.o');
	expect(rebasePattern('*.o', 'a/b')).toBe('/a/b/**/*.o');
	expect(rebasePattern('build/', 'a')).toBe('/a/**/build/');
	expect(rebasePattern('/build', 'a')).toBe('/a/build');
	expect(rebasePattern('docs/*.pdf', 'a')).toBe('/a/docs/*.pdf');
	expect(rebasePattern('!keep  ', 'a')).toBe('!/a/**/keep');
	expect(rebasePattern('space\\  ', 'a')).toBe('/a/**/space\\ ');
	expect(rebasePattern('x', 'st*r[1]?\\')).toBe('/st\\*r\\[1\\]\\?\\\\/**/x');
	for (const nothing of ['', ' ', '/', '//', '!', '! ', '!/']) expect(rebasePattern(nothing, 'a')).toBeUndefined();
});

test('absolute patterns are cut down to what lies below the source', () => {
	expect(absolutePattern('/home/u/x', 'home/u')).toBe('/x');
	expect(absolutePattern('!/home/u/x/', 'home/u')).toBe('!/x/');
	expect(absolutePattern('/home/*/.cache', 'home/u')).toBe('/.cache');
	expect(absolutePattern('/home/**/*.iso', 'home/u')).toBe('/**/*.iso');
	expect(absolutePattern('/home/u/**', 'home/u')).toBe('/**');
	expect(absolutePattern('/home/u/*', 'home/u')).toBe('/*');
	// Not below the source, the source itself, a wildcard in front, or not absolute at all.
	for (const pattern of [
		'/home/v/x',
		'/home',
		'/home/u',
		'/home/u/',
		'/home/**',
		'/*/u/x',
		'/**/x',
		'home/u/x',
		'/',
		'',
	]) {
		expect(absolutePattern(pattern, 'home/u'), pattern).toBeUndefined();
	}
	expect(absolutePattern('/home/u/x', '')).toBeUndefined();
});

test('a pattern holds from the root of the source and as an absolute path, never for the source itself', () => {
	const excludes = (patterns: string[], path: string, isFolder = false) => {
		const name = path.slice(path.lastIndexOf('/') + 1);
		return ExcludeRules.ofJob(patterns, 'home/u').excludes(path.slice(0, -name.length), name, isFolder);
	};
	expect(excludes(['/x'], 'home/u/x')).toBe(true);
	expect(excludes(['/x'], 'home/u/y/x')).toBeUndefined();
	expect(excludes(['/home/u/x'], 'home/u/x')).toBe(true);
	expect(excludes(['/home/u/x'], 'home/u/home/u/x')).toBe(true);
	expect(excludes(['home/', 'u', '/home', '/home/u', '/home/**'], 'home/u/x')).toBeUndefined();
	expect(excludes(['*.o', '!keep.o'], 'home/u/keep.o')).toBe(false);
	expect(excludes(['#recycle'], 'home/u/#recycle', true)).toBe(true);
	expect(excludes(['build/'], 'home/u/build')).toBeUndefined();
	expect(excludes(['build/'], 'home/u/build', true)).toBe(true);
	expect(excludes(['Case'], 'home/u/case')).toBeUndefined();
	expect(excludes(['*\udcff'], 'home/u/caf\udcff')).toBe(true);
	expect(excludes(['line\n'], 'home/u/line\n')).toBe(true);
	expect(excludes(['line\r'], 'home/u/line')).toBeUndefined();
});

test('files further in override those further out, the job overrides all', () => {
	const outer = ExcludeRules.ofJob(['*.log', '!job.txt'], 's').withFile('s', Buffer.from('\ufeff*.o\r\n*.txt\n'));
	const inner = outer.withFile('s/in', Buffer.from('!keep.o\n!a.log\n/here\n'));
	expect(inner.excludes('s/in/', 'keep.o', false)).toBe(false);
	expect(outer.excludes('s/in/', 'keep.o', false)).toBe(true);
	expect(inner.excludes('s/in/', 'a.log', false)).toBe(true);
	expect(inner.excludes('s/in/', 'job.txt', false)).toBe(false);
	expect(inner.excludes('s/in/', 'here', false)).toBe(true);
	expect(inner.excludes('s/in/deeper/', 'here', false)).toBeUndefined();
	expect(inner.excludes('s/other/', 'here', false)).toBeUndefined();
});

test('rules answer the same after thousands of questions', () => {
	const rules = ExcludeRules.ofJob(['*7?'], '');
	for (let index = 0; index < 5000; index++) {
		const name = `name${index}`;
		expect(rules.excludes('a/', name, false)).toBe(/7.$/.test(name) ? true : undefined);
	}
});
