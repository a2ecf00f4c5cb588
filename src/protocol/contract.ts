/**
 * The contract between the engine and its clients: what can be asked, what comes back, what is told unasked. Clients
 * know nothing else of the engine. Types only; the engine checks what it is sent with requests.ts.
 */

import type { BrowsePage, FindPage, StorageView, VersionRow } from '../core/browse.ts';
import type { CatalogPlan, PlanItem } from '../core/catalog.ts';
import type { DestinationTest } from '../core/destination-test.ts';
import type { PlainError } from '../core/errors.ts';
import type { HistoryDetails, HistoryRow } from '../core/history.ts';
import type { LogPage } from '../core/log-entry.ts';
import type { Pace } from '../core/pace.ts';
import type { RecoverPlan } from '../core/recover-answers.ts';
import type { InspectAnswer, KeyCheck, ReportAnswer, ReportRow, RestorePlanAnswer } from '../core/restore-answers.ts';
import type { KeepRules } from '../core/retention.ts';
import type { HookName } from '../core/schedule/hook-names.ts';
import type { WatchView } from '../core/schedule/watch-view.ts';
import type { Explanation, FolderPage, Measured } from '../core/selection.ts';
import type { Settings } from '../core/settings.ts';
import type { TaskKind, TaskProgress, TaskState, TaskSummary, ThawProgress, TimedEvent } from '../core/task.ts';
import type { UploadQuoteAnswer } from '../core/upload-quote.ts';
import type { Requests } from './requests.ts';

/** Rises with every change that an older side would misunderstand. */
export const PROTOCOL = 2;

export interface TaskView {
	id: string;
	job: string;
	kind: TaskKind;
	state: TaskState;
	/** ms since 1970. */
	started: number;
	ended?: number;
	/** A restore out of cold storage: it goes on by itself, whatever becomes of the engine. */
	thaw?: boolean;
	/** A backup that sends nothing, and only says what it would. */
	dryRun?: boolean;
	/** Why it waits, is paused or failed. */
	reason?: string;
	/** While it waits: what helps, where something does. */
	guidance?: string;
	/** While it waits: that of the fault. */
	code?: string;
	progress?: TaskProgress;
	summary?: TaskSummary;
}

/** A restore out of cold storage that has not ended. */
export interface ThawView extends ThawProgress {
	/** That of its task. */
	id: string;
	job: string;
	target: string;
	tier: 'bulk' | 'standard' | 'expedited';
	/** ms since 1970. */
	created: number;
	state: TaskState;
	/** USD that were agreed to; absent when the prices are not known. */
	cost?: number;
	/** Why it waits. */
	reason?: string;
}

export interface JobView {
	name: string;
	id: string;
	sources: string[];
	/** Paths that were backed up by name and that it would not take itself; absent: none. */
	extras?: string[];
	destination: string;
	layout: 'archive' | 'mirror';
	/** Of a mirror; absent: kept. */
	deletions?: 'keep' | 'move' | 'follow';
	compression: string;
	encrypted: boolean;
	recipients: string[];
	/** gitignore patterns, in the order in which they count: the last that matches decides. */
	excludes: string[];
	excludeSystem: boolean;
	excludeDeveloper: boolean;
	oneFileSystem: boolean;
	/** Which snapshots `firn prune` keeps, and whether each complete run does so; absent: all. */
	keep?: KeepRules;
	pruneAfterRun?: boolean;
	workers: number;
	/** Bytes a second; 0 is no limit. */
	limitUpload: number;
	schedule: ScheduleView;
}

/** When a job begins by itself; what is absent was not set. */
export interface ScheduleView {
	/** As it was set, `by hand` where nothing was. */
	trigger: string;
	jitter?: string;
	window?: string;
	catchUp: boolean;
	enabled: boolean;
	/** Which hooks there are; what they run may be a secret. */
	hooks: HookName[];
	/** The longest that each may take; absent: as usual. */
	hookTimeout?: string;
	/** ms since 1970; null: not by itself. */
	nextRun: number | null;
	/** Of a job that begins on change, while an engine watches. */
	watch?: WatchView;
}

/** A place that jobs write to. */
export interface DestinationView {
	url: string;
	endpoint?: string;
	region?: string;
	profile?: string;
	/** Name of stored keys. */
	credentials?: string;
	/** Their names. */
	jobs: string[];
}

