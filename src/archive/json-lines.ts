/** JSON lines that come in pieces, from whoever: bounded in what they take, whatever they hold. */

import { FirnError } from '../core/errors.ts';

/** A path and a link target of 4 KiB each may take six characters a byte. */
const LONGEST_LINE = 256 * 1024;

/** The values of the lines, those of one piece together. @throws FirnError BAD_LINES */
export async function* jsonLines(source: AsyncIterable<Uint8Array>): AsyncGenerator<unknown[]> {
	const decoder = new TextDecoder('utf-8', { fatal: true });
	let rest = '';
	for await (const piece of source) {
		const lines = (rest + decode(decoder, piece)).split('\n');
		rest = lines.pop()!;
		if (rest.length > LONGEST_LINE) throw bad('a line of it has no end');
		if (lines.length > 0) yield lines.map(parse);
	}
	if (rest !== '') throw bad('its last line is cut off');
}

function decode(decoder: InstanceType<typeof TextDecoder>, piece: Uint8Array): string {
	try {
		return decoder.decode(piece, { stream: true });
	} catch {
		throw bad('it is not UTF-8');
	}
}

function parse(line: string): unknown {
	try {
		return JSON.parse(line);
	} catch {
		throw bad('a line of it is not JSON');
	}
}

const bad = (why: string) => new FirnError('BAD_LINES', `The list is damaged: ${why}.`);
