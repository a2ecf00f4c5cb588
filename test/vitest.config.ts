import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { SlowFirst } from './support/slow-first.ts';
import { TellFlaky } from './support/tell-flaky.ts';

// Hundreds of processes and threads run the same sources; without this, each strips and compiles them again.
process.env.NODE_COMPILE_CACHE ??= fileURLToPath(new URL('../node_modules/.cache/firn-tests', import.meta.url));

export default defineConfig({
	test: {
		root: new URL('..', import.meta.url).pathname,
		include: ['test/**/*.test.ts'],
		globalSetup: ['test/support/run-folder.ts'],
		reporters: ['default', new TellFlaky()],
		sequence: { sequencer: SlowFirst },
		// Nothing of the tests goes into the keychain of whoever runs them.
		env: { FIRN_KEYCHAIN: 'off' },
		// They wait for engines and tools more than they work: three at a time keep two cores busy.
		maxWorkers: 3,
		// Many times what they take alone: both cores may be busy with other things.
		testTimeout: 300_000,
		hookTimeout: 300_000,
	},
});
