/** Turns what a person asked for into a job: an existing one, a changed one, or a new one. */

import { existsSync, realpathSync } from 'node:fs';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { normalizeSources } from '../backup/scan/scan.ts';
import type { ConfigFile } from '../config/config-file.ts';
import { type Job, jobSchema } from '../config/job.ts';
import { changedRetention } from '../config/job-retention.ts';
import type { Paths } from '../config/paths.ts';
import { usageError } from '../core/errors.ts';
import { newJobId } from '../core/ids.ts';
import { safePrint } from '../core/safe-print.ts';
import { parseDestination } from '../destinations/parse-destination.ts';
import type { CheckedRequests } from '../protocol/requests.ts';
import type { Secrets } from '../secrets/secrets.ts';
import { readJobState } from '../state/job-state.ts';
import { mustHave } from './credentials.ts';
import { checkMirror } from './mirror-jobs.ts';
import { namedPaths, withoutOwn } from './named-paths.ts';
import { foreignNote, ownRecipient, recipientNotes, wantedRecipients } from './recipients.ts';
import { changedSchedule } from './schedule/options.ts';
import { ownPaths } from './selections.ts';
import { newJobDefaults } from './settings.ts';

type BackupRequest = CheckedRequests['backup'];
/** What of a request changes a job. */
type Changes = Pick<BackupRequest, 'options' | 'dryRun'>;
type Where = Pick<BackupRequest['options'], 'endpoint' | 'region' | 'profile' | 'pathStyle' | 'credentials' | 'trash'>;

/** Where jobs, their books and the identities are. */
export interface Here {
	paths: Paths;
	secrets: Secrets;
}

export interface ResolvedJob {
	job: Job;
	created: boolean;
	/** What was changed in an existing job, for people. */
	notes: string[];
	/** Has to be saved before it runs. */
	changed: boolean;
	/** Paths that alone are to be backed up, absolute. */
	paths?: string[];
}

/**
 * Without a destination the first that is named is a job, and the others are paths to be backed up with it.
 * @throws FirnError (usage) JOB_UNKNOWN, SOURCE_MISSING, BAD_DESTINATION, DEST_INSIDE_SOURCE, DEST_CHANGED, BAD_JOB…, and
 * those of namedPaths()
 */
export async function resolveJob(
	request: CheckedRequests['backup'],
	config: ConfigFile,
	here: Here,
): Promise<ResolvedJob> {
	const { to, cwd } = request;
	if (to === undefined) return existingJob(request, config, here);
	const { paths, secrets } = here;
	const sources = normalizeSources(request.sources, cwd);
	const url = destinationUrl(to, cwd);
	refuseInside(sources, url);
	const jobs = config.jobs();
	const same = (job: Job) => job.destination.url === url && sameSet(job.sources, sources);
	const existing = request.job === undefined ? jobs.find(same) : jobs.find((job) => job.name === request.job);
	if (existing && existing.destination.url !== url) {
		throw usageError(
			'DEST_CHANGED',
			`Job ${existing.name} writes to ${existing.destination.url}, not to ${url}.`,
			'Give the new one another name with --job NAME.',
		);
	}
	if (existing) return changedJob(existing, sources, request, here);
	const name = request.job ?? freeName(sources, url, jobs, paths);
	const left = leftState(paths, name);
	if (left && left.destination.url !== url) {
		throw usageError(
			'JOB_NAME_TAKEN',
			`There is a state database of another job ${name}, which writes to ${left.destination.url}.`,
			'Choose another name with --job NAME.',
		);
	}
	// A job that is no longer in the config, but has run: it is the same one again.
	if (left) return { ...(await changedJob(left, sources, request, here)), changed: true };
	const base = {
		...newJobDefaults(config.settings()),
		id: newJobId(),
		name,
		sources,
		destination: { url },
		created: new Date().toISOString(),
	};
	const job = await applyOptions(base, request, here);
	const foreign = foreignNote(job, secrets.recipients());
	return { job, created: true, notes: foreign === undefined ? [] : [foreign], changed: true };
}

/** The job that has written the state database of this name, if there is one. */
function leftState({ stateDir }: Paths, name: string): Job | undefined {
	const file = join(stateDir, `${name}.sqlite3`);
	return existsSync(file) ? readJobState(file).job : undefined;
}

