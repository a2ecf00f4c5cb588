/** Files, folders and upload sessions of the one account that the emulator has. */

import { createHash, randomBytes } from 'node:crypto';
import type { Blobs } from '../s3-simulator/blobs.ts';
import { badRequest, DriveError, notFound } from './errors.ts';
import { DAY, type DriveFile, FOLDER, type Session } from './types.ts';

const newId = (start: string) => start + randomBytes(24).toString('base64url');

export class State {
	readonly files = new Map<string, DriveFile>();
	readonly sessions = new Map<string, Session>();
	/** Ids given out beforehand. */
	readonly reserved = new Set<string>();
	/** Ids of files that are no more: they come back no more either. */
	readonly spent = new Set<string>();
	/** What follows the first page of a list. */
	readonly pages = new Map<string, { question: string; ids: string[] }>();
	readonly rootId = newId('0A');
	readonly blobs: Blobs;
	#sessionsBegun = 0;
	/** Bytes taken by day of the store's clock. */
	readonly #uploaded = new Map<number, number>();

	constructor(blobs: Blobs) {
		this.blobs = blobs;
	}

	reserveId(): string {
		const id = newId('1');
		this.reserved.add(id);
		return id;
	}

	/**
	 * The id of a file to be made.
	 * @param wanted one of those reserved
	 * @throws DriveError 409 when a file has or had it, 400 when it was never given out
	 */
	claimId(wanted: string | undefined): string {
		if (wanted === undefined) return newId('1');
		if (this.files.has(wanted) || this.spent.has(wanted)) {
			throw new DriveError(409, 'fileIdInUse', 'A file already exists with the provided ID.');
		}
		if (!this.reserved.has(wanted)) throw badRequest('The provided file ID is not usable.', 'file.id');
		return wanted;
	}

	/** @throws DriveError 404, also for what another project made */
	fileOf(id: string | undefined, project: string): DriveFile {
		const file = this.files.get(id ?? '');
		if (!file || file.project !== project) throw notFound(id ?? '');
		return file;
	}

	/** The id of a folder to put something into. @throws DriveError */
	folderOf(id: string, project: string): string {
		if (id === 'root' || id === this.rootId) return this.rootId;
		const folder = this.fileOf(id, project);
		if (folder.mimeType !== FOLDER) {
			throw new DriveError(403, 'parentNotAFolder', 'The specified parent is not a folder.', 'parents');
		}
		return folder.id;
	}

	isTrashed(file: DriveFile): boolean {
		const parent = this.files.get(file.parent);
		return file.trashed || (parent !== undefined && this.isTrashed(parent));
	}

	/** Removes a file, or a folder with all that is in it. */
	remove(file: DriveFile): void {
		for (const child of [...this.files.values()]) if (child.parent === file.id) this.remove(child);
		if (file.content?.blob) this.blobs.remove(file.content.blob);
		this.files.delete(file.id);
		this.spent.add(file.id);
	}

	/** Bytes stored, with and without the trash. */
	usage(): { all: number; trashed: number } {
		const sum = { all: 0, trashed: 0 };
		for (const file of this.files.values()) {
			const size = file.content?.size ?? 0;
			sum.all += size;
			if (this.isTrashed(file)) sum.trashed += size;
		}
		return sum;
	}

	countUpload(bytes: number, now: number): void {
		const day = Math.floor(now / DAY);
		this.#uploaded.set(day, (this.#uploaded.get(day) ?? 0) + bytes);
	}

	uploadedToday(now: number): number {
		return this.#uploaded.get(Math.floor(now / DAY)) ?? 0;
	}

	openSession(about: Pick<Session, 'project' | 'begun' | 'updates' | 'metadata' | 'fields' | 'contentType' | 'total'>) {
		const session: Session = {
			...about,
			number: ++this.#sessionsBegun,
			secret: randomBytes(48).toString('base64url'),
			persisted: 0,
			finished: undefined,
			writer: this.blobs.create(),
			hashes: { md5: createHash('md5'), sha1: createHash('sha1'), sha256: createHash('sha256') },
			owner: undefined,
		};
		this.sessions.set(session.secret, session);
		return session;
	}
}
