/**
 * Bytes from the terminal to keys. Over SSH and tmux many keys come in one read and one escape sequence in several:
 * what comes out does not depend on how the bytes were cut.
 */

import { StringDecoder } from 'node:string_decoder';

/**
 * A printable character (`j`, `G`, `é`), `space`, `enter`, `tab`, `shift+tab`, `esc`, `backspace`, `delete`, `up`, `down`,
 * `left`, `right`, `home`, `end`, `pageUp`, `pageDown`, with `ctrl+`, `alt+` or `shift+` before it where they are held.
 */
export type Key = string;

export type Input = { type: 'key'; key: Key } | { type: 'paste'; text: string };

const PASTE_START = '\x1b[200~';
const PASTE_END = '\x1b[201~';
/** More than any terminal sends as one sequence; what is longer is rubbish. */
const LONGEST_SEQUENCE = 64;
/** A paste is a list of paths, not a film. */
const LONGEST_PASTE = 1024 * 1024;

const FINALS: Record<string, string> = {
	A: 'up',
	B: 'down',
	C: 'right',
	D: 'left',
	H: 'home',
	F: 'end',
};

const TILDES: Record<string, string> = {
	1: 'home',
	3: 'delete',
	4: 'end',
	5: 'pageUp',
	6: 'pageDown',
	7: 'home',
	8: 'end',
};

/** xterm's modifier parameter: 1 + shift 1 + alt 2 + ctrl 4. */
const MODIFIERS = ['', 'shift+', 'alt+', 'alt+', 'ctrl+', 'ctrl+', 'ctrl+', 'ctrl+'];

export class KeyDecoder {
	readonly #utf8 = new StringDecoder('utf8');
	#text = '';
	#paste: string | undefined;

	/** Takes what was read and gives what is complete. */
	feed(bytes: Uint8Array): Input[] {
		this.#text += this.#utf8.write(Buffer.from(bytes));
		const inputs: Input[] = [];
		while (this.#text !== '') {
			const input = this.#paste === undefined ? this.#next() : this.#pasted();
			if (input === 'more') break;
			if (input) inputs.push(input);
		}
		return inputs;
	}

	/** Whether the start of a sequence waits for its rest: if nothing comes for a moment, `flush`. */
	get pending(): boolean {
		return this.#paste === undefined && this.#text !== '';
	}

	/** Nothing more came: a lone ESC is the key. */
	flush(): Input[] {
		if (!this.pending) return [];
		const text = this.#text;
		this.#text = '';
		if (text === '\x1b') return [{ type: 'key', key: 'esc' }];
		if (text === '\x1b\x1b') return [key('esc'), key('esc')];
		// ESC [ or ESC O alone: alt with that character.
		return text.length === 2 ? [key(`alt+${text[1]}`)] : [];
	}

	#pasted(): Input | 'more' {
		const end = this.#text.indexOf(PASTE_END);
		// The end mark may be cut in two.
		const taken = end >= 0 ? end : Math.max(0, this.#text.length - PASTE_END.length + 1);
		this.#paste = (this.#paste! + this.#text.slice(0, taken)).slice(0, LONGEST_PASTE);
		this.#text = this.#text.slice(taken);
		if (end < 0) return 'more';
		this.#text = this.#text.slice(PASTE_END.length);
		const text = this.#paste;
		this.#paste = undefined;
		return { type: 'paste', text };
	}

	#next(): Input | 'more' | undefined {
		const first = this.#text[0]!;
		if (first !== '\x1b') {
			const character = String.fromCodePoint(this.#text.codePointAt(0)!);
			this.#text = this.#text.slice(character.length);
			return key(plain(character));
		}
		if (this.#text.length === 1) return 'more';
		const second = this.#text[1]!;
		if (second === '[') return this.#csi();
		if (second === 'O') return this.#ss3();
		if (second === '\x1b') {
			// ESC ESC [ A: alt with an arrow; ESC ESC alone: twice the key.
			if (this.#text.length === 2) return 'more';
			this.#text = this.#text.slice(1);
			return key('esc');
		}
		const character = String.fromCodePoint(this.#text.codePointAt(1)!);
		this.#text = this.#text.slice(1 + character.length);
		return key(`alt+${plain(character).replace('ctrl+', '')}`);
	}

	#csi(): Input | 'more' | undefined {
		const match = /^\x1b\[([0-9;:<=>?]*)([ -/]*)([@-~])/.exec(this.#text);
		if (!match || match[0].length > LONGEST_SEQUENCE) {
			const isPart = /^\x1b\[[0-9;:<=>?]*[ -/]*$/.test(this.#text) && this.#text.length < LONGEST_SEQUENCE;
			if (isPart) return 'more';
			// No sequence: ESC [ is dropped, what follows are keys again.
			this.#text = this.#text.slice(2);
			return undefined;
		}
		const [sequence, parameters, , final] = match as unknown as [string, string, string, string];
		// A mouse report of old: three characters follow.
		const rest = sequence === '\x1b[M' ? 3 : 0;
		if (this.#text.length < sequence.length + rest) return 'more';
		this.#text = this.#text.slice(sequence.length + rest);
		if (sequence === PASTE_START) {
			this.#paste = '';
			return undefined;
		}
		if (final === 'Z') return key('shift+tab');
		const [number = '', modifier = '1'] = parameters.split(';');
		const prefix = MODIFIERS[(Number(modifier) || 1) - 1] ?? '';
		const name = final === '~' ? TILDES[number] : FINALS[final];
		// Anything else (mouse, focus, reports, function keys) is no key of ours.
		return name === undefined ? undefined : key(prefix + name);
	}

	#ss3(): Input | 'more' | undefined {
		if (this.#text.length === 2) return 'more';
		const name = this.#text[2] === 'M' ? 'enter' : FINALS[this.#text[2]!];
		this.#text = this.#text.slice(3);
		return name === undefined ? undefined : key(name);
	}
}

function key(name: Key): Input {
	return { type: 'key', key: name };
}

/** A character as a key: control characters by their names. */
function plain(character: string): Key {
	const code = character.codePointAt(0)!;
	if (character === ' ') return 'space';
	if (character === '\r' || character === '\n') return 'enter';
	if (character === '\t') return 'tab';
	if (code === 0x7f || code === 0x08) return 'backspace';
	if (code === 0) return 'ctrl+space';
	if (code < 0x20) return `ctrl+${String.fromCharCode(code + 0x60)}`;
	return character;
}
