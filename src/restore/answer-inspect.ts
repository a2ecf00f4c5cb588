/** Says what a decrypt would find: which archives, and what opens them. Reads their headers, nothing of their content. */

import { closeSync, openSync, readSync } from 'node:fs';
import { openHeader, readHeader } from '../archive/age/header.ts';
import { errnoCode, FirnError, type PlainError, toFirnError, usageError } from '../core/errors.ts';
import type { InspectAnswer, InspectedArchive, InspectedIdentity } from '../core/restore-answers.ts';
import { counted, formatSize } from '../core/sizes.ts';
import { openState } from '../state/open-state.ts';
import { toProblem } from '../target/errors.ts';
import { expectationOf, type StateDatabase } from './decrypt/expectation.ts';
import { type Found, type FoundArchive, findArchives } from './decrypt/find-archives.ts';
import { lookAtTarget } from './look-at-target.ts';

/** Identities of one file, or why they cannot be had. */
export interface IdentitySource {
	file: string;
	identities: string[];
	recipients: string[];
	problem?: PlainError;
}

export interface InspectQuestion {
	/** Absolute paths. */
	inputs: string[];
	sources: IdentitySource[];
	/** Absolute. */
	out?: string;
	stateFile?: string;
}

/** Archives and foreign files that are named one by one. */
const NAMED = 1000;
const FOREIGN_NAMED = 20;
/** The first read of a header holds some thirty recipients; a longer one is read whole. */
const HEADER_READ = 4096;
const LONGEST_HEADER = 256 * 1024;

/** @throws FirnError INPUT_MISSING, INPUT_UNREADABLE, NO_ARCHIVES, or as openState() */
export function answerInspect(question: InspectQuestion): InspectAnswer {
	const found = findArchives(question.inputs);
	const state = question.stateFile === undefined ? undefined : openState(question.stateFile, 'read');
	try {
		return answer(question, found, state);
	} finally {
		state?.close();
	}
}

function answer(
	{ sources, out, inputs }: InspectQuestion,
	found: Found,
	state: StateDatabase | undefined,
): InspectAnswer {
	const identities: InspectedIdentity[] = sources.map(({ file, recipients, problem }) => ({
		file,
		recipients,
		opens: 0,
		...(problem ? { problem } : {}),
	}));
	const totals = { archives: found.archives.length, bytes: 0, encrypted: 0, opens: 0, problems: 0 };
	const rows: InspectedArchive[] = [];
	for (const archive of found.archives) {
		const row = inspect(archive, sources, identities, state);
		totals.bytes += row.size;
		if (row.encrypted) totals.encrypted += 1;
		if (row.opens) totals.opens += 1;
		if (row.problem) totals.problems += 1;
		if (rows.length < NAMED) rows.push(row);
	}
	const problems = sources.flatMap(({ problem }) => problem ?? []);
	const shut = totals.archives - totals.opens;
	if (problems.length === 0 && shut === totals.archives && shut > 0) problems.push(nothingOpens(sources));
	const warnings: string[] = [];
	if (shut > 0 && shut < totals.archives)
		warnings.push(`${counted(shut, 'archive')} cannot be opened with these identities.`);
	const idle = identities.filter(({ opens, problem }) => opens === 0 && !problem && totals.encrypted > 0);
	if (shut < totals.archives) warnings.push(...idle.map(({ file }) => `The identity in ${file} opens none of them.`));
	for (const path of found.foreign) {
		if (inputs.includes(path)) warnings.push(`${path} is not an archive of Firn and is left alone.`);
	}
	const target = out === undefined ? undefined : lookAtTarget(out);
	if (target) {
		problems.push(...target.problems);
		const { freeBytes } = target.look;
		if (freeBytes !== null && freeBytes < totals.bytes) {
			warnings.push(
				`The content of ${formatSize(totals.bytes)} may not fit: ${formatSize(freeBytes)} are free at the target.`,
			);
		}
	}
	return {
		archives: rows,
		totals,
		identities,
		companions: found.companions.length,
		foreign: { count: found.foreign.length, names: found.foreign.slice(0, FOREIGN_NAMED) },
		...(target ? { out: target.look } : {}),
		problems,
		warnings,
	};
}

function nothingOpens(sources: IdentitySource[]): PlainError {
	const have = sources.flatMap(({ recipients }) => recipients);
	const guidance = 'Give the identity they were made for with --identity FILE.';
	if (have.length === 0) {
		return usageError(
			'NO_IDENTITY',
			'The archives are encrypted, and there is no identity to open them.',
			guidance,
		).toPlain();
	}
	const message = `None of the identities at hand (${have.join(', ')}) opens any of the archives.`;
	return usageError('WRONG_IDENTITY', message, guidance).toPlain();
}

function inspect(
	archive: FoundArchive,
	sources: IdentitySource[],
	identities: InspectedIdentity[],
	state: StateDatabase | undefined,
): InspectedArchive {
	const { path, name, folder, size, compression, encrypted } = archive;
	const row: InspectedArchive = { path, name, folder, size, compression, encrypted, recipients: 0, opens: !encrypted };
	try {
		if (encrypted) {
			const header = readStart(path);
			const read = readHeader(header);
			if (read !== 'more') row.recipients = read.stanzas.length;
			for (const [index, { identities: own }] of sources.entries()) {
				if (own.length === 0 || !opens(header, own)) continue;
				identities[index]!.opens += 1;
				row.opens = true;
			}
		}
		const all = sources.flatMap((source) => source.identities);
		const expected = expectationOf(archive, state, all);
		if (expected) row.expected = { size: expected.size, source: expected.source };
		if (expected && expected.size !== size) {
			const how = size < expected.size ? 'It is cut off' : 'It is damaged or another archive';
			const message = `${how}: it has ${size} of ${expected.size} bytes (${expected.source}).`;
			row.problem = { path, code: size < expected.size ? 'TRUNCATED' : 'SWAPPED', message };
		}
	} catch (error) {
		row.problem = toProblem(path, toFirnError(error, errnoCode(error)));
	}
	return row;
}

function opens(header: Buffer, identities: string[]): boolean {
	try {
		openHeader(header, identities);
		return true;
	} catch (error) {
		if (error instanceof FirnError && error.code === 'WRONG_IDENTITY') return false;
		throw error;
	}
}

function readStart(path: string): Buffer {
	const fd = openSync(path, 'r');
	try {
		const start = Buffer.alloc(HEADER_READ);
		const short = start.subarray(0, readSync(fd, start, 0, HEADER_READ, 0));
		if (short.length < HEADER_READ || readHeader(short) !== 'more') return short;
		const long = Buffer.alloc(LONGEST_HEADER);
		return long.subarray(0, readSync(fd, long, 0, LONGEST_HEADER, 0));
	} finally {
		closeSync(fd);
	}
}
