/** A mirror in a folder: plain files that need no Firn to be read. The folder itself tells what it holds. */

import { existsSync } from 'node:fs';
import { FirnError } from '../../../core/errors.ts';
import type { LostExample, WorkerRow } from '../../../core/task.ts';
import { deletedFolder, isWithin } from '../../../mirror/pairs.ts';
import { Target } from '../../../target/target.ts';
import type { RunBooks } from '../../run-books.ts';
import type { Folder } from '../../scan/scan.ts';
import { EXAMPLES, type MirrorSite, type SiteOptions } from '../site.ts';
import { type Abilities, probeAbilities } from './abilities.ts';
import { CopyNotes } from './copy-notes.ts';
import { findThere } from './facts.ts';
import { Mirror } from './mirror.ts';
import { countFiles, moveAside, removeAll } from './removal.ts';

/** Until it is tried: what nearly every file system can. */
const USUAL: Abilities = { hardLinks: true, timeStep: 1000n };

export interface FolderSiteOptions extends SiteOptions {
	books: RunBooks;
	/** The books may be those of a run that did not come to its end. */
	afterInterruption: boolean;
}

export class FolderSite implements MirrorSite {
	readonly #options: FolderSiteOptions;
	readonly #notes: CopyNotes;
	readonly #target: Target | undefined;
	readonly #mirror: Mirror;
	readonly #aside = deletedFolder(new Date());
	#file = '';
	readonly examples: LostExample[] = [];
	/** Nobody keeps a book of what lies in a folder. */
	readonly strangers = 0;
	readonly requests = 0;
	readonly waits = false;

	constructor(options: FolderSiteOptions) {
		this.#options = options;
		const { spec, pairs, flow, books, afterInterruption, onProblem, onNotice } = options;
		this.#notes = new CopyNotes(books, afterInterruption);
		const { job, dryRun, checksum = false } = spec;
		const root = job.destination.url;
		const target = existsSync(root)
			? new Target({
					target: root,
					existing: 'overwrite',
					// A dry run does not even tidy up.
					isFresh: dryRun,
					onOwnersLost: () => onNotice('Owners cannot be set there; all files belong to the user that runs Firn.'),
				})
			: undefined;
		this.#target = target;
		this.#mirror = new Mirror({
			pairs,
			target,
			root,
			dryRun,
			checksum,
			abilities: target && !dryRun ? probeAbilities(target) : USUAL,
			aside: this.#aside,
			notes: this.#notes,
			flow,
			onProblem,
			onFile: (path) => {
				this.#file = path;
			},
		});
	}

	get counts() {
		return this.#mirror.counts;
	}

	get mounts() {
		return this.#mirror.mounts;
	}

	get met() {
		return this.#mirror.met;
	}

	get rows(): WorkerRow[] {
		const path = this.#file ? { path: this.#file } : {};
		return [{ worker: 1, state: 'upload', bytes: this.counts.written, ...path }];
	}

	folder(folder: Folder): Promise<void> {
		return this.#mirror.folder(folder);
	}

	async settle(): Promise<void> {}

	filesOf(source: string): number {
		return this.#mirror.filesOf(source);
	}

	async lost(): Promise<Map<string, number>> {
		const lost = new Map<string, number>();
		for (const { source, path } of this.#mirror.gone) {
			await this.#guard(path, async (target) => {
				const files = await countFiles(target, path, this.#options.flow);
				lost.set(source, (lost.get(source) ?? 0) + files);
				if (files > 0 && this.examples.length < EXAMPLES) this.examples.push({ path, files });
			});
		}
		return lost;
	}

	/** Nothing says whose it is. */
	isOwn(): boolean {
		return false;
	}

	isMissing(path: string): boolean {
		return this.#mirror.gone.some(({ at }) => isWithin(at, path) || isWithin(path, at));
	}

	async takeOut(deletions: 'move' | 'follow'): Promise<void> {
		const { flow } = this.#options;
		this.#notes.leave(this.#mirror.gone.map(({ path }) => path));
		for (const { path } of this.#mirror.gone) {
			await flow.pass();
			await this.#guard(path, async (target) => {
				if (deletions === 'move') moveAside(target, path, this.#aside);
				else await removeAll(target, path, flow);
			});
		}
	}

	async finish(): Promise<void> {
		await this.#mirror.finish();
		if (this.#options.spec.dryRun) return;
		this.#notes.finish((path) => this.#isFile(path));
	}

	/** All that can be changed here is the flow's. */
	adjust(): void {}

	async close(): Promise<void> {
		this.#target?.close();
	}

	/** @throws the system's error */
	#isFile(path: string): boolean {
		try {
			return findThere(this.#target, path)?.type === 'file';
		} catch (error) {
			// Something else stands for a folder on the way.
			if (error instanceof FirnError) return false;
			throw error;
		}
	}

	async #guard(path: string, work: (target: Target) => Promise<void>): Promise<void> {
		try {
			if (this.#target) await work(this.#target);
		} catch (error) {
			this.#mirror.failed(`${this.#options.spec.job.destination.url}/${path}`, error);
		}
	}
}
