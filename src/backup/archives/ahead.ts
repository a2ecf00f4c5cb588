/** What lies ahead of the pack threads: batches that are planned and not packed yet. Pure bookkeeping. */

import type { Slot } from '../plan/archive-planner.ts';

interface Filling {
	slot: Slot;
	/** By number. */
	batches: Map<number, { entries: number; bytes: number }>;
}

export class Ahead {
	readonly #archives = new Map<number, Filling>();
	/** In all these batches. */
	entries = 0;

	plan(slot: Slot, batch: number, entries: number, bytes: number): void {
		const filling = this.#archives.get(slot.archive) ?? { slot, batches: new Map() };
		this.#archives.set(slot.archive, filling);
		filling.batches.set(batch, { entries, bytes });
		this.entries += entries;
	}

	packed(archive: number, batch: number): void {
		const filling = this.#archives.get(archive);
		const packed = filling?.batches.get(batch);
		if (!filling || !packed) return;
		filling.batches.delete(batch);
		filling.slot.pending -= packed.bytes;
		this.entries -= packed.entries;
	}

	/** The archive has come to its end, however. */
	ended(archive: number): void {
		for (const { entries } of this.#archives.get(archive)?.batches.values() ?? []) this.entries -= entries;
		this.#archives.delete(archive);
	}
}
