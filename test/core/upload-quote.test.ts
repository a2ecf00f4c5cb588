import { expect, test } from 'vitest';
import {
	asksFor,
	earlyDeletionWords,
	storedWords,
	type UploadQuoteAnswer,
	uploadQuoteLines,
} from '../../src/core/upload-quote.ts';

const quote: UploadQuoteAnswer = {
	prices: { region: 'us-east-1', dated: '2026-06', proven: true },
	storageClass: 'DEEP_ARCHIVE',
	archives: 12,
	warm: 0,
	requests: 0.04,
	storageMonth: 0.012,
};

test('it says where how much is stored', () => {
	const GiB = 1024 ** 3;
	expect(storedWords(quote)).toBe('12 archives in DEEP_ARCHIVE');
	expect(storedWords({ ...quote, bytes: 12 * GiB })).toBe('12 archives in DEEP_ARCHIVE, 12.0 GiB');
	expect(storedWords({ ...quote, warm: 1, bytes: 12 * GiB, warmBytes: 2048 })).toBe(
		'11 archives in DEEP_ARCHIVE, 12.0 GiB; 1 too small for it in STANDARD, 2.00 KiB',
	);
	expect(storedWords({ ...quote, archives: 1, warm: 1, bytes: 2048 })).toBe(
		'1 archive in STANDARD, 2.00 KiB (too small for DEEP_ARCHIVE)',
	);
	expect(storedWords({ ...quote, archives: 0, objects: 3 })).toBe('3 objects in DEEP_ARCHIVE');
});

test('somebody who is to agree is told archives, requests, and both prices', () => {
	const told = { ...quote, sent: 1234, least: { days: 180, cost: 0.07 } };
	expect(uploadQuoteLines(told)).toEqual([
		'Stored    12 archives in DEEP_ARCHIVE',
		'To send   $0.04 for 1,234 requests',
		'To keep   $0.01 a month',
		'',
		expect.stringContaining('at least 180 days ($0.07)'),
		'',
		'Prices of us-east-1, 2026-06.',
	]);
	const most = uploadQuoteLines({ ...told, isMost: true });
	expect(most.slice(1, 3)).toEqual(['To send   at most $0.04 for 1,234 requests', 'To keep   at most $0.01 a month']);
	expect(most.at(-1)).toBe('Prices of us-east-1, 2026-06. What compression saves is not known yet.');
	expect(uploadQuoteLines({ archives: 0, requests: 0, storageMonth: 0 })).toEqual([]);
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
	// Nothing is new: only the looks at the store are charged.
	expect(asksFor({ ...quote, archives: 0 })).toBe(false);
});
