import { spawn, spawnSync } from 'node:child_process';

/** What one run of a program took. */
export interface Figures {
	seconds: number;
	/** Largest resident memory of a process, where it could be told. */
	peakBytes?: number;
	/** Bytes read from the destination, of a restore. */
	readBytes?: number;
}

/** Whether a program is installed. */
export function has(program: string): boolean {
	return spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
}

/** Runs a shell pipeline to its end. @throws when it fails */
export function shell(script: string, env: NodeJS.ProcessEnv = {}): Promise<Figures> {
	return new Promise((resolve, reject) => {
		const started = performance.now();
		const child = spawn('bash', ['-o', 'pipefail', '-c', script], {
			env: { ...process.env, ...env },
			stdio: ['ignore', 'ignore', 'pipe'],
		});
		let err = '';
		child.stderr.on('data', (chunk) => {
			err += chunk;
		});
		child.on('close', (code) => {
			if (code === 0) resolve({ seconds: (performance.now() - started) / 1000 });
			else reject(new Error(`${script} ended with ${code}: ${err.slice(-500)}`));
		});
	});
}
