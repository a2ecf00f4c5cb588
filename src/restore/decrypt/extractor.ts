/**
 * Unpacks TARs into a target, with nothing but what they say themselves. Whatever an earlier archive has made is replaced
 * by what a later one holds; what was there before is treated as the policy says.
 */

import { closeSync, constants, lstatSync, openSync, readSync } from 'node:fs';
import { type TarHandler, TarReader } from '../../archive/tar-reader.ts';
import type { Entry } from '../../core/entry.ts';
import { FirnError } from '../../core/errors.ts';
import type { ExtractNotes } from '../../state/extract-notes.ts';
import { fatalTargetError, toProblem } from '../../target/errors.ts';
import { decide, looksRight, type Verdict } from '../../target/existing.ts';
import { FileSink } from '../../target/file-sink.ts';
import { inFolder } from '../../target/folders.ts';
import { removeIfThere, type Target } from '../../target/target.ts';
import { Fatal } from '../item-writer.ts';
import type { WorkReport } from '../work-report.ts';

export class TarExtractor implements TarHandler {
	readonly #target: Target;
	readonly #report: WorkReport;
	readonly #notes: ExtractNotes;
	readonly #sink: FileSink;
	readonly #reader = new TarReader(this);
	#state: 'idle' | 'write' | 'compare' | 'ignore' = 'idle';
	#entry: Entry | undefined;
	#comparison: Comparison | undefined;
	/** Files that were kept or could not be made: what this archive holds is not all on disk. */
	incomplete = 0;

	constructor(target: Target, notes: ExtractNotes, report: WorkReport) {
		this.#target = target;
		this.#notes = notes;
		this.#report = report;
		this.#sink = new FileSink(target);
	}

	/** Takes the next TAR bytes. @throws FirnError BAD_TAR; Fatal */
	write(bytes: Uint8Array): void {
		this.#reader.write(bytes);
	}

	/** No more bytes. @throws FirnError BAD_TAR, BAD_TAR_END */
	end(): void {
		this.#reader.end();
	}

	/** Removes what is half done. */
	abort(): void {
		this.#state = 'idle';
		this.#comparison?.close();
		this.#comparison = undefined;
		this.#sink.abort();
	}

