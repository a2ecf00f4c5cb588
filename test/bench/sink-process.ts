import { fork } from 'node:child_process';

/** Starts the sink in a process of its own, as a store would be. */
export function startSink(): Promise<{ endpoint: string; stop: () => void }> {
	const child = fork(new URL('./sink.ts', import.meta.url).pathname);
	return new Promise((resolve) => {
		child.once('message', (port) => resolve({ endpoint: `http://127.0.0.1:${port}`, stop: () => child.kill() }));
	});
}
