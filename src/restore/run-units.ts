import { type Lane, type LaneSpec, OwnLane, ThreadLane } from './lane.ts';
import type { OpenedArchive } from './opened-archive.ts';
import type { Unit } from './plan-units.ts';
import type { WorkEvent } from './work-report.ts';

export interface RunUnitsOptions {
	units: readonly Unit[];
	archives: ReadonlyMap<number, OpenedArchive>;
	lane: LaneSpec;
	/** Threads, this one included. */
	workers: number;
	/** Stops it all. */
	signal: AbortSignal;
	onEvent: (lane: number, event: WorkEvent) => void;
}

/** While one unit of a lane waits for the store, another can be written. */
const UNITS_PER_LANE = 2;

/**
 * Restores units, several at a time, in this thread and in others.
 * @throws FirnError, the first that ends the whole restore; the signal's reason
 */
export async function runUnits(options: RunUnitsOptions): Promise<void> {
	const { units, archives, signal, onEvent } = options;
	const failed = new AbortController();
	const either = AbortSignal.any([signal, failed.signal]);
	const queue = units.values();
	const feed = async (lane: Lane): Promise<void> => {
		for (const unit of queue) {
			if (either.aborted) return;
			try {
				await lane.run(unit, archives.get(unit.archive)!);
			} catch (error) {
				// The first failure tells why; the others only follow from it.
				failed.abort(error);
			}
		}
	};
	const lanes: Lane[] = [];
	for (let number = 0; number < Math.min(options.workers, units.length); number++) {
		const tell = (event: WorkEvent) => onEvent(number, event);
		lanes.push(number === 0 ? new OwnLane(options.lane, tell) : new ThreadLane(options.lane, tell));
	}
	either.addEventListener('abort', () => {
		for (const lane of lanes) lane.stop();
	});
	try {
		await Promise.all(lanes.flatMap((lane) => Array.from({ length: UNITS_PER_LANE }, () => feed(lane))));
	} finally {
		await Promise.all(lanes.map((lane) => lane.close()));
	}
	either.throwIfAborted();
}
