/** Paths that are backed up by name, with a job that may know nothing of them. */

import { lstatSync } from 'node:fs';
import { Extras } from '../backup/plan/extras.ts';
import { Decider } from '../backup/scan/decide.ts';
import { normalizeSources, realPath } from '../backup/scan/sources.ts';
import type { Job } from '../config/job.ts';
import { errnoCode, usageError } from '../core/errors.ts';
import { fsPath } from '../core/path-bytes.ts';
import { safePrint } from '../core/safe-print.ts';
import { counted } from '../core/sizes.ts';

export interface NamedPaths {
	/** Absolute, nothing twice. */
	paths: string[];
	/** Those that the job would not take itself, with the ones from before. */
	extras: string[];
}

/**
 * @param typed as a person named them
 * @param skipPaths what a scan never reads
 * @throws FirnError (usage) SOURCE_MISSING, SOURCE_UNREADABLE, PATH_HOLDS_SOURCE, OUTSIDE_MIRROR
 */
export function namedPaths(job: Job, typed: string[], cwd: string, skipPaths: string[]): NamedPaths {
	refuseMissing(typed, cwd);
	const decider = new Decider(job, skipPaths);
	const inside: string[] = [];
	const outside: string[] = [];
	for (const path of typed.map((one) => located(decider, one, cwd))) {
		const source = job.sources.find((one) => one !== path && one.startsWith(path === '/' ? '/' : `${path}/`));
		if (source !== undefined) {
			throw usageError(
				'PATH_HOLDS_SOURCE',
				`${safePrint(path)} holds ${safePrint(source)}, a source of job ${job.name}.`,
				`Name what lies beside the source, or run all of the job: firn backup ${job.name}.`,
			);
		}
		(isOwn(decider, path) ? inside : outside).push(path);
	}
	const isOutside = (path: string) => decider.decide(path).verdict.mark === 'outside';
	const foreign = job.layout === 'mirror' ? outside.find(isOutside) : undefined;
	if (foreign !== undefined) {
		throw usageError(
			'OUTSIDE_MIRROR',
			`${safePrint(foreign)} lies outside of the sources of job ${job.name}, which is a mirror of them.`,
			`Add it to them: firn jobs edit ${job.name} --source …`,
		);
	}
	const before = new Extras(job.extras ?? []);
	const added = outside.filter((path) => before.around(path.slice(1)) === '');
	const extras = job.layout === 'mirror' ? [] : tidied([...(job.extras ?? []), ...added], job, skipPaths);
	const paths = [...new Set([...inside, ...outside])];
	const isExcluded = (path: string) => extras.includes(path) || (job.layout === 'mirror' && outside.includes(path));
	// What another one holds would be looked at twice, unless that one leaves it out.
	const isHeld = (path: string) => !isExcluded(path) && paths.some((other) => path.startsWith(`${other}/`));
	return { paths: paths.filter((path) => !isHeld(path)), extras };
}

/** The extras that a job still has after a change: what its sources take now is theirs. */
export function withoutOwn(job: Job): Job {
	if (!job.extras) return job;
	const decider = new Decider(job, []);
	return keeping(
		job,
		job.extras.filter((path) => !isOwn(decider, path) || !decider.decide(path).exists),
	);
}

function keeping(job: Job, extras: string[]): Job {
	if (extras.length > 0) return { ...job, extras };
	const { extras: _, ...rest } = job;
	return rest;
}

/** @throws FirnError (usage) NOT_KEPT */
export function forget(job: Job, typed: string[], cwd: string): Job {
	const { extras = [] } = job;
	const left = new Set(extras);
	for (const one of typed) {
		const path = [one, absolute(one, cwd)].find((candidate) => left.has(candidate));
		if (path === undefined) {
			throw usageError(
				'NOT_KEPT',
				`Job ${job.name} keeps no ${safePrint(one)} besides its sources.`,
				extras.length === 0
					? 'It keeps nothing besides.'
					: `It keeps ${extras.map((kept) => safePrint(kept)).join(', ')}.`,
			);
		}
		left.delete(path);
	}
	return keeping(job, [...left]);
}

/** Whether the job takes a path itself. */
function isOwn(decider: Decider, path: string): boolean {
	const { verdict, type } = decider.decide(path);
	// Where it only leads to sources, it takes those alone.
	if (verdict.mark === 'excluded' || verdict.mark === 'outside' || verdict.decided.by === 'leads') return false;
	const place = type === 'dir' ? decider.place(path.slice(1)) : undefined;
	// Of a tagged cache the job takes the tag alone.
	return !(place?.kind === 'inside' && place.isCache && place.source !== path);
}

/** Without those that lie in another one which takes them. */
function tidied(extras: string[], job: Job, skipPaths: string[]): string[] {
	return extras.filter((path, at) => {
		const above = extras.find((other, otherAt) => otherAt !== at && path.startsWith(`${other}/`));
		if (above === undefined) return extras.indexOf(path) === at;
		const decided = new Decider({ ...job, sources: [above] }, skipPaths).decide(path);
		return !decided.exists || decided.verdict.mark === 'excluded';
	});
}

/** As the sources of the job name it, if they do; else where it really is, so that it has one name only. */
function located(decider: Decider, typed: string, cwd: string): string {
	const path = normalizeSources([typed], cwd)[0]!;
	const { verdict } = decider.decide(path);
	if (verdict.mark !== 'outside') return path;
	return realPath(path);
}

/** All that is not there is named at once. */
function refuseMissing(typed: string[], cwd: string): void {
	const missing = typed.filter((path) => !isThere(absolute(path, cwd)));
	if (missing.length === 0) return;
	const names = missing.map((path) => `"${safePrint(path)}"`).join(', ');
	throw usageError(
		'SOURCE_MISSING',
		missing.length === 1 ? `${names} does not exist.` : `${counted(missing.length, 'path')} do not exist: ${names}.`,
		'Check how they are spelled; nothing was backed up.',
	);
}

function isThere(path: string): boolean {
	if (path.includes('\0')) return false;
	try {
		return lstatSync(fsPath(path), { throwIfNoEntry: false }) !== undefined;
	} catch (error) {
		return !['ENOENT', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG'].includes(errnoCode(error) ?? '');
	}
}

function absolute(path: string, cwd: string): string {
	return path.startsWith('/') ? path : `${cwd}/${path}`;
}
