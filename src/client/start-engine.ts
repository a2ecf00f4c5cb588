/** Starts the engine's process when none answers. If several clients do so at once, the engines agree on one. */

import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { errnoCode, FirnError } from '../core/errors.ts';
import { makeFolders } from '../core/make-folders.ts';
import { engineEnvironment } from './environment.ts';
import { type SocketChannel, tryConnect } from './socket-channel.ts';

export interface EnginePlace {
	socketFile: string;
	engineDir: string;
	logDir: string;
}

export interface EngineCommand {
	/** Arguments for this Node that run the engine in the foreground. */
	args: string[];
}

/** Long enough for an engine before it to come to a safe point and leave. */
const START_MS = 20_000;
const POLL_MS = 20;

/**
 * A channel to the engine, which is started if it does not run.
 * @throws FirnError HOME_UNUSABLE, ENGINE_NOT_STARTED, or as tryConnect()
 */
export async function connectOrStart(place: EnginePlace, command: EngineCommand): Promise<SocketChannel> {
	const running = await tryConnect(place.socketFile);
	if (running) return running;
	let state = begin(place, command);
	for (const until = Date.now() + START_MS; Date.now() < until && !state.failed; ) {
		await sleep(POLL_MS);
		const channel = await tryConnect(place.socketFile);
		if (channel) return channel;
		// The one that it left the place to may have been about to end: killed, or idle for long enough.
		if (state.gaveWay) state = begin(place, command);
	}
	const { failed } = state;
	const how = failed ? 'could not start' : `did not start within ${START_MS / 1000} seconds`;
	throw new FirnError('ENGINE_NOT_STARTED', `The engine ${how}.`, {
		guidance: `What it said is in ${join(place.logDir, 'engine.out')}.`,
		retry: 'later',
	});
}

interface Start {
	failed: boolean;
	/** To an engine that was there before. */
	gaveWay: boolean;
}

/** An engine on its way, and what became of it. */
function begin(place: EnginePlace, command: EngineCommand): Start {
	const state: Start = { failed: false, gaveWay: false };
	const engine = launch(place, command);
	engine.once('error', () => {
		state.failed = true;
	});
	engine.once('exit', (code) => {
		state.failed = code !== 0;
		state.gaveWay = code === 0;
	});
	return state;
}

function launch({ engineDir, logDir }: EnginePlace, { args }: EngineCommand): ChildProcess {
	// What Node itself prints when it fails; everything else is in the log.
	const out = usable(engineDir, () => {
		makeFolders(engineDir, 0o700);
		makeFolders(logDir, 0o700);
		return openSync(join(logDir, 'engine.out'), 'a', 0o600);
	});
	const engine = spawn(process.execPath, args, {
		detached: true,
		stdio: ['ignore', out, out],
		cwd: '/',
		env: engineEnvironment(),
	});
	engine.unref();
	closeSync(out);
	return engine;
}

function usable<T>(folder: string, make: () => T): T {
	try {
		return make();
	} catch (error) {
		throw new FirnError('HOME_UNUSABLE', `Firn cannot keep its files in ${folder} (${errnoCode(error)}).`, {
			guidance: 'Choose a folder that you can write to, with --home or FIRN_HOME.',
			kind: 'usage',
			cause: error,
		});
	}
}
