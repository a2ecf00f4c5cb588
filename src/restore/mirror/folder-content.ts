/** The content of files that lie in a folder as they are. */

import { createHash } from 'node:crypto';
import { type BigIntStats, closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { setImmediate as breathe } from 'node:timers/promises';
import { errnoCode, FirnError } from '../../core/errors.ts';
import type { PlanItem } from '../../state/restore-plan.ts';
import { inFolder, TargetFolders } from '../../target/folders.ts';
import type { WorkReport } from '../work-report.ts';
import { type Content, type Piece, whereOf } from './content.ts';
import type { MirrorPlace } from './place.ts';

const CHUNK = 256 * 1024;
const ZEROS = Buffer.alloc(CHUNK);
const READ = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

export class MirrorFolder {
	readonly #place: MirrorPlace;
	readonly #report: WorkReport;
	readonly #signal: AbortSignal;
	readonly #folders: TargetFolders;

	/** @param folder is there */
	constructor(place: MirrorPlace, folder: string, report: WorkReport, signal: AbortSignal) {
		this.#place = place;
		this.#report = report;
		this.#signal = signal;
		this.#folders = new TargetFolders(folder, false);
	}

	/** @throws FirnError NOT_FOUND, INPUT_UNREADABLE */
	content(item: PlanItem): Content {
		const path = whereOf(this.#place, item);
		const fd = this.#open(path);
		const { blocks, size } = reading(() => fstatSync(fd, { bigint: true }));
		closeSync(fd);
		const isSparse = blocks * 512n < size;
		return { isSparse, pieces: this.#pieces(path, item, isSparse), hash: () => this.#hash(path, item) };
	}

	close(): void {
		this.#folders.close();
	}

	/** Ends only if the file is the same as when it was looked at, all the while. */
	async *#pieces(path: string, item: PlanItem, skipsHoles: boolean): AsyncGenerator<Piece> {
		const fd = this.#open(path);
		try {
			const before = reading(() => fstatSync(fd, { bigint: true }));
			if (!before.isFile() || before.size !== BigInt(item.size) || before.mtimeNs !== item.mtimeNs) throw changed();
			const buffer = Buffer.allocUnsafe(CHUNK);
			for (let at = 0; at < item.size; ) {
				await breathe();
				this.#signal.throwIfAborted();
				const read = reading(() => readSync(fd, buffer, 0, CHUNK, at));
				if (read === 0) throw changed();
				this.#report.tally.fetchedBytes += read;
				const bytes = buffer.subarray(0, read);
				if (!skipsHoles || !bytes.equals(ZEROS.subarray(0, read))) yield { at, bytes };
				at += read;
			}
			if (
				!isSame(
					before,
					reading(() => fstatSync(fd, { bigint: true })),
				)
			)
				throw changed();
		} finally {
			closeSync(fd);
		}
	}

	async #hash(path: string, item: PlanItem): Promise<string> {
		const digest = createHash('sha256');
		for await (const { bytes } of this.#pieces(path, item, false)) digest.update(bytes);
		return digest.digest('hex');
	}

	#open(path: string): number {
		return reading(() => {
			const slash = path.lastIndexOf('/');
			const folder = this.#folders.find(slash === -1 ? '' : path.slice(0, slash));
			if (!folder) throw gone();
			return openSync(inFolder(folder, path.slice(slash + 1)), READ);
		});
	}
}

function isSame(before: BigIntStats, after: BigIntStats): boolean {
	return before.size === after.size && before.mtimeNs === after.mtimeNs && before.ctimeNs === after.ctimeNs;
}

/** Keeps faults of the folder that is read apart from those of the one that is written. */
function reading<T>(read: () => T): T {
	try {
		return read();
	} catch (cause) {
		if (cause instanceof FirnError) throw cause;
		const code = errnoCode(cause);
		if (code === 'ENOENT' || code === 'ENOTDIR') throw gone();
		throw new FirnError('INPUT_UNREADABLE', `It cannot be read in the mirror (${code ?? String(cause)}).`, { cause });
	}
}

function gone(): FirnError {
	return new FirnError('NOT_FOUND', 'It is not in the mirror any more.');
}

function changed(): FirnError {
	return new FirnError('CHANGED_WHILE_READ', 'It changed in the mirror while it was restored.');
}
