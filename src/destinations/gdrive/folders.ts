/**
 * The folders of Drive that stand for the segments of keys. Names are not unique there: two processes may make the same
 * folder at once. Then the oldest takes what is written, and all are looked into.
 */

import type { DriveClient } from './client.ts';
import { inTrash } from './errors.ts';
import {
	byAge,
	createFile,
	type DriveFile,
	type FileIds,
	FOLDER_TYPE,
	fileById,
	quoted,
	removeFile,
	searchIn,
} from './files.ts';

/** How long a folder is taken for known: another process may make a second one, or somebody delete it. */
const KNOWN_MS = 5 * 60_000;

export class Folders {
	readonly #client: DriveClient;
	readonly #ids: FileIds;
	readonly #top: readonly string[];
	/** By path from the top of My Drive; the ids, oldest first. */
	readonly #known = new Map<string, { ids: string[]; until: number }>();
	readonly #making = new Map<string, Promise<string>>();

	/** @param top names of the folders that the destination is in */
	constructor(client: DriveClient, ids: FileIds, top: readonly string[]) {
		this.#client = client;
		this.#ids = ids;
		this.#top = top;
	}

	/** The ids of all folders at this place below the destination, oldest first; none when there are none. */
	async find(names: readonly string[], signal?: AbortSignal): Promise<string[]> {
		return this.#find([...this.#top, ...names], signal);
	}

	/** The folder to write to, made with those above it where it is missing. */
	async make(names: readonly string[], signal?: AbortSignal): Promise<string> {
		return this.#make([...this.#top, ...names], signal);
	}

	/** The names of the folders between the destination and a file in it; undefined for one that lies elsewhere. */
	async above(file: DriveFile, signal?: AbortSignal): Promise<string[] | undefined> {
		const own = await this.find([], signal);
		const names: string[] = [];
		for (let inner: DriveFile | undefined = file; ; ) {
			const id: string | undefined = inner.parents?.[0];
			// The top of My Drive lies in nothing.
			if (id === undefined) return undefined;
			if (own.includes(id)) return names;
			const outer = await fileById(this.#client, id, 'look for its folder', signal);
			// Nor is it shown to us.
			if (!outer) return undefined;
			names.unshift(outer.name);
			inner = outer;
		}
	}

	/** Forgets all: one that was known turned out to be gone. */
	forget(): void {
		this.#known.clear();
	}

	/** Notes what a listing has told, so that it is not asked again. */
	note(names: readonly string[], ids: string[]): void {
		this.#known.set(pathOf([...this.#top, ...names]), { ids, until: Date.now() + KNOWN_MS });
	}

	async #find(names: readonly string[], signal?: AbortSignal): Promise<string[]> {
		if (names.length === 0) return ['root'];
		const known = this.#known.get(pathOf(names));
		if (known && known.until > Date.now()) return known.ids;
		const parents = await this.#find(names.slice(0, -1), signal);
		return parents.length === 0 ? [] : this.#ask(names, parents, signal);
	}

	/** That there is none is not kept: somebody may make it at any time. */
	async #ask(names: readonly string[], parents: string[], signal?: AbortSignal): Promise<string[]> {
		const conditions = ` and mimeType = '${FOLDER_TYPE}' and name = ${quoted(names.at(-1)!)}`;
		const doing = `look for the folder ${pathOf(names)}`;
		const gone = () => this.forget();
		// Drive does not tell letters by their case when it compares names.
		const found: DriveFile[] = [];
		for await (const folder of searchIn(this.#client, parents, conditions, { doing, signal, gone })) {
			if (folder.name === names.at(-1)) found.push(folder);
		}
		const ids = found.sort(byAge).map(({ id }) => id);
		if (ids.length > 0) this.#known.set(pathOf(names), { ids, until: Date.now() + KNOWN_MS });
		return ids;
	}

	async #make(names: readonly string[], signal?: AbortSignal): Promise<string> {
		const there = await this.#find(names, signal);
		if (there[0] !== undefined) return there[0];
		const path = pathOf(names);
		let making = this.#making.get(path);
		if (!making) {
			making = this.#create(names).finally(() => this.#making.delete(path));
			this.#making.set(path, making);
		}
		return making;
	}

	async #create(names: readonly string[]): Promise<string> {
		const parent = await this.#make(names.slice(0, -1));
		const doing = `make the folder ${pathOf(names)}`;
		const id = await this.#ids.take(doing);
		const folder = { id, name: names.at(-1)!, parents: [parent], mimeType: FOLDER_TYPE };
		const made = await createFile(this.#client, folder, undefined, { doing });
		if (made?.trashed) {
			this.forget();
			await removeFile(this.#client, id, doing);
			throw inTrash(doing);
		}
		// Another process may have been faster by a moment. An empty one too many harms nobody; deleting it might.
		const [oldest] = await this.#ask(names, await this.#find(names.slice(0, -1)));
		if (oldest !== undefined) return oldest;
		// A search may be behind what was made: it is not to be made again each time.
		this.#known.set(pathOf(names), { ids: [id], until: Date.now() + KNOWN_MS });
		return id;
	}
}

function pathOf(names: readonly string[]): string {
	return names.join('/');
}
