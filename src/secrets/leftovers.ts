import { existsSync, readdirSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { syncFolder } from '../core/durable-file.ts';

/** Removes what a process that was killed while it wrote a file durably has left beside it: copies of secrets. */
export function removeLeftovers(file: string): void {
	const folder = dirname(file);
	if (!existsSync(folder)) return;
	for (const name of readdirSync(folder)) {
		if (name.startsWith(`${basename(file)}.`) && name.endsWith('.new')) rmSync(join(folder, name), { force: true });
	}
	// Or else a power cut could bring them back, and nobody would look for them again.
	syncFolder(folder);
}
