/** What the engine can be asked, as schemas: everything that comes over the socket is checked before it is believed. */

import { z } from 'zod';
import { BROWSE_SORTS } from '../core/browse.ts';
import { PLAN_ITEM_KINDS } from '../core/catalog.ts';
import { HISTORY_STATUSES } from '../core/history.ts';
import { LOG_LEVELS } from '../core/log-entry.ts';
import { HOOKS } from '../core/schedule/hook-names.ts';
import { TASK_KINDS } from '../core/task.ts';

/** Credentials of the client's environment, held in memory only: see client/environment.ts. */
const env = z.record(z.string(), z.string()).default({});

const keepCount = z.number().int().min(0);

/** Snapshots kept of each kind (core/retention.ts). */
const keepRules = z.strictObject({
	last: keepCount.optional(),
	daily: keepCount.optional(),
	weekly: keepCount.optional(),
	monthly: keepCount.optional(),
	yearly: keepCount.optional(),
});

/** Options that define a job; what is absent stays as it is, or takes its default. */
const jobOptions = z.strictObject({
	exclude: z.array(z.string()).optional(),
	excludeSystem: z.boolean().optional(),
	excludeDeveloper: z.boolean().optional(),
	oneFileSystem: z.boolean().optional(),
	compression: z.enum(['none', 'gzip', 'zstd']).optional(),
	encrypt: z.boolean().optional(),
	/** age recipients, or names of keys. */
	recipients: z.array(z.string()).optional(),
	addRecipients: z.array(z.string()).optional(),
	removeRecipients: z.array(z.string()).optional(),
	splitSize: z.number().optional(),
	partSize: z.number().optional(),
	workers: z.number().optional(),
	limitUpload: z.number().optional(),
	storageClass: z.string().optional(),
	endpoint: z.string().optional(),
	region: z.string().optional(),
	profile: z.string().optional(),
	pathStyle: z.boolean().optional(),
	/** Name of stored keys; empty for those of the AWS tools. */
	credentials: z.string().optional(),
	/** Of Google Drive: what is deleted goes to its trash. */
	trash: z.boolean().optional(),
	layout: z.enum(['archive', 'mirror']).optional(),
	/** These four as the config has them (config/job-schedule.ts); empty takes it away. */
	trigger: z.string().optional(),
	jitter: z.string().optional(),
	window: z.string().optional(),
	hooks: z.partialRecord(z.enum([...HOOKS, 'timeout']), z.string()).optional(),
	catchUp: z.boolean().optional(),
	enabled: z.boolean().optional(),
	/** 0 takes a rule away. */
	keep: keepRules.optional(),
	pruneAfterRun: z.boolean().optional(),
	/** Of a mirror: what becomes of files that were deleted at the source. */
	deletions: z.enum(['keep', 'move', 'follow']).optional(),
});

/** Identities that were pasted, as age-keygen writes them; held in memory only. */
const identityText = z
	.string()
	.max(1024 * 1024)
	.optional();

const path = z
	.string()
	.startsWith('/')
	.max(64 * 1024);

/** What a job takes in, or would: see core/selection.ts. */
const selection = z.strictObject({
	sources: z.array(path),
	excludes: z.array(z.string()).default([]),
	excludeSystem: z.boolean().default(true),
	excludeDeveloper: z.boolean().default(false),
	oneFileSystem: z.boolean().default(false),
	to: z.string().optional(),
});

export type JobOptions = z.infer<typeof jobOptions>;

const tier = z.enum(['bulk', 'standard', 'expedited']);

const restoreRequest = z.strictObject({
	/** Name of a job, or the path of its state database. */
	job: z.string(),
	paths: z.array(z.string()),
	cwd: z.string(),
	target: z.string(),
	snapshot: z.number().optional(),
	identityFiles: z.array(z.string()).default([]),
	identityText,
	existing: z.enum(['keep', 'overwrite', 'newer']).default('keep'),
	workers: z.number().int().min(1).max(64).optional(),
	dryRun: z.boolean().default(false),
	/** How fast cold archives are thawed; the cheapest way if left out. */
	tier: tier.optional(),
	/** USD that somebody has agreed to, and that it may cost with all that comes later (core/agree-cost.ts). */
	agreedCost: z.number().min(0).optional(),
	maxCost: z.number().min(0).optional(),
	env,
});

