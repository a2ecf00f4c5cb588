import { existsSync, readFileSync } from 'node:fs';
import { usageError } from '../core/errors.ts';
import type { DestinationConfig } from '../destinations/destination.ts';
import { type Prices, parsePriceTable, pricesOf, priceTableWith } from '../pricing/price-table.ts';

/**
 * What the store of a destination charges; undefined for folders, and for stores that no table knows.
 * @param file the user's own table, which goes before the built-in one
 * @param env names the region and endpoint where the destination does not
 * @throws FirnError BAD_PRICES
 */
export function pricesAt(
	{ url, endpoint, region }: DestinationConfig,
	file: string,
	env: Readonly<Record<string, string | undefined>> = {},
): Prices | undefined {
	if (!url.startsWith('s3:')) return undefined;
	const table = priceTableWith(existsSync(file) ? parsePriceTable(readJson(file), file) : undefined);
	const at = endpoint ?? (env.AWS_ENDPOINT_URL_S3 || env.AWS_ENDPOINT_URL || undefined);
	const host = at === undefined ? undefined : hostOf(at);
	if (host !== undefined && !/\.amazonaws\.com(\.cn)?$/.test(host)) return pricesOf(table, host);
	return pricesOf(table, region ?? (env.AWS_REGION || env.AWS_DEFAULT_REGION || 'us-east-1'));
}

function hostOf(endpoint: string): string {
	return URL.canParse(endpoint) ? new URL(endpoint).hostname : endpoint;
}

function readJson(file: string): unknown {
	try {
		return JSON.parse(readFileSync(file, 'utf8'));
	} catch (error) {
		throw usageError(
			'BAD_PRICES',
			`The price table ${file} cannot be read: ${(error as Error).message}.`,
			'Correct it, or remove it to use the built-in prices.',
		);
	}
}
