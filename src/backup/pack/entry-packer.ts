/**
 * Writes one entry into the TAR stream: header, content read from the disk, padding. What was promised in the header
 * is always delivered in length; whether the content is what the file held at one moment is said in the result.
 */

import { createHash, hash } from 'node:crypto';
import { type BigIntStats, closeSync, constants, fstatSync, readSync } from 'node:fs';
import { type SparseMap, sparseDataPrefix, storedSize } from '../../archive/sparse.ts';
import { encodeTarHeader, tarPadding } from '../../archive/tar-header.ts';
import type { Entry } from '../../core/entry.ts';
import { errnoCode } from '../../core/errors.ts';
import { type ContentHash, contentHash, giveUp } from '../../core/hashing/big-hash.ts';
import { entryPath, type PlannedEntry } from '../plan/batch-codec.ts';
import { openForReading } from '../scan/long-path.ts';
import { findHoles } from './holes.ts';
import type { Owners } from './owners.ts';
import { diverged, type RawWriter, SMALL_FILE } from './raw-writer.ts';

/** What became of an entry. */
export interface PackResult {
	/** `torn`: changed while it was read, what the archive holds is not to be used. `gone`: not there any more. */
	status: 'packed' | 'torn' | 'gone' | 'failed';
	sha256?: Buffer;
	error?: { code: string; message: string };
}

// Never follows a link or waits for a FIFO that took the file's place after the scan.
const OPEN_FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
const ZEROS = Buffer.alloc(64 * 1024);
/** How often a small file that is being written to is read anew before it counts as torn. */
const ADAPTATIONS = 3;

/** The state of a file as far as it tells whether content changed. */
function sameVersion(planned: PlannedEntry, stat: BigIntStats): boolean {
	return (
		stat.mtimeNs === planned.mtimeNs &&
		stat.size === BigInt(planned.size) &&
		stat.ctimeNs === planned.ctimeNs &&
		BigInt.asIntN(64, stat.ino) === planned.ino
	);
}

function withStat(planned: PlannedEntry, stat: BigIntStats): PlannedEntry {
	return {
		...planned,
		mode: Number(stat.mode) & 0o7777,
		uid: Number(stat.uid),
		gid: Number(stat.gid),
		size: Number(stat.size),
		mtimeNs: stat.mtimeNs,
		ctimeNs: stat.ctimeNs,
		ino: BigInt.asIntN(64, stat.ino),
	};
}

export class EntryPacker {
	readonly #writer: RawWriter;
	readonly #owners: Owners;
	/** Lets the thread breathe and waits for room; called about once a MiB of a big file. */
	readonly #pace: () => Promise<void>;
	/** Content bytes of files written so far. */
	contentBytes = 0;
	/** The entry in hand as its header says. */
	used: PlannedEntry | undefined;

	constructor(writer: RawWriter, owners: Owners, pace: () => Promise<void>) {
		this.#writer = writer;
		this.#owners = owners;
		this.#pace = pace;
	}

	/** Writes an entry; a promise only for what is too big to be written in one go. */
	pack(planned: PlannedEntry): PackResult | Promise<PackResult> {
		this.used = planned;
		if (planned.type !== 'file') {
			this.#writer.write(encodeTarHeader(this.#entry(planned)));
			return { status: 'packed' };
		}
		let fd: number;
		try {
			fd = openForReading(entryPath(planned), OPEN_FLAGS);
		} catch (error) {
			return failure(error);
		}
		if (planned.size > SMALL_FILE || planned.sparse) return this.#big(fd, planned);
		try {
			const result = this.#small(fd, planned);
			if (result) {
				closeSync(fd);
				return result;
			}
		} catch (error) {
			closeSync(fd);
			return failure(error);
		}
		return this.#big(fd, planned);
	}

