import { closeSync, fstatSync, openSync, renameSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { type Logger, pino, stdTimeFunctions } from 'pino';
import { makeFolders } from '../core/make-folders.ts';

const LARGEST = 5 * 1024 * 1024;
const KEPT = 4;

/**
 * The engine's log, `engine.log` in JSON lines; older ones are `engine.log.1` to `engine.log.4`. A new one is begun
 * before it grows beyond 5 MiB. Credentials never reach it: requests are not logged.
 */
export function openLog(folder: string, largest: number = LARGEST): Logger {
	makeFolders(folder, 0o700);
	return pino(
		{ base: null, timestamp: stdTimeFunctions.isoTime },
		new RotatedFile(join(folder, 'engine.log'), largest),
	);
}

/** Where pino writes its lines, each at once, so that a killed engine has said all that it had to say. */
class RotatedFile {
	readonly #file: string;
	readonly #largest: number;
	#fd: number;
	#size: number;

	constructor(file: string, largest: number) {
		this.#file = file;
		this.#largest = largest;
		this.#fd = openSync(file, 'a', 0o600);
		this.#size = fstatSync(this.#fd).size;
	}

	write(line: string): void {
		const bytes = Buffer.from(line);
		try {
			if (this.#size > 0 && this.#size + bytes.length > this.#largest) this.#rotate();
			this.#size += writeSync(this.#fd, bytes);
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
	}
}

function move(from: string, to: string): void {
	if (statSync(from, { throwIfNoEntry: false })) renameSync(from, to);
}
