/** What a terminal sends for the keys that tests press. */

const NAMED: Record<string, string> = {
	enter: '\r',
	esc: '\x1b',
	tab: '\t',
	'shift+tab': '\x1b[Z',
	space: ' ',
	backspace: '\x7f',
	delete: '\x1b[3~',
	up: '\x1b[A',
	down: '\x1b[B',
	right: '\x1b[C',
	left: '\x1b[D',
	home: '\x1b[H',
	end: '\x1b[F',
	pageUp: '\x1b[5~',
	pageDown: '\x1b[6~',
};

/** The bytes of a key: 'j', 'enter', 'ctrl+l', 'alt+b'. @throws for a name nobody knows, so that no test types it */
export function keyBytes(key: string): string {
	const named = NAMED[key];
	if (named !== undefined) return named;
	if (/^ctrl\+[a-z\\\]]$/.test(key)) return String.fromCharCode(key.charCodeAt(5) & 0x1f);
	if (key.startsWith('alt+')) return `\x1b${keyBytes(key.slice(4))}`;
	if ([...key].length !== 1) throw new Error(`No such key: ${key}`);
	return key;
}
