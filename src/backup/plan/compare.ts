/**
 * Compares one scanned folder with what the state database holds of it: what is new or changed has to be packed, what
 * is gone ends with the run before. Nothing is compared but metadata (size, mtime, ctime, inode; design: pipeline).
 */

import { deviceNumbers } from '../../core/device-numbers.ts';
import type { EntryType } from '../../core/entry.ts';
import { signedInode, statFacts } from '../../core/stat-facts.ts';
import { type CurrentVersion, type EntryStore, TYPE_NUMBER } from '../../state/entry-store.ts';
import type { Child, Folder } from '../scan/scan.ts';
import type { PlannedEntry } from './batch-codec.ts';
import { Extras } from './extras.ts';
import type { FirstName, HardLinks } from './hard-links.ts';

export interface CompareOptions {
	run: number;
	/** Pack unchanged files too, unless this very run has stored them already. */
	full: boolean;
	/** The books are those of a run that did not come to its end. */
	afterInterruption?: boolean;
	/** Archives that are in the store no more: what only they hold is packed again. */
	gone?: ReadonlySet<number>;
	/** Archive paths that are no part of the job itself: what is at and below them stays until it is scanned again. */
	extras?: Extras;
	/** Asked once for each regular file that is no further name of one: whether what is stored of it is no good. */
	isLost?: (path: string) => boolean;
	/** A folder in which earlier runs found something is empty now; `count` gives how much they found. */
	onEmptied?: (path: string, count: () => number) => void;
}

export interface CompareCounts {
	files: number;
	bytes: number;
	unchanged: number;
}

/** What the comparison found to be packed. */
export type OnChanged = (entry: PlannedEntry, link: FirstName | undefined, own: FirstName | undefined) => void;

export class Comparer {
	readonly #store: EntryStore;
	readonly #links: HardLinks;
	readonly #options: CompareOptions;
	/** Versions that open archives of an interrupted attempt already hold, by path. */
	readonly #underWay: Map<string, PlannedEntry>;
	/**
	 * Changed folders whose content has not come yet. A folder goes into the archive right before what is in it: GNU tar
	 * sets its time as soon as something outside follows.
	 */
	readonly #folders = new Map<string, PlannedEntry>();
	/** Ids of the folders from the root to the one in hand. */
	readonly #dirs = new Map<string, { dir: number; isNew: boolean }>();
	readonly #incomplete = new Set<string>();
	readonly #extras: Extras;
	/** Whether something that earlier runs have stored is gone or replaced. */
	hasEnded = false;
	readonly counts: CompareCounts = { files: 0, bytes: 0, unchanged: 0 };

	constructor(store: EntryStore, links: HardLinks, options: CompareOptions, underWay: Map<string, PlannedEntry>) {
		this.#store = store;
		this.#links = links;
		this.#options = options;
		this.#underWay = underWay;
		this.#extras = options.extras ?? new Extras([]);
		this.#dirs.set('', { dir: 1, isNew: false });
	}

	compare(folder: Folder, onChanged: OnChanged): void {
		const { dir, isNew } = this.#dirOf(folder.path);
		const known = isNew ? NOTHING : this.#store.list(dir);
		const own = this.#folders.get(folder.path);
		if (own) {
			this.#folders.delete(folder.path);
			onChanged(own, undefined, undefined);
		}
		const within = this.#extras.around(folder.path);
		for (const child of folder.children) {
			const version = known.get(child.name);
			if (version) known.delete(child.name);
			this.#child(folder.path, dir, child, version, within, onChanged);
		}
		for (const name of folder.passed) this.#lead(dir, name, known.get(name));
		if (!folder.complete) this.#incomplete.add(folder.path);
		else if (!folder.named) this.#end(folder, dir, known);
	}