const recoverRequest = z.strictObject({
	/** Where the backups are. */
	from: z.string(),
	cwd: z.string(),
	endpoint: z.string().optional(),
	region: z.string().optional(),
	profile: z.string().optional(),
	pathStyle: z.boolean().optional(),
	credentials: z.string().optional(),
	/** Besides those of this machine. */
	identityFiles: z.array(z.string()).default([]),
	identityText,
	/** Name or id. */
	job: z.string().optional(),
	/** What it is to be called here. */
	name: z.string().optional(),
	env,
});

/** Held in memory only. */
const passphrase = z.strictObject({
	passphrase: z
		.string()
		.min(1)
		.max(64 * 1024),
	source: z.string(),
});

const backupRequest = z.strictObject({
	/** An existing job, or the name of one to make. */
	job: z.string().optional(),
	/** Without `to` and `job`: the name of a job, then paths to be backed up with it; none: all of it. */
	sources: z.array(z.string()).default([]),
	to: z.string().optional(),
	cwd: z.string(),
	options: jobOptions,
	full: z.boolean().default(false),
	/** Of a mirror: see backup/spec.ts. */
	checksum: z.boolean().default(false),
	confirmDeletions: z.number().int().min(0).default(0),
	dryRun: z.boolean().default(false),
	/** USD that somebody was told and has agreed to. */
	agreedCost: z.number().min(0).optional(),
	env,
});

