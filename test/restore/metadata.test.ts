import { lstatSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, it } from 'vitest';
import { utime } from '../../src/target/metadata.ts';
import { removeTree, scratchFolder } from '../support/trees.ts';

const folder = scratchFolder('times');
afterAll(() => removeTree(folder));

it('keeps times to the second exactly, and to half a microsecond', () => {
	const file = join(folder, 'f');
	writeFileSync(file, '');
	// What ext4 can keep: 1901 to 2446.
	const time = fc.bigInt({ min: -(2n ** 31n) * 10n ** 9n, max: 15_032_385_535n * 10n ** 9n });
	fc.assert(
		fc.property(time, (ns) => {
			utimesSync(file, utime(ns), utime(ns));
			const found = lstatSync(file, { bigint: true }).mtimeNs;
			const floor = (value: bigint) => (value - (((value % 10n ** 9n) + 10n ** 9n) % 10n ** 9n)) / 10n ** 9n;
			expect(floor(found)).toBe(floor(ns));
			const limit = ns < 2n ** 31n * 10n ** 9n ? 480n : 4000n;
			expect(found - ns).toBeLessThan(limit);
			expect(ns - found).toBeLessThan(limit);
		}),
		{ examples: [[-1n], [0n], [1_700_000_000_999_999_999n], [-1_500_000_000n], [1_700_000_000_000_000_001n]] },
	);
});
