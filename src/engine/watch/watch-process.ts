/**
 * The process that watches the sources of one job: the memory of a large tree and the faults of native code are not the
 * engine's. It only tells that something has changed; a run then looks at everything, and is preceded by a new such
 * process. So nothing is missed where the system lost events, or a folder came with its content before it was watched:
 * both follow upon a change that is told.
 */

import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemReason } from '../../backup/scan/problem.ts';
import type { ScanOptions } from '../../backup/scan/types.ts';
import { errnoCode } from '../../core/errors.ts';
import { counted } from '../../core/sizes.ts';
import { fingerprint } from './fingerprint.ts';
import { Relevant } from './relevant.ts';
import { subscribe, watchedFolders } from './subscribe.ts';

export interface WatchSpec {
	selection: ScanOptions;
	/** Scan every so many ms in place of watching. */
	scanEvery?: number;
	/** Watch no more folders than these. */
	limit?: number;
}

export type FromWatch =
	| { type: 'ready'; folders: number }
	/** So many paths since the beginning; `much`: and more. */
	| { type: 'changed'; count: number; much: boolean }
	/** It cannot be watched, or no more. It ends. */
	| { type: 'refused'; reason: string };

/** So many paths are told apart. */
const COUNTED = 10_000;
const TELL_MS = 100;
/** A batch of so many events, though of excluded paths, may be one of which the system has lost some. */
const BURST = 2000;

const changed = new Set<string>();
let much = false;
let isTelling = false;

const say = (message: FromWatch) => process.send?.(message);

/** The engine's end, however it comes, ends this. */
process.on('disconnect', () => process.exit());
process.once('message', (spec: WatchSpec) => {
	const work = spec.scanEvery === undefined ? watchAll(spec) : scanAgain(spec.selection, spec.scanEvery);
	work.catch(refuse);
});

async function watchAll({ selection, limit }: WatchSpec): Promise<void> {
	const relevant = new Relevant(selection);
	await subscribe(
		selection,
		(paths) => {
			if (paths.length >= BURST) much = true;
			let isNews = much;
			for (const path of paths) {
				if (much) break;
				if (!changed.has(path) && !relevant.has(path)) continue;
				isNews = true;
				changed.add(path);
				if (changed.size >= COUNTED) much = true;
			}
			if (isNews) tellSoon();
		},
		(reason) => refuse(new Error(reason)),
	);
	const folders = watchedFolders();
	if (limit !== undefined && folders > limit) {
		throw new Error(`${counted(folders, 'folder')} are more than FIRN_WATCH_LIMIT (${limit}) lets it watch`);
	}
	say({ type: 'ready', folders });
}

async function scanAgain(selection: ScanOptions, every: number): Promise<void> {
	let known = await fingerprint(selection);
	say({ type: 'ready', folders: 0 });
	for (;;) {
		await sleep(every);
		const now = await fingerprint(selection);
		if (now === known) continue;
		known = now;
		much = true;
		tell();
	}
}

/** A storm is told in so many messages a second. */
function tellSoon(): void {
	if (isTelling) return;
	isTelling = true;
	setTimeout(tell, TELL_MS);
}

function tell(): void {
	isTelling = false;
	say({ type: 'changed', count: changed.size, much });
}

function refuse(error: unknown): void {
	const message = error instanceof Error ? error.message : String(error);
	process.send?.({ type: 'refused', reason: reasonOf(error, message) } satisfies FromWatch, () => process.exit());
}

function reasonOf(error: unknown, message: string): string {
	if (!message.includes('No space left on device') && errnoCode(error) !== 'ENOSPC') {
		const path = error instanceof Error && 'path' in error ? error.path : undefined;
		return typeof path === 'string' ? `of ${path}: ${systemReason(error)}` : message.replace(/\.$/, '');
	}
	const most = readFileSync('/proc/sys/fs/inotify/max_user_watches', 'latin1').trim();
	return `it has more folders than the system lets it watch (fs.inotify.max_user_watches is ${most})`;
}
