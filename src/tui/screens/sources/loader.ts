/** Asks the engine for what a picker wants to show: folders, verdicts, counts. The only part of it that waits. */

import { FirnError } from '../../../core/errors.ts';
import type { Selection } from '../../../core/selection.ts';
import type { EffectContext } from '../../screen.ts';
import { type Picker, type PickerNews, wantsOf } from './picker.ts';

/** The screen that a picker is part of. */
export interface PickerHost {
	/** Undefined while it is not to be seen: nothing is asked for it then. */
	picker: () => Picker | undefined;
	/** Rows of the tree that are shown. */
	height: () => number;
	tell: (news: PickerNews) => void;
	call: EffectContext['call'];
}

const COUNT_MS = 400;
const AGAIN_MS = 1000;
/** Most paths of one question. */
const MOST = 400;

export class PickerLoader {
	readonly #host: PickerHost;
	readonly #listing = new Set<string>();
	#explaining = false;
	#counting = false;
	#fresh = false;

	constructor(host: PickerHost) {
		this.#host = host;
	}

	/** Asks for whatever is wanted now and was not asked for yet; to be called after every action. */
	sync(): void {
		const picker = this.#host.picker();
		if (!picker) return;
		const wants = wantsOf(picker, this.#host.height());
		for (const { path, after } of wants.pages) if (!this.#listing.has(path)) void this.#list(picker, path, after);
		if (wants.verdicts.length > 0 && !this.#explaining) void this.#explain(picker, wants.verdicts);
		if ((wants.sizes.length > 0 || wants.taken) && !this.#counting) void this.#count();
	}

	/** What was counted before is counted again. */
	countAnew(): void {
		this.#fresh = true;
	}

	async #list({ selection, epoch }: Picker, path: string, after: string | undefined): Promise<void> {
		this.#listing.add(path);
		const { call, tell } = this.#host;
		let news: PickerNews | undefined;
		try {
			const page = await call('folders', { path, selection, ...(after === undefined ? {} : { cursor: after }) });
			news = { type: 'page', path, page, epoch, ...(after === undefined ? {} : { after }) };
		} catch (error) {
			// Without an engine it stays wanted, and is asked for again with the next second.
			if (!isLost(error)) news = { type: 'failed', path, problem: problemOf(error) };
		}
		this.#listing.delete(path);
		if (news) tell(news);
	}

	async #explain({ selection, epoch }: Picker, paths: string[]): Promise<void> {
		this.#explaining = true;
		const { call, tell } = this.#host;
		let news: PickerNews | undefined;
		try {
			const explained = await call('explain', { paths: paths.slice(0, MOST), selection });
			news = { type: 'verdicts', epoch, paths: explained.paths };
		} catch (error) {
			await failed(error);
		} finally {
			this.#explaining = false;
		}
		if (news) tell(news);
	}

	/** Keeps asking while something is counted, which is what keeps the engine counting. */
	async #count(): Promise<void> {
		this.#counting = true;
		try {
			for (let picker = this.#host.picker(); picker; picker = this.#host.picker()) {
				const { sizes, taken } = wantsOf(picker, this.#host.height());
				if (sizes.length === 0 && !taken) break;
				await this.#countOnce(picker, sizes, taken);
				await new Promise((wake) => setTimeout(wake, COUNT_MS));
			}
		} catch (error) {
			await failed(error);
		} finally {
			this.#counting = false;
		}
	}

	async #countOnce({ selection, epoch }: Picker, sizes: string[], taken: boolean): Promise<void> {
		const { call, tell } = this.#host;
		const fresh = this.#fresh;
		this.#fresh = false;
		if (sizes.length > 0 || fresh) {
			const { paths } = await call('measure', { paths: sizes.slice(0, MOST), fresh });
			tell({ type: 'sizes', sizes: paths });
		}
		if (!taken) return;
		const { paths } = await call('measure', { paths: selection.sources.slice(0, MOST), selection });
		tell({ type: 'taken', epoch, sources: paths });
	}
}

/** What went wrong is still wanted, and asked for again after a while; that it went wrong is told. */
async function failed(error: unknown): Promise<void> {
	await new Promise((wake) => setTimeout(wake, AGAIN_MS));
	if (!isLost(error)) throw error;
}

function isLost(error: unknown): boolean {
	return error instanceof FirnError && error.code === 'ENGINE_LOST';
}

/** The system's own words, which are at the end of the sentence. */
function problemOf(error: unknown): string {
	const message = error instanceof Error ? error.message : String(error);
	return /cannot be listed: (.*)\.$/s.exec(message)?.[1] ?? message;
}

/** A selection in the form of the options of a job. */
export function optionsOf({ excludes, excludeSystem, excludeDeveloper, oneFileSystem }: Selection) {
	return { exclude: excludes, excludeSystem, excludeDeveloper, oneFileSystem };
}
