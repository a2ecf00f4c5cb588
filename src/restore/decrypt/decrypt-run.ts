/** Turns downloaded archives into TAR files or into files: no engine, no network, and a state database only if at hand. */

import { readdirSync, unlinkSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { errnoCode, FirnError, toFirnError, usageError } from '../../core/errors.ts';
import type { Outcome, RestoreProgress, TaskReporter, TaskSummary } from '../../core/task.ts';
import { ExtractNotes } from '../../state/extract-notes.ts';
import { describe, openState } from '../../state/open-state.ts';
import { fatalTargetError, toProblem } from '../../target/errors.ts';
import { Target } from '../../target/target.ts';
import { syncTarget } from '../finish.ts';
import { Fatal } from '../item-writer.ts';
import { ProblemLog } from '../problem-log.ts';
import type { DecryptSpec } from '../spec.ts';
import { EventReport, type WorkEvent } from '../work-report.ts';
import { expectationOf, type StateDatabase } from './expectation.ts';
import { TarExtractor } from './extractor.ts';
import { type Found, type FoundArchive, findArchives } from './find-archives.ts';
import { checkWhole, type ReadOptions, readArchive } from './read-archive.ts';
import { writeTar } from './to-tar.ts';

/** Foreign files that are named one by one. */
const FOREIGN_NAMED = 20;

export class DecryptRun {
	readonly #spec: DecryptSpec;
	readonly #reporter: TaskReporter;
	readonly #log: ProblemLog;
	readonly #report: EventReport;
	readonly #stop = new AbortController();
	#found: Found = { archives: [], companions: [], foreign: [] };
	#phase: RestoreProgress['phase'] = 'plan';
	#done = 0;
	#deleted = 0;
	/** Archives that could not be turned into anything, and why the first. */
	#failed = 0;
	#firstError: FirnError | undefined;
	/** With `extract`: archives of which all is in the target. */
	readonly #complete: FoundArchive[] = [];
	#target: Target | undefined;
	#notes: ExtractNotes | undefined;

	constructor(spec: DecryptSpec, reporter: TaskReporter) {
		this.#spec = spec;
		this.#reporter = reporter;
		this.#log = new ProblemLog(reporter, spec.reportFile);
		this.#report = new EventReport((event) => this.#onEvent(event));
	}

	/** Stops at the next safe point. What is done stays, and is found again by the next attempt. */
	stop(): void {
		this.#stop.abort(new FirnError('STOPPED', 'The work was stopped.'));
	}

	/** Does it. Failures are told in the summary. */
	async execute(): Promise<TaskSummary> {
		let state: StateDatabase | undefined;
		try {
			const { stateFile, inputs, extract, out } = this.#spec;
			if (extract && out === undefined)
				throw usageError('OUT_MISSING', 'There is no folder to unpack to.', 'Give one with --out.');
			this.#found = findArchives(inputs);
			if (stateFile !== undefined) state = openState(stateFile, 'read');
			this.#tellForeign();
			this.#phase = 'fetch';
			for (const archive of this.#found.archives) await this.#archive(archive, state);
			this.#phase = 'finish';
			await this.#finish();
			return this.#summary(this.#outcome());
		} catch (thrown) {
			const error = toFirnError(thrown instanceof Fatal ? thrown.error : describe(thrown, this.#spec.stateFile ?? ''));
			if (error.code === 'STOPPED') return this.#summary('stopped');
			return { ...this.#summary('failed'), error: error.toPlain() };
		} finally {
			this.#target?.close();
			this.#notes?.close();
			state?.close();
		}
	}

	async #archive(archive: FoundArchive, state: StateDatabase | undefined): Promise<void> {
		this.#report.archive = archive.path;
		try {
			const options: ReadOptions = {
				identities: this.#spec.identities,
				expected: expectationOf(archive, state, this.#spec.identities),
				signal: this.#stop.signal,
				onRead: (bytes) => {
					this.#report.tally.fetchedBytes += bytes;
					this.#report.tick();
				},
			};
			await (this.#spec.extract ? this.#extract(archive, options) : this.#toTar(archive, options));
			this.#done += 1;
		} catch (error) {
			this.#stop.signal.throwIfAborted();
			if (error instanceof Fatal) throw error;
			const fatal = fatalTargetError(error, this.#spec.out ?? dirname(archive.path));
			if (fatal) throw fatal;
			this.#failed += 1;
			this.#firstError ??= toFirnError(error, errnoCode(error));
			this.#report.problem(toProblem(archive.path, error));
		}
		this.#report.flush();
	}

	async #toTar(archive: FoundArchive, options: ReadOptions): Promise<void> {
		const { out, deleteEncrypted } = this.#spec;
		const name = archive.name.replace(/(\.tar)(?:\.gz|\.zst)?(?:\.age)?$/, '$1');
		const path = join(out === undefined ? dirname(archive.path) : resolve(out, archive.folder), name);
		if (path === archive.path) {
			this.#report.tally.skipped += 1;
			this.#log.notice('info', `${path} is a plain TAR already.`);
			return;
		}
		this.#report.path = path;
		const { bytes, wasThere } = await writeTar(readArchive(archive, options), path);
		this.#report.restored(bytes, wasThere);
		this.#reporter.event({ event: 'archive', archive: name, key: path, bytes, files: 1 });
		if (deleteEncrypted && archive.encrypted) this.#delete(archive);
	}

	async #extract(archive: FoundArchive, options: ReadOptions): Promise<void> {
		await checkWhole(archive, options);
		let extractor: TarExtractor | undefined;
		const problems = this.#report.tally.errors;
		try {
			for await (const chunk of readArchive(archive, options)) {
				// A wrong key or a foreign file is found out before the target is made.
				extractor ??= this.#extractor();
				extractor.write(chunk);
				this.#report.tick();
			}
			extractor?.end();
		} catch (error) {
			extractor?.abort();
			throw error;
		}
		if (extractor?.incomplete === 0 && this.#report.tally.errors === problems) this.#complete.push(archive);
	}

	#extractor(): TarExtractor {
		const { existing = 'keep' } = this.#spec;
		const target = this.#spec.out!;
		this.#notes ??= new ExtractNotes();
		this.#target ??= new Target({
			target,
			existing,
			isFresh: isEmpty(target),
			onOwnersLost: () => this.#report.ownersLost(),
		});
		return new TarExtractor(this.#target, this.#notes, this.#report);
	}

	/** What folders are to be like, once all is in them; then the archives can go. */
	async #finish(): Promise<void> {
		if (!this.#target || !this.#notes) return;
		for (const folder of this.#notes.folders()) {
			try {
				this.#target.finishFolder(folder.path, folder);
			} catch (error) {
				const fatal = fatalTargetError(error, this.#spec.out!);
				if (fatal) throw fatal;
				this.#report.problem(toProblem(folder.path, error));
			}
		}
		const isSafe = await syncTarget(this.#spec.out!);
		if (!this.#spec.deleteEncrypted) return;
		if (!isSafe) {
			this.#log.notice('warn', 'No archive was removed: the system could not say that all files are on the disk.');
			return;
		}
		for (const archive of this.#complete) if (archive.encrypted) this.#delete(archive);
	}

	#delete(archive: FoundArchive): void {
		try {
			unlinkSync(archive.path);
			this.#deleted += 1;
		} catch (error) {
			this.#report.problem(toProblem(archive.path, error));
		}
	}

	#tellForeign(): void {
		const { foreign } = this.#found;
		for (const path of foreign.slice(0, FOREIGN_NAMED)) {
			// What was named itself was meant to be an archive.
			if (this.#spec.inputs.includes(path)) {
				const message = 'It is not an archive of Firn: these end in .tar, .tar.gz or .tar.zst, and .age behind it.';
				this.#report.problem({ path, code: 'FOREIGN', message });
			} else {
				this.#log.notice('info', `${path} is not an archive of Firn and was left alone.`);
			}
		}
		const more = foreign.length - FOREIGN_NAMED;
		if (more > 0) this.#log.notice('info', `${more} more files are not archives of Firn and were left alone.`);
	}

	#onEvent(event: WorkEvent): void {
		if (event.type === 'problem') this.#log.problem(event.problem);
		else if (event.type === 'kept') this.#log.kept(event.path);
		else if (event.type === 'ownersLost') this.#log.ownersLost();
		else this.#reporter.progress(this.#progress());
	}

	#progress(): RestoreProgress {
		const { extract } = this.#spec;
		const { tally, archive, path } = this.#report;
		const bytes = this.#found.archives.reduce((sum, { size }) => sum + size, 0);
		return {
			kind: 'decrypt',
			phase: this.#phase,
			// How many files there are in archives is known only when they are read.
			files: extract ? tally.files : this.#found.archives.length,
			bytes,
			filesDone: tally.files,
			bytesDone: tally.fetchedBytes,
			fetchedBytes: tally.fetchedBytes,
			fetchBytes: bytes,
			filesSkipped: tally.skipped,
			errors: tally.errors,
			workers: [{ worker: 0, state: 'fetch', archive: basename(archive), path, bytes: tally.fetchedBytes }],
		};
	}

	#outcome(): Outcome {
		if (this.#firstError && this.#failed === this.#found.archives.length) throw this.#firstError;
		return this.#report.tally.errors > 0 ? 'partial' : 'complete';
	}

	#summary(status: Outcome): TaskSummary {
		this.#log.close();
		const { tally } = this.#report;
		return {
			status,
			run: '',
			files: tally.files,
			bytes: tally.bytes,
			archives: this.#done,
			errors: tally.errors + (status === 'failed' && tally.errors === 0 ? 1 : 0),
			details: {
				filesSkipped: tally.skipped,
				alreadyRight: tally.alreadyRight,
				companions: this.#found.companions.length,
				foreign: this.#found.foreign.length,
				deleted: this.#deleted,
			},
		};
	}
}

function isEmpty(folder: string): boolean {
	try {
		return readdirSync(folder).length === 0;
	} catch (error) {
		if (errnoCode(error) === 'ENOENT') return true;
		throw error;
	}
}
