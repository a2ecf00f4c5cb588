import { existsSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { destination, type Logger, pino, stdTimeFunctions } from 'pino';

const LARGEST = 5 * 1024 * 1024;
const KEPT = 4;

/**
 * The engine's log, `engine.log` in JSON lines; older ones are `engine.log.1` and so on. Rotated when the engine
 * starts and the file has grown beyond 5 MiB. Credentials never reach it: requests are not logged.
 */
export function openLog(folder: string): Logger {
	mkdirSync(folder, { recursive: true, mode: 0o700 });
	const file = join(folder, 'engine.log');
	if (existsSync(file) && statSync(file).size > LARGEST) {
		for (let number = KEPT - 1; number >= 1; number--) move(`${file}.${number}`, `${file}.${number + 1}`);
		move(file, `${file}.1`);
	}
	return pino(
		{ base: null, timestamp: stdTimeFunctions.isoTime },
		destination({ dest: file, mode: 0o600, sync: true }),
	);
}

function move(from: string, to: string): void {
	if (existsSync(from)) renameSync(from, to);
}