	#child(
		folder: string,
		dir: number,
		child: Child,
		version: CurrentVersion | undefined,
		around: string,
		onChanged: OnChanged,
	): void {
		const { stat } = child;
		const path = folder === '' ? child.name : `${folder}/${child.name}`;
		const isFile = child.type === 'file';
		const within = this.#extras.has(path) ? path : around;
		const link = isFile ? this.#links.visit(path, stat, within) : undefined;
		const type: EntryType = link ? 'hardlink' : child.type;
		const target = link ? link.path : child.link;
		if (isFile) {
			this.counts.files += 1;
			if (!link) this.counts.bytes += Number(stat.size);
		}
		const isLost = isFile && !link && (this.#options.isLost?.(path) ?? false);
		const isUnderWay = this.#underWay.size > 0 && this.#isUnderWay(path, child, type, target);
		// What is no folder has nothing in it, whatever was kept there.
		const wasFolder = version?.type === TYPE_NUMBER.dir || this.#extras.isAbove(path);
		if (child.type !== 'dir' && wasFolder) this.#endBelow(dir, child.name);
		if (version && !isLost && this.#isUnchanged(version, child, type, target) && !this.#isGone(version, link)) {
			if (isFile) this.counts.unchanged += 1;
			return;
		}
		if (version) this.hasEnded = true;
		if (isUnderWay) return;
		const device = deviceNumbers(type === 'char' || type === 'block' ? stat.rdev : 0n);
		const entry: PlannedEntry = {
			dir,
			folder,
			name: child.name,
			type,
			...statFacts(stat),
			size: type === 'file' ? Number(stat.size) : 0,
			devMajor: device.major,
			devMinor: device.minor,
			link: target,
			replaces: version !== undefined,
			sparse: type === 'file' && stat.size >= SPARSE_FROM && stat.blocks * 512n < stat.size,
		};
		if (type === 'dir') this.#folders.set(path, entry);
		else onChanged(entry, link, isFile && !link ? this.#links.firstName(stat, within) : undefined);
	}

	/** Named paths lie in it, so what was stored in its place as no folder is gone. */
	#lead(dir: number, name: string, version: CurrentVersion | undefined): void {
		if (version && version.type !== TYPE_NUMBER.dir) this.#store.close(dir, name, this.#options.run);
	}

	#isUnchanged(version: CurrentVersion, { stat }: Child, type: EntryType, link: string): boolean {
		if (this.#options.full && version.first !== this.#options.run) return false;
		return (
			version.mtime === stat.mtimeNs &&
			version.ctime === stat.ctimeNs &&
			version.ino === signedInode(stat.ino) &&
			version.type === TYPE_NUMBER[type] &&
			version.size === (type === 'file' ? stat.size : 0n) &&
			version.link === link
		);
	}

	/**
	 * Whether what is stored of it is in the store no more. A hard link goes with the content it leads to, as tar must
	 * meet that first.
	 */
	#isGone({ archive }: CurrentVersion, link: FirstName | undefined): boolean {
		const { gone } = this.#options;
		if (!gone || gone.size === 0) return false;
		if (gone.has(archive)) return true;
		if (!link) return false;
		const target = this.#store.current(link.path);
		return !target || gone.has(Number(target.archive)) || Number(target.archive) > archive;
	}

	#isUnderWay(path: string, { stat }: Child, type: EntryType, link: string): boolean {
		const entry = this.#underWay.get(path);
		if (!entry) return false;
		this.#underWay.delete(path);
		return (
			entry.mtimeNs === stat.mtimeNs &&
			entry.ctimeNs === stat.ctimeNs &&
			entry.ino === signedInode(stat.ino) &&
			entry.type === type &&
			entry.size === (type === 'file' ? Number(stat.size) : 0) &&
			entry.link === link
		);
	}

	/** What open archives are going to hold though the scan has met it no more. Forgotten when told. */
	*vanished(): Generator<PlannedEntry> {
		for (const [path, entry] of this.#underWay) if (!this.#isUnsure(path)) yield entry;
		this.#underWay.clear();
	}

	/** Whether it lies in a folder that could not be read, so that not meeting it proves nothing. */
	#isUnsure(path: string): boolean {
		if (this.#incomplete.has('')) return true;
		for (let slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1)) {
			if (this.#incomplete.has(path.slice(0, slash))) return true;
		}
		return false;
	}

	/** What was not met again is gone. */
	#end(folder: Folder, dir: number, left: Map<string, CurrentVersion>): void {
		const { run, onEmptied } = this.#options;
		if (left.size > 0 && folder.children.length === 0) onEmptied?.(folder.path, () => this.#store.countBelow(dir));
		const present = new Set([...folder.unseen, ...folder.passed]);
		for (const [name, version] of left) {
			const path = pathOf(folder, name);
			if (present.has(name) || this.#stays(path, folder)) continue;
			this.hasEnded = true;
			this.#store.close(dir, name, run);
			if (version.type === TYPE_NUMBER.dir) this.#endBelow(dir, name, path);
		}
		if (!folder.virtual && !this.#options.afterInterruption) return;
		// Sources that were dropped leave ancestors behind that are no entries themselves; an interrupted attempt leaves
		// the content of folders behind whose own entries were to come from another archive.
		for (const child of folder.children) if (child.type === 'dir') present.add(child.name);
		for (const child of this.#store.childDirs(dir)) {
			const path = pathOf(folder, child.name);
			if (!present.has(child.name) && !this.#stays(path, folder)) this.#endAll(child.dir, path);
		}
	}

	/** Whether a name that was not met belongs to an extra. Where a listing was made inside of one, it counts. */
	#stays(path: string, { virtual }: Folder): boolean {
		return this.#extras.has(path) || (virtual && this.#extras.around(path) !== '');
	}

	/** Ends all below a folder that is gone, but for extras. */
	#endAll(dir: number, path: string): void {
		this.hasEnded = true;
		if (!this.#extras.isAbove(path)) {
			this.#store.closeBelow(dir, this.#options.run);
			return;
		}
		for (const name of this.#store.list(dir).keys()) {
			if (!this.#extras.has(`${path}/${name}`)) this.#store.close(dir, name, this.#options.run);
		}
		for (const child of this.#store.childDirs(dir)) {
			const below = `${path}/${child.name}`;
			if (!this.#extras.has(below)) this.#endAll(child.dir, below);
		}
	}

	/** @param path where extras in it are to stay; not given when something else is in its place */
	#endBelow(dir: number, name: string, path?: string): void {
		const below = this.#store.childDirs(dir).find((child) => child.name === name);
		if (!below) return;
		if (path === undefined) this.#store.closeBelow(below.dir, this.#options.run);
		else this.#endAll(below.dir, path);
	}

	#dirOf(path: string): { dir: number; isNew: boolean } {
		const known = this.#dirs.get(path);
		if (known) return known;
		const slash = path.lastIndexOf('/');
		const parent = this.#dirOf(slash === -1 ? '' : path.slice(0, slash));
		const made = this.#store.dir(parent.dir, path.slice(slash + 1));
		if (this.#dirs.size > DIRS_REMEMBERED) {
			this.#dirs.clear();
			this.#dirs.set('', { dir: 1, isNew: false });
		}
		// Only this comparison may take it for new: entries may come before it is looked at again.
		this.#dirs.set(path, { dir: made.dir, isNew: false });
		return made;
	}
}

function pathOf({ path }: Folder, name: string): string {
	return path === '' ? name : `${path}/${name}`;
}

const NOTHING = new Map<string, CurrentVersion>();
const DIRS_REMEMBERED = 10_000;
/** Below this a hole saves nothing worth the extra header. */
const SPARSE_FROM = 128n * 1024n;
