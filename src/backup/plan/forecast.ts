/**
 * The archives that a run would make of entries, without reading them: these go through the very batching and placing of
 * a run. It takes the store for slower than the scan, as it is over most networks: one that keeps up gets fewer archives
 * that are not full, at most one less for each further worker. What compression saves is not known and not counted.
 */

import { TAR_END } from '../../archive/tar-header.ts';
import type { DestinationLimits } from '../../destinations/destination.ts';
import { ArchivePlanner } from './archive-planner.ts';
import type { PlannedEntry } from './batch-codec.ts';
import { Batcher, batchBytesFor } from './batcher.ts';
import type { FirstName } from './hard-links.ts';
import { partSizeFor } from './part-size.ts';
import { sealedSize } from './sealed-size.ts';

export interface ForecastOptions {
	splitSize: number;
	partSize: number;
	workers: number;
	limits: DestinationLimits;
	/** Bytes of age's header and nonce; undefined when archives are not encrypted. */
	header: number | undefined;
	/** TAR bytes that an entry will take. */
	tarBytes: (entry: PlannedEntry) => number;
}

/** An object that will be stored. */
export interface ForecastArchive {
	size: number;
	partSize: number;
}

export class Forecast {
	readonly #options: ForecastOptions;
	readonly #archives: { tar: number; partSize: number }[] = [];
	readonly #planner: ArchivePlanner;
	readonly #batcher: Batcher<number>;

	constructor(options: ForecastOptions) {
		this.#options = options;
		const { splitSize, workers, tarBytes } = options;
		this.#planner = new ArchivePlanner({
			splitSize,
			most: () => workers,
			open: (bytes) => this.#open(bytes),
			onClosed: () => {},
		});
		this.#batcher = new Batcher({
			batch: new TarSizes(tarBytes),
			batchBytes: batchBytesFor(splitSize),
			place: (bytes, notBefore) => this.#planner.place(bytes, notBefore),
			onBatch: (slot, bytes) => {
				this.#archives[slot.archive]!.tar += bytes;
				this.#planner.placed(slot);
			},
		});
	}

	/** As Batcher.add(). @throws FirnError ARCHIVE_TOO_BIG */
	add(entry: PlannedEntry, link: FirstName | undefined, own: FirstName | undefined): void {
		this.#batcher.add(entry, link, own);
	}

	/** All archives; nothing is added any more. @throws FirnError ARCHIVE_TOO_BIG */
	archives(): ForecastArchive[] {
		this.#batcher.flush();
		const { header } = this.#options;
		return this.#archives.map(({ tar, partSize }) => ({ size: sealedSize(tar + TAR_END.length, header), partSize }));
	}

	#open(bytes: number): { archive: number; sequence: number } {
		const { partSize, limits } = this.#options;
		const sequence = this.#archives.push({ tar: 0, partSize: partSizeFor(bytes, partSize, limits) });
		return { archive: sequence - 1, sequence };
	}
}

/** Of a batch only its size. */
class TarSizes {
	readonly #tarBytes: (entry: PlannedEntry) => number;
	#sum = 0;
	count = 0;

	constructor(tarBytes: (entry: PlannedEntry) => number) {
		this.#tarBytes = tarBytes;
	}

	add(entry: PlannedEntry): void {
		this.#sum += this.#tarBytes(entry);
		this.count += 1;
	}

	take(): number {
		const sum = this.#sum;
		this.#sum = 0;
		this.count = 0;
		return sum;
	}
}
