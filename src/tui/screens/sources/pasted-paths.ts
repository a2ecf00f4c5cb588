/**
 * Paths that were pasted, or dropped onto the terminal, which types them in: quoted for a shell in one way or another,
 * several separated by spaces or newlines, or as `file://` addresses. Pure.
 */

import { decodePath, encodePath } from '../../../core/path-bytes.ts';

export interface PastedPaths {
	/** The whole text as one path, for terminals that drop without quoting: it counts if there is such a path. */
	whole: string | undefined;
	/** The paths that a shell would see. */
	split: string[];
}

/**
 * @param place `home` for `~`, `cwd` for relative paths; both absolute
 */
export function pastedPaths(text: string, place: { home: string; cwd: string }): PastedPaths {
	const lines = text.replace(/\r\n?/g, '\n');
	const body = lines.replace(/[ \n]$/, '');
	if (body === '') return { whole: undefined, split: [] };
	const words = shellWords(lines) ?? body.split('\n').map((line) => ({ text: line, bare: line }));
	const split = words.filter((word) => word.text !== '').map((word) => located(word, place));
	const plain = located({ text: body, bare: body }, place);
	// Quoted or split, it was written for a shell; only what a shell would take apart may be meant as one.
	const whole = split.length === 1 && split[0] === plain ? undefined : plain;
	return { whole, split: [...new Set(split)] };
}

interface Word {
	text: string;
	/** What stood there without any quoting up to its first quote: `~` and `file://` mean something only there. */
	bare: string;
}

/** Takes the text apart as a POSIX shell does, `$'…'` included; undefined where a quote is never closed. */
function shellWords(text: string): Word[] | undefined {
	const words: Word[] = [];
	let word: Word | undefined;
	let quoted = false;
	let at = 0;
	const add = (piece: string, isBare: boolean) => {
		word ??= { text: '', bare: '' };
		word.text += piece;
		if (isBare && !quoted) word.bare += piece;
		else quoted = true;
	};
	while (at < text.length) {
		const character = text[at]!;
		if (character === ' ' || character === '\t' || character === '\n') {
			if (word) words.push(word);
			word = undefined;
			quoted = false;
			at += 1;
		} else if (character === '\\') {
			// At the very end it escapes nothing and stands for itself; before a newline both vanish.
			if (at + 1 === text.length) add('\\', false);
			else if (text[at + 1] !== '\n') add(text[at + 1]!, false);
			at += 2;
		} else if (character === "'" || character === '"' || text.startsWith("$'", at)) {
			const piece = quotedPiece(text, at);
			if (piece === undefined) return undefined;
			add(piece.text, false);
			at = piece.end;
		} else {
			add(character, true);
			at += 1;
		}
	}
	if (word) words.push(word);
	return words;
}

/** The quoted text that begins at `at`, and where it ends. */
function quotedPiece(text: string, at: number): { text: string; end: number } | undefined {
	const pattern =
		text[at] === "'" ? /'([^']*)'/y : text[at] === '"' ? /"((?:[^"\\]|\\[\s\S])*)"/y : /\$'((?:[^'\\]|\\[\s\S])*)'/y;
	pattern.lastIndex = at;
	const match = pattern.exec(text);
	if (!match) return undefined;
	const body = match[1]!;
	const plain =
		text[at] === "'"
			? body
			: text[at] === '"'
				? body.replace(/\\([$`"\\])|\\\n/g, (_, kept) => kept ?? '')
				: ansi(body);
	return { text: plain, end: pattern.lastIndex };
}

const LETTERS: Record<string, string> = {
	a: '\u0007',
	b: '\b',
	e: '\u001b',
	E: '\u001b',
	f: '\f',
	n: '\n',
	r: '\r',
	t: '\t',
	v: '\v',
};

/** The inside of `$'…'`, as bash and zsh write names with control characters and odd bytes. */
function ansi(body: string): string {
	const escapes = /\\(?:x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{1,4})|U([0-9a-fA-F]{1,8})|([0-7]{1,3})|([\s\S]))/g;
	const text = body.replace(escapes, (_, hex, short, long, octal, letter) => {
		if (letter !== undefined) return LETTERS[letter] ?? (/['"\\?]/.test(letter) ? letter : `\\${letter}`);
		if (short ?? long) return codePoint(Number.parseInt(short ?? long, 16));
		return byte(hex === undefined ? Number.parseInt(octal, 8) & 255 : Number.parseInt(hex, 16));
	});
	return joinBytes(text);
}

function codePoint(code: number): string {
	return code > 0x10ffff ? '\ufffd' : String.fromCodePoint(code);
}

function byte(value: number): string {
	return String.fromCharCode(value < 0x80 ? value : 0xdc00 + value);
}

/** Bytes that stand side by side may be a character. */
function joinBytes(text: string): string {
	return text.isWellFormed() ? text : decodePath(encodePath(text));
}

function located({ text, bare }: Word, { home, cwd }: { home: string; cwd: string }): string {
	const local = /^file:\/\/(?:localhost)?(\/.*)$/s.exec(text);
	if (local && bare.startsWith('file:')) return tidy(percentDecoded(local[1]!));
	if (bare === '~' || bare.startsWith('~/')) return tidy(home + text.slice(1));
	return tidy(text.startsWith('/') ? text : `${cwd}/${text}`);
}

function percentDecoded(path: string): string {
	return joinBytes(path.replace(/%([0-9a-fA-F]{2})/g, (_, hex) => byte(Number.parseInt(hex, 16))));
}

/** Without `.`, doubled slashes and one at the end; `..` stays, as a link may be before it. */
function tidy(path: string): string {
	const names = path.split('/').filter((name) => name !== '' && name !== '.');
	return `/${names.join('/')}`;
}
