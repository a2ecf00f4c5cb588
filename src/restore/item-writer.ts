/**
 * Takes the TAR bytes of a range and restores the items that were wanted of it, each checked against its row in the state
 * database. What cannot be restored is reported; only what makes all further work pointless is thrown.
 */

import { type TarHandler, TarReader } from '../archive/tar-reader.ts';
import type { Entry } from '../core/entry.ts';
import { FirnError } from '../core/errors.ts';
import type { PlanItem } from '../state/restore-plan.ts';
import { fatalTargetError, toProblem } from '../target/errors.ts';
import { FileSink } from '../target/file-sink.ts';
import type { Target } from '../target/target.ts';
import type { WorkReport } from './work-report.ts';

/** An item, and whether what has its name may be replaced. */
export interface WantedItem extends PlanItem {
	replace: boolean;
}

/** Ends the restore: carries what happened past those who catch the faults of one archive. */
export class Fatal extends Error {
	readonly error: FirnError;

	constructor(error: FirnError) {
		super(error.message);
		this.error = error;
	}
}

export class ItemWriter implements TarHandler {
	readonly #target: Target;
	readonly #report: WorkReport;
	readonly #sink: FileSink;
	readonly #reader = new TarReader(this);
	readonly #base: number;
	readonly #items: readonly WantedItem[];
	/** Index of the first item that is not settled. */
	#next = 0;
	#current: WantedItem | undefined;

	/**
	 * @param base raw offset of the first byte that will come
	 * @param items in order of their offsets
	 */
	constructor(target: Target, report: WorkReport, base: number, items: readonly WantedItem[]) {
		this.#target = target;
		this.#report = report;
		this.#sink = new FileSink(target);
		this.#base = base;
		this.#items = items;
	}

	/** How many items are restored, reported or given up. */
	get settled(): number {
		return this.#next;
	}

	/** Takes the next TAR bytes. @throws FirnError BAD_TAR; Fatal */
	write(bytes: Uint8Array): void {
		this.#reader.write(bytes);
	}

	/** No more bytes: what has not come is reported. */
	end(): void {
		while (this.#next < this.#items.length) this.#settle(missing());
	}

	/** Removes what is half done. */
	abort(): void {
		this.#current = undefined;
		this.#guard(() => this.#sink.abort());
	}

	onEntry(entry: Entry, { offset, sparse }: { offset: number; sparse?: object }): void {
		const raw = this.#base + offset;
		while (this.#next < this.#items.length && this.#items[this.#next]!.offset < raw) this.#settle(missing());
		const item = this.#items[this.#next];
		if (item?.offset !== raw) return;
		this.#report.path = item.path;
		const isSame = entry.path === item.storedPath && entry.type === item.type && entry.size === item.size;
		if (!isSame) {
			this.#settle(new FirnError('STORE_MISMATCH', 'The archive holds something else in its place.'));
			return;
		}
		this.#current = item;
		try {
			if (item.type === 'file') this.#sink.begin(item, sparse !== undefined);
			else this.#device(item, entry);
		} catch (error) {
			this.#fail(error);
		}
	}

	onData(chunk: Uint8Array, offset: number): void {
		if (!this.#current) return;
		try {
			this.#sink.write(chunk, offset);
		} catch (error) {
			this.#fail(error);
		}
	}

	onEntryEnd(): void {
		const item = this.#current;
		if (!item) return;
		try {
			if (item.type === 'file') {
				if (this.#sink.end()) this.#report.restored(item.size, false);
				else this.#report.kept(item.path);
			}
			this.#settle(undefined);
		} catch (error) {
			this.#fail(error);
		}
	}

	#device(item: WantedItem, { devMajor: major, devMinor: minor }: Entry): void {
		const type = item.type === 'char' ? 'char' : 'block';
		const isMade = this.#target.special(item.path, { type, major, minor }, item, item.replace);
		if (!isMade) this.#report.kept(item.path);
	}

	/** Settles the item in hand. */
	#fail(error: unknown): void {
		this.#throwFatal(error);
		this.#guard(() => this.#sink.abort());
		this.#settle(error);
	}

	#guard(act: () => void): void {
		try {
			act();
		} catch (error) {
			this.#throwFatal(error);
			this.#report.problem(toProblem(this.#report.path, error));
		}
	}

	#throwFatal(error: unknown): void {
		const fatal = fatalTargetError(error, this.#target.options.target);
		if (fatal) throw new Fatal(fatal);
	}

	#settle(error: unknown): void {
		const item = this.#items[this.#next]!;
		this.#next += 1;
		this.#current = undefined;
		if (error !== undefined) this.#report.problem(toProblem(item.path, error));
	}
}

function missing(): FirnError {
	return new FirnError('STORE_MISMATCH', 'The archive does not hold it where the state database says.');
}
