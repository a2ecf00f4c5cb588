/** What is offered to somebody who makes a job: folders of this machine that are likely to matter, and a place to try. */

import { accessSync, constants, readdirSync, statSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';
import type { FirstSteps } from '../protocol/contract.ts';

/** Where servers keep what is theirs alone. */
const USUAL = ['/etc', '/srv', '/var/www', '/var/lib/docker/volumes', '/opt'];
const MOST_IN_HOME = 6;

/** @param cwd where Firn was called */
export function firstSteps(cwd: string): FirstSteps {
	const home = homedir();
	const inHome = namesIn(home)
		.filter((name) => !name.startsWith('.') && !name.startsWith('firn-'))
		.map((name) => join(home, name))
		.filter(isReadableFolder)
		.slice(0, MOST_IN_HOME);
	const all = [home, ...inHome, ...(cwd === '/' ? [] : [cwd]), ...USUAL];
	const isRoot = userInfo().uid === 0;
	return {
		home,
		sources: [...new Set(all)].filter(isReadableFolder),
		target: join(home, 'firn-archives'),
		targetOutside: isRoot ? '/var/backups/firn' : join('/var/tmp', `firn-archives-${userInfo().username}`),
	};
}

function namesIn(folder: string): string[] {
	try {
		return readdirSync(folder).sort();
	} catch {
		return [];
	}
}

function isReadableFolder(path: string): boolean {
	try {
		accessSync(path, constants.R_OK | constants.X_OK);
		return statSync(path).isDirectory();
	} catch {
		return false;
	}
}
