/**
 * Which paths are left out, by the rules of gitignore(5):
 *
 * - Patterns of the job (`--exclude`) hold in every source, with the source's folder as their root: `*.iso` and `cache/`
 *   match at any depth, `/build` and `docs/*.pdf` from the root. A pattern that begins with the absolute path of the source
 *   or matches it (`/home/u/Downloads`, or with wildcards after the first name) means that path as well.
 * - A `.firnignore` file holds for its folder and below, and overrides the files above it.
 * - The last pattern that matches decides; the job's come after those of all files, as git's command line does. What
 *   lies in an excluded folder cannot be brought back.
 * - A source that is a folder is never excluded itself: leaving out too little is the safer reading.
 */

import ignore, { type Ignore } from 'ignore';
import { decodePath } from '../../core/path-bytes.ts';
import { absolutePattern, rebasePattern } from './exclude-patterns.ts';
import { NameFilter } from './name-filter.ts';

export const IGNORE_FILE = '.firnignore';

/** `ignore` remembers each path it was asked for, so it is replaced before that weighs anything. */
const ASK_LIMIT = 1024;

/** Where a pattern was written: in the job, or in the ignore file of `folder` (archive path); counted from 0. */
export interface PatternOrigin {
	folder?: string;
	index: number;
	text: string;
}

/** A pattern as it is asked, from the root of the rules. */
interface Pattern {
	pattern: string;
	origin: PatternOrigin;
	/** With this pattern alone, made a `!` one; for deciding(). */
	alone?: Ignore;
}

export class ExcludeRules {
	/** Archive path, with a slash at the end, that all patterns here start from. */
	readonly #root: string;
	readonly #ofFiles: readonly Pattern[];
	readonly #ofJob: readonly Pattern[];
	/** Holds the rules and is never asked, so it remembers nothing. */
	readonly #rules: Ignore;
	readonly #filter: NameFilter;
	#asked: Ignore;
	#count = 0;

	private constructor(root: string, ofFiles: readonly Pattern[], ofJob: readonly Pattern[]) {
		this.#root = root;
		this.#ofFiles = ofFiles;
		this.#ofJob = ofJob;
		const patterns = [...ofFiles, ...ofJob].map(({ pattern }) => pattern);
		this.#rules = ignore({ ignorecase: false }).add(patterns);
		this.#asked = ignore({ ignorecase: false }).add(this.#rules);
		this.#filter = new NameFilter(patterns);
	}

	/**
	 * The job's patterns for one source.
	 * @param root archive path of the source, or of the folder it lies in where it is not a folder itself
	 */
	static ofJob(excludes: readonly string[], root: string): ExcludeRules {
		const patterns: Pattern[] = [];
		for (const [index, exclude] of excludes.entries()) {
			const origin = { index, text: exclude };
			// Only files have comments; `--exclude '#recycle'` means what it says.
			const line = exclude.startsWith('#') ? `\\${exclude}` : exclude;
			const absolute = absolutePattern(line, root);
			const pattern = rebasePattern(line, '');
			if (pattern !== undefined) patterns.push({ pattern, origin });
			if (absolute !== undefined) patterns.push({ pattern: absolute, origin });
		}
		return new ExcludeRules(root === '' ? '' : `${root}/`, [], patterns);
	}

	/** The rules that hold in `folder` (archive path), which has an ignore file of this content. */
	withFile(folder: string, content: Uint8Array): ExcludeRules {
		const base = folder.slice(this.#root.length);
		const patterns: Pattern[] = [];
		const lines = decodePath(content)
			.replace(/^\ufeff/, '')
			.split('\n');
		for (const [index, line] of lines.entries()) {
			if (line.startsWith('#')) continue;
			const text = line.endsWith('\r') ? line.slice(0, -1) : line;
			const pattern = rebasePattern(text, base);
			if (pattern !== undefined) patterns.push({ pattern, origin: { folder, index, text } });
		}
		return new ExcludeRules(this.#root, [...this.#ofFiles, ...patterns], this.#ofJob);
	}

	/** Whether there is nothing to ask. */
	get empty(): boolean {
		return this.#ofFiles.length === 0 && this.#ofJob.length === 0;
	}

	/**
	 * True: leave it out. False: a `!` pattern wants it. Undefined: no pattern says anything about it.
	 * @param prefix archive path of the folder it is in, which is not excluded itself, with a slash at the end ('' is the root)
	 */
	excludes(prefix: string, name: string, isFolder: boolean): boolean | undefined {
		if (!this.#filter.mayMatch(name)) return undefined;
		if (this.#count === ASK_LIMIT) {
			this.#asked = ignore({ ignorecase: false }).add(this.#rules);
			this.#count = 0;
		}
		this.#count += 1;
		const path = prefix.slice(this.#root.length) + name;
		const answer = this.#asked.test(isFolder ? `${path}/` : path);
		return answer.ignored ? true : answer.unignored ? false : undefined;
	}

	/** The pattern behind the answer of excludes(), for people. Slow. */
	deciding(prefix: string, name: string, isFolder: boolean): { excludes: boolean; origin: PatternOrigin } | undefined {
		const excludes = this.excludes(prefix, name, isFolder);
		if (excludes === undefined) return undefined;
		const path = prefix.slice(this.#root.length) + name + (isFolder ? '/' : '');
		const patterns = [...this.#ofFiles, ...this.#ofJob];
		// The last that matches decides, and it has the sign of the answer.
		const { origin } = patterns.findLast(
			(one) => one.pattern.startsWith('!') !== excludes && matchesItself(one, path),
		)!;
		return { excludes, origin };
	}
}

/** Whether the pattern, which may have either sign, matches this very path and not just a folder above it. */
function matchesItself(one: Pattern, path: string): boolean {
	const { pattern } = one;
	// Unlike an ignored one, an unignored folder says nothing about what is in it.
	one.alone ??= ignore({ ignorecase: false }).add([pattern.startsWith('!') ? pattern : `!${pattern}`]);
	return one.alone.test(path).unignored;
}