export const requestSchemas = {
	hello: z.strictObject({ protocol: z.number() }),
	'engine.stop': z.strictObject({ now: z.boolean().default(false) }),
	backup: backupRequest,
	/** What storing so many files in the destination of that job costs. */
	quoteBackup: backupRequest.extend({ files: z.number().int().min(0), bytes: z.number().min(0) }),
	resume: z.strictObject({ job: z.string().optional(), stateFile: z.string().optional(), env }),
	restore: restoreRequest,
	/** What it would do, and cost; `existing` and `dryRun` make no difference. */
	planRestore: restoreRequest,
	/** Restores out of cold storage that have not ended. */
	thaws: z.strictObject({}),
	/** A faster tier for what is still cold; `dryRun` only says what it costs. */
	upgradeThaw: z.strictObject({
		id: z.string(),
		tier,
		dryRun: z.boolean().default(false),
		agreedCost: z.number().min(0).optional(),
	}),
	cancelThaw: z.strictObject({ id: z.string() }),
	decrypt: z.strictObject({
		job: z.string().optional(),
		inputs: z.array(z.string()).min(1),
		identityFiles: z.array(z.string()).default([]),
		identityText,
		out: z.string().optional(),
		extract: z.boolean().default(false),
		existing: z.enum(['keep', 'overwrite', 'newer']).default('keep'),
		deleteEncrypted: z.boolean().default(false),
	}),
	/** What a decrypt would find. */
	inspect: z.strictObject({
		job: z.string().optional(),
		inputs: z.array(z.string()).min(1),
		identityFiles: z.array(z.string()).default([]),
		identityText,
		out: z.string().optional(),
	}),
	/** Kept reports of restores and decrypts, newest first. */
	reports: z.strictObject({ limit: z.number().int().min(1).max(1000).default(100) }),
	/** One of them, of the task with this id; without one the newest. */
	report: z.strictObject({
		id: z.string().optional(),
		cursor: z.string().optional(),
		limit: z.number().int().min(1).max(5000).default(1000),
	}),
	/** Which jobs are there, and what recovering them reads. */
	planRecover: recoverRequest,
	/** One of those that a plan has named. */
	recover: recoverRequest.extend({
		job: z.string().regex(/^[a-z2-9]{10}$/),
		name: z.string(),
		/** As the plan said; when it is more by now, nothing is done. */
		most: z.strictObject({ requests: z.number(), bytes: z.number() }).optional(),
	}),
	/** Compares the books with the store; the task's summary names the plan. */
	planSync: z.strictObject({ job: z.string(), env }),
	/** Does what a plan says, and with what nobody else knows of what is said here. */
	sync: z.strictObject({
		job: z.string(),
		plan: z.string(),
		unknown: z.enum(['keep', 'adopt', 'delete']).default('keep'),
		abortUploads: z.boolean().default(false),
		/** To adopt with; those of this machine if there are none. */
		identityFiles: z.array(z.string()).default([]),
		identityText,
		env,
	}),
	/** What deleting archives would free, cost and lose: by number or key, all, or what no snapshot needs. */
	planDelete: z.strictObject({
		job: z.string(),
		archives: z.array(z.string()).default([]),
		all: z.boolean().default(false),
		unneeded: z.boolean().default(false),
		env,
	}),
	/** Deletes what a plan says; `archives` is how many of them were confirmed. */
	delete: z.strictObject({ job: z.string(), plan: z.string(), archives: z.number().int().min(0), env }),
	/** What keeping snapshots by rules would drop and delete: by these rules, or those of the job. */
	planPrune: z.strictObject({ job: z.string(), keep: keepRules.optional(), pay: z.boolean().default(false), env }),
	/** Does what a plan says; `dropped` snapshots and `archives` are how many of them were confirmed. */
	prune: z.strictObject({ job: z.string(), plan: z.string(), dropped: keepCount, archives: keepCount, env }),
	/** Looks at all that is stored, and reads so many percent of its bytes. A dry run says what that costs. */
	verify: z.strictObject({
		job: z.string(),
		readData: z.number().min(0).max(100).default(0),
		dryRun: z.boolean().default(false),
		identityFiles: z.array(z.string()).default([]),
		identityText,
		env,
	}),
	/** A plan with its items, page by page: by its name, or the newest of a kind. */
	plan: z.strictObject({
		job: z.string(),
		of: z.union([z.strictObject({ plan: z.string() }), z.strictObject({ kind: z.enum(['sync', 'delete', 'prune']) })]),
		kinds: z.array(z.enum(PLAN_ITEM_KINDS)).optional(),
		cursor: z.string().optional(),
		limit: z.number().int().min(1).max(5000).default(1000),
	}),
	/** All that goes on for a job, or one task alone. */
	stop: z.strictObject({ job: z.string().optional(), task: z.string().optional() }),
	/** Changes how backups go on: of a job, of one task, or all. */
	control: z.strictObject({
		job: z.string().optional(),
		task: z.string().optional(),
		pause: z.boolean().optional(),
		workers: z.number().int().min(1).max(64).optional(),
		limitUpload: z.number().int().min(0).optional(),
	}),
	status: z.strictObject({}),
	follow: z.strictObject({ task: z.string() }),
	show: z.strictObject({
		job: z.string(),
		what: z.enum(['files', 'collate', 'archives', 'runs']),
		path: z.string().optional(),
		cwd: z.string(),
		snapshot: z.number().optional(),
		depth: z.number().int().min(0).optional(),
		cursor: z.string().optional(),
		limit: z.number().int().min(1).max(5000).default(1000),
	}),
	/** One folder of a snapshot with the totals of all in it, a page at a time. */
	browse: z.strictObject({
		job: z.string(),
		snapshot: z.number().optional(),
		/** `/` is the top; a relative path as `show` takes it. */
		path: z.string().default('/'),
		cwd: z.string().default('/'),
		sort: z.enum(BROWSE_SORTS).default('name'),
		descending: z.boolean().default(false),
		/** core/file-filter.ts */
		filter: z.string().default(''),
		from: z.number().int().min(0).default(0),
		/** Instead of `from`: the page that has this path, or the folder on the way to it. */
		around: z.string().optional(),
		limit: z.number().int().min(1).max(2000).default(200),
	}),
	/** What a filter lets through at a path and below it. */
	find: z.strictObject({
		job: z.string(),
		snapshot: z.number().optional(),
		path: z.string().default('/'),
		cwd: z.string().default('/'),
		filter: z.string(),
		cursor: z.string().optional(),
		limit: z.number().int().min(1).max(2000).default(200),
	}),
	/** The storage classes of the stored archives of these numbers, and what restores have had thawed of them. */
	storage: z.strictObject({ job: z.string(), first: z.number().int().min(1), last: z.number().int().min(1) }),
	versions: z.strictObject({ job: z.string(), path: z.string(), cwd: z.string().default('/') }),
	jobs: z.strictObject({}),
	/** Makes a job (`create`) or changes one; nothing runs. */
	saveJob: z.strictObject({
		name: z.string(),
		create: z.boolean().default(false),
		/** Absent: as they are. */
		sources: z.array(z.string()).min(1).optional(),
		/** Of an existing one: paths that were backed up by name, to be in later snapshots no more. */
		forget: z.array(z.string()).min(1).optional(),
		/** Where a new job writes to; that of an existing one never changes. */
		to: z.string().optional(),
		cwd: z.string(),
		options: jobOptions.default({}),
	}),
	/** Forgets a job. What it has written, and its state database, stay. */
	removeJob: z.strictObject({ name: z.string() }),
	/** Without a name all. */
	exportJobs: z.strictObject({ name: z.string().optional() }),
	/** `source`: where it is from, for people. */
	importJobs: z.strictObject({ content: z.string().max(16 * 1024 * 1024), source: z.string() }),
	overview: z.strictObject({ job: z.string() }),
	/** What came of work, the newest first. */
	history: z.strictObject({
		job: z.string().optional(),
		kinds: z.array(z.enum(TASK_KINDS)).optional(),
		statuses: z.array(z.enum(HISTORY_STATUSES)).optional(),
		/** ms since 1970. */
		since: z.number().optional(),
		/** The cursor of an earlier answer. */
		before: z.string().max(200).optional(),
		limit: z.number().int().min(1).max(10_000).default(50),
	}),
	/** `id`: that of a row. `limit`: so many of its problems and archives. */
	historyDetails: z.strictObject({
		id: z.string().max(200),
		limit: z.number().int().min(1).max(10_000).default(1000),
	}),
	firstSteps: z.strictObject({ cwd: z.string() }),
	/** One folder of the engine's machine, page by page. */
	folders: z.strictObject({
		path,
		selection,
		cursor: z.string().optional(),
		limit: z.number().int().min(1).max(5000).default(1000),
	}),
	/** Which rule decides on each of the paths. */
	explain: z.strictObject({ paths: z.array(path).max(1000), selection }),
	/** Files and bytes below paths, counted in the background for as long as this is asked now and then. */
	measure: z.strictObject({
		paths: z.array(path).max(500),
		/** Count what a run takes in; without it, what is there. */
		selection: selection.optional(),
		/** Forget what was counted before. */
		fresh: z.boolean().default(false),
	}),
	keys: z.strictObject({}),
	/** Opens the vault, or keeps the passphrase for the one that will be made. `source`: where it is from, for people. */
	unlock: passphrase,
	/** Answers when the vault is open. */
	openVault: z.strictObject({}),
	moveSecrets: z.strictObject({ to: z.enum(['keychain', 'vault', 'file']) }),
	changePassphrase: passphrase,
	newKey: z.strictObject({ name: z.string().optional() }),
	/** `key`, here and below: a recipient, the beginning of one, or a name. */
	showKey: z.strictObject({ key: z.string(), reveal: z.boolean().default(false) }),
	/** Without a key all that are kept here. */
	exportKeys: z.strictObject({ key: z.string().optional() }),
	/** Identities as age-keygen writes them. */
	importKeys: z.strictObject({ content: z.string().max(1024 * 1024), name: z.string().optional() }),
	/** Whether identities, those given or else those of this machine, open what each job (or one) stored last. */
	checkKeys: z.strictObject({
		job: z.string().optional(),
		identityFiles: z.array(z.string()).default([]),
		identityText,
		env,
	}),
	/** The page to print, of one key or of all kept here; `stored`: it lies somewhere safe, nothing is shown. */
	recoverySheet: z.strictObject({ key: z.string().optional(), stored: z.boolean().default(false) }),
	/** Of which keys a sheet should be stored, at most once a day. */
	sheetReminder: z.strictObject({}),
	/** `losing`: how many archives nothing on this machine will open any more. */
	removeKey: z.strictObject({ key: z.string(), losing: z.number().int().optional() }),
	/** Stored keys for S3, by name. */
	credentials: z.strictObject({}),
	setCredentials: z.strictObject({
		name: z.string(),
		accessKeyId: z.string().max(8192),
		secretAccessKey: z.string().max(8192),
		sessionToken: z.string().max(8192).optional(),
	}),
	removeCredentials: z.strictObject({ name: z.string() }),
	/** Stored sign-ins to Google Drive, by name. */
	gdriveSignIns: z.strictObject({}),
	/** Begins one: with a code to type in on any device, or with a browser that is led back to a port of this machine. */
	beginGdriveSignIn: z.strictObject({
		name: z.string().default('gdrive'),
		how: z.enum(['device', 'browser']).default('device'),
		/** Absent: that of the sign-in before, or the one that Firn was built with. */
		client: z.strictObject({ id: z.string().max(512), secret: z.string().max(512).optional() }).optional(),
		/** In place of Google's own hosts. Absent: that of the sign-in before. */
		endpoint: z.string().max(2048).optional(),
	}),
	/** How far one is; asked every second or so. */
	gdriveSignIn: z.strictObject({ id: z.string() }),
	/** Of one with a browser elsewhere: the address that it has ended on, or the code in it. */
	answerGdriveSignIn: z.strictObject({ id: z.string(), text: z.string().max(16 * 1024) }),
	cancelGdriveSignIn: z.strictObject({ id: z.string() }),
	/** Revokes a stored sign-in at Google and forgets it. */
	gdriveSignOut: z.strictObject({ name: z.string().default('gdrive') }),
	/** Asks Google whose a stored sign-in is, and how much room there is. */
	gdriveAccount: z.strictObject({ name: z.string().default('gdrive') }),
	excludes: z.strictObject({}),
	settings: z.strictObject({}),
	/** By name (core/settings.ts), as people write them; null leaves it to Firn again. */
	saveSettings: z.strictObject({ changes: z.record(z.string(), z.string().max(1000).nullable()) }),
	/** What the engine has noted: the newest entries, or with `after` those that came since. */
	log: z.strictObject({
		job: z.string().optional(),
		task: z.string().optional(),
		/** This grave or graver. */
		level: z.enum(LOG_LEVELS).default('info'),
		/** Words, all of which are in the entry. */
		text: z.string().max(1000).default(''),
		/** ms since 1970; from `since` on, and before `until`. */
		since: z.number().optional(),
		until: z.number().optional(),
		/** Places that earlier answers have given; `before`: go on with older ones. */
		before: z.string().max(100).optional(),
		after: z.string().max(100).optional(),
		limit: z.number().int().min(1).max(5000).default(200),
	}),
	/** Tries out the destination of a job, or another one, leaving nothing behind. */
	testDestination: z.strictObject({
		job: z.string().optional(),
		to: z.string().optional(),
		cwd: z.string(),
		/** Name of stored keys. */
		credentials: z.string().optional(),
		storageClass: z.string().optional(),
		endpoint: z.string().optional(),
		region: z.string().optional(),
		profile: z.string().optional(),
		pathStyle: z.boolean().optional(),
		env,
	}),
} as const;

export type Requests = { [M in keyof typeof requestSchemas]: z.input<(typeof requestSchemas)[M]> };
export type CheckedRequests = { [M in keyof typeof requestSchemas]: z.output<(typeof requestSchemas)[M]> };
