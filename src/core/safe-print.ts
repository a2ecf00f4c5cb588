/**
 * Makes a file name (or any foreign text) safe to print: nothing in it can move the cursor, recolour the screen, forge
 * a line or reverse the reading direction. Control characters are shown as escapes, bytes that are not UTF-8 as `\xNN`.
 */

// C0, DEL, C1; line and paragraph separators; bidirectional controls (CVE-2021-42574); zero-width and tag characters;
// lone surrogates (see path-bytes.ts). The backslash is escaped only beside these, so that common names stay readable.
const UNSAFE =
	/[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/gu;

/** Text for a terminal or a log line. Idempotent on safe text. */
export function safePrint(text: string): string {
	return text.replace(UNSAFE, escapeCharacter);
}

function escapeCharacter(character: string): string {
	if (character === '\n') return '\\n';
	if (character === '\r') return '\\r';
	if (character === '\t') return '\\t';
	if (character === '\u001b') return '\\e';
	const code = character.codePointAt(0)!;
	if (code >= 0xdc80 && code <= 0xdcff) return `\\x${(code - 0xdc00).toString(16)}`;
	if (code < 0x100) return `\\x${code.toString(16).padStart(2, '0')}`;
	return `\\u{${code.toString(16)}}`;
}
