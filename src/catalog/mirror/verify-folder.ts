/**
 * Verifies a mirror of plain files in a folder: each file by the size and time it was copied with, and a share of them by
 * reading them. What is found to be damaged is compared with its source by the next run, though size and time are right.
 */

import { createHash } from 'node:crypto';
import { type BigIntStats, closeSync, constants, existsSync, openSync, readSync } from 'node:fs';
import { setImmediate as breathe } from 'node:timers/promises';
import type { Job } from '../../config/job.ts';
import { errnoCode, FirnError } from '../../core/errors.ts';
import { safePrint } from '../../core/safe-print.ts';
import { counted } from '../../core/sizes.ts';
import { rootMissing } from '../../destinations/folder/errors.ts';
import { isWithin, pairsOf } from '../../mirror/pairs.ts';
import { type CopyNote, MirrorCopies } from '../../state/mirror-copies.ts';
import { TargetFolders } from '../../target/folders.ts';
import type { Desk, Ending } from '../desk.ts';
import { placeOf, statOf, walkFolder } from './walk-folder.ts';

/** Faults that the error names. */
const NAMED = 5;
/** What some disks keep no time more exact than. */
const TIME_STEP = 2_000_000_000n;
const CHUNK = 256 * 1024;
/** How long work may go on before messages are let in, in ms. */
const SLICE_MS = 15;
const READ = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** What a verify would read. Nothing in the folder is looked at. */
export function planVerifyFolder({ db }: Desk, share: number): Ending {
	const { files, bytes } = new MirrorCopies(db).totals();
	const [readFiles, readBytes] = [Math.ceil((files * share) / 100), Math.ceil((bytes * share) / 100)];
	const details = { dryRun: 1, files, fileBytes: bytes, readFiles, readBytes };
	return { status: 'complete', archives: 0, bytes, errors: 0, details };
}

/** @throws FirnError DEST_MISSING; STORE_EMPTY when nothing of it is there: rather a disk that is not mounted */
export async function verifyFolder(desk: Desk, job: Job, share: number): Promise<Ending> {
	const { url: root } = job.destination;
	if (!existsSync(root)) throw rootMissing(root);
	const folders = new TargetFolders(root, false);
	try {
		return await new FolderVerify(desk, job, share, folders).run();
	} finally {
		folders.close();
	}
}

class FolderVerify {
	readonly #desk: Desk;
	readonly #job: Job;
	readonly #share: number;
	readonly #folders: TargetFolders;
	readonly #copies: MirrorCopies;
	readonly #faults = new Map<string, string>();
	/** Files with several names, by device and inode. */
	readonly #links = { noted: new Set<string>(), unnoted: new Set<string>() };
	#sliceEnd = 0;
	readonly #counts = { files: 0, bytes: 0, seenFiles: 0, provenFiles: 0, provenBytes: 0, unnoted: 0 };

	constructor(desk: Desk, job: Job, share: number, folders: TargetFolders) {
		this.#desk = desk;
		this.#job = job;
		this.#share = share;
		this.#folders = folders;
		this.#copies = new MirrorCopies(desk.db);
	}

