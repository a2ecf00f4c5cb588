/**
 * Which paths are left out, by the rules of gitignore(5):
 *
 * - Patterns of the job (`--exclude`) hold in every source, with the source's folder as their root: `*.iso` and `cache/`
 *   match at any depth, `/build` and `docs/*.pdf` from the root. A pattern with a leading slash is also tried from the root
 *   of the file system, so that `/home/u/Downloads` does what it says.
 * - A `.firnignore` file holds for its folder and below, and overrides the files above it.
 * - The last pattern that matches decides; the job's come after those of all files, as git's command line does. What
 *   lies in an excluded folder cannot be brought back.
 * - A source that is a folder is never excluded itself: leaving out too little is the safer reading.
 */

import ignore, { type Ignore } from 'ignore';
import { decodePath } from '../../core/path-bytes.ts';
import { NameFilter } from './name-filter.ts';

export const IGNORE_FILE = '.firnignore';

/** `ignore` remembers each path it was asked for, so it is replaced before that weighs anything. */
const ASK_LIMIT = 1024;

export class ExcludeRules {
	/** The root that the job's patterns hold for. */
	readonly #root: string;
	readonly #ofFiles: readonly string[];
	readonly #ofJob: readonly string[];
	/** Holds the rules and is never asked, so it remembers nothing. */
	readonly #rules: Ignore;
	readonly #filter: NameFilter;
	#asked: Ignore;
	#count = 0;

	private constructor(root: string, ofFiles: readonly string[], ofJob: readonly string[]) {
		this.#root = root;
		this.#ofFiles = ofFiles;
		this.#ofJob = ofJob;
		this.#rules = ignore({ ignorecase: false }).add(ofFiles).add(ofJob);
		this.#rules.add(keepAncestors(this.#rules, root));
		this.#asked = ignore({ ignorecase: false }).add(this.#rules);
		this.#filter = new NameFilter([...ofFiles, ...ofJob]);
	}

	/**
	 * The job's patterns for one source.
	 * @param root archive path of the source, or of the folder it lies in where it is not a folder itself
	 */
	static ofJob(excludes: readonly string[], root: string): ExcludeRules {
		const patterns: string[] = [];
		for (const exclude of excludes) {
			// Only files have comments; `--exclude '#recycle'` means what it says.
			const line = exclude.startsWith('#') ? `\\${exclude}` : exclude;
			const fromRoot = rebase(line, root, true);
			if (fromRoot === undefined) continue;
			if (root !== '' && /^!?\//.test(line)) patterns.push(rebase(line, '', true)!);
			patterns.push(fromRoot);
		}
		return new ExcludeRules(root, [], patterns);
	}

	/** The rules that hold in `folder` (archive path), which has an ignore file of this content. */
	withFile(folder: string, content: Uint8Array): ExcludeRules {
		const lines = decodePath(content)
			.replace(/^\ufeff/, '')
			.split('\n');
		const patterns: string[] = [];
		for (const line of lines) {
			if (line.startsWith('#')) continue;
			const pattern = rebase(line.endsWith('\r') ? line.slice(0, -1) : line, folder, folder === this.#root);
			if (pattern !== undefined) patterns.push(pattern);
		}
		return new ExcludeRules(this.#root, [...this.#ofFiles, ...patterns], this.#ofJob);
	}

	/** Whether there is anything to ask. */
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
		const answer = this.#asked.test(isFolder ? `${prefix}${name}/` : prefix + name);
		return answer.ignored ? true : answer.unignored ? false : undefined;
	}
}

/**
 * A gitignore pattern of the folder `base` as one that means the same from the archive's root, or undefined where it
 * can match nothing. `bareNames`: patterns without a slash stay as they are, which is faster and right where nothing
 * outside `base` is asked for.
 */
function rebase(line: string, base: string, bareNames: boolean): string | undefined {
	const sign = line.startsWith('!') ? '!' : '';
	// A line end inside a pattern is part of a name; `ignore` would take it off.
	const body = trimTrailingSpaces(line.slice(sign.length)).replace(/[\r\n]$/, '[$&]');
	if (/^\/*$/.test(body)) return undefined;
	const root = base === '' ? '' : `/${escapeGlob(base)}`;
	const slash = body.indexOf('/');
	if (slash !== -1 && slash !== body.length - 1) return `${sign}${root}/${body.startsWith('/') ? body.slice(1) : body}`;
	return bareNames ? sign + body : `${sign}${root}/**/${body}`;
}

/** As git does: spaces only, and not one that a backslash quotes. */
function trimTrailingSpaces(text: string): string {
	let end = text.length;
	while (end > 0 && text[end - 1] === ' ') end -= 1;
	if (end === text.length) return text;
	let backslashes = 0;
	while (text[end - backslashes - 1] === '\\') backslashes += 1;
	return text.slice(0, backslashes % 2 === 1 ? end + 1 : end);
}

/** Patterns that undo what the rules say about the root and the folders above it. */
function keepAncestors(rules: Ignore, root: string): string[] {
	const kept: string[] = [];
	const names = root === '' ? [] : root.split('/');
	for (let count = 1; count <= names.length; count++) {
		const folder = `${names.slice(0, count).join('/')}/`;
		// With those above it, because an excluded parent would answer for its children.
		if (ignore({ ignorecase: false }).add(rules).add(kept).ignores(folder)) kept.push(`!/${escapeGlob(folder)}`);
	}
	return kept;
}

function escapeGlob(path: string): string {
	return path.replace(/[\\*?[\]]/g, '\\$&');
}
