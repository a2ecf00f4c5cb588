/**
 * A mirror in a store: an object a file (mirror/object-key.ts), and beside them a list of all that objects cannot hold
 * (list.ts).
 * What is new or changed is found with the books, as for archives, and with a list of what the store has.
 */

import { existsSync, lstatSync } from 'node:fs';
import { fsPath } from '../../../core/path-bytes.ts';
import { counted } from '../../../core/sizes.ts';
import type { Adjustment, LostExample, WorkerRow } from '../../../core/task.ts';
import type { UploadRef } from '../../../destinations/destination.ts';
import { NEWEST_LIST } from '../../../mirror/list-key.ts';
import { objectKey, pathOfKey } from '../../../mirror/object-key.ts';
import { deletedFolder, isWithin, mirroredPath, sourcePath } from '../../../mirror/pairs.ts';
import type { MirrorStore, Verdict } from '../../../state/mirror-store.ts';
import type { RunRow } from '../../../state/run-store.ts';
import { entryPath, type PlannedEntry } from '../../plan/batch-codec.ts';
import { Comparer } from '../../plan/compare.ts';
import { HardLinks } from '../../plan/hard-links.ts';
import type { RunBooks } from '../../run-books.ts';
import type { Folder } from '../../scan/scan.ts';
import type { StoreLink } from '../../store-link.ts';
import { alike, folded, NAME_CLASH } from '../folder/spelling.ts';
import { Mounts } from '../mounts.ts';
import { EXAMPLES, type MirrorSite, noCounts, type SiteOptions } from '../site.ts';
import { isAt } from '../source.ts';
import { Copier } from './copier.ts';
import { writeList } from './list.ts';
import { takeOut } from './take-out.ts';
import { giveUpUploads } from './tidy.ts';

export interface StoreSiteOptions extends SiteOptions {
	books: RunBooks;
	/** Absent in a dry run. */
	run: RunRow | undefined;
	/** The books may be those of a run that did not come to its end. */
	afterInterruption: boolean;
	/** Whether an earlier run has brought the mirror of a source to its end. */
	isKnown: (source: string) => boolean;
	link: StoreLink;
}

/** Objects that S3 tells with one request. */
const LIST_PAGE = 1000;
/** Number of a run that is only looked what it would do. */
const DRY = 2 ** 30;

export class StoreSite implements MirrorSite {
	readonly #options: StoreSiteOptions;
	readonly #mirror: MirrorStore;
	readonly #comparer: Comparer;
	readonly #copier: Copier;
	readonly #files = new Map<string, number>();
	/** Sources to whose mirror others have added. */
	readonly #strange = new Set<string>();
	/** Paths of files that some disks take for another one in their folder. */
	readonly #doubtful: string[] = [];
	/** What lies there is not what the books are about. */
	#isOther = false;
	/** What the store has of the file that is compared just now. */
	#verdict: Verdict = 'missing';
	/** Files that the comparison had found unchanged when it was asked last. */
	#unchanged = 0;
	readonly met = new Map<string, number>();
	readonly mounts = new Mounts();
	readonly counts = noCounts();
	readonly examples: LostExample[] = [];
	strangers = 0;

