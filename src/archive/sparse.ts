/**
 * GNU sparse format 1.0 (GNU tar manual, "PAX Format, Version 1.0"): the PAX header gives name and real size, the data
 * begin with a map of the segments in decimal lines, padded to 512 bytes. GNU tar and bsdtar both read it.
 */

/**
 * Segments begin and end at multiples of 512, but for an end at the end of the file, and the last one ends there, with
 * length 0 if need be. GNU tar begins each segment with a block of its own and takes the size of the file from the last
 * one, bsdtar does neither: only for such maps do they agree.
 */
export interface SparseMap {
	realSize: number;
	segments: { offset: number; length: number }[];
}

/** Most segments of a file that are written and read. */
export const MOST_SEGMENTS: number = 1024 * 1024;

/** The map that stands before the data. */
export function sparseDataPrefix(map: SparseMap): Buffer {
	const lines = [String(map.segments.length)];
	for (const { offset, length } of map.segments) lines.push(String(offset), String(length));
	const text = Buffer.from(`${lines.join('\n')}\n`);
	const padded = Buffer.alloc(Math.ceil(text.length / 512) * 512);
	text.copy(padded);
	return padded;
}

/** Bytes that the archive stores for the file: map and data. */
export function storedSize(map: SparseMap): number {
	let text = String(map.segments.length).length + 1;
	let data = 0;
	for (const { offset, length } of map.segments) {
		text += String(offset).length + String(length).length + 2;
		data += length;
	}
	return Math.ceil(text / 512) * 512 + data;
}

/**
 * The map with `most` segments at the most: those with the smallest holes between them are joined, and the holes count
 * as data then. Readers keep the map in memory, so they refuse longer ones.
 */
export function limitSegments(map: SparseMap, most: number = MOST_SEGMENTS): SparseMap {
	const { realSize, segments } = map;
	if (segments.length <= most) return map;
	const holes = Float64Array.from(segments.slice(1), ({ offset }, at) => offset - endOf(segments[at]!)).sort();
	const widest = holes[segments.length - most - 1]!;
	const joined: SparseMap['segments'] = [];
	for (const segment of segments) {
		const last = joined.at(-1);
		if (last && segment.offset - endOf(last) <= widest) last.length = endOf(segment) - last.offset;
		else joined.push({ ...segment });
	}
	return { realSize, segments: joined };
}

const endOf = (segment: { offset: number; length: number }): number => segment.offset + segment.length;
