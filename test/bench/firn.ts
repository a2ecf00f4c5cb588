/** Firn as a user runs it: the built program, with an engine started anew for each measured backup. */

import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Figures } from './measure.ts';

const PROGRAM = fileURLToPath(new URL('../../dist/bin/firn.js', import.meta.url));

export class Firn {
	readonly #root: string;
	#pid = 0;

	constructor(root: string) {
		this.#root = root;
	}

	/** A first backup into an empty destination. With `keep` the job stays for what follows. */
	async backup(source: string, to: string[], { keep = false } = {}): Promise<Figures> {
		await this.stop();
		rmSync(this.#root, { recursive: true, force: true });
		this.#start();
		const figures = this.#timed(['backup', source, ...to, '--job', 'bench']);
		const peakBytes = this.#peak();
		if (!keep) await this.stop();
		return { ...figures, peakBytes };
	}

	/** Another run with nothing changed. */
	async again(): Promise<Figures> {
		return { ...this.#timed(['backup', 'bench']), peakBytes: this.#peak() };
	}

	async restore(paths: string[], target: string): Promise<Figures> {
		rmSync(target, { recursive: true, force: true });
		const started = performance.now();
		const out = this.#run(['--json', 'restore', 'bench', ...paths, '--target', target]);
		const seconds = (performance.now() - started) / 1000;
		const summary = JSON.parse(out.trim().split('\n').at(-1)!) as { fetchedBytes: number };
		rmSync(target, { recursive: true, force: true });
		return { seconds, peakBytes: this.#peak(), readBytes: summary.fetchedBytes };
	}

	async stop(): Promise<void> {
		this.#run(['engine', 'stop']);
	}

	#start(): void {
		this.#pid = (JSON.parse(this.#run(['--json', 'engine', 'start'])) as { pid: number }).pid;
	}

	#timed(args: string[]): Figures {
		const started = performance.now();
		this.#run(['--quiet', ...args]);
		return { seconds: (performance.now() - started) / 1000 };
	}

	#run(args: string[]): string {
		const env = {
			...process.env,
			FIRN_HOME: join(this.#root, 'home'),
			FIRN_KEYCHAIN: 'off',
			AWS_ACCESS_KEY_ID: 'bench',
			AWS_SECRET_ACCESS_KEY: 'bench',
		};
		return execFileSync(process.execPath, [PROGRAM, ...args], { env, encoding: 'utf8', maxBuffer: 256 * 1024 * 1024 });
	}

	/** Peak resident memory of the engine so far. */
	#peak(): number {
		const line = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${this.#pid}/status`, 'utf8'));
		return Number(line?.[1] ?? 0) * 1024;
	}
}