	private constructor(options: StoreSiteOptions) {
		const { books, run, spec, flow, link, onProblem, afterInterruption } = options;
		const { job, checksum = false } = spec;
		this.#options = options;
		this.#mirror = books.mirror();
		this.#copier = new Copier({
			destination: link.destination,
			job,
			books,
			mirror: this.#mirror,
			run: run?.run,
			flow,
			counts: this.counts,
			prices: spec.prices,
			onProblem,
		});
		const isLost = (path: string) => this.#meet(path) !== 'right' || checksum;
		const how = { run: run?.run ?? DRY, full: false, afterInterruption, isLost };
		this.#comparer = new Comparer(books.entries, new HardLinks(), how, new Map());
	}

	/** Looks at what the store has. @throws FirnError as requests do; the reason of a stop */
	static async open(options: StoreSiteOptions): Promise<StoreSite> {
		const site = new StoreSite(options);
		const { books, link, pairs, spec, run, onNotice } = options;
		const isKept = ({ key, id }: UploadRef) => books.uploads.get(key)?.id === id;
		if (run) await giveUpUploads(link.destination, spec.job, pairs, isKept, onNotice);
		await site.#look();
		return site;
	}

	get rows(): WorkerRow[] {
		return this.#copier.rows;
	}

	get requests(): number {
		return this.#options.link.requests;
	}

	get waits(): boolean {
		return this.#options.link.waits;
	}

	async folder(folder: Folder): Promise<void> {
		const { books, flow, pairs } = this.#options;
		await flow.pass();
		for (const { name, type, stat } of folder.children) {
			const path = folder.path === '' ? name : `${folder.path}/${name}`;
			const own = mirroredPath(pairs, path);
			if (!own) continue;
			if (type === 'dir') this.mounts.meet(`/${path}`, own.pair.source, stat.dev);
			else countIn(this.#files, own.pair.source);
		}
		const names = folder.children.filter(({ type }) => type === 'file').map(({ name }) => name);
		for (const name of alike(names)) this.#doubtful.push(folder.path === '' ? name : `${folder.path}/${name}`);
		books.transaction.begin();
		this.#comparer.compare(folder, (entry) => this.#changed(entry));
		const { files, bytes, unchanged } = this.#comparer.counts;
		this.counts.unchanged += unchanged - this.#unchanged;
		this.#unchanged = unchanged;
		Object.assign(this.counts, { files, bytes });
		await this.#copier.room();
	}

	async settle(): Promise<void> {
		const { books, run, onProblem } = this.#options;
		await this.#copier.settle();
		this.counts.hasChanged ||= this.#comparer.hasEnded || this.counts.metadata > 0;
		if (!run) return;
		await this.#giveUpRest();
		books.transaction.begin();
		for (const path of books.entries.dropLooseLinks(run.run, new Set())) {
			const message = 'The file that this hard link shares its content with could not be mirrored.';
			onProblem({ path, code: 'LINK_TARGET', message });
		}
		books.transaction.commit();
		for (const path of this.#doubtful) {
			const own = mirroredPath(this.#options.pairs, path);
			// It lies under the first of its spellings.
			if (own && this.#isRespelt(this.#key(own.to), path)) onProblem({ path, code: 'NAME_CLASH', message: NAME_CLASH });
		}
	}

	/** Uploads that an earlier run has begun of files that are no more, or are not sent any more. */
	async #giveUpRest(): Promise<void> {
		const { books, link } = this.#options;
		for (const upload of books.uploads.all()) {
			await link.destination.abortUpload(upload);
			books.transaction.begin();
			books.uploads.ended(upload.key);
		}
	}

	filesOf(source: string): number {
		return this.#files.get(source) ?? 0;
	}

	/** What others have put there is none of it, unless a person agrees, or is asked as nothing is known yet. */
	async lost(): Promise<Map<string, number>> {
		const { flow, spec, isKnown, onNotice } = this.#options;
		const { name } = spec.job;
		const lost = new Map<string, number>();
		let left = 0;
		for (const key of this.#mirror.unmet()) {
			await flow.pass();
			const source = this.#lostFrom(key);
			if (source === undefined) continue;
			if (!this.#mirror.isOwn(key)) {
				if (isKnown(source) && !spec.confirmDeletions) {
					left += 1;
					continue;
				}
				this.#strange.add(source);
				this.strangers += 1;
			}
			this.#mirror.markLost(key);
			countIn(lost, source);
			if (this.examples.length < EXAMPLES) this.examples.push({ path: this.#pathOf(key), files: 1 });
		}
		if (left > 0) {
			onNotice(
				`${counted(left, 'object')} in the mirror ${left === 1 ? 'is' : 'are'} neither at the source nor put there by this job, and left alone. ` +
					`firn backup ${name} --confirm-deletions N takes them out, too.`,
			);
		}
		return lost;
	}

	isOwn(source: string): boolean {
		return !this.#strange.has(source);
	}

	isMissing(path: string): boolean {
		const own = mirroredPath(this.#options.pairs, path.slice(1));
		if (!own) return false;
		return this.#mirror.hasLost(this.#key(own.to), objectKey(own.to, false));
	}

	async takeOut(deletions: 'move' | 'follow'): Promise<void> {
		const { link, spec, flow, onProblem, onNotice } = this.#options;
		await takeOut({
			destination: link.destination,
			mirror: this.#mirror,
			most: spec.job.workers,
			aside: deletions === 'move' ? deletedFolder(new Date()) : undefined,
			flow,
			onProblem,
			onNotice,
		});
	}

	async finish(): Promise<void> {
		const { books, run, link, spec, pairs, flow, onNotice } = this.#options;
		if (!run) return;
		books.transaction.commit();
		await writeList({ books, mirror: this.#mirror, run, destination: link.destination, spec, pairs, flow, onNotice });
		books.transaction.begin();
		this.#mirror.dropOld();
		books.transaction.commit();
	}

	adjust(change: Adjustment): void {
		if (change.workers !== undefined) this.#copier.most = change.workers;
	}

	async close(): Promise<void> {
		await this.#copier.close();
	}

	/** Lists what the store has of this mirror. */
	async #look(): Promise<void> {
		const { pairs, link, flow, spec } = this.#options;
		const { destination } = link;
		const { url } = spec.job.destination;
		if (url.startsWith('/')) {
			if (!existsSync(url)) return;
			await this.#recognize();
		}
		for (const { name } of pairs) {
			const single = await destination.head(this.#key(name), { signal: flow.signal });
			if (single) this.#mirror.listed(single);
			let listed = 0;
			for await (const object of destination.list(`${objectKey(name, false)}/`, { signal: flow.signal })) {
				await flow.pass();
				this.#mirror.listed(object);
				listed += 1;
			}
			this.counts.lists += Math.max(1, Math.ceil(listed / LIST_PAGE));
		}
	}

	/**
	 * A folder gives no ETags, so a file of the right size would be taken for the one that was sent, though it may lie on
	 * another disk in the place of the last one, which has an older version of it.
	 */
	async #recognize(): Promise<void> {
		const { books, link, flow, onNotice } = this.#options;
		const newest = books.runs.getMeta(NEWEST_LIST);
		if (newest === undefined || (await link.destination.head(newest, { signal: flow.signal }))) return;
		this.#isOther = true;
		onNotice(
			'The list that the last run has stored is not there, as on another disk in its place: all files are stored anew.',
		);
	}

	#meet(path: string): Verdict {
		const own = mirroredPath(this.#options.pairs, path)!;
		const { isThere, verdict } = this.#mirror.meet(this.#key(own.to));
		if (isThere) countIn(this.met, own.pair.source);
		this.#verdict = this.#isOther && verdict === 'right' ? 'other' : verdict;
		return this.#verdict;
	}

	#changed(entry: PlannedEntry): void {
		const { pairs, books, run, spec } = this.#options;
		this.counts.hasChanged = true;
		const path = entryPath(entry);
		if (entry.type === 'file') {
			const own = mirroredPath(pairs, path)!;
			this.#copier.add({ entry, key: this.#key(own.to), verdict: this.#verdict });
			return;
		}
		const isNewName = entry.type === 'hardlink' && !entry.replaces;
		if (isNewName) this.counts.planned.files += 1;
		if (spec.dryRun || !run) return;
		if (isNewName) this.counts.copied.files += 1;
		const { dir, name, devMajor: offset, devMinor: length } = entry;
		books.entries.supersede(dir, name, run.run);
		books.entries.insert(run.run, { ...entry, sha256: undefined, archive: 0, offset, length });
	}

	/** The source that has lost the file of an object, if one has. */
	#lostFrom(key: string): string | undefined {
		const { pairs, spec } = this.#options;
		const path = pathOfKey(key, spec.job.encrypt);
		const pair = path === undefined ? undefined : pairs.find(({ name }) => isWithin(path, name));
		// No file has such a name, so it was not put there by Firn.
		if (path === undefined || !pair) return undefined;
		const from = sourcePath(pair, path);
		const entry = this.#mirror.at(from);
		// Something else has its name now, which no object is kept of.
		if (entry && entry.type !== 'file') return pair.source;
		return isAt(from) || this.#isRespelt(key, from) ? undefined : pair.source;
	}

	/** Whether a disk that does not tell case apart has under this key the file of another spelling that is at the source. */
	#isRespelt(key: string, from: string): boolean {
		const { spec, pairs } = this.#options;
		const { url } = spec.job.destination;
		if (!url.startsWith('/')) return false;
		const others = this.#mirror.besides(from).filter((path) => folded(path) === folded(from));
		return others.some((path) => isOneFile(`${url}/${key}`, `${url}/${this.#key(mirroredPath(pairs, path)!.to)}`));
	}

	#pathOf(key: string): string {
		return pathOfKey(key, this.#options.spec.job.encrypt) ?? key;
	}

	#key(path: string): string {
		return objectKey(path, this.#options.spec.job.encrypt);
	}
}

function isOneFile(a: string, b: string): boolean {
	const [first, second] = [a, b].map((path) => lstatSync(fsPath(path), { bigint: true, throwIfNoEntry: false }));
	return first !== undefined && second !== undefined && first.ino === second.ino && first.dev === second.dev;
}

function countIn(counts: Map<string, number>, source: string): void {
	counts.set(source, (counts.get(source) ?? 0) + 1);
}
