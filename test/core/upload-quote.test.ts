import { expect, test } from 'vitest';
import {
	asksFor,
	earlyDeletionWords,
	type UploadQuoteAnswer,
	uploadQuoteLines,
	uploadQuoteWords,
} from '../../src/core/upload-quote.ts';

const quote: UploadQuoteAnswer = {
	prices: { region: 'us-east-1', dated: '2026-06', proven: true },
	storageClass: 'DEEP_ARCHIVE',
	archives: 12,
	warm: 0,
	requests: 0.04,
	storageMonth: 0.012,
};

test('a quote says in which class how many archives cost how much', () => {
	expect(uploadQuoteWords(quote)).toBe(
		'12 archives in DEEP_ARCHIVE: $0.04 to send, $0.01 a month to keep (prices of us-east-1, 2026-06).',
	);
	expect(uploadQuoteWords({ ...quote, warm: 1 })).toMatch(/^11 archives in DEEP_ARCHIVE, 1 in STANDARD:/);
	expect(uploadQuoteWords({ ...quote, archives: 1, warm: 1 })).toMatch(/^1 archive in STANDARD \(too small for DEEP_A/);
	expect(uploadQuoteWords({ ...quote, archives: 0, objects: 3 })).toMatch(/^3 objects in DEEP_ARCHIVE:/);
	expect(uploadQuoteWords({ archives: 0, requests: 0, storageMonth: 0 })).toBe('');
});

test('somebody who is to agree is told files, archives, requests, and both prices', () => {
	const lines = uploadQuoteLines({ ...quote, sent: 1234, least: { days: 180, cost: 0.07 } }, { files: 2, bytes: 2048 });
	expect(lines).toEqual([
		'New       2 files, 2.00 KiB',
		'Stored    12 archives in DEEP_ARCHIVE',
		'To send   $0.04 for 1,234 requests',
		'To keep   $0.01 a month',
		'',
		expect.stringContaining('at least 180 days ($0.07)'),
		'',
		'Prices of us-east-1, 2026-06; what compression saves is not counted.',
	]);
	expect(uploadQuoteLines({ archives: 0, requests: 0, storageMonth: 0 }, { files: 0, bytes: 0 })).toEqual([]);
});

test('early deletion is told where the class charges for it', () => {
	expect(earlyDeletionWords(quote)).toBe('');
	expect(earlyDeletionWords({ ...quote, least: { days: 180, cost: 0.07 } })).toBe(
		'DEEP_ARCHIVE charges for at least 180 days ($0.07): what is deleted or replaced sooner costs the rest of them all the same.',
	);
});

test('somebody has to agree to more than a cent, where it is known to cost something', () => {
	expect(asksFor(quote)).toBe(true);
	expect(asksFor({ ...quote, requests: 0.01 })).toBe(false);
	expect(asksFor({ archives: 1, requests: 1, storageMonth: 0 })).toBe(false);
});
