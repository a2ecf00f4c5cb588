/** Says what a restore would do, without doing any of it. Runs in a thread of its own (ask-thread.ts). */

import { lstatSync, rmSync } from 'node:fs';
import { join, sep } from 'node:path';
import { openHeader, readHeader } from '../archive/age/header.ts';
import { recipientOf } from '../archive/age/identity.ts';
import { NONCE } from '../archive/age/payload.ts';
import { FirnError, type PlainError, usageError } from '../core/errors.ts';
import { fsPath } from '../core/path-bytes.ts';
import type {
	ExistingAnswer,
	KeyAnswer,
	PlannedArchive,
	QuoteAnswer,
	RestorePlanAnswer,
} from '../core/restore-answers.ts';
import { counted, formatSize } from '../core/sizes.ts';
import type { Prices } from '../pricing/price-table.ts';
import type { ArchiveRecord } from '../state/archive-list.ts';
import { readJobState } from '../state/job-state.ts';
import { describe } from '../state/open-state.ts';
import { entryPath } from '../target/entry-path.ts';
import { isSameTime } from '../target/existing.ts';
import { lookAtTarget } from './look-at-target.ts';
import { type MirrorPlace, shutMirror } from './mirror/place.ts';
import { makePlanFolder } from './plan-folder.ts';
import { planUnopened, type UnopenedPlan } from './plan-unopened.ts';
import type { RestoreSpec } from './spec.ts';
import { clockFrom } from './thaw/clock.ts';
import { quoteRestore } from './thaw/quote.ts';

export type PlanQuestion = Pick<
	RestoreSpec,
	'stateFile' | 'paths' | 'target' | 'snapshot' | 'identities' | 'workers' | 'warm'
> & {
	/** Of the destination; absent when they are not known. */
	prices?: Prices | undefined;
	/** Of archives that other restores have had thawed: `ongoing`, or until when they are warm (ms since 1970). */
	thawed?: Record<string, 'ongoing' | number>;
	/** Why the identities asked for cannot be had. */
	identityProblem?: PlainError;
};

/** Threads of a restore that names no number. */
const WORKERS = 2;
/** Archives that are named one by one. */
const NAMED = 1000;
/** Looking at what is there is given up after this many files or this long. */
const LOOKED = 20_000;
const LOOK_MS = 1000;
const LOOK_PAGE = 1000;

/** @throws FirnError SNAPSHOT_MISSING, PATH_MISSING, or as openState() */
export function answerPlan(question: PlanQuestion): RestorePlanAnswer {
	const folder = makePlanFolder();
	let planned: UnopenedPlan | undefined;
	try {
		planned = planUnopened(question, join(folder, 'plan.sqlite3'), WORKERS);
		return answer(question, planned);
	} catch (thrown) {
		throw describe(thrown, question.stateFile);
	} finally {
		planned?.plan.close();
		rmSync(folder, { recursive: true, force: true });
	}
}

function answer(question: PlanQuestion, planned: UnopenedPlan): RestorePlanAnswer {
	const { job } = readJobState(question.stateFile);
	const { snapshot, records, totals, fetchBytes, requests } = planned;
	const { look, problems } = lookAtTarget(question.target);
	const key = planned.mirror
		? mirrorKey(planned.mirror, question, problems)
		: keyAnswer(records, question, recipientsOf(records) ?? job.recipients, problems);
	const all = archives(planned);
	const warnings: string[] = [];
	if (!snapshot.finished) {
		warnings.push(`Run ${snapshot.number} has not finished: what it has not stored yet is missing.`);
	}
	const gone = all.filter(({ status }) => status !== 'stored');
	if (gone.length > 0) {
		const files = gone.reduce((sum, archive) => sum + archive.files, 0);
		warnings.push(
			`${counted(gone.length, 'archive')} cannot be read any more; ${counted(files, 'file')} will be missing.`,
		);
	}
	const { prices, thawed = {} } = question;
	const read = planned.mirror ? [wholeMirror(planned.mirror, planned)] : all;
	const quote = quoteRestore(read, { prices, thawed, stored: planned.stored, now: clockFrom(process.env).now() });
	if (quote.cold.archives > 0) warnings.push(waste(quote.cold));
	if (look.freeBytes !== null && look.freeBytes < totals.bytes) {
		const message = `${formatSize(totals.bytes)} may not fit: ${formatSize(look.freeBytes)} are free at the target.`;
		warnings.push(message);
	}
	const source = job.sources.find((path) => `${look.path}${sep}`.startsWith(path === '/' ? path : `${path}${sep}`));
	if (source !== undefined && source !== '/') {
		warnings.push(`The target lies in ${source}, which the job backs up: what is restored is backed up again.`);
	}
	return {
		job: job.name,
		snapshot,
		target: look,
		...totals,
		fetchBytes,
		requests,
		archives: { count: all.length, bytes: all.reduce((sum, { size }) => sum + size, 0), rows: all.slice(0, NAMED) },
		existing: look.exists && !look.empty ? existing(planned, look.path) : { looked: 0, same: 0, other: 0, older: 0 },
		quote,
		key,
		problems,
		warnings,
	};
}

/** What is thawed only because it lies in the same archives. */
function waste({ archives, files, bytes, wantedBytes }: QuoteAnswer['cold']): string {
	const share = bytes === 0 ? 0 : Math.floor((1 - wantedBytes / bytes) * 100);
	const spare = share > 0 ? `, ${share} % not needed` : '';
	const need = files === 1 ? 'needs' : 'need';
	return `${counted(files, 'file')} ${need} ${counted(archives, 'archive')} = ${formatSize(bytes)} to be thawed${spare}.`;
}

