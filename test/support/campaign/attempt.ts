/** One attempt at a backup, in a process that is killed where a test wants it. */

import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BackupSpec } from '../../../src/backup/spec.ts';
import type { TaskEvent, TaskSummary } from '../../../src/core/task.ts';
import type { KillPoint } from '../kill-hook.ts';

export interface AttemptOptions {
	spec: BackupSpec;
	/** For counters and the like; those of the attempt before are dropped. */
	workDir: string;
	kill?: KillPoint | { afterMs: number };
	env?: Record<string, string>;
	/** Program and arguments that the process is started by, such as strace. */
	under?: readonly string[];
	/** Called once the process runs; may kill it later. */
	started?: (kill: () => void, ended: Promise<unknown>) => void;
}

export interface Attempt {
	killed: boolean;
	events: TaskEvent[];
	summary: TaskSummary | undefined;
	stderr: string;
}

const SUPPORT = fileURLToPath(new URL('..', import.meta.url));
const LONGEST_MS = 60_000;

/** @throws when the process neither ends nor is killed in a minute */
export async function attempt({ spec, workDir, kill, env, started, under = [] }: AttemptOptions): Promise<Attempt> {
	rmSync(join(workDir, 'count'), { recursive: true, force: true });
	mkdirSync(join(workDir, 'count'), { recursive: true });
	// `under` may make it another user's process.
	chmodSync(join(workDir, 'count'), 0o777);
	const file = join(workDir, 'spec.json');
	writeFileSync(file, JSON.stringify(spec));
	const point = kill && 'point' in kill ? kill : {};
	const command = [
		...[...under, process.execPath, '--import', join(SUPPORT, 'kill-hook.ts')],
		...[join(SUPPORT, 'backup-process.ts'), file],
	];
	const child = spawn(command[0]!, command.slice(1), {
		env: { ...process.env, ...env, FIRN_KILL: JSON.stringify({ dir: join(workDir, 'count'), ...point }) },
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	let out = '';
	let stderr = '';
	let hung = false;
	child.stdout.on('data', (chunk) => {
		out += chunk;
	});
	child.stderr.on('data', (chunk) => {
		stderr += chunk;
	});
	const timers = [
		setTimeout(() => {
			hung = true;
			child.kill('SIGKILL');
		}, LONGEST_MS),
	];
	if (kill && 'afterMs' in kill) timers.push(setTimeout(() => child.kill('SIGKILL'), kill.afterMs));
	const ended = new Promise<NodeJS.Signals | null>((resolve) => child.once('close', (_code, how) => resolve(how)));
	started?.(() => child.kill('SIGKILL'), ended);
	const signal = await ended;
	for (const timer of timers) clearTimeout(timer);
	const lines = out.split('\n').filter((line) => line.endsWith('}'));
	const parsed = lines.map((line) => JSON.parse(line) as TaskEvent | ({ event: 'summary' } & TaskSummary));
	if (hung) throw new Error(`The backup hangs.\n${out}\n${stderr}`);
	return {
		killed: signal === 'SIGKILL',
		events: parsed.filter((line) => line.event !== 'summary'),
		summary: parsed.find((line) => line.event === 'summary'),
		stderr,
	};
}
