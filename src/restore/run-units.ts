import type { FirnError } from '../core/errors.ts';
import { type Lane, type LaneSpec, OwnLane, ThreadLane } from './lane.ts';
import type { OpenedArchive } from './opened-archive.ts';
import type { Unit } from './plan-units.ts';
import { isCold } from './unit-runner.ts';
import type { WorkEvent } from './work-report.ts';

export interface RunUnitsOptions {
	units: readonly Unit[];
	/** Those of the units; those of a mirror have none. */
	archives: ReadonlyMap<number, OpenedArchive>;
	lane: LaneSpec;
	/** Threads, this one included. */
	workers: number;
	/** Stops it all. */
	signal: AbortSignal;
	onEvent: (lane: number, event: WorkEvent) => void;
	/** Told when a unit is done; with an error when its archive turned out to be cold. */
	onUnit?: (unit: Unit, cold?: FirnError) => void;
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
				await lane.run(unit, archives.get(unit.archive));
				options.onUnit?.(unit);
			} catch (error) {
				// The first failure tells why; the others only follow from it.
				if (!options.onUnit || !isCold(error)) failed.abort(error);
				else options.onUnit(unit, error);
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
