/**
 * File names are bytes; Firn holds them as strings without losing any. A byte that is not part of valid UTF-8 becomes
 * a lone surrogate U+DC80..U+DCFF (Python's "surrogateescape", PEP 383), which no valid name can contain. So the usual
 * name is an ordinary string that can go to `fs` as it is, and the odd one still round-trips, also through JSON.
 */

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Bytes of a name or path to its string. */
export function decodePath(bytes: Uint8Array): string {
	try {
		return decoder.decode(bytes);
	} catch {
		return decodeEscaped(bytes);
	}
}

function decodeEscaped(bytes: Uint8Array): string {
	let out = '';
	let at = 0;
	while (at < bytes.length) {
		const length = sequenceLength(bytes, at);
		if (length === 0) {
			out += String.fromCharCode(0xdc00 + bytes[at]!);
			at += 1;
		} else {
			out += decoder.decode(bytes.subarray(at, at + length));
			at += length;
		}
	}
	return out;
}

/** The length of the valid UTF-8 sequence that starts at `at`, or 0 (RFC 3629: no overlong forms, no surrogates). */
function sequenceLength(bytes: Uint8Array, at: number): number {
	const first = bytes[at]!;
	if (first < 0x80) return 1;
	const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 0;
	if (length === 0 || at + length > bytes.length) return 0;
	try {
		decoder.decode(bytes.subarray(at, at + length));
		return length;
	} catch {
		return 0;
	}
}

/** The string of a name or path back to the very bytes it came from. */
export function encodePath(path: string): Buffer {
	if (path.isWellFormed()) return Buffer.from(path, 'utf8');
	const pieces: Buffer[] = [];
	let from = 0;
	for (let at = 0; at < path.length; at++) {
		const code = path.charCodeAt(at);
		if (code >= 0xd800 && code <= 0xdbff) {
			at += 1;
			continue;
		}
		if (code < 0xdc80 || code > 0xdcff) continue;
		pieces.push(Buffer.from(path.slice(from, at), 'utf8'), Buffer.from([code - 0xdc00]));
		from = at + 1;
	}
	pieces.push(Buffer.from(path.slice(from), 'utf8'));
	return Buffer.concat(pieces);
}

/** What `fs` must be given for this path: the string itself, or its bytes where it is not valid UTF-8. */
export function fsPath(path: string): string | Buffer {
	return path.isWellFormed() ? path : encodePath(path);
}

/** Length of the path in bytes, as the limits of the system count it. */
export function pathByteLength(path: string): number {
	return path.isWellFormed() ? Buffer.byteLength(path) : encodePath(path).length;
}
