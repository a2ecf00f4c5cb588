/** Reads what the screen is about to show: pages around the window, matches of the filter, versions of a file. */

import { FirnError, toFirnError } from '../../../core/errors.ts';
import { parseFilter } from '../../../core/file-filter.ts';
import type { EffectContext } from '../../screen.ts';
import { rowsShown } from './geometry.ts';
import { currentRow } from './reduce.ts';
import { type ArchiveState, PAGE, type SnapshotItem } from './state.ts';
import { pagesBetween } from './tree.ts';

/** How long to wait before asking again for what is still being counted. */
const COUNTING_MS = 200;
/** After the last key of a filter. */
const TYPING_MS = 120;
/** After the cursor has come to rest. */
const REST_MS = 150;
const FOUND_AT_ONCE = 200;

export class Loader {
	readonly #context: EffectContext;
	readonly #asked = new Set<string>();
	#seen: ArchiveState | undefined;
	#snapshotsOf: string | undefined;
	#searched: string | undefined;
	#searching = false;
	#typing: NodeJS.Timeout | undefined;
	#resting: NodeJS.Timeout | undefined;
	#rested: string | undefined;
	#restingStorage: NodeJS.Timeout | undefined;
	#restedStorage: string | undefined;

	constructor(context: EffectContext) {
		this.#context = context;
	}

	/** Asks for whatever is missing. */
	look(): void {
		const state = this.#state();
		if (state === this.#seen || state.job === undefined) return;
		this.#seen = state;
		if (this.#snapshotsOf !== `${state.generation} ${state.job}`) void this.#readSnapshots(state);
		if (state.problem) return;
		this.#readPages(state);
		this.#readFound(state);
		this.#readVersions(state);
		this.#readStorage(state);
	}

	/** After the engine was lost nothing is on its way any more. */
	forget(): void {
		this.#asked.clear();
		this.#seen = undefined;
		this.#snapshotsOf = undefined;
		this.#searched = undefined;
		this.#searching = false;
	}

	/** Unfolds the folders on the way to a path and puts the cursor on it. */
	async show(path: string): Promise<void> {
		const { dispatch, fail } = this.#context;
		const { generation } = this.#state();
		try {
			for (let folder = '/'; ; ) {
				const answer = await this.#browse(this.#state(), folder, { around: path });
				if (this.#state().generation !== generation) return;
				dispatch({ type: 'archive/rows', generation, folder, answer });
				const row = answer.rows.find((one) => path === one.path || path.startsWith(`${one.path}/`));
				if (!row) return;
				if (row.path === path) {
					dispatch({ type: 'archive/cursor', path });
					return;
				}
				dispatch({ type: 'archive/unfold', path: row.path, parent: folder });
				folder = row.path;
			}
		} catch (error) {
			fail(error);
		}
	}

	#state(): ArchiveState {
		return this.#context.screen<ArchiveState>('archive');
	}

	#browse(state: ArchiveState, path: string, where: { from: number } | { around: string }) {
		const { job, sort, descending } = state;
		return this.#context.call('browse', { job: job!, path, sort, descending, limit: PAGE, ...where, ...of(state) });
	}

	/** One window above and below what is seen, so that scrolling meets rows that are there. */
	#readPages(state: ArchiveState): void {
		const height = rowsShown(state, this.#context.state());
		const { top } = state.list;
		for (const { folder, page, known } of pagesBetween(state.folders, top - height, top + 2 * height)) {
			if (!known || state.stale) void this.#readPage(state, folder, page);
		}
	}

	async #readPage(state: ArchiveState, folder: string, page: number): Promise<void> {
		const { generation } = state;
		const key = `${generation} ${page} ${folder}`;
		if (this.#asked.has(key)) return;
		this.#asked.add(key);
		try {
			const answer = await this.#browse(state, folder, { from: page * PAGE });
			this.#asked.delete(key);
			this.#context.dispatch({ type: 'archive/rows', generation, folder, answer });
			if (answer.counting) setTimeout(() => this.#readAgain(generation, folder, page), COUNTING_MS);
		} catch (thrown) {
			this.#refused(generation, thrown);
		}
	}

	/** The same page once more, if it is still wanted. */
	#readAgain(generation: number, folder: string, page: number): void {
		const state = this.#state();
		if (state.generation === generation && state.folders[folder]?.open) void this.#readPage(state, folder, page);
	}

	#refused(generation: number, thrown: unknown): void {
		const { code, message, guidance } = toFirnError(thrown);
		// The app says so itself, and comes back.
		if (code === 'ENGINE_LOST') return;
		const text = [message, guidance].filter(Boolean).join(' ');
		this.#context.dispatch({ type: 'archive/problem', generation, code, text });
	}

