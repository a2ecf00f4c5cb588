/** Where Firn keeps its files: below one folder (`--home`, FIRN_HOME), or in the XDG folders. */

import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { usageError } from '../core/errors.ts';

export interface Paths {
	/** The one folder, absolute, where one was chosen. */
	home?: string;
	/** Settings and jobs. */
	configFile: string;
	/** What the user's stores charge, if it differs from what Firn knows (pricing/price-table.ts). */
	pricesFile: string;
	/** The jobs' state databases. */
	stateDir: string;
	/** Reports of restores and decrypts. */
	reportDir: string;
	/** Identities and the keys of unfinished runs; 0700. */
	secretsDir: string;
	logDir: string;
	/** Holds socket and lock; 0700. Not $XDG_RUNTIME_DIR, which vanishes at logout. */
	engineDir: string;
	socketFile: string;
	/** Held by the engine as long as it lives. */
	lockFile: string;
}

/**
 * @param home `--home`; without it FIRN_HOME, or else the XDG folders
 * @throws FirnError BAD_HOME
 */
export function pathsFor(home: string | undefined, env: NodeJS.ProcessEnv = process.env): Paths {
	if (home === '') throw usageError('BAD_HOME', '--home is empty.', 'Give a folder, or leave it out.');
	const chosen = home ?? (env.FIRN_HOME || undefined);
	const config = chosen === undefined ? xdgFolder(env.XDG_CONFIG_HOME, '.config') : resolve(chosen);
	const state = chosen === undefined ? xdgFolder(env.XDG_STATE_HOME, '.local/state') : resolve(chosen);
	return {
		...(chosen === undefined ? {} : { home: state }),
		configFile: join(config, 'config.json'),
		pricesFile: join(config, 'prices.json'),
		stateDir: join(state, 'state'),
		reportDir: join(state, 'state', 'reports'),
		secretsDir: join(state, 'secrets'),
		logDir: join(state, 'log'),
		engineDir: state,
		socketFile: join(state, 'engine.sock'),
		lockFile: join(state, 'engine.lock'),
	};
}

/** A relative path is to be ignored (https://specifications.freedesktop.org/basedir-spec/latest/). */
function xdgFolder(given: string | undefined, usual: string): string {
	return join(given && isAbsolute(given) ? given : join(homedir(), usual), 'firn');
}
