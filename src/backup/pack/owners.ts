/**
 * Names of owners and groups. Node has no getpwuid, so the local files are read, and `getent` is asked once for what
 * they do not hold (LDAP, systemd-homed). An id without a name is '' as TAR wants it.
 */

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

export class Owners {
	readonly #users = lazyTable('passwd');
	readonly #groups = lazyTable('group');

	user(uid: number): string {
		return this.#users(uid);
	}

	group(gid: number): string {
		return this.#groups(gid);
	}
}

function lazyTable(database: 'passwd' | 'group'): (id: number) => string {
	let names: Map<number, string> | undefined;
	return (id) => {
		names ??= readTable(`/etc/${database}`);
		let name = names.get(id);
		if (name === undefined) {
			name = askSystem(database, id);
			names.set(id, name);
		}
		return name;
	};
}

function readTable(file: string): Map<number, string> {
	const names = new Map<number, string>();
	let text = '';
	try {
		text = readFileSync(file, 'utf8');
	} catch {
		// No such table here: getent may still know.
	}
	for (const line of text.split('\n')) {
		const [name, , id] = line.split(':');
		// The first name of an id counts, as with getpwuid.
		if (name && id && /^\d+$/.test(id) && !names.has(Number(id))) names.set(Number(id), name);
	}
	return names;
}

function askSystem(database: string, id: number): string {
	const answer = spawnSync('getent', [database, String(id)], { encoding: 'utf8', timeout: 3000 });
	return answer.status === 0 ? (answer.stdout.split(':')[0] ?? '') : '';
}
