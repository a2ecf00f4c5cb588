/**
 * Counts what lies below folders, whatever the rules: files and bytes as `ls` shows them, each name of a hard link by
 * itself. The totals of the folders on the way are kept for a while, so a folder that is opened has them at once.
 */

import { type BigIntStats, lstatSync } from 'node:fs';
import { fsPath } from '../../core/path-bytes.ts';
import { listNames } from '../scan/list-names.ts';
import { reachFolder, withOpenablePath } from '../scan/long-path.ts';
import { PseudoFileSystems } from '../scan/pseudo-file-systems.ts';

export interface Total {
	files: number;
	bytes: number;
	unreadable: number;
}

const KEEP_MS = 5 * 60_000;
const FOLDERS_KEPT = 200_000;

interface Frame {
	path: string;
	dev: bigint;
	folders: string[];
	total: Total;
}

export class Totals {
	readonly #pseudo = new PseudoFileSystems();
	/** By archive path, oldest first. */
	readonly #known = new Map<string, { total: Total; until: number }>();

	/**
	 * Counts into `sum`, which holds all that was seen so far whenever it yields: after each folder.
	 * @param path archive path
	 */
	*count(path: string, sum: Total): Generator<void, void, undefined> {
		const stat = look(path);
		if (!stat) {
			sum.unreadable += 1;
			return;
		}
		if (!stat.isDirectory()) {
			add(sum, { files: 1, bytes: stat.isFile() ? Number(stat.size) : 0, unreadable: 0 });
			return;
		}
		const first = this.#open(path, stat.dev, sum);
		const frames = first ? [first] : [];
		yield;
		for (let frame = frames.at(-1); frame !== undefined; frame = frames.at(-1)) {
			const below = frame.folders.pop();
			if (below === undefined) {
				frames.pop();
				this.#keep(frame);
				const above = frames.at(-1);
				if (above) add(above.total, frame.total);
				continue;
			}
			const known = this.#knownTotal(below);
			if (known) {
				add(frame.total, known);
				add(sum, known);
				continue;
			}
			const next = this.#open(below, frame.dev, sum);
			if (next) frames.push(next);
			yield;
		}
	}

	/** The total of a folder that was counted not long ago. */
	known(path: string): Total | undefined {
		return this.#knownTotal(path);
	}

	forget(): void {
		this.#known.clear();
	}

	/** Counts what is in the folder itself. Undefined for one that holds nothing to count. */
	#open(path: string, devAbove: bigint, sum: Total): Frame | undefined {
		const frame: Frame = { path, dev: devAbove, folders: [], total: { files: 0, bytes: 0, unreadable: 0 } };
		let place: ReturnType<typeof reachFolder> | undefined;
		try {
			place = reachFolder(path);
			const { dev } = lstatSync(fsPath(place.path === '' ? '/' : place.path), { bigint: true });
			frame.dev = dev;
			if (this.#pseudo.has(dev, path)) return undefined;
			const prefix = path === '' ? '' : `${path}/`;
			for (const name of listNames(place.path)) this.#look(`${place.path}/${name}`, prefix + name, frame);
		} catch {
			frame.total.unreadable += 1;
		} finally {
			place?.close();
		}
		add(sum, frame.total);
		return frame;
	}

	#look(openable: string, path: string, { folders, total }: Frame): void {
		let stat: BigIntStats | undefined;
		try {
			stat = lstatSync(fsPath(openable), { bigint: true, throwIfNoEntry: false });
		} catch {
			total.unreadable += 1;
			return;
		}
		if (stat?.isDirectory()) folders.push(path);
		else if (stat) {
			total.files += 1;
			if (stat.isFile()) total.bytes += Number(stat.size);
		}
	}

	#keep({ path, total }: Frame): void {
		this.#known.delete(path);
		this.#known.set(path, { total, until: Date.now() + KEEP_MS });
		if (this.#known.size > FOLDERS_KEPT) this.#known.delete(this.#known.keys().next().value!);
	}

	#knownTotal(path: string): Total | undefined {
		const known = this.#known.get(path);
		return known && known.until > Date.now() ? known.total : undefined;
	}
}

function look(path: string): BigIntStats | undefined {
	try {
		return withOpenablePath(path, (openable) => lstatSync(openable, { bigint: true }));
	} catch {
		return undefined;
	}
}

function add(sum: Total, more: Total): void {
	sum.files += more.files;
	sum.bytes += more.bytes;
	sum.unreadable += more.unreadable;
}
