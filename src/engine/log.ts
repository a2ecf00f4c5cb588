import { closeSync, fstatSync, openSync, readSync, renameSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { pino, stdTimeFunctions } from 'pino';
import type { LogEntry } from '../core/log-entry.ts';
import { makeFolders } from '../core/make-folders.ts';

const LARGEST = 5 * 1024 * 1024;
const KEPT = 4;

/** What a line of the log has besides time, level and message. */
export type LogFields = Partial<Omit<LogEntry, 'place' | 'time' | 'level' | 'message'>>;

export type Log = (level: 'info' | 'warn' | 'error', message: string, fields?: LogFields) => void;

/** Nobody's message should hold one; should it all the same, it stays out of the log. */
const SECRET = /AGE-SECRET-KEY-1[A-Z0-9]+/gi;

/**
 * The engine's log, `engine.log` in JSON lines; older ones are `engine.log.1` to `engine.log.4`. A new one is begun
 * before it grows beyond 5 MiB. Credentials never reach it: of requests only the name is logged.
 */
export function openLog(folder: string, largest: number = LARGEST): Log {
	makeFolders(folder, 0o700);
	const file = new RotatedFile(join(folder, 'engine.log'), largest);
	const logger = pino({ base: null, timestamp: stdTimeFunctions.isoTime }, file);
	return (level, message, fields = {}) => logger[level](fields, message);
}

/** Where pino writes its lines, each at once, so that a killed engine has said all that it had to say. */
class RotatedFile {
	readonly #file: string;
	readonly #largest: number;
	#fd: number;
	#size: number;
	/** The last line may be cut off: its writer was killed, or the disk was full. The next one begins a line of its own. */
	#isTorn: boolean;

	constructor(file: string, largest: number) {
		this.#file = file;
		this.#largest = largest;
		this.#fd = openSync(file, 'a+', 0o600);
		this.#size = fstatSync(this.#fd).size;
		const last = Buffer.alloc(1);
		this.#isTorn = this.#size > 0 && readSync(this.#fd, last, 0, 1, this.#size - 1) === 1 && last[0] !== 0x0a;
	}

	write(line: string): void {
		const safe = line.replace(SECRET, '(secret)');
		try {
			if (this.#size > 0 && this.#size + Buffer.byteLength(safe) > this.#largest) this.#rotate();
			const bytes = Buffer.from(this.#isTorn ? `\n${safe}` : safe);
			this.#isTorn = true;
			const written = writeSync(this.#fd, bytes);
			this.#size += written;
			this.#isTorn = written < bytes.length;
		} catch {
			// A full disk must not end the engine and its runs; there is nowhere to say so.
		}
	}

	#rotate(): void {
		for (let number = KEPT - 1; number >= 1; number--) move(`${this.#file}.${number}`, `${this.#file}.${number + 1}`);
		move(this.#file, `${this.#file}.1`);
		const fd = openSync(this.#file, 'a', 0o600);
		closeSync(this.#fd);
		this.#fd = fd;
		this.#size = 0;
		this.#isTorn = false;
	}
}

function move(from: string, to: string): void {
	if (statSync(from, { throwIfNoEntry: false })) renameSync(from, to);
}
