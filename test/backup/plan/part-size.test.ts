import fc from 'fast-check';
import { expect, test } from 'vitest';
import { partSizeFor } from '../../../src/backup/plan/part-size.ts';

const KiB = 1024;
const MiB = 1024 * KiB;
const S3 = { minPartSize: 5 * MiB, maxPartSize: 5 * 1024 * MiB, maxParts: 10_000, maxObjectSize: 50 * 1024 ** 4 };
const DRIVE = { ...S3, minPartSize: 256 * KiB, maxPartSize: 1024 * MiB, partGranule: 256 * KiB };

test('parts are as wanted where they may be', () => {
	expect(partSizeFor(100 * MiB, 16 * MiB, S3)).toBe(16 * MiB);
	expect(partSizeFor(100 * MiB, 64 * KiB, S3)).toBe(5 * MiB);
	expect(partSizeFor(100 * MiB, 64 * KiB, DRIVE)).toBe(256 * KiB);
	expect(partSizeFor(100 * MiB, 300 * KiB, DRIVE)).toBe(512 * KiB);
});

test('parts are few enough, and multiples of what the store takes', () => {
	const bytes = fc.integer({ min: 0, max: 4 * 1024 ** 4 });
	const wanted = fc.integer({ min: 64 * KiB, max: 1024 * MiB });
	fc.assert(
		fc.property(bytes, wanted, (bytes, wanted) => {
			const size = partSizeFor(bytes, wanted, DRIVE);
			expect(size % DRIVE.partGranule).toBe(0);
			expect(size).toBeLessThanOrEqual(DRIVE.maxPartSize);
			expect(size).toBeGreaterThanOrEqual(wanted);
			expect(bytes / size).toBeLessThan(DRIVE.maxParts);
		}),
	);
});
