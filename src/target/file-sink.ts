/**
 * Writes one regular file: to a temporary name beside its own, checked against its size and hash, with its metadata, and
 * only then under its own name. A small file is held in memory until it is proven.
 */

import { hash } from 'node:crypto';
import { closeSync, constants, ftruncateSync, openSync, writeSync } from 'node:fs';
import { FirnError } from '../core/errors.ts';
import { type ContentHash, contentHash, giveUp } from '../core/hashing/big-hash.ts';
import type { Metadata } from '../state/restore-plan.ts';
import { inFolder } from './folders.ts';
import { place } from './place.ts';
import { type Place, removeIfThere, type Target } from './target.ts';

export interface FileWanted extends Metadata {
	path: string;
	size: number;
	/** In hexadecimal. Unknown when no state database is at hand. */
	sha256?: string | undefined;
	/** What has its name may be replaced. */
	replace: boolean;
}

interface BigFile {
	fd: number;
	folder: string;
	folderGid: number;
	temporary: string;
	digest: ContentHash | undefined;
}

const SMALL = 256 * 1024;
const CREATE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
const NOTHING = new Uint8Array(0);
const ZEROS = Buffer.alloc(64 * 1024);

export class FileSink {
	readonly #target: Target;
	#buffer: Buffer | undefined;
	#file: FileWanted | undefined;
	/** Its content comes in pieces with holes between them. */
	#isSparse = false;
	#place: Place = { folder: '', name: '' };
	/** Bytes of the content so far, holes included. */
	#length = 0;
	#big: BigFile | undefined;
	/** Of a small file, once its content is complete: whether it got its name. */
	#isPlaced: boolean | undefined;

	constructor(target: Target) {
		this.#target = target;
	}

	/** @throws FirnError UNSAFE_PATH, TARGET_NOT_FOLDER; the system's error */
	begin(file: FileWanted, isSparse: boolean): void {
		this.#place = this.#target.placeOf(file.path);
		if (this.#place.name === '') {
			throw new FirnError('UNSAFE_PATH', 'A file cannot take the place of the target folder.');
		}
		this.#file = file;
		this.#isSparse = isSparse;
		this.#length = 0;
		this.#isPlaced = undefined;
		if (file.size > SMALL || isSparse) this.#big = this.#create(isSparse || file.sha256 !== undefined);
	}

	/** The next piece of content, at `offset` in the file. @throws FirnError BAD_TAR, HASH_MISMATCH; the system's error */
	write(chunk: Uint8Array, offset: number): void {
		const { size } = this.#file!;
		const end = offset + chunk.length;
		if (offset < this.#length || end > size || (offset > this.#length && !this.#isSparse)) {
			throw new FirnError('BAD_TAR', 'The pieces of the file do not fit together.');
		}
		if (this.#big) {
			this.#writeBig(this.#big, chunk, offset);
		} else if (chunk.length === size) {
			this.#writeSmall(chunk);
		} else {
			this.#buffer ??= Buffer.allocUnsafeSlow(SMALL);
			this.#buffer.set(chunk, offset);
			if (end === size) this.#writeSmall(this.#buffer.subarray(0, size));
		}
		this.#length = end;
	}

	/**
	 * Proves the content and gives the file its name.
	 * @returns false when something has the name and is to be kept
	 * @throws FirnError HASH_MISMATCH, SHORT_FILE, TARGET_IS_FOLDER; the system's error
	 */
	end(): boolean {
		const file = this.#file!;
		if (this.#length < file.size && !this.#isSparse) {
			throw new FirnError('SHORT_FILE', `Only ${this.#length} of its ${file.size} bytes are in the archive.`);
		}
		if (!this.#big) {
			if (file.size === 0) this.#writeSmall(NOTHING);
			return this.#isPlaced!;
		}
		const { fd, folderGid, temporary, digest } = this.#big;
		if (digest && file.sha256) {
			hashZeros(digest, file.size - this.#length);
			check(file.sha256, digest.digest().toString('hex'));
		}
		if (this.#isSparse) ftruncateSync(fd, file.size);
		this.#target.metadata.file(fd, file, folderGid);
		this.#big.fd = -1;
		closeSync(fd);
		const isPlaced = this.#name(temporary);
		this.#big = undefined;
		return isPlaced;
	}

	/** Gives up the file in hand and removes what was written of it. */
	abort(): void {
		const big = this.#big;
		this.#big = undefined;
		if (!big) return;
		if (big.digest) giveUp(big.digest);
		if (big.fd !== -1) closeSync(big.fd);
		const folder = this.#target.folders.find(big.folder);
		if (folder) removeIfThere(folder, big.temporary);
	}

	#writeSmall(content: Uint8Array): void {
		const file = this.#file!;
		if (file.sha256) check(file.sha256, hash('sha256', content, 'hex'));
		const { fd, folderGid, temporary } = this.#create(false);
		let isOpen = true;
		try {
			writeFully(fd, content, 0);
			this.#target.metadata.file(fd, file, folderGid);
			isOpen = false;
			closeSync(fd);
			this.#isPlaced = this.#name(temporary);
		} catch (error) {
			if (isOpen) closeSync(fd);
			removeIfThere(this.#target.folders.open(this.#place.folder), temporary);
			throw error;
		}
	}

	#create(isHashed: boolean): BigFile {
		const { folder } = this.#place;
		const temporary = this.#target.partials.next();
		const opened = this.#target.folders.open(folder);
		const fd = openSync(inFolder(opened, temporary), CREATE, 0o600);
		const { sha256, size } = this.#file!;
		const digest = isHashed && sha256 ? contentHash(size) : undefined;
		return { fd, folder, folderGid: opened.gid, temporary, digest };
	}

	#writeBig({ fd, digest }: BigFile, chunk: Uint8Array, offset: number): void {
		if (digest) {
			hashZeros(digest, offset - this.#length);
			digest.update(chunk);
		}
		writeFully(fd, chunk, offset);
	}

	/** @returns false when something has the name and is to be kept; the temporary file is gone then */
	#name(temporary: string): boolean {
		const { replace } = this.#file!;
		if (replace) this.#target.clearFolder(this.#place);
		const folder = this.#target.folders.open(this.#place.folder);
		if (place(folder, temporary, this.#place.name, replace, this.#target.isFree(folder))) return true;
		removeIfThere(folder, temporary);
		return false;
	}
}

function writeFully(fd: number, content: Uint8Array, position: number): void {
	let at = 0;
	while (at < content.length) at += writeSync(fd, content, at, content.length - at, position + at);
}

function hashZeros(digest: ContentHash, count: number): void {
	for (let left = count; left > 0; left -= ZEROS.length) {
		digest.update(left < ZEROS.length ? ZEROS.subarray(0, left) : ZEROS);
	}
}

function check(expected: string, found: string): void {
	if (found !== expected) {
		throw new FirnError('HASH_MISMATCH', 'Its content is not what was backed up (SHA-256 differs).', {
			guidance: 'Fetch it again; if that does not help the stored archive is damaged.',
		});
	}
}