	/**
	 * Goes on inside an entry whose beginning is in the object already, as `used` describes its header. If the file is
	 * not the same any more the rest is still delivered in the length that was promised, and called torn.
	 * @param headerHash as headerHash() gave it then
	 * @throws FirnError ARCHIVE_DIVERGED when the header would come out otherwise now (an owner was renamed, Firn is
	 * another one), or when the promised length cannot be known any more: that of a sparse file that has changed
	 */
	async continue(used: PlannedEntry, headerHash: string | undefined): Promise<PackResult> {
		if (headerHash !== this.headerHash(used)) throw diverged();
		if (used.type !== 'file') return this.pack(used);
		this.used = used;
		let fd: number | undefined;
		try {
			fd = openForReading(entryPath(used), OPEN_FLAGS);
		} catch {
			// Gone or closed to us: zeros take its place below.
		}
		if (fd !== undefined) {
			if (sameVersion(used, fstatSync(fd, { bigint: true }))) {
				// The same way as at first: where frames end depends on it.
				return used.size > SMALL_FILE || used.sparse ? this.#big(fd, used, true) : this.#smallAgain(fd, used);
			}
			closeSync(fd);
		}
		if (used.sparse) throw diverged();
		this.#writer.write(encodeTarHeader(this.#entry(used)));
		await this.#zeros(used.size, used.size);
		return { status: 'torn' };
	}

	/** Tells whether the header of an entry that is gone on with is still the same. */
	headerHash(used: PlannedEntry): string {
		return hash('sha256', encodeTarHeader(this.#entry(used)), 'hex');
	}

	#smallAgain(fd: number, used: PlannedEntry): PackResult {
		try {
			return this.#small(fd, used, true)!;
		} finally {
			closeSync(fd);
		}
	}

	/**
	 * A file that fits into the window: read at once, straight behind its header. Undefined: it has grown too big.
	 * @param fixed the header is in the object already: a file that changes now is torn, and never undefined
	 */
	#small(fd: number, planned: PlannedEntry, fixed = false): PackResult | undefined {
		const { window, fill } = this.#writer;
		let entry = planned;
		for (let attempt = fixed ? ADAPTATIONS : 0; ; attempt++) {
			const header = encodeTarHeader(this.#entry(entry));
			const start = fill + header.length;
			// One byte more than expected, to see that it has not grown.
			const read = readFully(fd, window, start, entry.size + 1);
			const stat = fstatSync(fd, { bigint: true });
			if (!stat.isFile() && !fixed) return { status: 'gone' };
			const same = sameVersion(entry, stat) && read === entry.size;
			if (!same && attempt < ADAPTATIONS) {
				if (stat.size > SMALL_FILE) return undefined;
				entry = withStat(planned, stat);
				continue;
			}
			const content = window.subarray(start, start + entry.size);
			if (read < entry.size) content.fill(0, read);
			const end = start + entry.size + tarPadding(entry.size);
			this.used = entry;
			header.copy(window, fill);
			window.fill(0, start + entry.size, end);
			const sha256 = hash('sha256', content, 'buffer');
			this.#writer.fill = end;
			this.contentBytes += entry.size;
			return { status: same ? 'packed' : 'torn', sha256 };
		}
	}

	/** @param fixed the header is in the object already: what is written has to have the length it tells */
	async #big(fd: number, planned: PlannedEntry, fixed = false): Promise<PackResult> {
		try {
			const before = fstatSync(fd, { bigint: true });
			if (!before.isFile() && !fixed) return { status: 'gone' };
			const entry = fixed || sameVersion(planned, before) ? planned : withStat(planned, before);
			this.used = entry;
			const map = entry.sparse ? this.#holes(fd, entry, fixed) : undefined;
			if (map && 'error' in map) return { status: 'failed', error: map.error };
			this.#writer.write(encodeTarHeader(this.#entry(entry), map));
			const content = map ? await this.#segments(fd, map) : await this.#content(fd, entry.size);
			const same = content.complete && sameVersion(entry, fstatSync(fd, { bigint: true }));
			if (content.error) return { status: 'failed', error: content.error };
			return { status: same ? 'packed' : 'torn', sha256: content.sha256 };
		} finally {
			closeSync(fd);
		}
	}