async function existingJob(request: CheckedRequests['backup'], config: ConfigFile, here: Here): Promise<ResolvedJob> {
	const name = request.job ?? request.sources[0];
	const isNamed = request.job !== undefined && request.sources.length > 0;
	const job = name === undefined ? undefined : config.job(name);
	if (job && !isNamed && request.sources.length > 1) {
		return withPaths(await changedJob(job, job.sources, request, here), request, here);
	}
	if (job)
		return changedJob(job, isNamed ? normalizeSources(request.sources, request.cwd) : job.sources, request, here);
	if (name !== undefined && existsSync(resolve(request.cwd, name))) {
		throw usageError(
			'NO_DESTINATION',
			`Where should ${name} be backed up to?`,
			'Add --to FOLDER or --to s3://BUCKET/PREFIX.',
		);
	}
	throw jobUnknown(name ?? '', config);
}

/** The job of which only some paths, or some others, are to be backed up. */
function withPaths(resolved: ResolvedJob, { sources, cwd }: BackupRequest, { paths: own }: Here): ResolvedJob {
	const { job, notes } = resolved;
	const { paths, extras } = namedPaths(job, sources.slice(1), cwd, ownPaths(own, job.destination.url));
	refuseInside(paths, job.destination.url);
	const added = extras.filter((path) => !job.extras?.includes(path));
	if (sameSet(extras, job.extras ?? [])) return { ...resolved, paths };
	const note =
		`Job ${job.name} does not take ${added.map((path) => safePrint(path)).join(', ')} by itself: as it was named, ` +
		`it stays in the snapshots until firn jobs edit ${job.name} --forget PATH.`;
	return {
		...resolved,
		job: jobSchema.parse({ ...job, extras }),
		changed: true,
		notes: added.length > 0 ? [...notes, note] : notes,
		paths,
	};
}

/** When a job that does not exist is named. */
export function jobUnknown(name: string, config: ConfigFile): Error {
	const known = config.jobs().map((job) => job.name);
	const there =
		known.length === 0 ? 'There are no jobs yet' : `There ${known.length === 1 ? 'is' : 'are'} ${known.join(', ')}`;
	return usageError('JOB_UNKNOWN', `There is no job ${name}.`, `${there}; firn backup FOLDER --to DEST makes one.`);
}

/** The job with other sources and options; `changed` tells whether that is another job than before. */
export async function changedJob(existing: Job, sources: string[], request: Changes, here: Here): Promise<ResolvedJob> {
	refuseInside(sources, existing.destination.url);
	const job = await applyOptions({ ...existing, sources }, request, here);
	const notes: string[] = [];
	if (!sameSet(existing.sources, sources)) notes.push(`Job ${job.name} now backs up ${sources.join(', ')}.`);
	const changed = JSON.stringify(job) !== JSON.stringify(jobSchema.parse(existing));
	notes.push(...(await recipientNotes(existing, job, here)));
	if (changed && notes.length === 0) notes.push(`The options of job ${job.name} were changed.`);
	return { job, created: false, notes, changed };
}

async function applyOptions(base: Partial<Job>, { options, dryRun }: Changes, here: Here): Promise<Job> {
	const { exclude, endpoint, region, profile, pathStyle, credentials, trash, encrypt, layout, ...others } = options;
	const { recipients, addRecipients, removeRecipients, ...more } = others;
	const { trigger, jitter, window, catchUp, hooks, enabled, keep, pruneAfterRun, ...rest } = more;
	const isMirror = (layout ?? base.layout) === 'mirror';
	if (isMirror && (keep || pruneAfterRun)) {
		throw usageError('BAD_OPTIONS', 'A mirror has no snapshots to keep.', 'Leave the rules for them out.');
	}
	const encrypts = encrypt ?? base.encrypt ?? !isMirror;
	const own = wantedRecipients({ recipients, addRecipients, removeRecipients }, base.recipients ?? [], here.paths);
	const given = { endpoint, region, profile, pathStyle, credentials, trash };
	const where = placed({ ...base.destination }, given, here.secrets);
	const parsed = jobSchema.safeParse({
		...base,
		...rest,
		...changedSchedule(base, { trigger, jitter, window, catchUp, hooks, enabled }),
		...changedRetention(base, { keep, pruneAfterRun }),
		...(exclude ? { excludes: exclude } : {}),
		...(layout === undefined ? {} : { layout }),
		...(isMirror ? { compression: 'none' } : {}),
		destination: where,
		encrypt: encrypts,
		// A dry run makes no identity.
		recipients: encrypts ? (own ?? (dryRun ? [] : [await ownRecipient(here)])) : [],
	});
	if (parsed.success) {
		checkMirror(parsed.data, base, options, realPath(parsed.data.destination.url));
		return withoutOwn(parsed.data);
	}
	const issue = parsed.error.issues[0]!;
	throw usageError('BAD_JOB', `The job's ${issue.path.join('.')} cannot be that: ${issue.message}.`);
}

