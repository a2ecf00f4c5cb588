import type { PlannedEntry } from '../plan/batch-codec.ts';
import type { PackResult } from './entry-packer.ts';
import { PACK_STATUS, type ResultBlock } from './messages.ts';

/** An entry that has been written into the TAR stream. */
export interface PackedEntry {
	batch: number;
	index: number;
	offset: number;
	end: number;
	/** As in the header. */
	used: PlannedEntry;
	result: PackResult;
}

/** Packs results for the way to the coordinator: a few typed arrays instead of an object a file. */
export function encodeResults(entries: readonly PackedEntry[]): ResultBlock {
	const block: ResultBlock = {
		batch: new Uint32Array(entries.length),
		index: new Uint32Array(entries.length),
		offset: new Float64Array(entries.length),
		length: new Float64Array(entries.length),
		sha256: new Uint8Array(entries.length * 32),
		status: new Uint8Array(entries.length),
		actual: [],
		errors: [],
	};
	entries.forEach(({ batch, index, offset, end, result }, at) => {
		block.batch[at] = batch;
		block.index[at] = index;
		block.offset[at] = offset;
		block.length[at] = end - offset;
		block.status[at] = PACK_STATUS.indexOf(result.status);
		if (result.sha256) block.sha256.set(result.sha256, at * 32);
		if (result.actual) block.actual.push([at, result.actual]);
		if (result.error) block.errors.push([at, result.error]);
	});
	return block;
}

export function transferables(block: ResultBlock): ArrayBuffer[] {
	return [block.batch, block.index, block.offset, block.length, block.sha256, block.status].map(
		(array) => array.buffer as ArrayBuffer,
	);
}
