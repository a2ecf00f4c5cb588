/**
 * Looks at all that a mirror of plain files holds, and makes books of it: such a mirror has none of its own, for others
 * may change it, and it tells what it has by itself.
 */

import { type BigIntStats, existsSync, lstatSync, readdirSync, readlinkSync } from 'node:fs';
import type { Job } from '../../config/job.ts';
import { deviceNumbers } from '../../core/device-numbers.ts';
import type { EntryType } from '../../core/entry.ts';
import { decodePath, fsPath } from '../../core/path-bytes.ts';
import { statFacts, typeOfMode } from '../../core/stat-facts.ts';
import { folderError, rootMissing } from '../../destinations/folder/errors.ts';
import { pairsOf } from '../../mirror/pairs.ts';
import { FolderBooks } from '../../state/folder-books.ts';
import { type Folder, inFolder, TargetFolders } from '../../target/folders.ts';
import { isPartialName } from '../../target/partial-name.ts';

/**
 * @param stateFile of the job, for its runs
 * @param file where the books come; does not exist yet
 * @throws FirnError as folderError(): DEST_MISSING when the folder is not there
 */
export function readMirrorFolder(job: Job, stateFile: string, file: string): void {
	const root = job.destination.url;
	if (!existsSync(root)) throw rootMissing(root);
	const books = new FolderBooks(file, stateFile);
	let folders: TargetFolders | undefined;
	try {
		folders = new TargetFolders(root, false);
		const reader = new Reader(folders, books);
		for (const { source, name } of pairsOf(job.sources)) reader.pair(source.slice(1), name);
		books.done();
	} catch (error) {
		throw folderError(error, root, 'look at the mirror');
	} finally {
		folders?.close();
		books.close();
	}
}

class Reader {
	readonly #folders: TargetFolders;
	readonly #books: FolderBooks;
	/** By device and inode: the first name of files that have several. */
	readonly #firsts = new Map<string, string>();

	constructor(folders: TargetFolders, books: FolderBooks) {
		this.#folders = folders;
		this.#books = books;
	}

	/** @param path of the source, as archives name it; @param name in the mirror */
	pair(path: string, name: string): void {
		const names = path.split('/');
		const own = names.pop()!;
		const dir = names.reduce((parent, folder) => this.#books.dir(parent, folder), 1);
		this.#child(this.#folders.find('')!, name, { dir, name: own, path, below: name });
	}

	/** `below`: where it lies below the mirror. */
	#child(folder: Folder, here: string, at: { dir: number; name: string; path: string; below: string }): void {
		const place = inFolder(folder, here);
		const stat = lstatSync(place, { bigint: true, throwIfNoEntry: false });
		const type = stat && typeOfMode(stat.mode);
		if (!stat || !type) return;
		const first = type === 'file' && stat.nlink > 1n ? this.#first(stat, at.path) : undefined;
		const row = {
			dir: at.dir,
			name: at.name,
			type: first === undefined ? type : ('hardlink' as const),
			...statFacts(stat),
			size: type === 'file' && first === undefined ? Number(stat.size) : 0,
			link: type === 'symlink' ? decodePath(readlinkSync(place, { encoding: 'buffer' })) : (first ?? ''),
			...numbersOf(type, stat),
		};
		this.#books.add(row, at.below);
		if (type === 'dir') this.#folder(at);
	}

	#folder({ dir, name, path, below }: { dir: number; name: string; path: string; below: string }): void {
		const own = this.#books.dir(dir, name);
		const folder = this.#folders.find(below);
		if (!folder) return;
		for (const bytes of readdirSync(fsPath(folder.base), { encoding: 'buffer' })) {
			const child = decodePath(bytes);
			if (isPartialName(child)) continue;
			// What was read before it may have closed the folder.
			const again = this.#folders.find(below);
			if (!again) return;
			this.#child(again, child, { dir: own, name: child, path: `${path}/${child}`, below: `${below}/${child}` });
		}
	}

	#first({ dev, ino }: BigIntStats, path: string): string | undefined {
		const id = `${dev}:${ino}`;
		const first = this.#firsts.get(id);
		if (first === undefined) this.#firsts.set(id, path);
		return first;
	}
}

function numbersOf(type: EntryType, { rdev }: BigIntStats): { offset: number; length: number } {
	if (type !== 'char' && type !== 'block') return { offset: 0, length: 0 };
	const { major, minor } = deviceNumbers(rdev);
	return { offset: major, length: minor };
}
