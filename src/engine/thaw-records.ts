/** The records of restores out of cold storage, each a file. One that cannot be read never hides the others. */

import { rmSync } from 'node:fs';
import { type FirnError, toFirnError, usageError } from '../core/errors.ts';
import type { ThawArchive } from '../restore/thaw/archive-thaw.ts';
import type { ThawHead, ThawRecord } from '../restore/thaw/record.ts';
import type { Thawed } from '../state/storage-view.ts';
import { listThaws, ThawStore, thawFile } from '../state/thaw-store.ts';

export class ThawRecords {
	readonly #folder: string;

	constructor(folder: string) {
		this.#folder = folder;
	}

	fileOf(id: string): string {
		return thawFile(this.#folder, id);
	}

	/** @throws FirnError STATE_… when it cannot be written */
	create(head: ThawHead): void {
		ThawStore.create<ThawHead, ThawArchive>(this.fileOf(head.id), head, []).close();
	}

	/** What a record says. @throws FirnError NO_SUCH_THAW, STATE_… */
	read(id: string): { head: ThawHead; archives: ThawArchive[] } {
		return this.#with(id, (record) => ({ head: record.head, archives: record.archives() }));
	}

	/** @throws FirnError NO_SUCH_THAW, STATE_… */
	save(id: string, change: Partial<ThawHead>): void {
		this.#with(id, (record) => record.save(change));
	}

	/** Of all that can be read. */
	heads(onBad: (error: FirnError) => void = () => {}): ThawHead[] {
		return listThaws(this.#folder).flatMap(({ id }) => {
			try {
				return [this.#with(id, (record) => record.head)];
			} catch (error) {
				onBad(toFirnError(error));
				return [];
			}
		});
	}

	/** Archives of a job that its restores have had thawed: still under way, or until when. */
	thawed(stateFile: string, now: number): (Thawed & { key: string })[] {
		const found = new Map<string, Thawed & { key: string }>();
		for (const { id, status: state, spec } of this.heads()) {
			if (spec.stateFile !== stateFile) continue;
			for (const { archive, key, status, warmUntil, coldClass } of this.read(id).archives) {
				if (status === 'thawing' && state === 'open') {
					if (!found.has(key)) found.set(key, { archive, key, state: 'ongoing' });
				} else if (coldClass && warmUntil !== undefined && warmUntil > now) {
					found.set(key, { archive, key, state: warmUntil });
				}
			}
		}
		return [...found.values()];
	}

	remove(id: string): void {
		for (const end of ['', '-wal', '-shm']) rmSync(`${this.fileOf(id)}${end}`, { force: true });
	}

	#with<T>(id: string, use: (record: ThawRecord) => T): T {
		if (!listThaws(this.#folder).some((one) => one.id === id)) {
			throw usageError('NO_SUCH_THAW', `There is no restore ${id} out of cold storage.`, 'firn thaw lists them.');
		}
		const record = ThawStore.open<ThawHead, ThawArchive>(this.fileOf(id));
		try {
			return use(record);
		} finally {
			record.close();
		}
	}
}
