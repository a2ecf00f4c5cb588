/**
 * Reports of restores and decrypts: what came of every file that did not simply come back. JSON lines, one file a task:
 * a head, the problems and kept files as they happen (restore/report-lines.ts), an end. They outlive the engine.
 */

import { appendFileSync, closeSync, openSync, readdirSync, readSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { uptime } from 'node:os';
import { join } from 'node:path';
import { errnoCode, usageError } from '../core/errors.ts';
import { makeFolders } from '../core/make-folders.ts';
import type { ReportAnswer, ReportRow } from '../core/restore-answers.ts';
import type { TaskKind, TaskSummary } from '../core/task.ts';
import type { Page } from '../protocol/contract.ts';

export interface ReportHead {
	id: string;
	kind: TaskKind;
	job: string;
	started: number;
	/** Where the files went. */
	target: string;
	/** The first of what was asked for, and how many there were. */
	paths: string[];
	pathCount: number;
	/** Who writes it. */
	pid: number;
}

interface ReportEnd {
	finished: number;
	summary: TaskSummary;
}

export interface ReportsOptions {
	/** 0700; made with the first report. */
	folder: string;
	/** Whether the task goes on in this process. */
	isActive: (id: string) => boolean;
	onUnkept: (error: unknown) => void;
}

/** As many are kept; the oldest go. */
const KEPT = 100;
/** Longer than any head, end or line: a path has at most 4 KiB, and JSON makes at most six of a byte. */
const LONGEST_LINE = 128 * 1024;
/** Of the time in ms, so that names sort by it. */
const NAME = /^\d{15}-([0-9a-f]+)\.jsonl$/;

export class Reports {
	readonly #options: ReportsOptions;

	constructor(options: ReportsOptions) {
		this.#options = options;
	}

	/** Begins one. @returns its file, or undefined when none can be kept */
	begin(head: ReportHead): string | undefined {
		const { folder, onUnkept } = this.#options;
		const file = join(folder, `${String(head.started).padStart(15, '0')}-${head.id}.jsonl`);
		try {
			makeFolders(folder, 0o700);
			for (const name of this.#names().slice(KEPT - 1)) rmSync(join(folder, name), { force: true });
			writeFileSync(file, `${JSON.stringify({ report: 1, ...head })}\n`, { mode: 0o600, flag: 'wx' });
			return file;
		} catch (error) {
			onUnkept(error);
			return undefined;
		}
	}

	/** Ends one. @returns the summary, which now names the file */
	end(file: string, summary: TaskSummary): TaskSummary {
		try {
			appendFileSync(file, `${JSON.stringify({ finished: Date.now(), summary } satisfies ReportEnd)}\n`);
			return { ...summary, details: { ...summary.details, report: file } };
		} catch (error) {
			this.#options.onUnkept(error);
			return summary;
		}
	}

	/** Newest first. */
	list(limit: number): ReportAnswer[] {
		return this.#names()
			.slice(0, limit)
			.flatMap((name) => this.#look(name) ?? []);
	}

	/**
	 * A page of one, by the id of its task; without one of the newest.
	 * @throws FirnError REPORT_MISSING
	 */
	read(id: string | undefined, cursor: string | undefined, limit: number): { report: ReportAnswer } & Page<ReportRow> {
		const name = this.#names().find((candidate) => id === undefined || NAME.exec(candidate)?.[1] === id);
		const report = name === undefined ? undefined : this.#look(name);
		if (!report) {
			const message = id === undefined ? 'There is no report yet.' : `There is no report ${id}.`;
			throw usageError('REPORT_MISSING', message, 'Restores and decrypts leave one; firn report --list shows them.');
		}
		return { report, ...readRows(report.file, cursor === undefined ? 0 : Number(cursor), limit) };
	}

	/** File names, newest first. */
	#names(): string[] {
		try {
			return readdirSync(this.#options.folder)
				.filter((name) => NAME.test(name))
				.sort()
				.reverse();
		} catch (error) {
			if (errnoCode(error) === 'ENOENT') return [];
			throw error;
		}
	}

	#look(name: string): ReportAnswer | undefined {
		const file = join(this.#options.folder, name);
		const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
		const head = parse(readPart(file, 0, LONGEST_LINE).split('\n', 1)[0]) as ReportHead | undefined;
		if (head?.id === undefined) return undefined;
		const tail = readPart(file, Math.max(0, size - LONGEST_LINE), LONGEST_LINE).trimEnd();
		const last = parse(tail.slice(tail.lastIndexOf('\n') + 1)) as Partial<ReportEnd> | undefined;
		const { id, kind, job, started, target } = head;
		const { summary } = last ?? {};
		const details = summary?.details ?? {};
		return {
			id,
			kind,
			job,
			started,
			target,
			file,
			finished: last?.finished ?? null,
			status: summary?.status ?? (this.#goesOn(head) ? 'running' : 'interrupted'),
			files: summary?.files ?? 0,
			bytes: summary?.bytes ?? 0,
			alreadyRight: Number(details.alreadyRight ?? 0),
			kept: Number(details.filesSkipped ?? 0),
			problems: summary?.errors ?? 0,
			mismatches: Number(details.mismatches ?? 0),
			details,
			...(summary?.error ? { error: summary.error } : {}),
		};
	}

	/** Whether somebody still writes it. Process ids begin anew with each boot. */
	#goesOn({ id, pid, started }: ReportHead): boolean {
		if (pid === process.pid) return this.#options.isActive(id);
		if (started < Date.now() - uptime() * 1000) return false;
		try {
			process.kill(pid, 0);
			return true;
		} catch (error) {
			return errnoCode(error) === 'EPERM';
		}
	}
}

function readRows(file: string, from: number, limit: number): Page<ReportRow> {
	const rows: ReportRow[] = [];
	for (let at = from; ; ) {
		const text = readBytes(file, at, LONGEST_LINE);
		const end = text.lastIndexOf(0x0a) + 1;
		if (end === 0) return { rows };
		for (let start = 0; start < end; ) {
			const stop = text.indexOf(0x0a, start) + 1;
			const row = parse(text.toString('utf8', start, stop)) as Partial<ReportRow> | undefined;
			start = stop;
			if (row?.kind !== undefined && isRow(row.kind)) rows.push(row as ReportRow);
			if (rows.length === limit) return { rows, cursor: String(at + stop) };
		}
		at += end;
	}
}

/** The head has a kind, too: that of the task. */
const isRow = (kind: string): boolean => ['problem', 'kept', 'notice'].includes(kind);

const readPart = (file: string, at: number, most: number): string => readBytes(file, at, most).toString('utf8');

function readBytes(file: string, at: number, most: number): Buffer {
	const fd = openSync(file, 'r');
	try {
		const buffer = Buffer.alloc(most);
		return buffer.subarray(0, readSync(fd, buffer, 0, most, at));
	} finally {
		closeSync(fd);
	}
}

/** Undefined for a line that was cut off by a crash. */
function parse(line: string | undefined): object | undefined {
	try {
		const value: unknown = JSON.parse(line ?? '');
		return typeof value === 'object' && value !== null ? value : undefined;
	} catch {
		return undefined;
	}
}
