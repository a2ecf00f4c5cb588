/**
 * Says what a scan would do with one path and by which rule, without walking there: what people are shown is what a run
 * does. Each step asks the same rules as scan.ts and folder-reader.ts do, in the same order; a test holds them together.
 */

import { accessSync, type BigIntStats, constants, lstatSync } from 'node:fs';
import { CACHEDIR_TAG, DEVELOPER_CLUTTER, SYSTEM_CLUTTER } from '../../core/clutter.ts';
import { errnoCode } from '../../core/errors.ts';
import { fsPath } from '../../core/path-bytes.ts';
import type { DecidedBy, NodeType, Selection, Verdict } from '../../core/selection.ts';
import { typeOfMode } from '../../core/stat-facts.ts';
import { Boundaries } from './boundaries.ts';
import { ExcludeRules, IGNORE_FILE, type PatternOrigin } from './exclude-rules.ts';
import { isCacheTag, readIgnoreFile } from './folder-reader.ts';
import { literalFolders } from './literal-folders.ts';
import { reachFolder, withOpenablePath } from './long-path.ts';
import { systemReason } from './problem.ts';
import { type SourceNode, sourceTree } from './sources.ts';
import type { SkipReason } from './types.ts';

/** A path and what was found there; the type is absent where there is nothing, or it cannot be looked at. */
export interface Decided {
	verdict: Verdict;
	exists: boolean;
	type?: NodeType;
	bytes: number;
	problem?: string;
}

/** What holds for the names in a folder that a scan enters. */
export interface Inside {
	kind: 'inside';
	/** Archive path. */
	path: string;
	source: string;
	rules: ExcludeRules;
	/** Without those of its own ignore file. */
	rulesAbove: ExcludeRules;
	dev: bigint;
	sourceDev: bigint;
	/** Whether all but its tag is left out. */
	isCache: boolean;
}

type Place =
	| Inside
	/** A folder above sources, or beside all of them. */
	| { kind: 'above'; path: string; node: SourceNode | undefined }
	/** Everything below shares a verdict. */
	| { kind: 'shut'; path: string; verdict: Verdict };

const SYSTEM: ReadonlySet<string> = new Set(SYSTEM_CLUTTER);
const DEVELOPER: ReadonlySet<string> = new Set(DEVELOPER_CLUTTER);

export class Decider {
	readonly #selection: Selection;
	readonly #tree: SourceNode;
	readonly #boundaries: Boundaries;
	/** Archive paths of folders below which patterns of the job leave something out, by source. */
	readonly #literal = new Map<string, string[]>();
	/** Places of folders that were come through, so that neighbours cost little. */
	readonly #places = new Map<string, Place>();

	/** @param skipPaths as in ScanOptions */
	constructor(selection: Selection, skipPaths: string[]) {
		this.#selection = selection;
		this.#tree = sourceTree(selection.sources);
		this.#boundaries = new Boundaries({ oneFileSystem: selection.oneFileSystem, skipPaths });
	}

	/** @param path absolute, without `.` and `..` */
	decide(path: string): Decided {
		const archived = path.split('/').filter(Boolean).join('/');
		if (archived === '') return this.#decideRoot();
		const slash = archived.lastIndexOf('/');
		return this.decideName(this.place(archived.slice(0, Math.max(0, slash))), archived.slice(slash + 1));
	}

	/** What holds for the names in the folder `path` (archive path). */
	place(path: string): Place {
		const known = this.#places.get(path);
		if (known) return known;
		const place = path === '' ? this.#rootPlace() : this.#placeBelow(path);
		this.#places.set(path, place);
		return place;
	}

	decideName(place: Place, name: string): Decided {
		const path = place.path === '' ? name : `${place.path}/${name}`;
		const { stat, error } = look(path);
		const type = stat ? nodeType(stat) : undefined;
		const decided: Decided = {
			verdict: this.#verdict(place, name, path, stat, error),
			exists: stat !== undefined || (errnoCode(error) !== 'ENOENT' && errnoCode(error) !== 'ENOTDIR'),
			bytes: type === 'file' ? Number(stat!.size) : 0,
		};
		if (type !== undefined) decided.type = type;
		const problem = stat === undefined ? decided.exists && systemReason(error) : refusal(path, type!);
		if (problem) decided.problem = problem;
		return decided;
	}

