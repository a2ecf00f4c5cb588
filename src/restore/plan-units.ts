/** Cuts a restore into units of work and into ranged reads. Pure arithmetic. */

import { CHUNK, TAG } from '../archive/age/payload.ts';
import { type ArchiveShape, objectRange } from '../archive/layout.ts';
import type { ItemPlace } from '../state/restore-plan.ts';

/** Items of one archive that one thread restores in one go. */
export interface Unit {
	archive: number;
	/** Items [from, to) of the plan. */
	from: number;
	to: number;
	/** Object bytes to be read, in how many reads. */
	fetchBytes: number;
	requests: number;
}

/** TAR bytes [start, end) that are read in one go. */
export interface RawRange {
	start: number;
	end: number;
}

/** Reading so many bytes for nothing is cheaper than another request. */
const GAP = 128 * 1024;
/** A unit is cut behind this many object bytes where that costs nothing, at the latest at twice as many. */
const UNIT_BYTES = 16 * 1024 * 1024;
const SMALLEST_UNIT = 1024 * 1024;
/** Items of a unit are held in memory together. */
const UNIT_ITEMS = 4096;

interface Place {
	offset: number;
	length: number;
}

/** Joins what lies close together. `places` ascend by offset and do not overlap. */
export function mergeRanges<T extends Place>(
	shape: ArchiveShape,
	places: readonly T[],
): { range: RawRange; places: T[] }[] {
	const merged: { range: RawRange; places: T[] }[] = [];
	let last: { range: RawRange; places: T[] } | undefined;
	let objectEnd = 0;
	for (const place of places) {
		const end = place.offset + place.length;
		const object = objectRange(shape, place.offset, end);
		if (last && object.start - objectEnd <= GAP) {
			last.range.end = end;
			last.places.push(place);
		} else {
			last = { range: { start: place.offset, end }, places: [place] };
			merged.push(last);
		}
		objectEnd = object.end;
	}
	return merged;
}

/**
 * Cuts the items of a plan into units, small enough that `workers` threads all have something to do.
 * @param places in order of archive and offset
 * @param shapeOf undefined for archives that cannot be read: their items make one unit without bytes
 */
export function planUnits(
	places: Iterable<ItemPlace>,
	shapeOf: (archive: number) => ArchiveShape | undefined,
	totalBytes: number,
	workers: number,
): Unit[] {
	const share = workers === 1 ? UNIT_BYTES : totalBytes / (workers * 4);
	const unitBytes = Math.min(UNIT_BYTES, Math.max(SMALLEST_UNIT, share));
	const units: Unit[] = [];
	let unit: Unit | undefined;
	let shape: ArchiveShape | undefined;
	let objectEnd = 0;
	for (const { archive, item, offset, length } of places) {
		if (archive !== unit?.archive) {
			shape = shapeOf(archive);
			unit = undefined;
		}
		const object = shape ? objectRange(shape, offset, offset + length) : { start: 0, end: 0 };
		// Where the next item begins in bytes that are read already, a cut makes them be read twice.
		const isShared = object.start < objectEnd - CHUNK - TAG;
		const isFull =
			unit &&
			(item - unit.from >= UNIT_ITEMS ||
				unit.fetchBytes >= 2 * unitBytes ||
				(unit.fetchBytes >= unitBytes && !isShared));
		if (!unit || isFull) {
			unit = { archive, from: item, to: item, fetchBytes: 0, requests: 0 };
			units.push(unit);
			objectEnd = object.start;
			unit.requests = shape ? 1 : 0;
		}
		if (object.start - objectEnd > GAP) {
			unit.requests += 1;
			objectEnd = object.start;
		}
		unit.to = item + 1;
		// A gap that is read over counts as well.
		unit.fetchBytes += Math.max(0, object.end - objectEnd);
		objectEnd = Math.max(objectEnd, object.end);
	}
	return units;
}
