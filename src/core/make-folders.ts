import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { errnoCode } from './errors.ts';

/**
 * Makes a folder and those above it that are missing. Not by mkdir's own `recursive`, which never ends (and takes all
 * memory) where a folder that exists answers ENOENT to whoever makes something in it, such as `/proc`.
 * @returns the topmost folder that was made; undefined when all were there
 * @throws the system's error
 */
export function makeFolders(folder: string, mode?: number): string | undefined {
	try {
		mkdirSync(folder, mode);
		return folder;
	} catch (error) {
		const code = errnoCode(error);
		if (code === 'EEXIST' && statSync(folder).isDirectory()) return undefined;
		const above = dirname(folder);
		if (code !== 'ENOENT' || above === folder) throw error;
		const first = makeFolders(above, mode);
		mkdirSync(folder, mode);
		return first ?? folder;
	}
}
