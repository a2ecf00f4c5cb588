/** What a job, or a draft of one, would take in: folders, counts and the rule behind each path. */

import { resolve } from 'node:path';
import type { Preview } from '../backup/preview/preview.ts';
import type { Paths } from '../config/paths.ts';
import type { Selection } from '../core/selection.ts';
import type { Results } from '../protocol/contract.ts';
import type { CheckedRequests } from '../protocol/requests.ts';

/** The requests of a picker, answered with the paths that no run reads left out. */
export class Selections {
	readonly #preview: Preview;
	readonly #paths: Paths;

	constructor(preview: Preview, paths: Paths) {
		this.#preview = preview;
		this.#paths = paths;
	}

	folders({ path, cursor, limit, selection }: CheckedRequests['folders']): Promise<Results['folders']> {
		const chosen = asSelection(selection);
		const query = { path: tidy(path), selection: chosen, skipPaths: ownPaths(this.#paths, chosen.to), limit };
		return this.#preview.list({ ...query, cursor });
	}

	async explain({ paths, selection }: CheckedRequests['explain']): Promise<Results['explain']> {
		const chosen = asSelection(selection);
		const skipPaths = ownPaths(this.#paths, chosen.to);
		return { paths: await this.#preview.explain({ paths: paths.map(tidy), selection: chosen, skipPaths }) };
	}

	async measure({ paths, selection, fresh }: CheckedRequests['measure']): Promise<Results['measure']> {
		const chosen = selection && asSelection(selection);
		const skipPaths = ownPaths(this.#paths, chosen?.to);
		return { paths: await this.#preview.measure({ paths: paths.map(tidy), selection: chosen, skipPaths, fresh }) };
	}
}

/**
 * What no run ever reads: Firn's own files, and the folder that the job writes to. A process that closes a file loses
 * all its locks on it (fcntl(2)): an engine that read its lock file would let another one begin beside it.
 */
export function ownPaths({ stateDir, secretsDir, logDir, lockFile }: Paths, destination: string | undefined): string[] {
	const own = [stateDir, secretsDir, logDir, lockFile];
	return destination?.startsWith('/') ? [...own, destination] : own;
}

function asSelection({ to, sources, ...rules }: NonNullable<CheckedRequests['measure']['selection']>): Selection {
	return { ...rules, sources: sources.map(tidy), ...(to === undefined ? {} : { to }) };
}

/** Without `.`, `..` and doubled slashes, by their letters. */
function tidy(path: string): string {
	return resolve('/', path);
}
