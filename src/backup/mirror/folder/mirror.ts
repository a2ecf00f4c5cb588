/** Makes a mirror the same as its sources, folder by folder as a scan meets them. */

import { closeSync, constants, fsyncSync, openSync } from 'node:fs';
import { deviceNumbers } from '../../../core/device-numbers.ts';
import { errnoCode, FirnError } from '../../../core/errors.ts';
import { fsPath } from '../../../core/path-bytes.ts';
import type { FileProblem } from '../../../core/task.ts';
import { folderError } from '../../../destinations/folder/errors.ts';
import { isWithin, mirroredPath, type Pair } from '../../../mirror/pairs.ts';
import type { Metadata } from '../../../state/restore-plan.ts';
import { fatalTargetError, toProblem } from '../../../target/errors.ts';
import { inFolder } from '../../../target/folders.ts';
import { isPartialName } from '../../../target/partial-name.ts';
import type { Target } from '../../../target/target.ts';
import { HardLinks } from '../../plan/hard-links.ts';
import { listNames } from '../../scan/list-names.ts';
import type { Child, Folder } from '../../scan/scan.ts';
import type { Flow } from '../flow.ts';
import { Mounts } from '../mounts.ts';
import { noCounts } from '../site.ts';
import { ATTEMPTS, changedWhileRead, isAt, SourceFault, sourceProblem } from '../source.ts';
import type { Abilities } from './abilities.ts';
import { copyFile, sameContent } from './copy-file.ts';
import type { CopyNotes } from './copy-notes.ts';
import { type Action, decide, type Facts, type How, hasMetadata } from './decide.ts';
import { type Found, factsOf, findThere } from './facts.ts';
import { moveAside, unlock } from './removal.ts';
import { alike, folded, NAME_CLASH } from './spelling.ts';

export interface MirrorOptions {
	pairs: Pair[];
	/** Absent while nothing is there and nothing is to be made (a dry run). */
	target: Target | undefined;
	/** The destination's folder, for people. */
	root: string;
	/** Only look. */
	dryRun: boolean;
	checksum: boolean;
	abilities: Abilities;
	/** Folder below the root for what stands in the way. */
	aside: string;
	notes: CopyNotes;
	flow: Flow;
	onProblem: (problem: FileProblem) => void;
	onFile: (path: string) => void;
}

export class Mirror {
	readonly #options: MirrorOptions;
	readonly #how: How;
	readonly #links = new HardLinks();
	/** What folders are to be like once all is in them. */
	readonly #folders = new Map<string, Metadata>();
	/** Paths of the mirror that the sources have no more; `at`: where they were, absolute. */
	readonly gone: { source: string; path: string; at: string }[] = [];
	/** By source: files that were in the mirror before, and are at the source. */
	readonly met = new Map<string, number>();
	/** Paths of the mirror that other names have taken already. */
	readonly #left: string[] = [];
	/** By source: files and the rest, but folders. */
	readonly #files = new Map<string, number>();
	readonly mounts = new Mounts();
	readonly counts = noCounts();

	constructor(options: MirrorOptions) {
		this.#options = options;
		const { checksum, abilities } = options;
		this.#how = { checksum, timeStep: abilities.timeStep, owners: process.geteuid?.() === 0 };
	}

