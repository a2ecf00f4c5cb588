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

type Step = Parameters<typeof campaign>[3][number];
const FSYNC: Step = ['fsyncSync', 'before'];
/** All of them with FIRN_CAMPAIGN=full. */
const STEPS: Step[] = [
	['renameSync', 'before'],
	['rmSync', 'before'],
	...(process.env.FIRN_CAMPAIGN === 'full' ? ([FSYNC, ['renameSync', 'after']] satisfies Step[]) : []),
];

describe('nothing is lost, and a second try ends it', () => {
	test.each([
		['file', 'vault'],
		['vault', 'file'],
		['vault', 'passphrase'],
	] as const)('%s to %s', async (from, change) => {
		const steps = change === 'passphrase' ? [...STEPS, FSYNC] : STEPS;
		expect(await campaign(root, from, change, steps)).toBeGreaterThan(2);
	});

	test.skipIf(noKeyring() !== undefined)('to a real keychain and back', async () => {
		const script = fileURLToPath(new URL('../support/secrets-campaign.ts', import.meta.url));
		const out = await inSession(
			'open',
			loginEnv(root),
			'exec "$@"',
			process.execPath,
			script,
			root,
			'file>keychain',
			'keychain>vault',
		);
		expect(out).toMatch(/^file>keychain [3-9]\nkeychain>vault [3-9]\n$/);
	});
});