	/** @throws FirnError ARCHIVE_DIVERGED when they are not those that the object's header tells */
	#holes(fd: number, entry: PlannedEntry, fixed: boolean): SparseMap | { error: { code: string; message: string } } {
		try {
			const map = findHoles(fd, entry.size);
			// Of a file that changes while it is read nobody knows what lay where before.
			if (fixed && !sameVersion(entry, fstatSync(fd, { bigint: true }))) throw diverged();
			return map;
		} catch (error) {
			if (fixed) throw diverged();
			return { error: plain(error) };
		}
	}

	/** Content, hash and padding of a big file. A read error or an early end is made up for with zeros. */
	async #content(fd: number, size: number): Promise<Content> {
		const digest = contentHash(size);
		try {
			const copied = await this.#copy(fd, 0, size, digest);
			await this.#zeros(size - copied.length, size);
			return { ...copied, complete: copied.length === size, sha256: digest.digest() };
		} finally {
			giveUp(digest);
		}
	}

	async #segments(fd: number, map: SparseMap): Promise<Content> {
		const digest = createHash('sha256');
		this.#writer.write(sparseDataPrefix(map));
		let at = 0;
		let complete = true;
		let error: Content['error'];
		for (const { offset, length } of map.segments) {
			for (; at < offset; at += Math.min(ZEROS.length, offset - at)) {
				digest.update(ZEROS.subarray(0, Math.min(ZEROS.length, offset - at)));
			}
			const copied = await this.#copy(fd, offset, length, digest);
			complete &&= copied.length === length;
			error ??= copied.error;
			for (let missing = length - copied.length; missing > 0; missing -= ZEROS.length) {
				this.#writer.write(ZEROS.subarray(0, Math.min(ZEROS.length, missing)));
			}
			at = offset + length;
		}
		this.#writer.write(ZEROS.subarray(0, tarPadding(storedSize(map))));
		return { complete, sha256: digest.digest(), ...(error ? { error } : {}) };
	}

	async #copy(
		fd: number,
		from: number,
		length: number,
		digest: ContentHash,
	): Promise<{ length: number; error?: { code: string; message: string } }> {
		const writer = this.#writer;
		let done = 0;
		while (done < length) {
			const want = Math.min(writer.roomInFrame(), length - done);
			let read: number;
			try {
				read = readSync(fd, writer.window, writer.fill, want, from + done);
			} catch (error) {
				return { length: done, error: plain(error) };
			}
			if (read === 0) break;
			digest.update(writer.window.subarray(writer.fill, writer.fill + read));
			writer.fill += read;
			done += read;
			this.contentBytes += read;
			if (writer.buffered >= PACE) await this.#pace();
		}
		return { length: done };
	}

	/** `missing` zero bytes in place of content, and the padding of a content of `size` bytes. */
	async #zeros(missing: number, size: number): Promise<void> {
		for (let left = missing; left > 0; left -= ZEROS.length) {
			this.#writer.write(ZEROS.subarray(0, Math.min(ZEROS.length, left)));
			await this.#pace();
		}
		this.#writer.write(ZEROS.subarray(0, tarPadding(size)));
	}

	#entry(planned: PlannedEntry): Entry {
		return {
			path: entryPath(planned),
			type: planned.type,
			mode: planned.mode,
			uid: planned.uid,
			gid: planned.gid,
			uname: this.#owners.user(planned.uid),
			gname: this.#owners.group(planned.gid),
			size: planned.type === 'file' ? planned.size : 0,
			mtimeNs: planned.mtimeNs,
			link: planned.link,
			devMajor: planned.devMajor,
			devMinor: planned.devMinor,
		};
	}
}

/** How many bytes of a big file are read before others get a turn. */
const PACE = 1024 * 1024 - 64 * 1024;

interface Content {
	complete: boolean;
	sha256: Buffer;
	error?: { code: string; message: string };
}

function readFully(fd: number, buffer: Buffer, at: number, length: number): number {
	let read = 0;
	while (read < length) {
		const got = readSync(fd, buffer, at + read, length - read, read);
		if (got === 0) break;
		read += got;
	}
	return read;
}

function failure(error: unknown): PackResult {
	const code = errnoCode(error);
	// ELOOP: a link took its place. The next scan sees what is there now.
	if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ELOOP') return { status: 'gone' };
	return { status: 'failed', error: plain(error) };
}

function plain(error: unknown): { code: string; message: string } {
	return { code: errnoCode(error) ?? 'UNREADABLE', message: error instanceof Error ? error.message : String(error) };
}