	/** @throws FirnError when the mirror cannot be written any more; the reason of a stop */
	async folder(folder: Folder): Promise<void> {
		const place = folder.path === '' ? undefined : mirroredPath(this.#options.pairs, folder.path);
		if (place && this.#left.some((path) => isWithin(`/${place.to}`, `/${path}`))) return;
		const doubtful = alike(folder.children.map(({ name }) => name));
		if (place) this.#guardSync(folder.path, () => this.#open(place.to, folder.virtual));
		let changed = false;
		for (const child of folder.children) {
			await this.#options.flow.pass();
			const path = folder.path === '' ? child.name : `${folder.path}/${child.name}`;
			const own = mirroredPath(this.#options.pairs, path);
			if (!own) continue;
			this.#options.onFile(path);
			if (doubtful.has(child.name) && this.#isTaken(own.to)) {
				this.#left.push(own.to);
				this.#options.onProblem({ path, code: 'NAME_CLASH', message: NAME_CLASH });
				continue;
			}
			changed = (await this.#guard(path, () => this.#child(child, path, own.to, own.pair))) || changed;
		}
		if (!place || folder.virtual) return;
		if (folder.complete) this.#guardSync(folder.path, () => this.#noteGone(folder, place.to, place.pair));
		if (changed) this.#guardSync(folder.path, () => this.#sync(place.to));
	}

	/** How many files and links a source holds. */
	filesOf(source: string): number {
		return this.#files.get(source) ?? 0;
	}

	/** Sets what folders are like. To be called when nothing is written any more. */
	async finish(): Promise<void> {
		const { target, dryRun, flow } = this.#options;
		if (!target || dryRun) return;
		for (const [path, metadata] of [...this.#folders].reverse()) {
			await flow.pass();
			this.#guardSync(path, () => {
				const there = findThere(target, path);
				if (there && !hasMetadata({ ...there, ...metadata }, there, this.#how)) target.finishFolder(path, metadata);
			});
		}
	}

	/** What stands for a failure here: an end of the run, or a problem of one path. */
	failed(path: string, error: unknown): void {
		const { root, onProblem, flow } = this.#options;
		flow.signal.throwIfAborted();
		if (error instanceof SourceFault) {
			const problem = sourceProblem(path, error);
			if (problem) onProblem(problem);
			return;
		}
		if (fatalTargetError(error, root)) throw folderError(error, root, 'keep the mirror');
		if (error instanceof FirnError || errnoCode(error) !== undefined) onProblem(toProblem(path, error));
		else throw error;
	}

	/** @returns whether names in its folder have changed */
	async #child(child: Child, path: string, to: string, pair: Pair): Promise<boolean> {
		const here = factsOf(child);
		const there = this.#there(to);
		const isFile = child.type === 'file';
		const first = isFile && this.#options.abilities.hardLinks ? this.#links.visit(path, child.stat) : undefined;
		if (isFile) {
			this.counts.files += 1;
			if (!first) this.counts.bytes += Number(child.stat.size);
		}
		if (child.type !== 'dir') {
			countIn(this.#files, pair.source);
			if (there) countIn(this.met, pair.source);
		}
		if (first) return this.#hardLink(path, to, mirroredPath(this.#options.pairs, first.path)!.to, here, there);
		let action = decide(here, there, this.#how);
		const isUntouched = isFile && (action === 'nothing' || action === 'metadata');
		if (isUntouched && this.#options.notes.isBad(to)) action = 'compare';
		if (action === 'compare') action = await this.#compare(path, to, here, there);
		else if (isUntouched && !this.#options.dryRun) this.#options.notes.met(to, here);
		if (child.type === 'dir') {
			this.#folders.set(to, metadataOf(here));
			this.mounts.meet(`/${path}`, pair.source, child.stat.dev);
		}
		return this.#act(action, child, path, to, here);
	}

	/** What is to be done about a file of which only its content can tell. */
	async #compare(path: string, to: string, here: Facts, there: Found | undefined): Promise<Action> {
		const { target, flow, notes, dryRun } = this.#options;
		const sha256 = await sameContent(target!, path, to, flow);
		if (sha256 && !dryRun) notes.copied(to, here, sha256);
		return decide(here, there, this.#how, sha256 ? 'same' : 'other');
	}

	async #act(action: Action, child: Child, path: string, to: string, here: Facts): Promise<boolean> {
		const { target, dryRun, aside, notes } = this.#options;
		const isFile = child.type === 'file';
		if (action === 'nothing') {
			if (isFile) this.counts.unchanged += 1;
			return false;
		}
		if (action === 'metadata') {
			if (isFile) this.counts.unchanged += 1;
			// A folder's own comes at the end, when nothing changes in it any more.
			if (child.type === 'dir') return false;
			this.counts.metadata += 1;
			if (dryRun) return false;
			setMetadata(target!, to, here);
			if (isFile) notes.touched(to, here.mtimeNs);
			return false;
		}
		if (isFile) {
			this.counts.planned.files += 1;
			this.counts.planned.bytes += Number(here.size);
		}
		if (dryRun) return false;
		if (action === 'clear') {
			notes.leave([to]);
			moveAside(target!, to, aside);
		}
		if (isFile) await this.#copy(path, to);
		else this.#make(child, to, here);
		return true;
	}

	async #copy(path: string, to: string): Promise<void> {
		const { target, flow, notes, onProblem } = this.#options;
		for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
			const copy = await copyFile(target!, path, to, flow, (bytes) => {
				this.counts.written += bytes;
			});
			if (!copy) continue;
			const { stat, sha256 } = copy;
			notes.copied(to, stat, sha256);
			this.counts.copied.files += 1;
			this.counts.copied.bytes += Number(stat.size);
			return;
		}
		onProblem(changedWhileRead(path));
	}

	#make({ type, link, stat }: Child, to: string, here: Facts): void {
		const target = this.#options.target!;
		const metadata = metadataOf(here);
		if (type === 'dir') target.folders.open(to);
		else if (type === 'symlink') target.symlink(to, link, metadata, true);
		else if (type === 'fifo') target.special(to, { type }, metadata, true);
		else if (type === 'char' || type === 'block')
			target.special(to, { type, ...deviceNumbers(stat.rdev) }, metadata, true);
	}

	/** Whether a name leads to what the mirror has under another spelling. */
	#isTaken(to: string): boolean {
		if (!this.#there(to)) return false;
		const { target } = this.#options;
		const { folder, name } = target!.placeOf(to);
		return !listNames(target!.folders.open(folder).base).includes(name);
	}

	/** A further name of a file that was met before. */
	#hardLink(path: string, to: string, firstTo: string, here: Facts, there: Found | undefined): boolean {
		const { target, dryRun, aside, notes, onProblem } = this.#options;
		const first = this.#there(firstTo);
		if (first && there && first.ino === there.ino && first.dev === there.dev) {
			this.counts.unchanged += 1;
			return false;
		}
		this.counts.planned.files += 1;
		if (dryRun) return false;
		if (first?.type !== 'file') {
			const message = 'The file that this hard link shares its content with could not be mirrored.';
			onProblem({ path, code: 'LINK_TARGET', message });
			return false;
		}
		if (there) notes.leave([to]);
		if (there && there.type !== 'file') moveAside(target!, to, aside);
		target!.hardLink(to, firstTo, undefined, metadataOf(here), true);
		this.counts.copied.files += 1;
		return true;
	}

	/** Names of the mirror that the source has no more. What it has and does not want mirrored is no deletion. */
	#noteGone(folder: Folder, to: string, { source }: Pair): void {
		// In a dry run something else may still be in the way.
		if (this.#there(to)?.type !== 'dir') return;
		const place = this.#options.target!.folders.open(to);
		const here = new Set([...folder.children.map(({ name }) => name), ...folder.unseen]);
		const there = new Set(listNames(place.base));
		// The mirror may have them in another spelling.
		const elsewhere = new Set([...here].filter((name) => !there.has(name)).map(folded));
		for (const name of there) {
			if (here.has(name) || elsewhere.has(folded(name)) || isPartialName(name) || isAt(`${folder.path}/${name}`))
				continue;
			this.gone.push({ source, path: `${to}/${name}`, at: `/${folder.path}/${name}` });
		}
	}

	#there(path: string): Found | undefined {
		try {
			return findThere(this.#options.target, path);
		} catch (error) {
			// What stands in the way of its folder is still there in a dry run.
			if (this.#options.dryRun && error instanceof FirnError) return undefined;
			throw error;
		}
	}

	/** Opens the mirror's folder, so that it can be written also where it is read-only; its mode is set at the end. */
	#open(to: string, isVirtual: boolean): void {
		const { target, dryRun } = this.#options;
		if (!target || dryRun) return;
		const before = unlock(target, to);
		// Above a path that was named: it is to be as it was.
		if (isVirtual && before) this.#folders.set(to, before);
	}

	/** Puts the names of a folder on disk, where the file system can do that. */
	#sync(to: string): void {
		const folder = this.#options.target?.folders.find(to);
		if (!folder) return;
		const fd = openSync(fsPath(folder.base), constants.O_RDONLY | constants.O_DIRECTORY);
		try {
			fsyncSync(fd);
		} catch (error) {
			if (!['EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EBADF'].includes(errnoCode(error) ?? '')) throw error;
		} finally {
			closeSync(fd);
		}
	}

	async #guard(path: string, work: () => Promise<boolean>): Promise<boolean> {
		try {
			return await work();
		} catch (error) {
			this.failed(path, error);
			return false;
		}
	}

	#guardSync(path: string, work: () => void): void {
		try {
			work();
		} catch (error) {
			this.failed(path, error);
		}
	}
}

function countIn(counts: Map<string, number>, source: string): void {
	counts.set(source, (counts.get(source) ?? 0) + 1);
}

function metadataOf({ mode, uid, gid, mtimeNs }: Facts): Metadata {
	return { mode, uid, gid, mtimeNs };
}

function setMetadata(target: Target, path: string, here: Facts): void {
	const { folder, name } = target.placeOf(path);
	const place = inFolder(target.folders.open(folder), name);
	target.metadata.made(place, metadataOf(here), (stat) =>
		here.type === 'symlink' ? stat.isSymbolicLink() : !stat.isSymbolicLink() && !stat.isDirectory(),
	);
}
