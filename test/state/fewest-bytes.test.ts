import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fewestBytes } from '../../src/state/fewest-bytes.ts';

const total = (archives: Iterable<number>, weightOf: (archive: number) => number) =>
	[...archives].reduce((sum, archive) => sum + weightOf(archive), 0);

test('a copy that can be read at once spares a thaw', () => {
	const weight = (archive: number) => [0, 100, 100][archive]!;
	expect([...fewestBytes([[1, 0]], weight, new Set([1]))]).toEqual([0]);
	expect([...fewestBytes([[1], [1, 2], [2]], weight, new Set([1, 2]))].sort()).toEqual([1, 2]);
	expect([...fewestBytes([[1], [1, 2]], weight, new Set([1, 2]))]).toEqual([1]);
});

test('every content stays within reach, and nothing gets heavier', () => {
	const places = fc.array(fc.uniqueArray(fc.nat(9), { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 30 });
	fc.assert(
		fc.property(places, fc.array(fc.nat(50), { minLength: 10, maxLength: 10 }), (all, weights) => {
			const weightOf = (archive: number) => weights[archive]!;
			const usual = new Set(all.map((archives) => archives[0]!));
			const chosen = fewestBytes(all, weightOf, usual);
			for (const archives of all) expect(archives.some((archive) => chosen.has(archive))).toBe(true);
			expect(total(chosen, weightOf)).toBeLessThanOrEqual(total(usual, weightOf));
		}),
	);
});
