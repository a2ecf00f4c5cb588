import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { removeTree, scratchFolder } from '../support/trees.ts';

const MODULE = pathToFileURL(join(import.meta.dirname, '../../src/core/durable-file.ts')).href;

let root: string;
beforeEach(() => {
	root = scratchFolder('durable');
});
afterEach(() => removeTree(root));

test('a file of which the system takes a part only is not put in the place of the old one', () => {
	const file = join(root, 'identities');
	writeFileSync(file, 'old');
	const script = `import { writeDurably } from '${MODULE}'; writeDurably(process.argv[1], 'x'.repeat(3000))`;
	// A limit of 1 KiB or 2 KiB, whatever the shell counts in: the first write is short, and no error.
	const command = 'ulimit -f 2; exec "$0" "$@"';
	const args = ['-c', command, process.execPath, '--input-type=module', '-e', script, file];
	const { status, stderr } = spawnSync('/bin/sh', args, { encoding: 'utf8' });
	expect(stderr).toContain('EFBIG');
	expect(status).toBe(1);
	expect(readFileSync(file, 'utf8')).toBe('old');
	expect(readdirSync(root)).toEqual(['identities']);
});
