/**
 * GNU sparse format 1.0 (GNU tar manual, "PAX Format, Version 1.0"): the PAX header gives name and real size, the data
 * begin with a map of the segments in decimal lines, padded to 512 bytes. GNU tar and bsdtar both read it.
 */

export interface SparseMap {
	realSize: number;
	segments: { offset: number; length: number }[];
}

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
	return map.segments.reduce((sum, segment) => sum + segment.length, sparseDataPrefix(map).length);
}