/** A job at a glance: its newest runs, oldest first, and what is stored of it. */
export interface Overview {
	runs: {
		run: string;
		/** ISO 8601. */
		started: string;
		finished: string | null;
		status: string;
		errors: number;
		newBytes: number;
	}[];
	archives: number;
	/** Bytes of those archives in the store. */
	storedBytes: number;
	/** Of the newest snapshot. */
	files: number;
	bytes: number;
	snapshots: number;
}

/** Where the secrets are, and why there. */
export interface SecretPlaceView {
	store: 'keychain' | 'vault' | 'file';
	/** A file, or the keychain, for people. */
	place: string;
	/** One clause. */
	why: string;
	/** A passphrase is needed before a secret can be had. */
	locked: boolean;
	/** A move was interrupted: copies may lie there too. */
	alsoIn: SecretPlaceView['store'] | null;
}

/** A recipient with its identity, which is kept here (`held`) or elsewhere. */
export interface KeyView {
	recipient: string;
	name: string | null;
	/** When it was made or taken in here, ISO 8601. */
	since: string | null;
	origin: 'made' | 'imported' | null;
	/** When its recovery sheet was confirmed to be stored. */
	sheetStored: string | null;
	held: boolean;
	/** Jobs that name no recipient are made for it. */
	isDefault: boolean;
	/** Jobs that write to it. */
	jobs: string[];
	needed: KeyNeed[];
}

/** The archives of a job that an identity opens. */
export interface KeyNeed {
	job: string;
	archives: number;
	/** Of these, the ones that no other identity kept here opens. */
	alone: number;
	/** Numbers of the runs that wrote them. */
	firstRun: number;
	lastRun: number;
}

/** What is offered to somebody who makes a job. */
export interface FirstSteps {
	home: string;
	/** Absolute, readable folders; the most personal first. */
	sources: string[];
	/** A folder to store in that needs no account. */
	target: string;
	/** The same for somebody who backs up the whole home. */
	targetOutside: string;
}

/** A sign-in to Google Drive, from its begin on until some minutes after its end. */
export interface GdriveSignInView {
	id: string;
	name: string;
	how: 'device' | 'browser';
	state: 'waiting' | 'done' | 'failed' | 'cancelled';
	/** What a person opens, and types in there if there is a code. */
	url: string;
	code?: string;
	/** ms since 1970: until then it can be approved. */
	expires: number;
	/** When it is done: whose it is, where it is kept, and which jobs go by it. */
	account?: GdriveAccountView;
	place?: string;
	jobs?: string[];
	/** Why it failed. */
	error?: PlainError;
}

export interface GdriveAccountView {
	email: string;
	/** Bytes of everything in the account. */
	used: number;
	/** Bytes that there can be; absent where there is no limit. */
	limit?: number;
}

/** One page of a listing; `cursor` is there when more follows. */
export interface Page<Row> {
	rows: Row[];
	cursor?: string;
}

