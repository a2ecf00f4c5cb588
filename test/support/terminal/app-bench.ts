/** A home with real backups, and the app opened on it as often as a test likes. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type FirnHome, firnHome } from '../firn.ts';
import { type StartOptions, startFirn } from './start.ts';
import type { TestTerminal } from './terminal.ts';

export interface AppBench extends FirnHome {
	/** Opens the app; it is closed with the bench. */
	open: (options?: Omit<StartOptions, 'home'>) => TestTerminal;
	/** Closes with the bench what a test has started itself. */
	keep: (terminal: TestTerminal) => TestTerminal;
	/** Closes the terminals of one test. */
	closeTerminals: () => Promise<void>;
	/** Backs up some files as a job; the names are its files. */
	backUp: (job: string, names?: readonly string[], ...options: string[]) => Promise<void>;
}

/** What the app says once the engine has told it everything. */
export const READY = /● ok|\* ok/;

export function appBench(): AppBench {
	const home = firnHome();
	const terminals: TestTerminal[] = [];
	const keep = (terminal: TestTerminal) => {
		terminals.push(terminal);
		return terminal;
	};
	const closeTerminals = async () => {
		for (const terminal of terminals.splice(0)) await terminal.close();
	};
	return {
		...home,
		keep,
		closeTerminals,
		open: (options = {}) => keep(startFirn({ cwd: home.root, ...options, home: home.home })),
		backUp: async (job, names = ['one.txt', 'two.txt', 'deep/three.txt'], ...options) => {
			for (const name of names) {
				const path = join(home.root, job, name);
				mkdirSync(dirname(path), { recursive: true });
				writeFileSync(path, `${name}\n`.repeat(20));
			}
			const { code, err } = await home.run('backup', join(home.root, job), '--to', join(home.root, 'disk'), ...options);
			if (code !== 0) throw new Error(`No backup of ${job}: ${err}`);
		},
		close: async () => {
			await closeTerminals();
			await home.close();
		},
	};
}
