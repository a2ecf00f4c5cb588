/**
 * Drives a program in a real pseudo-terminal, with an emulator as its screen: presses keys, resizes, stops reading,
 * closes the window, and tells what is shown and in which state the terminal was left.
 */

import { execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import pty, { type IPty } from '@lydell/node-pty';
import xterm from '@xterm/headless';
import { isBusy, processesWith } from '../processes.ts';
import { type Cell, cellAt, paint, screenRows } from './cells.ts';
import { keyBytes } from './keys.ts';

export interface TerminalOptions {
	command: string;
	args?: readonly string[];
	cols?: number;
	rows?: number;
	/** On top of the environment of the tests, from which NO_COLOR, CI and the like are gone. Undefined: not set. */
	env?: Record<string, string | undefined>;
	cwd?: string;
}

/** What the terminal was told and has not been told back. */
export interface Modes {
	alternateScreen: boolean;
	bracketedPaste: boolean;
	cursorVisible: boolean;
	mouse: boolean;
	synchronized: boolean;
}

/** What is waited for on the screen. */
export type Wanted = string | RegExp | ((screen: string) => boolean);

/** Ends of synchronized output: one is one frame. */
const FRAME_END = 2026;
/** All mouse reports, and their encodings. */
const MOUSE = [9, 1000, 1002, 1003, 1005, 1006, 1015, 1016];
/** Longer than a program waits for the rest of an escape sequence. */
const AFTER_ESC_MS = 80;
/** They change what a program prints. */
const NOT_INHERITED = ['NO_COLOR', 'FORCE_COLOR', 'CI', 'COLORTERM', 'TMUX', 'TERM_PROGRAM', 'INK_SCREEN_READER'];

export class TestTerminal {
	readonly emulator: InstanceType<typeof xterm.Terminal>;
	/** Resolves when the program has ended and all it has written is on the screen. */
	readonly ended: Promise<{ code: number; signal: number }>;
	/** Bytes the program has written since the start or the last mark(). */
	bytesWritten = 0;
	/** Frames (synchronized updates) since then. */
	frames = 0;
	/** Everything written since then, for what a screen does not show. */
	raw = '';
	exit: { code: number; signal: number } | undefined;
	readonly #pty: IPty;
	readonly #on = new Set<number>();
	readonly #watchers = new Set<() => void>();
	/** What the screen held before keys whose effect nothing has been waited for yet. */
	#beforeKeys: { keys: readonly string[]; text: string } | undefined;
	#lastOutput = performance.now();
	#unparsed = 0;
	readonly #home: string | undefined;
	/** The programs that draw or answer, and when they were looked up. */
	#involved = { pids: [] as number[], at: Number.NEGATIVE_INFINITY };

	constructor(options: TerminalOptions) {
		const { cols = 100, rows = 30 } = options;
		this.#home = options.env?.FIRN_HOME;
		this.emulator = new xterm.Terminal({ cols, rows, allowProposedApi: true });
		for (const final of ['h', 'l'])
			this.emulator.parser.registerCsiHandler({ prefix: '?', final }, (params) => this.#mode(params, final === 'h'));
		this.#pty = pty.spawn(options.command, [...(options.args ?? [])], {
			cols,
			rows,
			cwd: options.cwd ?? process.cwd(),
			env: environment(options.env),
			// Bytes: half a character at the end of a read is the emulator's business.
			encoding: null,
		});
		this.#pty.onData((data) => this.#output(data as unknown as Buffer));
		// Answers to what a program asks its terminal.
		this.emulator.onData((answer) => this.#pty.write(answer));
		this.ended = new Promise((resolve) => {
			this.#pty.onExit(({ exitCode, signal }) => {
				this.exit = { code: exitCode, signal: signal ?? 0 };
				this.#wake();
				void this.#until(() => this.#unparsed === 0, 30_000).then(() => resolve(this.exit!));
			});
		});
	}

	get pid(): number {
		return this.#pty.pid;
	}

	/** Whether the shell has given the terminal to what it runs: only then do keys such as ^Z reach that. */
	get isInForeground(): boolean {
		const stat = readFileSync(`/proc/${this.pid}/stat`, 'utf8');
		const group = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[5]);
		if (group !== this.childPid) return false;
		// Until it has become the program, it ignores such keys as the shell does.
		return readlinkSync(`/proc/${group}/exe`) !== readlinkSync(`/proc/${this.pid}/exe`);
	}

	/** The newest program under the shell this terminal runs. */
	get childPid(): number | undefined {
		const children = readFileSync(`/proc/${this.pid}/task/${this.pid}/children`, 'utf8').trim().split(' ');
		return Number(children.at(-1)) || undefined;
	}

	/** Presses keys one after another, each a write of its own. */
	async press(...keys: string[]): Promise<void> {
		this.#beforeKeys ??= { keys, text: this.text() };
		for (const key of keys) {
			this.send(keyBytes(key));
			// What follows an escape before the program has taken it would be one key with it.
			if (key === 'esc') await this.#idle(AFTER_ESC_MS, 5000);
			else await sleep(5);
		}
	}

	/** Types text, character by character. */
	type(text: string): Promise<void> {
		return this.press(...[...text].map((char) => (char === ' ' ? 'space' : char)));
	}

	/** Pastes as a terminal does that was asked for brackets; without them if it was not. */
	paste(text: string): void {
		this.send(this.modes.bracketedPaste ? `\x1b[200~${text}\x1b[201~` : text);
	}

	/** These bytes in one write. */
	send(bytes: string | Buffer): void {
		this.#pty.write(bytes as string);
	}

	resize(cols: number, rows: number): void {
		this.emulator.resize(cols, rows);
		this.#pty.resize(cols, rows);
	}

	/** Stops reading, as a hung ssh does: the program's writes soon block. */
	stall(): void {
		this.#pty.pause();
	}

	unstall(): void {
		this.#pty.resume();
	}

	signal(signal: NodeJS.Signals, pid = this.pid): void {
		process.kill(pid, signal);
	}

	/** Closes the window: the program loses its terminal and gets SIGHUP. */
	closeWindow(): void {
		(this.#pty as IPty & { destroy: () => void }).destroy();
	}

	/** The rows now shown. */
	screen(): string[] {
		return screenRows(this.emulator);
	}

	/** The rows as one text. */
	text(): string {
		return this.screen().join('\n');
	}

	cell(x: number, y: number): Cell {
		return cellAt(this.emulator, x, y);
	}

	/** Where a text is on the screen. @throws when it is not there */
	find(text: string): { x: number; y: number } {
		const y = this.screen().findIndex((row) => row.includes(text));
		if (y < 0) throw new Error(`"${text}" is not on the screen:\n${this.text()}`);
		return { x: this.screen()[y]!.indexOf(text), y };
	}

	/** Every cell with its colours: equal when two screens look the same. */
	paint(): string[] {
		return paint(this.emulator);
	}

	get cursor(): { x: number; y: number } {
		const { cursorX: x, cursorY: y } = this.emulator.buffer.active;
		return { x, y };
	}

	get modes(): Modes {
		return {
			alternateScreen: this.emulator.buffer.active.type === 'alternate',
			bracketedPaste: this.emulator.modes.bracketedPasteMode,
			cursorVisible: !this.#on.has(-25),
			mouse: MOUSE.some((mode) => this.#on.has(mode)),
			synchronized: this.#on.has(FRAME_END),
		};
	}

	/** What `stty -a` says of this terminal; needs a shell in it once the program has ended. */
	stty(): string {
		const name = (this.#pty as unknown as { ptsName: string }).ptsName;
		return execFileSync('stty', ['-a', process.platform === 'linux' ? '-F' : '-f', name], { encoding: 'utf8' });
	}

	/** True while the program reads single keys without echo. */
	get rawMode(): boolean {
		const state = this.stty();
		return /-icanon\b/.test(state) && /-echo\b/.test(state);
	}

	/** Counts bytes and frames from here. */
	mark(): void {
		this.bytesWritten = 0;
		this.frames = 0;
		this.raw = '';
	}

	/**
	 * Waits until the screen holds something. @throws with the screen when it does not in time, or the program ends;
	 * when it was there before the keys pressed last: then it tells nothing of them, and what is pressed next may come
	 * before its screen
	 */
	async waitFor(wanted: Wanted, ms = 120_000): Promise<void> {
		const before = this.#beforeKeys;
		this.#beforeKeys = undefined;
		if (before && typeof wanted !== 'function' && matches(before.text, wanted))
			throw new Error(`${wanted} was there before ${before.keys.join(' ')}; wait for something new:\n${before.text}\n`);
		const is = () => this.#unparsed === 0 && matches(this.text(), wanted);
		if (await this.#until(is, ms)) return;
		const why = this.exit ? `The program ended with ${JSON.stringify(this.exit)}` : `Not within ${ms} ms`;
		throw new Error(`${why}: ${wanted}\n${this.text()}\n`);
	}

	/** Waits until nothing is written for a while by programs that could: time in which they wait for a core does not count. */
	async settle(quietMs = 150, ms = 30_000): Promise<void> {
		this.#beforeKeys = undefined;
		if (!(await this.#idle(quietMs, ms))) throw new Error(`It does not come to rest:\n${this.text()}`);
	}

	/** Ends whatever still runs. */
	async close(): Promise<void> {
		if (!this.exit) {
			try {
				this.signal('SIGKILL');
			} catch {}
			this.#pty.resume();
			await Promise.race([this.ended, sleep(1000)]);
		}
		this.emulator.dispose();
	}

	#output(data: Buffer): void {
		this.bytesWritten += data.length;
		this.raw += data.toString('latin1');
		this.#lastOutput = performance.now();
		this.#unparsed++;
		this.emulator.write(data, () => {
			this.#unparsed--;
			this.#wake();
		});
	}

	#mode(params: readonly (number | number[])[], on: boolean): boolean {
		for (const mode of params) {
			if (typeof mode !== 'number') continue;
			if (mode === FRAME_END && !on) this.frames++;
			// The cursor is visible until it is told otherwise, all else is off.
			if (mode === 25) on ? this.#on.delete(-25) : this.#on.add(-25);
			else on ? this.#on.add(mode) : this.#on.delete(mode);
		}
		return false;
	}

	async #idle(quietMs: number, ms: number): Promise<boolean> {
		const end = performance.now() + ms;
		let quietSince = performance.now();
		for (;;) {
			const now = performance.now();
			if (this.#unparsed > 0 || this.#isBusy()) quietSince = now;
			if (now - Math.max(quietSince, this.#lastOutput) >= quietMs) return true;
			if (now > end) return false;
			await sleep(10);
		}
	}

	#isBusy(): boolean {
		if (performance.now() - this.#involved.at > 500) {
			const others = this.#home === undefined ? [] : processesWith('FIRN_HOME', this.#home);
			this.#involved = { pids: [...new Set([this.pid, ...others.map(({ pid }) => pid)])], at: performance.now() };
		}
		return this.#involved.pids.some(isBusy);
	}

	#until(is: () => boolean, ms: number): Promise<boolean> {
		return new Promise((resolve) => {
			const finish = (found: boolean) => {
				clearTimeout(timer);
				clearInterval(poll);
				this.#watchers.delete(look);
				resolve(found);
			};
			const look = () => {
				if (is()) finish(true);
				else if (this.exit && this.#unparsed === 0) finish(false);
			};
			const timer = setTimeout(() => finish(is()), ms);
			// Not all that is waited for is written to the screen.
			const poll = setInterval(look, 25);
			this.#watchers.add(look);
			look();
		});
	}

	#wake(): void {
		for (const look of [...this.#watchers]) look();
	}
}

function environment(extra: Record<string, string | undefined> = {}): Record<string, string> {
	const base: Record<string, string | undefined> = { ...process.env, TERM: 'xterm-256color', LC_ALL: 'C.UTF-8' };
	for (const name of NOT_INHERITED) delete base[name];
	return Object.fromEntries(
		Object.entries({ ...base, ...extra }).filter((entry): entry is [string, string] => entry[1] !== undefined),
	);
}

const matches = (screen: string, wanted: Wanted): boolean => {
	if (typeof wanted === 'string') return screen.includes(wanted);
	return typeof wanted === 'function' ? wanted(screen) : wanted.test(screen);
};