/** The destination with what is given changed in it. @throws FirnError (usage) BAD_OPTIONS, CREDENTIALS_MISSING */
function placed(before: Partial<Job['destination']>, given: Where, secrets: Secrets): Partial<Job['destination']> {
	const { credentials, profile } = given;
	if (credentials && profile) {
		throw usageError('BAD_OPTIONS', '--credentials and --profile exclude each other.', 'Leave one of them out.');
	}
	if (given.trash !== undefined && !/^gdrive:/i.test(before.url ?? '')) {
		throw usageError('BAD_OPTIONS', '--trash and --no-trash are for Google Drive only.', 'Leave them out.');
	}
	if (credentials) mustHave(secrets, { url: before.url ?? '', credentials });
	const after = { ...before, ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) };
	if (profile !== undefined || credentials === '') delete after.credentials;
	if (credentials) delete after.profile;
	return after;
}

/** The destination as a job keeps it: a folder absolute, without a slash at its end. @throws FirnError BAD_DESTINATION */
export function destinationUrl(to: string, cwd: string): string {
	const parsed = parseDestination(to.includes('://') || /^gdrive:/i.test(to) ? to : resolve(cwd, to));
	return parsed.kind === 'folder' ? parsed.path : to.replace(/\/+$/, '');
}

/** A destination inside a source would back itself up, for ever. Links on the way to it are looked through. */
function refuseInside(sources: string[], url: string): void {
	if (!url.startsWith('/')) return;
	const places = [url, realPath(url)];
	const source = sources.find(
		(path) => path !== '/' && places.some((place) => `${place}${sep}`.startsWith(`${path}${sep}`)),
	);
	if (source === undefined) return;
	throw usageError(
		'DEST_INSIDE_SOURCE',
		`The destination ${url} lies inside the source ${source}.`,
		'Choose a destination outside of what is backed up.',
	);
}

/** Where a path really leads, also when its end does not exist yet. */
export function realPath(path: string): string {
	try {
		return realpathSync(path);
	} catch {
		return path === dirname(path) ? path : join(realPath(dirname(path)), basename(path));
	}
}

/** A name that neither a job nor the state database of a job with another destination has. */
function freeName(sources: string[], url: string, jobs: Job[], paths: Paths): string {
	const name =
		basename(sources[0]!)
			.replace(/[^A-Za-z0-9._-]+/g, '-')
			.replace(/^[^A-Za-z0-9]+/, '')
			.slice(0, 60) || 'backup';
	const taken = new Set(jobs.map((job) => job.name));
	for (let number = 1; ; number++) {
		const candidate = number === 1 ? name : `${name}-${number}`;
		if (taken.has(candidate)) continue;
		const left = leftState(paths, candidate);
		if (!left || left.destination.url === url) return candidate;
	}
}

function sameSet(a: string[], b: string[]): boolean {
	return a.length === b.length && a.every((value) => b.includes(value));
}

/** A job as it is now with what was changed in it since `before`: a hook may have kept its run waiting for long. */
export function withChanges(now: Job | undefined, before: Job | undefined, after: Job): Job {
	if (!now || !before) return after;
	const fields = new Set([...Object.keys(before), ...Object.keys(after)] as (keyof Job)[]);
	const changed = [...fields].filter((field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]));
	const merged = { ...now, ...Object.fromEntries(changed.map((field) => [field, after[field]])) };
	return jobSchema.parse(JSON.parse(JSON.stringify(merged)));
}