	#verdict(place: Place, name: string, path: string, stat: BigIntStats | undefined, error: unknown): Verdict {
		if (place.kind === 'shut') return place.verdict;
		const at = `/${path}`;
		if (place.kind === 'above') return this.#verdictAbove(place.node?.below.get(name), path, stat);
		const { rules, source } = place;
		const prefix = place.path === '' ? '' : `${place.path}/`;
		const excluded = (decided: DecidedBy): Verdict => ({ mark: 'excluded', decided, at });
		if (place.isCache && name !== CACHEDIR_TAG) return excluded({ by: 'cache' });
		const clutter = this.#clutter(name);
		if (clutter && rules.empty) return excluded({ by: clutter, name });
		if (stat === undefined && errnoCode(error) !== 'ENOENT') {
			return this.#boundaries.pseudo.isMountPoint(path) ? excluded({ by: 'pseudo-fs' }) : this.#included(path, source);
		}
		const type = stat && typeOfMode(stat.mode);
		const answer = rules.deciding(prefix, name, type === 'dir');
		if (answer?.excludes) return excluded(byPattern(answer.origin));
		if (clutter && !answer) return excluded({ by: clutter, name });
		if (stat && type === undefined) return excluded({ by: 'socket' });
		if (stat) {
			const named = this.#boundaries.skip.in(place.path)?.has(name) === true;
			const reason = this.#boundaries.reasonToSkip(path, type!, stat, place.dev, place.sourceDev, named);
			if (reason) return excluded(bySkip(reason));
		}
		const included = this.#included(path, source);
		return answer ? { ...included, decided: byPattern(answer.origin) } : included;
	}

	/** For a name in a folder above sources, which `node` has if it leads to some. */
	#verdictAbove(node: SourceNode | undefined, path: string, stat: BigIntStats | undefined): Verdict {
		const at = `/${path}`;
		if (!node) {
			const isPseudo = stat !== undefined && this.#boundaries.pseudo.has(stat.dev, path);
			return { mark: 'outside', decided: { by: isPseudo ? 'pseudo-fs' : 'outside' }, at };
		}
		if (!node.source) return { mark: 'mixed', decided: { by: 'leads' }, at };
		const type = stat && typeOfMode(stat.mode);
		if (stat && type === undefined) return { mark: 'excluded', decided: { by: 'socket' }, at };
		const reason = stat && this.#boundaries.reasonToSkipSource(path, stat);
		if (reason) return { mark: 'excluded', decided: bySkip(reason), at };
		if (type !== 'dir') {
			const slash = path.lastIndexOf('/');
			const rules = ExcludeRules.ofJob(this.#selection.excludes, path.slice(0, Math.max(0, slash)));
			const answer = rules.deciding(path.slice(0, slash + 1), path.slice(slash + 1), false);
			if (answer?.excludes) return { mark: 'excluded', decided: byPattern(answer.origin), at };
		}
		return this.#included(path, at);
	}

	#included(path: string, source: string): Verdict {
		let literal = this.#literal.get(source);
		if (!literal) {
			literal = literalFolders(this.#selection.excludes, source.slice(1), (one) => look(one).stat !== undefined);
			this.#literal.set(source, literal);
		}
		const below = path === '' ? '' : `${path}/`;
		const mark = literal.some((folder) => folder === path || folder.startsWith(below)) ? 'mixed' : 'included';
		return { mark, decided: { by: 'source', source }, at: `/${path}` };
	}

	#clutter(name: string): 'system' | 'developer' | undefined {
		const { excludeSystem, excludeDeveloper } = this.#selection;
		if (excludeSystem && SYSTEM.has(name)) return 'system';
		return excludeDeveloper && DEVELOPER.has(name) ? 'developer' : undefined;
	}

	#decideRoot(): Decided {
		const decided = { exists: true, type: 'dir' as const, bytes: 0 };
		if (this.#tree.source) return { ...decided, verdict: this.#included('', '/') };
		const leads = this.#tree.below.size > 0;
		const by: DecidedBy = leads ? { by: 'leads' } : { by: 'outside' };
		return { ...decided, verdict: { mark: leads ? 'mixed' : 'outside', decided: by, at: '/' } };
	}

	#rootPlace(): Place {
		if (!this.#tree.source) return { kind: 'above', path: '', node: this.#tree };
		return this.#enter('', '/', lstatSync('/', { bigint: true }), undefined);
	}

	#placeBelow(path: string): Place {
		const slash = path.lastIndexOf('/');
		const name = path.slice(slash + 1);
		const above = this.place(path.slice(0, Math.max(0, slash)));
		if (above.kind === 'shut') return { ...above, path };
		const { stat, error } = look(path);
		const verdict = this.#verdict(above, name, path, stat, error);
		if (stat?.isSymbolicLink()) {
			return { kind: 'shut', path, verdict: { mark: 'outside', decided: { by: 'link' }, at: `/${path}` } };
		}
		if (verdict.mark === 'excluded') return { kind: 'shut', path, verdict };
		if (above.kind === 'inside') return this.#enter(path, above.source, stat, above);
		const node = above.node?.below.get(name);
		return node?.source ? this.#enter(path, `/${path}`, stat, undefined) : { kind: 'above', path, node };
	}

	/** A folder in a source; one that is not there is taken for an empty one. */
	#enter(path: string, source: string, stat: BigIntStats | undefined, above: Inside | undefined): Inside {
		const rules = above?.rules ?? ExcludeRules.ofJob(this.#selection.excludes, path);
		const dev = stat?.dev ?? above?.dev ?? 0n;
		const inside: Inside = {
			kind: 'inside',
			path,
			source,
			rules,
			rulesAbove: rules,
			dev,
			sourceDev: above?.sourceDev ?? dev,
			isCache: false,
		};
		let place: ReturnType<typeof reachFolder> | undefined;
		try {
			place = reachFolder(path);
			const content = isThere(`${place.path}/${IGNORE_FILE}`) ? readIgnoreFile(place.path) : undefined;
			if (content !== undefined && content !== 'too long') inside.rules = rules.withFile(path, content);
			const mayBeCache = this.#selection.excludeSystem && above !== undefined;
			inside.isCache = mayBeCache && isCacheTag(`${place.path}/${CACHEDIR_TAG}`);
		} catch {
			// The scan says so and goes on without.
		} finally {
			place?.close();
		}
		return inside;
	}
}

