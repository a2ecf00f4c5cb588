/** The snapshots that are being browsed, kept by the query thread while they do not change. */

import { statSync } from 'node:fs';
import type { BrowsePage, FindPage, StorageView, VersionRow } from '../core/browse.ts';
import { usageError } from '../core/errors.ts';
import type { CheckedRequests } from '../protocol/requests.ts';
import { openState } from '../state/open-state.ts';
import { SnapshotBrowser } from '../state/snapshot-browser.ts';
import { snapshotRevision } from '../state/snapshot-revision.ts';
import { isMirror, resolveSnapshot } from '../state/snapshots.ts';
import { storageView, type Thawed } from '../state/storage-view.ts';
import { listVersions } from '../state/versions.ts';
import { findPath, resolvePlaces } from './query.ts';

export type BrowseQuery = CheckedRequests['browse'] & { stateFile: string };
export type FindQuery = CheckedRequests['find'] & { stateFile: string };
export type VersionsQuery = CheckedRequests['versions'] & { stateFile: string };
export type StorageQuery = CheckedRequests['storage'] & { stateFile: string; thawed: Thawed[] };

interface Kept {
	browser: SnapshotBrowser;
	key: string;
	made: number;
	used: number;
}

/** Snapshots kept at a time: the one that is looked at, and one to compare it with. */
const KEPT = 2;
/** What has not been asked for this long is let go. */
const IDLE_MS = 5 * 60_000;
/** An unfinished run is looked at anew after this long. */
const UNFINISHED_MS = 5_000;

export class Browsers {
	#kept: Kept[] = [];

	browse(query: BrowseQuery): BrowsePage {
		const { path, sort, descending, filter, from, limit } = query;
		const around = query.around?.replace(/^\//, '');
		return this.#with(query, (browser, found) =>
			browser.browse({ path: found(path), sort, descending, filter, from, limit, around }),
		);
	}

	find(query: FindQuery): FindPage {
		const { path, filter, cursor, limit } = query;
		return this.#with(query, (browser, found) => browser.find({ path: found(path), filter, cursor, limit }));
	}

	/** @throws FirnError PATH_UNKNOWN, MIRROR_HAS_NO_VERSIONS */
	versions({ stateFile, path, cwd }: VersionsQuery): { path: string; versions: VersionRow[] } {
		const db = openState(stateFile, 'read');
		try {
			if (isMirror(db)) {
				const message = 'A mirror has only what is in it now: there are no other versions of a file.';
				throw usageError('MIRROR_HAS_NO_VERSIONS', message, 'What a run has moved aside lies in .firn-deleted.');
			}
			for (const place of resolvePlaces(stateFile, path, cwd)) {
				const versions = listVersions(db, place);
				if (versions.length > 0) return { path: `/${place}`, versions };
			}
			throw usageError('PATH_UNKNOWN', `${path} was never backed up.`, 'firn show JOB lists what is there.');
		} finally {
			db.close();
		}
	}

	storage({ stateFile, first, last, thawed }: StorageQuery): StorageView {
		const db = openState(stateFile, 'read');
		try {
			return storageView(db, first, last, thawed);
		} finally {
			db.close();
		}
	}

	/** Goes on counting; gives false when nothing is left to do. */
	work(milliseconds: number): boolean {
		const now = Date.now();
		for (const { browser, used } of this.#kept) if (now - used > IDLE_MS) browser.close();
		this.#kept = this.#kept.filter(({ used }) => now - used <= IDLE_MS);
		for (const kept of this.#kept) {
			try {
				if (kept.browser.work(milliseconds)) return true;
			} catch {
				// A damaged database: the next query begins anew, meets the same fault and tells it.
				kept.browser.close();
				this.#kept = this.#kept.filter((one) => one !== kept);
			}
		}
		return false;
	}

	/** Whether any snapshot is kept. */
	get isEmpty(): boolean {
		return this.#kept.length === 0;
	}

	#with<T>(
		query: { stateFile: string; cwd: string; snapshot?: number | undefined },
		what: (browser: SnapshotBrowser, found: (path: string) => string) => T,
	): T {
		const { stateFile, cwd, snapshot: wanted } = query;
		const db = openState(stateFile, 'read');
		let isKept = false;
		try {
			const snapshot = resolveSnapshot(db, wanted, true);
			const { ino } = statSync(stateFile);
			const revision = snapshotRevision(db, snapshot);
			const key = `${stateFile} ${ino} ${revision}`;
			const now = Date.now();
			let kept = this.#kept.find((one) => one.key === key && (snapshot.finished || now - one.made < UNFINISHED_MS));
			if (!kept) {
				const number = snapshot.number;
				const unique = snapshot.finished ? revision : `${revision} ${now}`;
				kept = { browser: new SnapshotBrowser(db, snapshot, `${number} ${unique}`), key, made: now, used: now };
				isKept = true;
				this.#keep(kept);
			}
			kept.used = now;
			return what(kept.browser, (path) =>
				path === '/' ? '' : findPath(db, path, { stateFile, cwd, snapshot: snapshot.number }),
			);
		} finally {
			if (!isKept) db.close();
		}
	}

	#keep(kept: Kept): void {
		this.#kept = [kept, ...this.#kept.toSorted((a, b) => b.used - a.used)];
		for (const { browser } of this.#kept.splice(KEPT)) browser.close();
	}
}
