/**
 * Decides which archive a batch goes to. Pure bookkeeping.
 *
 * As few archives as the workers can be kept busy with: each costs requests when stored and a retrieval when thawed.
 * A second one is begun only when those begun have more than enough to do. A file beyond the split size is alone.
 */

/** An archive that is being planned. */
export interface Slot {
	archive: number;
	sequence: number;
	/** TAR bytes planned so far. */
	planned: number;
	/** Of these, not packed yet. */
	pending: number;
	/** Batches that have been numbered. */
	batches: number;
	/** No more batches come. */
	closed: boolean;
}

export interface PlannerOptions {
	splitSize: number;
	/** Archives that may be filled at the same time. */
	most: () => number;
	/** Begins an archive of at most this many TAR bytes. */
	open: (bytes: number) => { archive: number; sequence: number };
	/** Tells that the slot has got its last batch. */
	onClosed: (slot: Slot) => void;
}

/** Work ahead of a worker that is enough to keep it busy while another archive is begun beside it. */
const PLENTY = 32 * 1024 * 1024;

export class ArchivePlanner {
	readonly #options: PlannerOptions;
	readonly #open = new Set<Slot>();

	constructor(options: PlannerOptions) {
		this.#options = options;
	}

	/**
	 * The archive for a batch of `bytes` TAR bytes (an estimate from above). With `notBefore` one of that sequence or
	 * a later one, because it refers to content there.
	 */
	place(bytes: number, notBefore = 0): Slot {
		if (bytes > this.#options.splitSize) {
			const slot = this.#begin(bytes);
			slot.planned = bytes;
			slot.pending = bytes;
			// Nothing else goes there; it is closed once its batch is on its way.
			this.#open.delete(slot);
			return slot;
		}
		const slot = this.#choose(bytes, notBefore);
		slot.planned += bytes;
		slot.pending += bytes;
		return slot;
	}

	/** The batch that was placed there is on its way: an archive of a single file is complete with it. */
	placed(slot: Slot): void {
		if (!this.#open.has(slot) && !slot.closed) this.#close(slot);
	}

	/** An archive has been given up: nothing more is placed there. */
	giveUp(archive: number): void {
		for (const slot of [...this.#open]) if (slot.archive === archive) this.#close(slot);
	}

	/** Ends all archives that are still being filled. */
	closeAll(): void {
		for (const slot of [...this.#open]) this.#close(slot);
	}

	/** Ends those that wait for work, so that their workers can take up others. */
	closeStarving(): void {
		for (const slot of [...this.#open]) if (slot.pending === 0) this.#close(slot);
	}

	#choose(bytes: number, notBefore: number): Slot {
		const { splitSize, most } = this.#options;
		let best: Slot | undefined;
		for (const slot of [...this.#open]) {
			if (slot.planned + bytes > splitSize) {
				// What does not fit today's batch would only take crumbs.
				this.#close(slot);
			} else if (slot.sequence >= notBefore && (best === undefined || slot.pending < best.pending)) {
				best = slot;
			}
		}
		if (best && (best.pending < PLENTY || this.#open.size >= most())) return best;
		return this.#begin(splitSize);
	}

	#begin(bytes: number): Slot {
		const slot: Slot = { ...this.#options.open(bytes), planned: 0, pending: 0, batches: 0, closed: false };
		this.#open.add(slot);
		return slot;
	}

	#close(slot: Slot): void {
		slot.closed = true;
		this.#open.delete(slot);
		this.#options.onClosed(slot);
	}
}
