import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openDestination } from '../../src/destinations/open-destination.ts';
import { withRetry } from '../../src/destinations/with-retry.ts';
import { pricesAt } from '../../src/engine/prices.ts';

test('prices are those of the region, or of what the user says of an endpoint', () => {
	const folder = mkdtempSync(join(tmpdir(), 'firn-prices-'));
	const file = join(folder, 'prices.json');
	const at = (more: object, env = {}) => pricesAt({ url: 's3://bucket/p', ...more }, file, env)?.region;
	expect(at({})).toBe('us-east-1');
	expect(at({}, { AWS_REGION: 'eu-central-1' })).toBe('eu-central-1');
	expect(at({ region: 'eu-west-1' }, { AWS_REGION: 'eu-central-1' })).toBe('eu-west-1');
	expect(at({ region: 'xx-none-1' })).toBeUndefined();
	expect(at({ endpoint: 'https://s3.eu-west-1.amazonaws.com', region: 'eu-west-1' })).toBe('eu-west-1');
	expect(at({ endpoint: 'https://s3.example.org:9000' })).toBeUndefined();
	expect(at({}, { AWS_ENDPOINT_URL: 'https://s3.example.org' })).toBeUndefined();
	expect(pricesAt({ url: '/mnt/disk' }, file)).toBeUndefined();
	const aliases = { 's3.example.org': 'us-east-2' };
	writeFileSync(file, JSON.stringify({ dated: '2026-11', source: 'me', regions: {}, aliases }));
	expect(at({ endpoint: 'https://s3.example.org:9000' })).toBe('us-east-2');
	writeFileSync(file, '{');
	expect(() => at({})).toThrow(/prices\.json cannot be read/);
	rmSync(folder, { recursive: true });
});

test('archives go to Deep Archive on AWS, and nowhere else, when nobody says otherwise', async () => {
	const classOf = async (endpoint?: string) => {
		const env = { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b', AWS_REGION: 'us-east-1' };
		const destination = withRetry(
			await openDestination({ url: 's3://bucket', ...(endpoint ? { endpoint } : {}) }, env),
		);
		await destination.close();
		return destination.archiveClass;
	};
	expect(await classOf()).toBe('DEEP_ARCHIVE');
	expect(await classOf('https://s3.eu-west-1.amazonaws.com')).toBe('DEEP_ARCHIVE');
	expect(await classOf('http://127.0.0.1:1')).toBeUndefined();
});
