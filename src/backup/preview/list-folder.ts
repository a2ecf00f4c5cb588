/** One folder of this machine as a picker shows it: folders first, a page at a time, each name with its verdict. */

import { readdirSync } from 'node:fs';
import { FirnError } from '../../core/errors.ts';
import { decodePath, fsPath } from '../../core/path-bytes.ts';
import { safePrint } from '../../core/safe-print.ts';
import type { FolderPage, FolderRow } from '../../core/selection.ts';
import type { Decided, Decider } from '../scan/decide.ts';
import { reachFolder } from '../scan/long-path.ts';
import { compareNames, sortNames } from '../scan/name-order.ts';
import { systemReason } from '../scan/problem.ts';

/** The names in a folder, each list sorted by bytes. */
interface Names {
	folders: string[];
	others: string[];
}

/** Folders stay in memory for further pages; together not more names than this. */
const NAMES_KEPT = 500_000;

export class FolderLister {
	readonly #kept = new Map<string, Names>();

	/**
	 * @param path absolute
	 * @param cursor of the page before; without it the folder is read anew
	 * @throws FirnError FOLDER_UNREADABLE
	 */
	list(path: string, decider: Decider, { cursor, limit }: { cursor?: string | undefined; limit: number }): FolderPage {
		const names = (cursor === undefined ? undefined : this.#kept.get(path)) ?? this.#read(path);
		const { folders, others } = names;
		const from = cursor === undefined ? 0 : positionAfter(names, cursor);
		const rest = others.slice(Math.max(0, from - folders.length), Math.max(0, from + limit - folders.length));
		const page = [...folders.slice(from, from + limit), ...rest];
		const place = decider.place(path.slice(1));
		const rows = page.map((name) => row(name, decider.decideName(place, name)));
		const end = from + page.length;
		const total = folders.length + others.length;
		// By its name, so that it holds when names come and go.
		const next = end < total ? { cursor: `${end <= folders.length ? 'd' : 'f'}${page.at(-1)}` } : {};
		return { rows, total, ...next };
	}

	#read(path: string): Names {
		const names: Names = { folders: [], others: [] };
		for (const { name, isFolder } of entriesOf(path)) (isFolder ? names.folders : names.others).push(name);
		sortNames(names.folders);
		sortNames(names.others);
		this.#keep(path, names);
		return names;
	}

	#keep(path: string, names: Names): void {
		this.#kept.delete(path);
		this.#kept.set(path, names);
		let count = 0;
		for (const [kept, { folders, others }] of [...this.#kept].reverse()) {
			count += folders.length + others.length;
			if (count > NAMES_KEPT && kept !== path) this.#kept.delete(kept);
		}
	}
}

/** @throws FirnError FOLDER_UNREADABLE */
function entriesOf(path: string): { name: string; isFolder: boolean }[] {
	let place: ReturnType<typeof reachFolder> | undefined;
	try {
		place = reachFolder(path.slice(1));
		const folder = fsPath(place.path);
		const entries = readdirSync(folder, { withFileTypes: true });
		if (!entries.some(({ name }) => name.includes('\ufffd'))) {
			return entries.map((entry) => ({ name: entry.name, isFolder: entry.isDirectory() }));
		}
		const exact = readdirSync(folder, { withFileTypes: true, encoding: 'buffer' });
		return exact.map((entry) => ({ name: decodePath(entry.name), isFolder: entry.isDirectory() }));
	} catch (error) {
		const reason = systemReason(error);
		throw new FirnError('FOLDER_UNREADABLE', `${safePrint(path)} cannot be listed: ${reason}.`, {
			kind: 'usage',
			cause: error,
		});
	} finally {
		place?.close();
	}
}

/** Where the names after the one of the cursor begin. */
function positionAfter({ folders, others }: Names, cursor: string): number {
	const isFolder = cursor.startsWith('d');
	const list = isFolder ? folders : others;
	let low = 0;
	for (let high = list.length; low < high; ) {
		const middle = (low + high) >> 1;
		if (compareNames(list[middle]!, cursor.slice(1)) > 0) high = middle;
		else low = middle + 1;
	}
	return isFolder ? low : folders.length + low;
}

function row(name: string, { verdict, type, bytes, problem }: Decided): FolderRow {
	return { name, ...verdict, bytes, ...(type ? { type } : {}), ...(problem ? { problem } : {}) };
}
