/**
 * Where an interrupted archive goes on behind a part: kept with the part in the state database. JSON with two byte
 * strings behind it: the object bytes that belong to the next part already (encrypted, as they would be sent), and the
 * frame table so far.
 */

import type { PlannedEntry } from '../plan/batch-codec.ts';

export interface Checkpoint {
	/** The part that this one follows; 0-based number of parts before. */
	part: number;
	payload: number;
	ended: boolean;
	raw: number;
	framePayload: number;
	frameHash?: string;
	/** First entry to make again (wholly or in part), and the raw offset at which it begins. */
	batch: number;
	index: number;
	entryOffset: number;
	/** The entry as its header says, when part of it is in the object already. */
	entry?: PlannedEntry;
	headerHash?: string;
	carry: Uint8Array;
	frames?: Uint8Array;
}

export function encodeCheckpoint(checkpoint: Checkpoint): Buffer {
	const { carry, frames, ...rest } = checkpoint;
	const json = Buffer.from(
		JSON.stringify(rest, (_key, value) => (typeof value === 'bigint' ? { bigint: value.toString() } : value)),
	);
	const lengths = Buffer.alloc(8);
	lengths.writeUInt32LE(json.length, 0);
	lengths.writeUInt32LE(carry.length, 4);
	return Buffer.concat([lengths, json, carry, frames ?? Buffer.alloc(0)]);
}

export function decodeCheckpoint(bytes: Uint8Array): Checkpoint {
	const input = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	const jsonEnd = 8 + input.readUInt32LE(0);
	const carryEnd = jsonEnd + input.readUInt32LE(4);
	const rest = JSON.parse(input.toString('utf8', 8, jsonEnd), (_key, value) =>
		typeof value === 'object' && value !== null && 'bigint' in value ? BigInt(value.bigint) : value,
	);
	const frames = input.subarray(carryEnd);
	return { ...rest, carry: input.subarray(jsonEnd, carryEnd), ...(frames.length > 0 ? { frames } : {}) };
}
