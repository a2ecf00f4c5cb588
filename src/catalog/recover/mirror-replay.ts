/** Brings what the newest list of a mirror tells into the state database that is being rebuilt. */

import type { Job } from '../../config/job.ts';
import { FirnError, toFirnError } from '../../core/errors.ts';
import type { TaskReporter } from '../../core/task.ts';
import type { Destination } from '../../destinations/destination.ts';
import { NEWEST_LIST } from '../../mirror/list-key.ts';
import type { RebuildStore } from '../../state/rebuild-store.ts';
import type { ListedList, ListedMirror } from './listing.ts';
import { readList } from './mirror-list.ts';
import { Folders } from './take-in.ts';

export interface MirrorReplayOptions {
	store: RebuildStore;
	destination: Destination;
	identities: string[];
	signal: AbortSignal;
	reporter: TaskReporter;
	onRead: (bytes: number) => void;
}

export class MirrorReplay {
	readonly #options: MirrorReplayOptions;
	job: { settings: Job; version: string } | undefined;
	errors = 0;
	opened = 0;
	shut = 0;

	constructor(options: MirrorReplayOptions) {
		this.#options = options;
	}

	/** @throws FirnError when the store cannot be read, or STOPPED */
	async all({ id, lists }: ListedMirror): Promise<void> {
		const { store, signal, reporter } = this.#options;
		for (const list of lists) {
			try {
				await store.atOnce(() => this.#takeIn(id, list));
				this.opened += 1;
				return;
			} catch (thrown) {
				signal.throwIfAborted();
				const { code, message } = toFirnError(thrown);
				if (!LEFT_OUT.has(code)) throw thrown;
				if (code === 'WRONG_IDENTITY') this.shut += 1;
				this.errors += 1;
				reporter.event({ event: 'problem', problem: { path: list.key, code, message } });
			}
		}
	}

	async #takeIn(jobId: string, list: ListedList): Promise<void> {
		const { store, destination, identities, signal, onRead } = this.#options;
		const folders = new Folders(store);
		const objects = store.mirror();
		let run: { number: number; id: string; started: string; finished: string } | undefined;
		let job: MirrorReplay['job'];
		let [files, bytes] = [0, 0];
		for await (const line of readList(destination, { list, jobId, identities, signal, onRead })) {
			if ('head' in line) {
				run = line.head.run;
				job = { settings: line.head.job, version: line.head.version };
				continue;
			}
			const { path, entry, object } = line;
			const slash = path.lastIndexOf('/');
			const dir = folders.idOf(slash === -1 ? '' : path.slice(0, slash));
			store.entries.insert(run!.number, { ...entry, dir, name: path.slice(slash + 1), archive: 0 });
			if (entry.type === 'dir') folders.idOf(path);
			if (entry.type === 'file' || entry.type === 'hardlink') files += 1;
			bytes += entry.size;
			if (object) objects.note(object.key, object);
		}
		if (!run) throw new FirnError('RECORD_DAMAGED', 'The list of the mirror is empty.');
		const { number, id, started, finished } = run;
		store.putRun({
			run: number,
			id,
			started: Date.parse(started),
			status: 'complete',
			full: false,
			problems: [],
			finished: { at: Date.parse(finished), files, bytes, newFiles: 0, newBytes: 0, errors: 0 },
		});
		store.runs.setMeta(NEWEST_LIST, list.key);
		this.job = job;
	}
}

/** What is wrong with one list alone. */
const LEFT_OUT = new Set(['WRONG_IDENTITY', 'RECORD_DAMAGED', 'NOT_FOUND', 'ARCHIVED']);
