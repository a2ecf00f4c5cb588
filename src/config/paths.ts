/** Where Firn keeps its files: below one folder (`--home`, FIRN_HOME), or in the XDG folders. */

import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

export interface Paths {
	/** Settings and jobs. */
	configFile: string;
	/** The jobs' state databases. */
	stateDir: string;
	/** Identities and the keys of unfinished runs; 0700. */
	secretsDir: string;
	logDir: string;
	/** Holds socket and lock; 0700. Not $XDG_RUNTIME_DIR, which vanishes at logout. */
	engineDir: string;
	socketFile: string;
	lockFile: string;
}

/** @param home `--home` or FIRN_HOME; undefined for the XDG folders */
export function pathsFor(home: string | undefined, env: NodeJS.ProcessEnv = process.env): Paths {
	const chosen = home ?? (env.FIRN_HOME === '' ? undefined : env.FIRN_HOME);
	const config = chosen ? resolve(chosen) : join(env.XDG_CONFIG_HOME || join(homedir(), '.config'), 'firn');
	const state = chosen ? resolve(chosen) : join(env.XDG_STATE_HOME || join(homedir(), '.local', 'state'), 'firn');
	return {
		configFile: join(config, 'config.json'),
		stateDir: join(state, 'state'),
		secretsDir: join(state, 'secrets'),
		logDir: join(state, 'log'),
		engineDir: state,
		socketFile: join(state, 'engine.sock'),
		lockFile: join(state, 'engine.lock'),
	};
}