	onEntry(entry: Entry, { sparse }: { sparse?: object }): void {
		this.#entry = entry;
		this.#state = 'ignore';
		this.#report.path = entry.path;
		this.#try(() => {
			const path = this.#pathOf(entry);
			if (entry.type === 'dir') this.#folder(path, entry);
			else if (entry.type === 'file') this.#file(path, entry, sparse !== undefined);
			else this.#other(path, entry);
		});
	}

	onData(chunk: Uint8Array, offset: number): void {
		if (this.#state === 'write') this.#try(() => this.#sink.write(chunk, offset));
		else if (this.#state === 'compare') this.#try(() => this.#comparison!.take(chunk, offset));
	}

	onEntryEnd(): void {
		const entry = this.#entry!;
		const state = this.#state;
		this.#try(() => {
			if (state === 'write') this.#settle(entry, this.#sink.end());
			if (state === 'compare') this.#endComparison(entry);
		});
		this.#state = 'idle';
	}

	/** The path below the target; folders on the way that are not entries are made as needed. */
	#pathOf(entry: Entry): string {
		const { folder, name } = this.#target.placeOf(entry.path);
		return folder === '' ? name : `${folder}/${name}`;
	}

	#folder(path: string, entry: Entry): void {
		if (path === '') return;
		const { folder, name } = this.#target.placeOf(path);
		// An earlier archive may have had something else here.
		if (this.#notes.has(path)) {
			const parent = this.#target.folders.open(folder);
			if (lstatSync(inFolder(parent, name), { throwIfNoEntry: false })?.isDirectory() === false) {
				removeIfThere(parent, name);
			}
		}
		this.#target.folders.open(path);
		this.#notes.add(path);
		this.#notes.addFolder(path, entry);
	}

	#file(path: string, entry: Entry, isSparse: boolean): void {
		const verdict = this.#verdict(path, entry);
		if (verdict === 'keep') {
			this.#keep(entry);
		} else if (verdict === 'right') {
			this.#comparison = this.#openComparison(entry);
			this.#state = 'compare';
		} else {
			this.#sink.begin({ ...entry, replace: verdict === 'replace' }, isSparse);
			this.#state = 'write';
		}
	}

	#other(path: string, entry: Entry): void {
		const verdict = this.#verdict(path, entry);
		const replace = verdict === 'replace';
		if (verdict === 'keep') this.#keep(entry);
		else if (verdict === 'right') this.#settle(entry, true);
		else if (entry.type === 'symlink') this.#settle(entry, this.#target.symlink(path, entry.link, entry, replace));
		else if (entry.type === 'hardlink') this.#hardLink(path, entry, replace);
		else this.#settle(entry, this.#target.special(path, nodeOf(entry), entry, replace));
	}

	#hardLink(path: string, entry: Entry, replace: boolean): void {
		const isOurs = this.#notes.has(this.#pathOf({ ...entry, path: entry.link }));
		this.#settle(entry, this.#target.hardLink(path, entry.link, isOurs ? undefined : entry.mtimeNs, entry, replace));
	}

	/** `right` is said of a file by its size and time only: its content has yet to be compared. */
	#verdict(path: string, entry: Entry): Verdict {
		const { folder, name } = this.#target.placeOf(path);
		if (name === '') throw new FirnError('UNSAFE_PATH', 'It would take the place of the target folder.');
		if (this.#notes.has(path)) return 'replace';
		const { isFresh, existing } = this.#target.options;
		const found = isFresh ? undefined : this.#target.folders.find(folder);
		const place = found && inFolder(found, name);
		const stat = place && lstatSync(place, { bigint: true, throwIfNoEntry: false });
		if (!place || !stat) return 'free';
		if (entry.type === 'hardlink') {
			return this.#target.isLinked(path, entry.link) ? 'right' : decide(stat, entry.mtimeNs, existing);
		}
		const isRight = looksRight(place, stat, entry);
		// With the content gone by it is too late to write it, so what is to be overwritten is not compared.
		if (isRight && (entry.type !== 'file' || existing !== 'overwrite')) return 'right';
		return decide(stat, entry.mtimeNs, existing);
	}

	#openComparison(entry: Entry): Comparison {
		const { folder, name } = this.#target.placeOf(entry.path);
		return new Comparison(inFolder(this.#target.folders.open(folder), name), entry.size);
	}

	#endComparison(entry: Entry): void {
		const isSame = this.#comparison!.end();
		this.#comparison = undefined;
		if (isSame) this.#report.tally.alreadyRight += 1;
		this.#settle(entry, isSame);
	}

	#settle(entry: Entry, isMade: boolean): void {
		if (!isMade) {
			this.#keep(entry);
			return;
		}
		const path = this.#pathOf(entry);
		const isNew = !this.#notes.has(path);
		this.#notes.add(path);
		if (!isNew) this.#notes.dropFolder(path);
		if (!isNew || (entry.type !== 'file' && entry.type !== 'hardlink')) return;
		this.#report.tally.files += 1;
		this.#report.tally.bytes += entry.size;
	}

	#keep(entry: Entry): void {
		this.incomplete += 1;
		this.#report.kept(entry.path);
	}

	/** A failure concerns this entry alone, unless the target is full or gone. */
	#try(act: () => void): void {
		try {
			act();
		} catch (error) {
			const fatal = fatalTargetError(error, this.#target.options.target);
			if (fatal) throw new Fatal(fatal);
			this.abort();
			this.#state = 'ignore';
			this.incomplete += 1;
			this.#report.problem(toProblem(this.#entry!.path, error));
		}
	}
}

function nodeOf({ type, devMajor: major, devMinor: minor }: Entry) {
	return type === 'fifo' ? { type } : { type: type === 'char' ? type : ('block' as const), major, minor };
}

/** Compares a file with what comes by. */
class Comparison {
	#fd: number;
	readonly #size: number;
	#at = 0;
	#isSame = true;

	constructor(place: string | Buffer, size: number) {
		this.#fd = openSync(place, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
		this.#size = size;
	}

	take(chunk: Uint8Array, offset: number): void {
		this.#zeros(offset - this.#at);
		if (this.#isSame) this.#isSame = this.#read(chunk.length).equals(chunk);
		this.#at = offset + chunk.length;
	}

	/** Closes the file. @returns whether all was the same */
	end(): boolean {
		try {
			this.#zeros(this.#size - this.#at);
			return this.#isSame;
		} finally {
			this.close();
		}
	}

	close(): void {
		if (this.#fd !== -1) closeSync(this.#fd);
		this.#fd = -1;
	}

	#zeros(count: number): void {
		for (let left = count; left > 0 && this.#isSame; left -= PIECE) {
			const length = Math.min(left, PIECE);
			this.#isSame = this.#read(length).equals(ZEROS.subarray(0, length));
			this.#at += length;
		}
	}

	#read(length: number): Buffer {
		const buffer = Buffer.allocUnsafe(length);
		let read = 0;
		while (read < length) {
			const got = readSync(this.#fd, buffer, read, length - read, this.#at + read);
			if (got === 0) break;
			read += got;
		}
		return buffer.subarray(0, read);
	}
}

const PIECE = 64 * 1024;
const ZEROS = Buffer.alloc(PIECE);
