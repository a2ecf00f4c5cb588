/**
 * The recipient stanzas of an age header (https://c2sp.org/age), as strictly as age reads them: what other readers
 * refuse must not pass here, or an archive would seem to be whole that nothing else opens.
 */

import { FirnError } from '../../core/errors.ts';

export interface Stanza {
	/** The type, then what belongs to it. */
	args: string[];
	body: Buffer;
}

/** A full line of a body; the last one is shorter, and empty if need be. */
const LINE = 64;
/** Arguments: one space between them, of visible characters. */
const OPENING = /^->( [\x21-\x7e]+)+$/;

/**
 * The stanzas in the lines between the first one and the MAC.
 * @throws FirnError BAD_AGE_HEADER
 */
export function parseStanzas(text: string): Stanza[] {
	const stanzas: Stanza[] = [];
	const lines = text.split('\n');
	// The text ends with a line feed: what is behind it is no line.
	const end = lines.length - 1;
	for (let at = 0; at < end; ) {
		const opening = lines[at]!;
		if (!OPENING.test(opening)) throw badHeader('a line in it is malformed');
		let body = '';
		let line: string;
		do {
			at += 1;
			if (at >= end) throw badHeader('a recipient in it has no end');
			line = lines[at]!;
			if (line.length > LINE) throw badHeader('a line in it is too long');
			body += line;
		} while (line.length === LINE);
		at += 1;
		stanzas.push({ args: opening.slice(3).split(' '), body: decodeBase64(body) });
	}
	if (stanzas.length === 0) throw badHeader('it names no recipient');
	// By the specification: that a passphrase opens a file is taken for proof that its writer knew it.
	if (stanzas.length > 1 && stanzas.some(({ args }) => args[0] === 'scrypt'))
		throw badHeader('it has a passphrase beside other recipients');
	return stanzas;
}

/** Base64 as age writes it: without padding, and in no other way. @throws FirnError BAD_AGE_HEADER */
export function decodeBase64(text: string): Buffer {
	const bytes = Buffer.from(text, 'base64');
	// Node passes over what is no base64; a second text for the same bytes is wrong too.
	if (encodeBase64(bytes) !== text) throw badHeader('it has malformed base64');
	return bytes;
}

export function encodeBase64(bytes: Buffer): string {
	return bytes.toString('base64').replace(/=+$/, '');
}

export function badHeader(why: string): FirnError {
	return new FirnError('BAD_AGE_HEADER', `The age header is damaged: ${why}.`, { guidance: 'Fetch the file again.' });
}
