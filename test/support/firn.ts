/** Runs the real program, each time as a process, with a home of its own. */

import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { greet, type SocketChannel, tryConnect } from '../../src/client/socket-channel.ts';
import type { FirnError } from '../../src/core/errors.ts';
import type { Method, Params, Results } from '../../src/protocol/contract.ts';
import { hasEnded } from './processes.ts';

export const PROGRAM = fileURLToPath(new URL('../../src/bin/firn.ts', import.meta.url));

type Json = Record<string, unknown>;

export interface Run {
	code: number | null;
	signal: NodeJS.Signals | null;
	out: string;
	err: string;
	/** The JSON lines on stdout. */
	records: Json[];
}

/** A command that goes on while a test looks. */
export interface Going {
	child: ChildProcess;
	pid: number;
	/** What it has printed so far. */
	readonly out: string;
	readonly ended: Promise<Run>;
	/** Resolves when stdout holds this. */
	said: (text: string) => Promise<void>;
}

export interface FirnHome {
	/** Holds the home and whatever a test puts beside it. */
	root: string;
	home: string;
	env: Record<string, string>;
	/** Runs a command line to its end. */
	run: (...args: string[]) => Promise<Run>;
	/** Starts one that a test follows itself. */
	start: (...args: string[]) => ChildProcess;
	/** Starts one and collects what it prints. */
	begin: (args: string[], options?: SpawnOptions) => Going;
	/** Asks the engine that runs, without a process of its own. @throws when none runs, or what it answers */
	ask: <M extends Method>(method: M, params: Params<M>) => Promise<Results[M]>;
	/** The process id of the engine, or undefined when none runs. */
	enginePid: () => Promise<number | undefined>;
	/** The tasks of the engine; one is started when none runs. */
	tasks: () => Promise<Json[]>;
	/** The only task of a job once it is as wanted. */
	task: (job: string, is: (task: Json) => boolean) => Promise<Json>;
	/** Stops the engine and removes everything. */
	close: () => Promise<void>;
}

/** Longer than anything here takes, on a busy machine. */
const LONGEST_MS = 120_000;

/** Waits until something is so. @throws when it is not within two minutes */
export async function until<T>(what: string, is: () => T | Promise<T>): Promise<Exclude<T, undefined | false | null>> {
	for (const end = Date.now() + LONGEST_MS; Date.now() < end; ) {
		const before = Date.now();
		const value = await is();
		if (value) return value as Exclude<T, undefined | false | null>;
		// What is waited for needs the cores more than a question that takes a process each time.
		await sleep(Math.min(Math.max(25, 2 * (Date.now() - before)), 500));
	}
	throw new Error(`Not so in time: ${what}`);
}

/** A home in a new temporary folder. */
export function firnHome(extra: Record<string, string> = {}): FirnHome {
	const root = mkdtempSync(join(tmpdir(), 'firn-e2e-'));
	const env: Record<string, string> = {
		...(process.env as Record<string, string>),
		FIRN_HOME: join(root, 'home'),
		FIRN_KEYCHAIN: 'off',
		NO_COLOR: '1',
		...extra,
	};
	const start = (...args: string[]) => spawn(process.execPath, [PROGRAM, ...args], { env, cwd: root });
	const begin = (args: string[], options: SpawnOptions = {}) =>
		collect(spawn(process.execPath, [PROGRAM, ...args], { env, cwd: root, ...options }));
	const run = (...args: string[]) => begin(args).ended;
	const withEngine = async <T>(use: (engine: SocketChannel, pid: number) => T): Promise<Awaited<T> | undefined> => {
		const engine = await tryConnect(join(env.FIRN_HOME!, 'engine.sock'));
		try {
			return engine && (await use(engine, (await greet(engine)).pid));
		} catch (error) {
			// One that was just being killed is none.
			if ((error as FirnError).code === 'ENGINE_LOST') return undefined;
			throw error;
		} finally {
			engine?.close();
		}
	};
	const ask: FirnHome['ask'] = async (method, params) => {
		const answer = await withEngine((engine) => engine.call(method, params));
		if (answer === undefined) throw new Error(`No engine runs that could be asked for ${method}`);
		return answer;
	};
	const enginePid = () => withEngine((_, pid) => pid);
	const tasks = async () => {
		const seen = await withEngine(async (engine) => (await engine.call('status', {})).tasks);
		// An engine that is gone is started by the next command, and knows what can be resumed.
		return seen ? seen.map((one) => ({ ...one }) as Json) : (await run('--json', 'status')).records;
	};
	const task = (job: string, is: (task: Json) => boolean) =>
		until(`a task of ${job}`, async () => (await tasks()).find((one) => one.job === job && is(one)));
	const close = async () => {
		const pid = await withEngine(async (engine, pid) => {
			await engine.call('engine.stop', {});
			return pid;
		});
		// It writes its log until then, and would make the folder anew.
		if (pid !== undefined) await until('the engine has ended', () => hasEnded(pid));
		rmSync(root, { recursive: true, force: true });
	};
	return { root, home: env.FIRN_HOME!, env, run, start, begin, ask, enginePid, tasks, task, close };
}

/** Takes the brake off the jobs of a home, by hand as a user would: the next run has it. */
export function unlimit({ home }: FirnHome): void {
	const file = join(home, 'config.json');
	writeFileSync(file, readFileSync(file, 'utf8').replace(/"limitUpload": \d+/g, '"limitUpload": 0'));
}

/** Follows what a process prints. */
export function collect(child: ChildProcess): Going {
	let out = '';
	let err = '';
	child.stdout?.on('data', (chunk) => {
		out += chunk;
	});
	child.stderr?.on('data', (chunk) => {
		err += chunk;
	});
	const ended = new Promise<Run>((resolve, reject) => {
		child.on('error', reject);
		child.on('close', (code, signal) => {
			const records = out.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line)] : []));
			resolve({ code, signal, out, err, records });
		});
	});
	return {
		child,
		pid: child.pid!,
		get out() {
			return out;
		},
		ended,
		said: async (text) => {
			await until(`"${text}" in ${JSON.stringify(out)}`, () => out.includes(text) || child.exitCode !== null);
			if (!out.includes(text)) throw new Error(`It ended without "${text}": ${out}${err}`);
		},
	};
}
