/** Cuts the restore of a mirror into units of work: each file is an object, and a request, of its own. Pure. */

import { CHUNK, NONCE, TAG } from '../../archive/age/payload.ts';
import type { ItemPlace } from '../../state/restore-plan.ts';
import type { Unit } from '../plan-units.ts';

const UNIT_BYTES = 64 * 1024 * 1024;
const UNIT_ITEMS = 256;
// An age header (c2sp.org/age): its first line and MAC, and a stanza for each recipient.
const HEADER = 70;
const STANZA = 98;

/** @param recipients for how many each object is encrypted; 0: it is not */
export function objectUnits(places: Iterable<ItemPlace>, recipients: number): Unit[] {
	const units: Unit[] = [];
	let unit: Unit | undefined;
	for (const { archive, item, size, type } of places) {
		if (!unit || item - unit.from >= UNIT_ITEMS || unit.fetchBytes >= UNIT_BYTES) {
			unit = { archive, from: item, to: item, fetchBytes: 0, requests: 0 };
			units.push(unit);
		}
		unit.to = item + 1;
		// Of devices the books know all.
		if (type !== 'file') continue;
		unit.fetchBytes += recipients === 0 ? size : sealedSize(size, recipients);
		unit.requests += 1;
	}
	return units;
}

/** Bytes of an age file. */
function sealedSize(size: number, recipients: number): number {
	return HEADER + STANZA * recipients + NONCE + size + Math.max(1, Math.ceil(size / CHUNK)) * TAG;
}
