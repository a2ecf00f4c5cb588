/** A home whose job lies in Deep Archive of the simulated store, and a time that the store and Firn have in common. */

import { type ChildProcess, spawn } from 'node:child_process';
import { createCipheriv } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type FirnHome, firnHome, until } from './firn.ts';
import { type S3Simulator, type SimulatorOptions, startS3Simulator } from './s3-simulator/simulator.ts';

const ENGINE = fileURLToPath(new URL('../../src/bin/engine-main.ts', import.meta.url));

export const HOUR = 3_600_000;
export const JOB = 'cold';

export interface ColdHome extends FirnHome {
	store: S3Simulator;
	/** Where the files of the job come from. */
	source: string;
	/** Keys of the archives. */
	archives: string[];
	/** Lets so much time pass. */
	advance: (ms: number) => void;
	/** Starts an engine that a test can kill; resolves when it answers. */
	engine: () => Promise<ChildProcess>;
	closeAll: () => Promise<void>;
}

/** Content that is not like any other, and the same each time. */
export const contentOf = (seed: number, size: number): Buffer =>
	createCipheriv('aes-128-ctr', Buffer.alloc(16, seed % 251), Buffer.from(String(seed).padStart(16, '0'))).update(
		Buffer.alloc(size),
	);

/** @param files path below the source and size of each */
export async function coldHome(
	files: { path: string; size: number }[],
	options: SimulatorOptions & { storageClass?: string } = {},
): Promise<ColdHome> {
	const store = await startS3Simulator(options);
	const firn = firnHome(store.env);
	const clock = join(firn.root, 'clock');
	firn.env.FIRN_CLOCK_FILE = clock;
	let ahead = 0;
	writeFileSync(clock, '0');
	const source = join(firn.root, 'src');
	files.forEach(({ path, size }, index) => {
		mkdirSync(join(source, path, '..'), { recursive: true });
		writeFileSync(join(source, path), contentOf(index, size));
	});
	const to = ['--to', 's3://bucket/p', '--endpoint', store.endpoint, '--path-style'];
	// One worker: each loads what talks to the store anew, and nobody looks at how fast this run is.
	const how = [
		'--storage-class',
		options.storageClass ?? 'DEEP_ARCHIVE',
		'--split-size',
		'128KiB',
		'--workers',
		'1',
		'--job',
		JOB,
	];
	const run = await firn.run('backup', source, ...to, ...how);
	if (run.code !== 0) throw new Error(run.out + run.err);
	// Only now: with prices known, archives as small as these are kept warm.
	const prices = { dated: '2026-11', source: 'test', regions: {}, aliases: { '127.0.0.1': 'us-east-1' } };
	writeFileSync(join(firn.home, 'prices.json'), JSON.stringify(prices));
	return {
		...firn,
		store,
		source,
		archives: store.keys().filter((key) => /\.tar\.age$/.test(key)),
		advance(ms) {
			ahead += ms;
			store.clock.advance(ms);
			writeFileSync(clock, String(ahead));
		},
		async engine() {
			const child = spawn(process.execPath, [ENGINE], { env: firn.env, stdio: 'ignore' });
			await until('an engine', () => child.exitCode !== null || existsSync(join(firn.home, 'engine.sock')));
			return child;
		},
		async closeAll() {
			await firn.close();
			await store.close();
		},
	};
}
