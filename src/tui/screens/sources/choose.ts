/**
 * What choosing folders does to the rules of a job: sources are added and taken away, and below a source a path gets an
 * exclude pattern of its own, or one that brings it back. Rules stay rules; no choice becomes a list of files. Pure.
 */

import type { Selection, Verdict } from '../../../core/selection.ts';

/** The part of a selection that choosing changes. */
export type Rules = Pick<Selection, 'sources' | 'excludes'>;

/** The pattern that means exactly this path (absolute). */
export function patternOf(path: string): string {
	// A line end would be taken off at the end of a pattern; a space there, too.
	return path.replace(/[\\*?[\]]/g, '\\$&').replace(/ +$/, (spaces) => '\\ '.repeat(spaces.length));
}

/** The source that a path is, or lies in. */
export function sourceOf({ sources }: Rules, path: string): string | undefined {
	return sources.find((source) => isWithin(path, source));
}

function isWithin(path: string, folder: string): boolean {
	return path === folder || path.startsWith(folder === '/' ? '/' : `${folder}/`);
}

/** The rule that a path has for itself, if it has one. `some`: only what is named below it. */
export function ownRule(
	{ sources, excludes }: Rules,
	path: string,
): 'source' | 'include' | 'exclude' | 'some' | undefined {
	if (sources.includes(path)) return 'source';
	const pattern = patternOf(path);
	for (const exclude of excludes.toReversed()) {
		if (exclude === pattern || exclude === `${pattern}/`) return 'exclude';
		if (exclude === `!${pattern}` || exclude === `!${pattern}/`)
			return excludes.includes(`${pattern}/*`) ? 'some' : 'include';
		if (exclude === `${pattern}/*`) return 'some';
	}
	return undefined;
}

/** What no pattern can bring back, and why. */
const FINAL: Partial<Record<Verdict['decided']['by'], string>> = {
	cache: 'What is in a folder with a CACHEDIR.TAG is left out with the system clutter: switch that off to keep it.',
	link: 'What a symbolic link leads to is not backed up: add the folder itself as a source.',
	socket: 'A socket cannot be backed up.',
	'pseudo-fs': 'It is a pseudo file system: there is no data to back up.',
	'other-fs': 'It is another file system, and the job stays on one.',
	own: 'It is Firn’s own or the destination: backing that up would never end.',
};

/**
 * The next choice for a path: outside of all sources it becomes one, or no longer is; in a source it is left out or
 * brought back, and then again as the rules above it say.
 * @param verdict what the rules say of it now
 * @returns the rules after it, or why it cannot be chosen
 */
export function cycle<R extends Rules>(rules: R, path: string, verdict: Verdict): R | string {
	switch (ownRule(rules, path)) {
		case 'source':
			return withoutSource(rules, path);
		case 'include':
		case 'exclude':
			return without(rules, (pattern, at) => pattern === at || pattern === `${at}/`, path);
		case 'some':
			return without(rules, (pattern, at) => pattern === at || pattern.startsWith(`${at}/`), path);
	}
	const final = FINAL[verdict.decided.by];
	if (final !== undefined) return final;
	if (sourceOf(rules, path) === undefined) return withSource(rules, path);
	return verdict.mark === 'excluded' ? included(rules, path, verdict) : withRule(rules, patternOf(path));
}

/** A source more; sources in it are part of it from now on. */
export function withSource<R extends Rules>(rules: R, path: string): R {
	if (sourceOf(rules, path) !== undefined) return rules;
	const others = rules.sources.filter((source) => !isWithin(source, path));
	// A pattern for the source itself, left from when it was only a part of another, says nothing any more.
	return without({ ...rules, sources: [...others, path] }, (pattern, at) => pattern === at, path);
}

/** Patterns that name what is in the source go with it. */
function withoutSource<R extends Rules>(rules: R, path: string): R {
	const sources = rules.sources.filter((source) => source !== path);
	return without({ ...rules, sources }, (pattern, at) => pattern.startsWith(at === '/' ? '/' : `${at}/`), path);
}

/** Without the patterns, of either sign, of which `gone` says so. */
function without<R extends Rules>(rules: R, gone: (pattern: string, at: string) => boolean, path: string): R {
	const at = patternOf(path);
	const excludes = rules.excludes.filter((exclude) => !gone(exclude.startsWith('!') ? exclude.slice(1) : exclude, at));
	return excludes.length === rules.excludes.length ? rules : { ...rules, excludes };
}

/** With a pattern as the last, which decides. */
export function withRule<R extends Rules>(rules: R, pattern: string): R {
	return { ...rules, excludes: [...rules.excludes.filter((exclude) => exclude !== pattern), pattern] };
}

/**
 * Brings a path back. What lies in an excluded folder cannot be: so each folder on the way, from the excluded one on, is
 * brought back itself and all in it left out but for the next.
 */
function included<R extends Rules>(rules: R, path: string, { at }: Verdict): R {
	let next = rules;
	for (let folder = at; folder !== path; folder = step(folder, path)) {
		next = withBack(next, folder);
		next = withRule(next, `${patternOf(folder)}/*`);
	}
	return withBack(next, path);
}

function withBack<R extends Rules>(rules: R, path: string): R {
	const others = without(rules, (pattern, own) => pattern === own || pattern === `${own}/`, path);
	return withRule(others, `!${patternOf(path)}`);
}

/** The folder one step further on the way to `path`. */
function step(folder: string, path: string): string {
	const slash = path.indexOf('/', folder.length + 1);
	return slash === -1 ? path : path.slice(0, slash);
}