	async run(): Promise<Ending> {
		const { signal, progress } = this.#desk;
		const names = pairsOf(this.#job.sources).map(({ name }) => name);
		const { files, bytes } = this.#copies.totals();
		Object.assign(progress, { total: files, bytes: this.#share === 100 ? bytes : 0 });
		try {
			for (const name of names) {
				for (const found of walkFolder(this.#folders, name)) {
					signal.throwIfAborted();
					if ('fault' in found) this.#fault(found.path, found.fault);
					else await this.#met(found);
				}
			}
			if (this.#counts.files < files) this.#lookForMissing(names);
		} finally {
			this.#spoil();
		}
		const { noted, unnoted } = this.#links;
		this.#counts.unnoted += [...unnoted].filter((file) => !noted.has(file)).length;
		return this.#ending();
	}

	async #met({ path, stat }: { path: string; stat: BigIntStats }): Promise<void> {
		const note = this.#copies.at(path);
		// Of the names of one file only the first is noted.
		if (stat.nlink > 1n) this.#links[note ? 'noted' : 'unnoted'].add(`${stat.dev}:${stat.ino}`);
		else if (!note) this.#counts.unnoted += 1;
		if (note) await this.#file(path, stat, note);
		if (Date.now() < this.#sliceEnd) return;
		await breathe();
		this.#sliceEnd = Date.now() + SLICE_MS;
	}

	async #file(path: string, { size, mtimeNs }: { size: bigint; mtimeNs: bigint }, note: CopyNote): Promise<void> {
		const { progress } = this.#desk;
		this.#counts.files += 1;
		this.#counts.bytes += note.size;
		progress.done += 1;
		const apart = mtimeNs - note.mtimeNs;
		const isSameTime = apart <= TIME_STEP && apart >= -TIME_STEP;
		if (size !== BigInt(note.size)) {
			this.#fault(path, `has ${counted(Number(size), 'byte')} instead of ${counted(note.size, 'byte')}`);
			return;
		}
		if (this.#share === 100 || Math.random() * 100 < this.#share) {
			const wrong = await this.#read(path, note);
			if (wrong !== undefined) this.#fault(path, wrong);
			else {
				this.#counts.seenFiles += 1;
				this.#counts.provenFiles += 1;
				this.#counts.provenBytes += note.size;
			}
		} else if (note.isBad) this.#fault(path, 'was damaged when it was read last');
		else if (!isSameTime) this.#fault(path, 'was written by somebody else since');
		else this.#counts.seenFiles += 1;
	}

	/** @returns what is wrong, if something is */
	async #read(path: string, { size, sha256 }: CopyNote): Promise<string | undefined> {
		const { signal, progress } = this.#desk;
		const digest = createHash('sha256');
		let fd: number | undefined;
		try {
			const place = placeOf(this.#folders, path);
			if (place === undefined) return 'is not there any more';
			fd = openSync(place, READ);
			const buffer = Buffer.allocUnsafe(CHUNK);
			for (let at = 0; ; ) {
				const read = readSync(fd, buffer, 0, CHUNK, at);
				if (read === 0) return at === size && digest.digest().equals(sha256) ? undefined : OTHER;
				digest.update(buffer.subarray(0, read));
				at += read;
				progress.bytesDone += read;
				await breathe();
				signal.throwIfAborted();
			}
		} catch (error) {
			const code = errnoCode(error);
			if (code === undefined || error instanceof FirnError) throw error;
			// A disk that fails says so when it is read.
			return `cannot be read (${code})`;
		} finally {
			if (fd !== undefined) closeSync(fd);
		}
	}

	/** What was copied, and is not there. @throws FirnError STORE_EMPTY */
	#lookForMissing(names: string[]): void {
		for (const path of this.#copies.paths()) {
			if (this.#faults.has(path) || !names.some((name) => isWithin(`/${path}`, `/${name}`))) continue;
			if (this.#counts.files === 0) throw nothingThere(this.#desk);
			try {
				const stat = statOf(this.#folders, path);
				if (!stat) this.#fault(path, 'is not there');
				else if (!stat.isFile()) this.#fault(path, 'is no file any more');
			} catch (error) {
				this.#fault(path, `cannot be read (${errnoCode(error) ?? String(error)})`);
			}
		}
	}

	#fault(path: string, what: string): void {
		const { progress, report } = this.#desk;
		this.#faults.set(path, what);
		progress.errors += 1;
		report({ event: 'notice', level: 'warn', message: `${safePrint(path)} ${what}.` });
	}

	/** So that the next run looks at the content. */
	#spoil(): void {
		const { db } = this.#desk;
		db.exec('BEGIN IMMEDIATE');
		for (const path of this.#faults.keys()) this.#copies.spoilt(path);
		db.exec('COMMIT');
	}

	#ending(): Ending {
		const { spec } = this.#desk;
		const { bytes, ...counts } = this.#counts;
		const { size: faults } = this.#faults;
		const ending = { archives: 0, bytes, errors: faults, details: { ...counts, faults } };
		if (faults === 0) return { ...ending, status: 'complete' };
		const named = [...this.#faults].slice(0, NAMED).map(([path, what]) => `${safePrint(path)} ${what}`);
		const more = faults > NAMED ? ` And ${faults - NAMED} more.` : '';
		const error = new FirnError(
			'VERIFY_FAILED',
			`${counted(faults, 'file')} of the mirror cannot be relied on: ${named.join('; ')}.${more}`,
			{ guidance: `firn backup ${spec.job.name} compares them with their sources and copies them again.` },
		);
		return { ...ending, status: 'failed', error };
	}
}

const OTHER = 'has another content (SHA-256) than was copied';

function nothingThere({ destination, spec }: Desk): FirnError {
	const { name } = spec.job;
	return new FirnError(
		'STORE_EMPTY',
		`${safePrint(destination.url)} holds nothing of the mirror ${name}, and the books say it does.`,
		{
			guidance: `Is its disk mounted? Nothing was changed. If all of it is lost, firn backup ${name} copies everything again.`,
			retry: 'later',
		},
	);
}
