/** The signs that the app draws with. None of them has an emoji form, which some terminals draw two cells wide. */

export interface Glyphs {
	folded: string;
	unfolded: string;
	cursor: string;
	ok: string;
	error: string;
	warn: string;
	busy: string;
	off: string;
	ellipsis: string;
	/** Fills a cell from empty to full; the last is full. */
	eighths: readonly string[];
	rest: string;
	spark: readonly string[];
	frame: { h: string; v: string; tl: string; tr: string; bl: string; br: string };
	dot: string;
	up: string;
	down: string;
	left: string;
	right: string;
}

export const UNICODE: Glyphs = {
	folded: '▸',
	unfolded: '▾',
	cursor: '►',
	ok: '✓',
	error: '✗',
	warn: '!',
	busy: '●',
	off: '◌',
	ellipsis: '…',
	eighths: ['▏', '▎', '▍', '▌', '▋', '▊', '▉', '█'],
	rest: '░',
	spark: ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'],
	frame: { h: '─', v: '│', tl: '┌', tr: '┐', bl: '└', br: '┘' },
	dot: '·',
	up: '↑',
	down: '↓',
	left: '←',
	right: '→',
};

export const ASCII: Glyphs = {
	folded: '+',
	unfolded: '-',
	cursor: '>',
	ok: 'v',
	error: 'x',
	warn: '!',
	busy: '*',
	off: 'o',
	ellipsis: '~',
	eighths: ['#'],
	rest: '.',
	spark: ['.', ':', '-', '=', '+', '*', '#', '%'],
	frame: { h: '-', v: '|', tl: '+', tr: '+', bl: '+', br: '+' },
	dot: '-',
	up: 'up',
	down: 'down',
	left: '<',
	right: '>',
};

/** Firn's own punctuation for a terminal without Unicode, cell for cell. Names of files go through displayName. */
const PLAIN: Readonly<Record<string, string>> = { '…': '~', '·': '-', '–': '-', '’': "'", '±': '~' };

/** Text as these glyphs can write it; as wide as before. */
export function punctuated(text: string, glyphs: Glyphs): string {
	return glyphs === ASCII ? text.replace(/[…·–’±]/g, (sign) => PLAIN[sign]!) : text;
}

/** What the locale says of the terminal: without UTF-8 only ASCII is safe. */
export function chooseGlyphs(env: NodeJS.ProcessEnv, choice: 'auto' | 'unicode' | 'ascii'): Glyphs {
	if (choice !== 'auto') return choice === 'ascii' ? ASCII : UNICODE;
	const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || '';
	return /utf-?8/i.test(locale) && env.TERM !== 'linux' ? UNICODE : ASCII;
}
