/** The engine as a process: its socket, its log, and when it leaves. */

import { chmodSync, rmSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Paths } from '../config/paths.ts';
import { FirnError } from '../core/errors.ts';
import { makeFolders } from '../core/make-folders.ts';
import { takeProcessLock } from '../state/process-lock.ts';
import { Connection } from './connection.ts';
import { Engine, type EngineOptions } from './engine.ts';
import { openLog } from './log.ts';
import { Refused } from './refused.ts';

const IDLE_MS = 60_000;
/** A stop waits this long for runs to come to a safe point. */
const STOP_MS = 10_000;
/** An engine that has been told to stop is gone by then. */
const LEAVE_MS = STOP_MS + 2000;
const POLL_MS = 50;

/**
 * Serves until it is told to stop, or idle for a minute; gives false when another engine serves there already.
 * @throws FirnError SOCKET_FAILED, ENGINE_LEAVING, or the system's error
 */
export async function serve(paths: Paths, version: string, passphrase?: EngineOptions['passphrase']): Promise<boolean> {
	process.umask(0o077);
	makeFolders(paths.engineDir, 0o700);
	if (!(await becomeTheOne(paths))) return false;
	const log = openLog(paths.logDir);
	// A closed terminal or a lost SSH link never ends a run.
	process.on('SIGHUP', () => {});
	await new Promise<void>((resolve, reject) => {
		let clients = 0;
		let timer: NodeJS.Timeout | undefined;
		let leaving = false;
		const rest = () => {
			clearTimeout(timer);
			// A service stays: systemd would take its leaving for the end.
			if (clients === 0 && !engine.busy && !isService()) timer = setTimeout(leave, idleMs());
		};
		const leave = async () => {
			if (leaving) return;
			leaving = true;
			clearTimeout(timer);
			server.close();
			rmSync(paths.socketFile, { force: true });
			engine.scheduler.close();
			engine.tasks.stop(undefined);
			await Promise.race([engine.tasks.settled(), new Promise((ended) => setTimeout(ended, STOP_MS))]);
			await engine.close();
			log('info', 'The engine leaves.');
			resolve();
		};
		const refused = new Refused(log);
		const engine = new Engine({
			paths,
			version,
			...(passphrase ? { passphrase } : {}),
			onChange: rest,
			// The answer goes out first.
			onStop: () => setTimeout(leave, 20),
			log,
		});
		const server = createServer((socket) => {
			clients += 1;
			rest();
			socket.on('close', () => {
				clients -= 1;
				rest();
			});
			new Connection(socket, engine, refused);
		});
		server.on('error', (error) =>
			reject(new FirnError('SOCKET_FAILED', `The engine cannot listen on ${paths.socketFile}: ${error.message}.`)),
		);
		listen(server, paths.socketFile, () => {
			log('info', `The engine ${version} is ready, process ${process.pid}.`);
			engine.goOn();
			rest();
		});
		process.on('SIGTERM', leave);
		process.on('SIGINT', leave);
		process.on('uncaughtException', (error) => {
			log('error', `The engine failed: ${error.message}`, {
				effect: 'What it had in hand is interrupted. What the stores have confirmed is kept.',
				remedy: 'firn resume goes on with interrupted backups.',
				...(error.stack === undefined ? {} : { details: error.stack }),
			});
			process.exitCode = 1;
			void leave();
		});
	});
	return true;
}

/** Whether this is the only engine of its home now, or another one answers. One that is leaving is waited for. */
async function becomeTheOne({ lockFile, socketFile }: Paths): Promise<boolean> {
	for (const until = Date.now() + LEAVE_MS; Date.now() < until; await sleep(POLL_MS)) {
		if (takeProcessLock(lockFile)) return true;
		if (await answers(socketFile)) return false;
	}
	throw new FirnError('ENGINE_LEAVING', `Another engine holds ${lockFile}, but does not answer.`, { retry: 'later' });
}

function listen(server: Server, socketFile: string, ready: () => void): void {
	// Whoever holds the lock is the only one: a socket that is there is left over.
	rmSync(socketFile, { force: true });
	server.listen(socketFile, () => {
		chmodSync(socketFile, 0o600);
		ready();
	});
}

/** Whether somebody listens there. */
function answers(socketFile: string): Promise<boolean> {
	return new Promise((resolve) => {
		const socket = connect(socketFile, () => {
			socket.destroy();
			resolve(true);
		});
		socket.on('error', () => resolve(false));
	});
}

/** Whether systemd has started it, by the unit that `firn engine install` writes. */
export function isService(env: NodeJS.ProcessEnv = process.env): boolean {
	return env.FIRN_SERVICE === '1' || env.FIRN_SERVICE === 'user';
}

function idleMs(): number {
	const asked = Number(process.env.FIRN_ENGINE_IDLE_MS);
	return Number.isFinite(asked) && asked > 0 ? asked : IDLE_MS;
}
