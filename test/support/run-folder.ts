/**
 * One folder for everything a run of the tests writes: in memory, where an fsync costs nothing, unless TMPDIR says
 * otherwise. At the end nothing may be left in it, and no process that the tests began.
 */

import { chmodSync, mkdtempSync, readdirSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive } from '../../src/target/partial-name.ts';
import { processesWith } from './processes.ts';

const IN_MEMORY = '/dev/shm';
/** With the process it belongs to: a run that was killed leaves it to the next one to tidy up. */
const PATTERN = /^firn-tests-(\d+)-/;
/** Several times what the tests hold at once. */
const ROOM = 4 * 1024 ** 3;
/** Longer than an engine takes to end that was told to, and longer than a worker of Vitest. */
const LAST_MS = 20_000;

/** For Vitest, before the first test; what it gives runs after the last. */
export default function setup(): () => Promise<void> {
	const parent = base();
	for (const name of readdirSync(parent)) {
		const [, pid] = PATTERN.exec(name) ?? [];
		if (pid !== undefined && !isAlive(Number(pid))) sweep(join(parent, name));
	}
	const folder = mkdtempSync(join(parent, `firn-tests-${process.pid}-`));
	// As a temporary folder is: some tests become somebody else.
	chmodSync(folder, 0o1777);
	// Workers, and whatever they start, inherit it.
	process.env.TMPDIR = folder;
	return async () => {
		const processes = await thoseThatStay(folder);
		const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).slice(0, 30);
		sweep(folder);
		const left = [...files, ...processes.map(({ pid, line }) => `process ${pid}: ${line}`)];
		if (left.length > 0) console.error(`Tests left behind:\n\t${left.join('\n\t')}`);
	};
}

function base(): string {
	if (process.env.TMPDIR) return process.env.TMPDIR;
	try {
		const { bavail, bsize } = statfsSync(IN_MEMORY);
		return bavail * bsize >= ROOM ? IN_MEMORY : tmpdir();
	} catch {
		return tmpdir();
	}
}

async function thoseThatStay(folder: string): Promise<ReturnType<typeof processesWith>> {
	for (const end = Date.now() + LAST_MS; ; ) {
		const processes = processesWith('TMPDIR', folder);
		if (processes.length === 0 || Date.now() > end) return processes;
		await sleep(100);
	}
}

/** Ends what was begun in a run's folder, and removes that. */
function sweep(folder: string): void {
	for (const { pid } of processesWith('TMPDIR', folder)) {
		try {
			process.kill(pid, 'SIGKILL');
		} catch {
			// It has just ended by itself.
		}
	}
	rmSync(folder, { recursive: true, force: true });
}