/** Results by method; parameters are in requests.ts. */
export interface Results {
	/** `hasSecrets`: false as long as a passphrase can decide where the first one goes. */
	hello: { protocol: number; version: string; pid: number; socket: string; hasSecrets: boolean };
	'engine.stop': { stopped: string[] };
	backup: { task: string; job: string; created: boolean; notes: string[] };
	quoteBackup: UploadQuoteAnswer;
	resume: { tasks: { task: string; job: string }[] };
	restore: { task: string; job: string };
	planRestore: RestorePlanAnswer;
	thaws: { thaws: ThawView[] };
	/** `cost`: USD; absent when the prices are not known. */
	upgradeThaw: { job: string; archives: number; bytes: number; cost: number | undefined };
	cancelThaw: { job: string; archives: number; settled: number };
	decrypt: { task: string };
	inspect: InspectAnswer;
	reports: { reports: ReportAnswer[] };
	report: { report: ReportAnswer } & Page<ReportRow>;
	planRecover: RecoverPlan;
	/** Without a task all was here already but the job, which is back now. */
	recover: { job: string; task: string | null };
	planSync: { task: string; job: string };
	sync: { task: string; job: string };
	planDelete: { task: string; job: string };
	delete: { task: string; job: string };
	planPrune: { task: string; job: string };
	prune: { task: string; job: string };
	verify: { task: string; job: string };
	plan: { plan: CatalogPlan } & Page<PlanItem>;
	stop: { tasks: string[] };
	/** `next`: the jobs that begin by themselves, the next first. `survives`: also after logout, by a service. */
	status: {
		tasks: TaskView[];
		schedule: {
			next: { job: string; at: number }[];
			watched: ({ job: string } & WatchView)[];
			/** Jobs that cannot begin by themselves as they are, and what to do; `job` is empty where none can, as the config is broken. */
			troubles: { job: string; message: string; guidance: string }[];
			survives: boolean;
		};
	};
	/** The newest events, and how fast it went in the last minutes. */
	follow: { task: TaskView; events: TimedEvent[]; pace: Pace };
	control: { tasks: string[] };
	show: Page<Record<string, unknown>>;
	browse: BrowsePage;
	find: FindPage;
	storage: StorageView;
	/** The newest first. */
	versions: { path: string; versions: VersionRow[] };
	jobs: { jobs: JobView[] };
	saveJob: { job: JobView; created: boolean; notes: string[] };
	/** `stateFile`: only if there is one. */
	removeJob: { name: string; destination: string; stateFile?: string };
	/** Written like a config. */
	exportJobs: { content: string };
	/** `hooks`: what the jobs bring along that will be run. */
	importJobs: { jobs: { name: string; hooks: string[]; notes: string[] }[] };
	/** The newest first. `problems`: state databases that cannot be read. `cursor`: more may follow. */
	history: Page<HistoryRow> & { problems: PlainError[] };
	historyDetails: HistoryDetails;
	overview: Overview;
	firstSteps: FirstSteps;
	folders: FolderPage;
	explain: { paths: Explanation[] };
	measure: { paths: Measured[] };
	/** `problems`: state databases whose archives are not counted. */
	keys: { secrets: SecretPlaceView; keys: KeyView[]; problems: PlainError[] };
	unlock: Record<string, never>;
	openVault: Record<string, never>;
	moveSecrets: { count: number; secrets: SecretPlaceView };
	changePassphrase: Record<string, never>;
	newKey: { key: KeyView };
	showKey: { key: KeyView; identity?: string };
	exportKeys: { content: string; recipients: string[] };
	/** `known`: recipients of those that were here already. */
	importKeys: { added: KeyView[]; known: string[] };
	checkKeys: { checks: KeyCheck[] };
	/** `identities`: what the QR codes of the page hold. */
	recoverySheet: { keys: KeyView[]; text: string; identities: string[] };
	sheetReminder: { recipients: string[] };
	removeKey: { key: KeyView };
	/** `stored`: false where a job names what is not there. */
	credentials: { credentials: { name: string; stored: boolean; jobs: string[] }[] };
	setCredentials: { name: string; place: string; jobs: string[] };
	removeCredentials: { name: string };
	/** `stored`: false where a job goes by one that is not there. */
	gdriveSignIns: { signIns: { name: string; stored: boolean; jobs: string[] }[] };
	beginGdriveSignIn: GdriveSignInView;
	gdriveSignIn: GdriveSignInView;
	answerGdriveSignIn: GdriveSignInView;
	cancelGdriveSignIn: GdriveSignInView;
	/** `jobs`: those that need a new sign-in now. `problem`: why Google has not revoked it; forgotten it is. */
	gdriveSignOut: { name: string; email?: string; jobs: string[]; revoked: boolean; problem?: PlainError };
	gdriveAccount: { name: string; place: string; jobs: string[] } & GdriveAccountView;
	excludes: { system: string[]; developer: string[] };
	log: LogPage;
	testDestination: DestinationTest;
	settings: {
		/** Only what was set. */
		settings: Settings;
		destinations: DestinationView[];
		jobs: { name: string; workers: number; limitUpload: number }[];
		paths: Record<'config' | 'state' | 'reports' | 'log' | 'secrets' | 'socket', string>;
	};
	saveSettings: { settings: Settings };
}

export type Method = keyof Results;
export type Params<M extends Method> = Requests[M];

export interface RequestMessage<M extends Method = Method> {
	id: number;
	method: M;
	params: Params<M>;
}

export type ServerMessage =
	| { id: number; result: unknown }
	| { id: number; error: PlainError }
	/** Of a task that this client follows. Progress is conflated: only the newest is sent. */
	| { task: string; progress: TaskProgress; state: TaskState }
	| { task: string; event: TimedEvent }
	| { task: string; done: TaskSummary };
