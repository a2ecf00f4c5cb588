import { lstatSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAlive } from '../target/partial-name.ts';

const PATTERN = /^firn-restore-([0-9a-z]+)-[A-Za-z0-9]{6}$/;

/**
 * A new folder of our own for the plan of a restore. What killed restores have left of theirs is removed: it names every
 * file that they were to restore.
 */
export function makePlanFolder(): string {
	const parent = tmpdir();
	for (const name of readdirSync(parent)) {
		const match = PATTERN.exec(name);
		if (!match || isAlive(Number.parseInt(match[1]!, 36))) continue;
		const path = join(parent, name);
		const stat = lstatSync(path, { throwIfNoEntry: false });
		if (stat?.isDirectory() && stat.uid === process.geteuid?.()) rmSync(path, { recursive: true, force: true });
	}
	return mkdtempSync(join(parent, `firn-restore-${process.pid.toString(36)}-`));
}
