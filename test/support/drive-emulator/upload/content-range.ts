/** Content-Range of a resumable upload: `bytes 0-262143/1000000`, `bytes 0-262143/*`, and the questions with a star in front. */

import { type Call, header } from '../call.ts';
import { UploadServerError } from '../errors.ts';

/** Bytes `[start, end)` of a file of `total` bytes, if that is known by now. */
export interface Chunk {
	start: number;
	end: number;
	total: number | undefined;
}

export const badRange = () => new UploadServerError(400, 'Failed to parse Content-Range header.');

/** @returns a chunk, or for a question only the total. @throws UploadServerError 400 also when the body has another length */
export function rangeOf(call: Call): Chunk | { start: undefined; total: number | undefined } {
	const said = header(call, 'content-range');
	const length = header(call, 'content-length');
	if (said === undefined && length !== undefined) {
		// All of the file in one request needs no Content-Range.
		return { start: 0, end: Number(length), total: Number(length) };
	}
	const found = /^bytes (?:(\d+)-(\d+)|\*)\/(\d+|\*)$/.exec(said ?? '');
	if (!found) throw badRange();
	const total = found[3] === '*' ? undefined : Number(found[3]);
	if (found[1] === undefined) {
		if (Number(length ?? 0) > 0) throw badRange();
		return { start: undefined, total };
	}
	const chunk = { start: Number(found[1]), end: Number(found[2]) + 1, total };
	const fits = length === undefined || Number(length) === chunk.end - chunk.start;
	if (chunk.end <= chunk.start || !fits || (total !== undefined && chunk.end > total)) throw badRange();
	return chunk;
}
