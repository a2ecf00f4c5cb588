import { homedir } from 'node:os';
import { resolve } from 'node:path';

/** A typed path made absolute: `~` is the home, what is relative is meant from where Firn was called. */
export function absolute(text: string, cwd: string): string {
	const path = text.trim();
	if (path === '~' || path.startsWith('~/')) return resolve(homedir(), `.${path.slice(1)}`);
	return resolve(cwd, path);
}