function look(path: string): { stat?: BigIntStats; error?: unknown } {
	try {
		return { stat: withOpenablePath(path, (openable) => lstatSync(openable, { bigint: true })) };
	} catch (error) {
		return { error };
	}
}

function isThere(path: string): boolean {
	return lstatSync(fsPath(path), { throwIfNoEntry: false }) !== undefined;
}

function nodeType(stat: BigIntStats): NodeType {
	return typeOfMode(stat.mode) ?? 'socket';
}

/** Why a file or folder cannot be read. */
function refusal(path: string, type: NodeType): string | undefined {
	if (type !== 'file' && type !== 'dir') return undefined;
	const rights = type === 'dir' ? constants.R_OK | constants.X_OK : constants.R_OK;
	try {
		withOpenablePath(path, (openable) => accessSync(openable, rights));
		return undefined;
	} catch (error) {
		return systemReason(error);
	}
}

function byPattern({ folder, index, text }: PatternOrigin): DecidedBy {
	if (folder === undefined) return { by: 'pattern', index, pattern: text };
	const file = `/${folder === '' ? '' : `${folder}/`}${IGNORE_FILE}`;
	return { by: 'file', file, line: index + 1, pattern: text };
}

function bySkip(reason: SkipReason): DecidedBy {
	// Patterns are asked apart from boundaries, which know no others.
	return { by: reason as Exclude<SkipReason, 'excluded'> };
}