	async #readSnapshots({ generation, job }: ArchiveState): Promise<void> {
		this.#snapshotsOf = `${generation} ${job}`;
		const { call, dispatch, cwd } = this.#context;
		try {
			const { rows } = await call('show', { job: job!, what: 'runs', cwd });
			const snapshots = rows.map(toItem).filter((item) => item !== undefined);
			dispatch({ type: 'archive/snapshots', job: job!, snapshots });
		} catch (error) {
			if (!(error instanceof FirnError)) throw error;
			// The first page of files tells the same.
		}
	}

	#readFound(state: ArchiveState): void {
		const { search, generation } = state;
		const key = search && `${generation} ${search.field.text}`;
		if (key !== this.#searched) {
			this.#searched = key;
			clearTimeout(this.#typing);
			if (key !== undefined) this.#typing = setTimeout(() => void this.#find(key), TYPING_MS);
		} else if (search?.cursor !== undefined && !this.#searching) void this.#find(key!);
	}

	/** Searches on until there is enough for the window and the one below, or something else is asked. */
	async #find(key: string): Promise<void> {
		const { dispatch, call, fail } = this.#context;
		if (this.#searching) return;
		this.#searching = true;
		try {
			for (;;) {
				const state = this.#state();
				const { search, generation, job } = state;
				if (!search || key !== this.#searched) return;
				const { text } = search.field;
				if (!this.#isFilter(text)) return;
				const isStarted = search.searched > 0 || search.cursor !== undefined;
				const height = rowsShown(state, this.#context.state());
				const isEnough = search.rows.length > search.list.top + 2 * height;
				if (isStarted && (search.cursor === undefined || isEnough)) return;
				const { cursor } = search;
				const more = cursor === undefined ? {} : { cursor };
				const query = { job: job!, path: '/', filter: text, limit: FOUND_AT_ONCE, ...more, ...of(state) };
				const answer = await call('find', query);
				dispatch({ type: 'archive/found', generation, text, cursor, answer });
			}
		} catch (error) {
			fail(error);
		} finally {
			this.#searching = false;
			// Something else was typed meanwhile.
			if (this.#searched !== undefined && this.#searched !== key) void this.#find(this.#searched);
		}
	}

	/** What cannot be a filter is told beside it, without asking the engine. */
	#isFilter(text: string): boolean {
		try {
			parseFilter(text);
			return true;
		} catch (error) {
			const { message } = toFirnError(error);
			this.#context.dispatch({ type: 'archive/filterError', text, message });
			return false;
		}
	}

	/** Of the file that the cursor rests on. */
	#readVersions(state: ArchiveState): void {
		const row = currentRow(state);
		const path = row && row.type !== 'dir' ? row.path : undefined;
		if (path === this.#rested || path === state.versions?.path) return;
		this.#rested = path;
		clearTimeout(this.#resting);
		if (path === undefined) return;
		this.#resting = setTimeout(async () => {
			try {
				const { versions } = await this.#context.call('versions', { job: state.job!, path });
				this.#context.dispatch({ type: 'archive/versions', path, rows: versions });
			} catch (error) {
				if (!(error instanceof FirnError)) throw error;
				// What is not known is not shown; asking for it by a key tells why.
			}
		}, REST_MS);
	}

	/** Of the row that the cursor rests on; anew whenever it comes to rest, since a thaw goes on meanwhile. */
	#readStorage(state: ArchiveState): void {
		const row = currentRow(state);
		const { path = undefined, totals } = row ?? {};
		const { firstArchive: first = 0, lastArchive: last = 0 } = totals ?? {};
		const key = first > 0 ? `${state.generation} ${first} ${last} ${path}` : undefined;
		if (key === this.#restedStorage) return;
		this.#restedStorage = key;
		clearTimeout(this.#restingStorage);
		if (path === undefined || key === undefined) return;
		this.#restingStorage = setTimeout(async () => {
			try {
				const view = await this.#context.call('storage', { job: state.job!, first, last });
				this.#context.dispatch({ type: 'archive/storage', path, view });
			} catch (error) {
				if (!(error instanceof FirnError)) throw error;
				// What is not known is not shown.
			}
		}, REST_MS);
	}
}

/** The snapshot that requests are about: the one shown, so that a run that ends meanwhile changes nothing. */
function of({ snapshot }: ArchiveState): { snapshot?: number } {
	return snapshot === undefined ? {} : { snapshot };
}

function toItem({ snapshot, started, finished, status, files, bytes }: Record<string, unknown>) {
	if (typeof snapshot !== 'number') return undefined;
	const item: SnapshotItem = {
		number: snapshot,
		time: Date.parse(String(finished ?? started)),
		finished: true,
		files: Number(files),
		bytes: Number(bytes),
		status: String(status),
	};
	return item;
}
