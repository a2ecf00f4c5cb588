import fc from 'fast-check';
import { expect, test } from 'vitest';
import { newJobId, newRunId } from '../../src/core/ids.ts';
import { archiveKey, manifestKey, parseObjectKey, sidecarKey } from '../../src/core/object-names.ts';

test('keys tell what they name', () => {
	fc.assert(
		fc.property(
			fc.nat(2_000_000),
			fc.constantFrom('none' as const, 'gzip' as const, 'zstd' as const),
			fc.boolean(),
			fc.date({ min: new Date(0), max: new Date('2999-01-01'), noInvalidDate: true }),
			(sequence, compression, encrypted, date) => {
				const [jobId, runId] = [newJobId(), newRunId(date)];
				const naming = { jobId, runId, sequence, compression, encrypted };
				expect(parseObjectKey(archiveKey(naming))).toEqual({ kind: 'archive', ...naming });
				expect(parseObjectKey(sidecarKey(naming))).toEqual({ kind: 'sidecar', jobId, runId, sequence, encrypted });
				const manifest = { kind: 'manifest', jobId, runId, encrypted };
				const key = manifestKey(jobId, runId, encrypted);
				expect(parseObjectKey(key)).toEqual({ ...manifest, attempt: 1 });
				expect(parseObjectKey(key.replace('manifest', 'manifest-12'))).toEqual({ ...manifest, attempt: 12 });
			},
		),
	);
});

test.each([
	'RECOVER.txt',
	'abcdefghij/20261121T045653Z-x7k2m/000001.tar.age.part',
	'abcdefghij/20261121T045653Z-x7k2m/../000001.tar',
	'abcdefghij/../000001.idx',
	'x/abcdefghij/20261121T045653Z-x7k2m/000001.tar',
	'abcdefghij/20261121T045653Z-x7k2m/000001.idx.zst',
])('%s is none of ours', (key) => {
	expect(parseObjectKey(key)).toBeUndefined();
});
