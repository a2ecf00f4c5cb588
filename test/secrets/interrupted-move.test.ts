/** kill -9 while secrets are moved, or their passphrase is changed: at each step, with the real files. */

import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { inSession, loginEnv, noKeyring } from '../support/keyring.ts';
import { campaign } from '../support/secrets-campaign.ts';
import { removeTree, scratchFolder } from '../support/trees.ts';

let root: string;
beforeEach(() => {
	root = scratchFolder('move');
});
afterEach(() => removeTree(root));

const isFull = process.env.FIRN_CAMPAIGN === 'full';

type Step = Parameters<typeof campaign>[3][number];
const FSYNC: Step = ['fsyncSync', 'before'];
/** All of them with FIRN_CAMPAIGN=full. */
const STEPS: Step[] = [
	['renameSync', 'before'],
	['rmSync', 'before'],
	...(process.env.FIRN_CAMPAIGN === 'full' ? ([FSYNC, ['renameSync', 'after']] satisfies Step[]) : []),
];

describe('nothing is lost, and a second try ends it', { timeout: isFull ? 600_000 : 60_000 }, () => {
	test.each([
		['file', 'vault'],
		['vault', 'file'],
		['vault', 'passphrase'],
	] as const)('%s to %s', async (from, change) => {
		const steps = change === 'passphrase' && !isFull ? [...STEPS, FSYNC] : STEPS;
		expect(await campaign(root, from, change, steps)).toBeGreaterThan(2);
	});

	test.skipIf(noKeyring() !== undefined)('to a real keychain and back', async () => {
		const script = fileURLToPath(new URL('../support/secrets-campaign.ts', import.meta.url));
		const moves = isFull ? ['file>keychain', 'keychain>vault', 'vault>keychain'] : ['file>keychain'];
		const args = [process.execPath, script, root, ...moves];
		const out = await inSession('open', loginEnv(root), 'exec "$@"', ...args);
		expect(out).toMatch(new RegExp(`^${moves.map((move) => `${move} [3-9]\n`).join('')}$`));
	});
});
