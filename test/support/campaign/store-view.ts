/** What a destination holds, seen from outside. */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { S3Simulator } from '../s3-simulator/simulator.ts';

export interface StoreView {
	/** Keys of all objects, ascending. */
	keys(): string[];
	content(key: string): Promise<Buffer>;
	/** Uploads under way. */
	uploads(): string[];
}

export class FolderView implements StoreView {
	readonly #root: string;

	constructor(root: string) {
		this.#root = root;
	}

	keys(): string[] {
		if (!existsSync(this.#root)) return [];
		return readdirSync(this.#root, { recursive: true, withFileTypes: true })
			.filter((entry) => entry.isFile())
			.map((entry) => join(entry.parentPath, entry.name).slice(this.#root.length + 1))
			.filter((key) => !key.startsWith('.firn-partial/'))
			.sort();
	}

	async content(key: string): Promise<Buffer> {
		return readFileSync(join(this.#root, key));
	}

	uploads(): string[] {
		const folder = join(this.#root, '.firn-partial');
		return existsSync(folder) ? readdirSync(folder) : [];
	}

	path(key: string): string {
		return join(this.#root, key);
	}

	/** The bytes of an upload so far. */
	partial(id: string): Buffer {
		return readFileSync(join(this.#root, '.firn-partial', id));
	}
}

export class S3View implements StoreView {
	readonly #store: S3Simulator;
	readonly #prefix: string;

	constructor(store: S3Simulator, prefix: string) {
		this.#store = store;
		this.#prefix = `${prefix}/`;
	}

	keys(): string[] {
		return this.#store
			.keys()
			.filter((key) => key.startsWith(this.#prefix))
			.map((key) => key.slice(this.#prefix.length));
	}

	content(key: string): Promise<Buffer> {
		return this.#store.content(this.#prefix + key);
	}

	uploads(): string[] {
		return [...this.#store.state.uploads.values()]
			.filter((upload) => !upload.completed && upload.key.startsWith(this.#prefix))
			.map((upload) => `${upload.key.slice(this.#prefix.length)} ${upload.id}`);
	}
}