/** What is read of a mirror, as if it were one archive. */
function wholeMirror({ storageClass }: MirrorPlace, { totals, fetchBytes, requests }: UnopenedPlan) {
	return {
		key: '',
		status: 'stored',
		storageClass: storageClass ?? null,
		files: totals.files,
		fetchBytes,
		requests,
		size: fetchBytes,
	};
}

/** The archives with what is read of each. */
function archives({ records, units }: UnopenedPlan): PlannedArchive[] {
	const byNumber = new Map<number, PlannedArchive>();
	for (const { archive, key, status, storageClass, size } of records) {
		const none = { files: 0, fetchBytes: 0, requests: 0 };
		byNumber.set(archive, { key, status, storageClass: storageClass ?? null, size, ...none });
	}
	for (const unit of units) {
		const archive = byNumber.get(unit.archive);
		if (!archive) continue;
		archive.files += unit.to - unit.from;
		archive.fetchBytes += unit.fetchBytes;
		archive.requests += unit.requests;
	}
	return [...byNumber.values()];
}

/** For whom the archives are, where it was written down. */
function recipientsOf(records: ArchiveRecord[]): string[] | undefined {
	const known = new Set(records.flatMap(({ recipients }) => recipients ?? []));
	return known.size > 0 ? [...known] : undefined;
}

function keyAnswer(
	records: ArchiveRecord[],
	{ identities, identityProblem }: PlanQuestion,
	jobRecipients: string[],
	problems: PlainError[],
): KeyAnswer {
	const atHand = identities.map(recipientOf);
	const key: KeyAnswer = { needed: false, recipients: 0, jobRecipients, atHand, fits: true };
	// The archives of a run may share a header.
	const seen = new Set<string>();
	let shut: { record: ArchiveRecord; error: FirnError } | undefined;
	for (const record of records) {
		if (!record.encrypted || record.status !== 'stored') continue;
		key.needed = true;
		const header = Buffer.from(record.ageHeader ?? []);
		const text = header.toString('latin1', 0, header.length - NONCE);
		if (seen.has(text)) continue;
		seen.add(text);
		try {
			const read = readHeader(header);
			if (read !== 'more') key.recipients = Math.max(key.recipients, read.stanzas.length);
			openHeader(header, identities);
		} catch (error) {
			if (!(error instanceof FirnError)) throw error;
			shut ??= { record, error };
		}
	}
	key.fits = shut === undefined;
	if (identityProblem && (key.needed || identities.length > 0)) problems.push(identityProblem);
	else if (shut) problems.push(shutError(shut, key).toPlain());
	return key;
}

function shutError({ record, error }: { record: ArchiveRecord; error: FirnError }, key: KeyAnswer): FirnError {
	const recipients = record.recipients ?? key.jobRecipients;
	const meant = recipients.length > 0 ? ` It is for ${recipients.join(', ')}.` : '';
	const guidance = 'Give the identity it was made for with --identity FILE.';
	if (key.atHand.length === 0) {
		const message = `The archive ${record.key} is encrypted, and there is no identity to open it.${meant}`;
		return usageError('NO_IDENTITY', message, guidance);
	}
	if (error.code !== 'WRONG_IDENTITY') return error;
	return usageError(
		'WRONG_IDENTITY',
		`The archive ${record.key} is opened by none of the identities at hand (${key.atHand.join(', ')}).${meant}`,
		guidance,
	);
}

function mirrorKey(
	mirror: MirrorPlace,
	{ identities, identityProblem }: PlanQuestion,
	problems: PlainError[],
): KeyAnswer {
	const { encrypted, recipients } = mirror;
	const shut = shutMirror(mirror, identities);
	if (identityProblem && (encrypted || identities.length > 0)) problems.push(identityProblem);
	else if (shut) problems.push(shut.toPlain());
	return {
		needed: encrypted,
		recipients: recipients.length,
		jobRecipients: recipients,
		atHand: identities.map(recipientOf),
		fits: shut === undefined,
	};
}

/** Looks whether names are taken, by size and time only. */
function existing({ plan, totals }: UnopenedPlan, target: string): ExistingAnswer {
	const until = Date.now() + LOOK_MS;
	const found: ExistingAnswer = { looked: 0, same: 0, other: 0, older: 0 };
	for (let from = 1; found.looked < Math.min(LOOKED, totals.files) && Date.now() < until; from += LOOK_PAGE) {
		const items = plan.items(from, from + LOOK_PAGE);
		if (items.length === 0) break;
		for (const { path, size, mtimeNs, type } of items) {
			if (type !== 'file') continue;
			found.looked += 1;
			const stat = statOf(target, path);
			if (!stat) continue;
			if (stat.isFile() && stat.size === BigInt(size) && isSameTime(stat.mtimeNs, mtimeNs)) found.same += 1;
			else {
				found.other += 1;
				if (mtimeNs > stat.mtimeNs && !isSameTime(mtimeNs, stat.mtimeNs)) found.older += 1;
			}
		}
	}
	return found;
}

function statOf(target: string, path: string) {
	try {
		return lstatSync(fsPath(`${target}/${entryPath(path)}`), { bigint: true, throwIfNoEntry: false });
	} catch {
		// A name that the system refuses is not there.
		return undefined;
	}
}
