/** Starts the engine's process, once, however many clients want it at the same time. */

import { spawn } from 'node:child_process';
import { closeSync, linkSync, mkdirSync, openSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { errnoCode, FirnError, usageError } from '../core/errors.ts';
import { engineEnvironment } from './environment.ts';
import { type SocketChannel, tryConnect } from './socket-channel.ts';

export interface EnginePlace {
	socketFile: string;
	lockFile: string;
	engineDir: string;
	logDir: string;
}

export interface EngineCommand {
	/** Arguments for this Node that run the engine in the foreground. */
	args: string[];
}

const START_MS = 10_000;
const POLL_MS = 20;
/** Linux allows 107 bytes, macOS 103. */
const LONGEST_SOCKET = 100;

/**
 * A channel to the engine, which is started if it does not run.
 * @throws FirnError SOCKET_PATH_TOO_LONG, ENGINE_NOT_STARTED
 */
export async function connectOrStart(place: EnginePlace, command: EngineCommand): Promise<SocketChannel> {
	if (Buffer.byteLength(place.socketFile) > LONGEST_SOCKET) {
		throw usageError(
			'SOCKET_PATH_TOO_LONG',
			`The engine's socket ${place.socketFile} has a path of more than ${LONGEST_SOCKET} bytes.`,
			'Choose a shorter folder with --home or FIRN_HOME.',
		);
	}
	const running = await tryConnect(place.socketFile);
	if (running) return running;
	mkdirSync(place.engineDir, { recursive: true, mode: 0o700 });
	const until = Date.now() + START_MS;
	let started = false;
	while (Date.now() < until) {
		// Only the holder of the lock starts one; the others wait for its socket.
		if (!started && takeLock(place.lockFile)) {
			started = true;
			const other = await tryConnect(place.socketFile);
			if (other) {
				rmSync(place.lockFile, { force: true });
				return other;
			}
			launch(place, command);
		}
		await sleep(POLL_MS);
		const channel = await tryConnect(place.socketFile);
		if (channel) {
			if (started) rmSync(place.lockFile, { force: true });
			return channel;
		}
	}
	if (started) rmSync(place.lockFile, { force: true });
	throw new FirnError('ENGINE_NOT_STARTED', `The engine did not start within ${START_MS / 1000} seconds.`, {
		guidance: `See ${join(place.logDir, 'engine.out')}.`,
		retry: 'later',
	});
}

/** Takes the lock, which holds our process id from its first moment; one whose process is gone is taken away. */
function takeLock(file: string): boolean {
	const own = `${file}.${process.pid}`;
	try {
		writeFileSync(own, String(process.pid), { mode: 0o600 });
		linkSync(own, file);
		return true;
	} catch (error) {
		if (errnoCode(error) !== 'EEXIST') {
			throw new FirnError('ENGINE_NOT_STARTED', `The lock ${file} cannot be made (${errnoCode(error)}).`, {
				kind: 'usage',
			});
		}
	} finally {
		rmSync(own, { force: true });
	}
	const pid = readPid(file);
	// A lock that outlives any start is left over too, though its pid may belong to somebody else by now.
	if (pid !== undefined && (!isAlive(pid) || isOld(file))) rmSync(file, { force: true });
	return false;
}

function isOld(file: string): boolean {
	const stat = statSync(file, { throwIfNoEntry: false });
	return stat !== undefined && Date.now() - stat.mtimeMs > 3 * START_MS;
}

function readPid(file: string): number | undefined {
	try {
		return Number(readFileSync(file, 'utf8'));
	} catch {
		// Released just now.
		return undefined;
	}
}

function isAlive(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		return errnoCode(error) === 'EPERM';
	}
}

function launch(place: EnginePlace, { args }: EngineCommand): void {
	mkdirSync(place.logDir, { recursive: true, mode: 0o700 });
	// What Node itself prints when it fails; everything else is in the log.
	const out = openSync(join(place.logDir, 'engine.out'), 'a', 0o600);
	spawn(process.execPath, args, {
		detached: true,
		stdio: ['ignore', out, out],
		cwd: '/',
		env: engineEnvironment(),
	}).unref();
	closeSync(out);
}
