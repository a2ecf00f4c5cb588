/** What the engine answers about restores and decrypts before they begin and after they have ended; plain data. */

import type { PlainError } from './errors.ts';
import type { FileProblem, Outcome, TaskKind } from './task.ts';

/** The key side of a plan: what has to be opened, and with what. */
export interface KeyAnswer {
	/** Some archives are encrypted. */
	needed: boolean;
	/** For how many recipients; the most of any of the archives. */
	recipients: number;
	/** The recipients (`age1…`) of the archives, or else of the job as its last run had it. */
	jobRecipients: string[];
	/** The identities at hand, by their recipients. */
	atHand: string[];
	/** Every encrypted archive that is needed is opened by one of them. */
	fits: boolean;
}

/** Whether an identity opens what a job has stored last. */
export interface KeyCheck {
	job: string;
	/** Key of the archive; null where nothing encrypted is stored yet. */
	archive: string | null;
	recipients: string[];
	/** What was read in the store: the header of the archive, or, where it is frozen, that of its index. */
	from: 'archive' | 'index' | null;
	/** The recipient whose identity opens it. */
	opensWith: string | null;
	/** Bytes that were read in the store. */
	bytesRead: number;
	/** Why it was not opened. */
	problem?: PlainError;
}

/** An archive that a restore reads. */
export interface PlannedArchive {
	key: string;
	status: string;
	storageClass: string | null;
	files: number;
	/** Bytes that are read of it, in how many requests, and those that it has. */
	fetchBytes: number;
	requests: number;
	size: number;
}

/** USD. */
export interface CostAnswer {
	/** For each GB that is thawed, or read from a class that charges for it. */
	retrieval: number;
	/** Orders of thaws. */
	thawRequests: number;
	/** Copies in STANDARD for as long as they are ordered. */
	temporaryCopy: number;
	/** Reading, and asking how far the thaw is. */
	requests: number;
	egress: number;
	total: number;
}

/** A restore with one of the tiers. */
export interface TierAnswer {
	tier: 'bulk' | 'standard' | 'expedited';
	/** Archives that must be thawed, and their bytes. */
	archives: number;
	bytes: number;
	/** Days that the copies are ordered for. */
	days: number;
	/** When all is thawed, in ms from now: at the earliest and at the latest. */
	readyMs: readonly [number, number];
	/** Absent when the prices are not known. */
	cost?: CostAnswer;
}

/** What a restore costs. */
export interface QuoteAnswer {
	/** Whose prices; absent when they are not known, or the destination charges nothing. */
	prices?: { region: string; dated: string; source: string; proven: boolean };
	/** The cheapest first; none when nothing has to be thawed. */
	tiers: TierAnswer[];
	/** What is not paid for a thaw. */
	reading?: CostAnswer;
	/** What has to be thawed, and how many bytes of it are wanted. */
	cold: { archives: number; files: number; bytes: number; wantedBytes: number };
	/** Archives of cold classes that are thawed already, or being thawed. */
	warm: number;
	/** Archives of Intelligent-Tiering: only the store knows whether they are cold; thawing them costs nothing. */
	unknown: number;
}

/** How much of what is restored has its name taken in the target already. */
export interface ExistingAnswer {
	/** Files that were looked at; fewer than all when there are many. */
	looked: number;
	/** A regular file of the same size and time: read and compared, and left alone when it is right. */
	same: number;
	/** Something else. Of these, those that are older than what is restored. */
	other: number;
	older: number;
}

/** A restore as it would be done. */
export interface RestorePlanAnswer {
	job: string;
	snapshot: { number: number; run: string; time: number; finished: boolean };
	target: { path: string; exists: boolean; empty: boolean; freeBytes: number | null };
	files: number;
	bytes: number;
	/** Symlinks, FIFOs, folders, devices. */
	others: number;
	fetchBytes: number;
	requests: number;
	archives: { count: number; bytes: number; rows: PlannedArchive[] };
	existing: ExistingAnswer;
	quote: QuoteAnswer;
	key: KeyAnswer;
	/** What makes it impossible as it stands, each with what to do. */
	problems: PlainError[];
	/** What should be known before. */
	warnings: string[];
}

/** An archive that was found on disk. */
export interface InspectedArchive {
	path: string;
	name: string;
	/** Folder below the one that was named. */
	folder: string;
	size: number;
	compression: string;
	encrypted: boolean;
	recipients: number;
	/** Whether an identity opens it; true for those that are not encrypted. */
	opens: boolean;
	/** What it should have, if that is known, and who says so. */
	expected?: { size: number; source: string };
	problem?: FileProblem;
}

/** An identity file as it was given, or that of this machine. */
export interface InspectedIdentity {
	file: string;
	recipients: string[];
	/** Archives that it opens. */
	opens: number;
	problem?: PlainError;
}

/** What a decrypt would find. */
export interface InspectAnswer {
	archives: InspectedArchive[];
	totals: { archives: number; bytes: number; encrypted: number; opens: number; problems: number };
	identities: InspectedIdentity[];
	/** Sidecars and notes of Firn, and files that are not of Firn, the first of them by name. */
	companions: number;
	foreign: { count: number; names: string[] };
	out?: { path: string; exists: boolean; empty: boolean; freeBytes: number | null };
	problems: PlainError[];
	warnings: string[];
}

/** A kept report. */
export interface ReportAnswer {
	/** That of its task. */
	id: string;
	kind: TaskKind;
	job: string;
	/** ms since 1970. */
	started: number;
	finished: number | null;
	/** `interrupted`: the engine ended before the task did. */
	status: Outcome | 'running' | 'interrupted';
	target: string;
	/** Where it lies. */
	file: string;
	files: number;
	bytes: number;
	/** Of the files those that were right before, and files that were kept though they are something else. */
	alreadyRight: number;
	kept: number;
	problems: number;
	mismatches: number;
	/** Further figures of the task. */
	details: Record<string, number | string>;
	error?: PlainError;
}

/** A line of a report. */
export type ReportRow =
	| ({ kind: 'problem' } & FileProblem)
	| { kind: 'kept'; path: string }
	| { kind: 'notice'; level: 'info' | 'warn'; message: string };
