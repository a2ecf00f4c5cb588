/** What a store charges, as data: built in for some regions of AWS, and replaceable by a file of the user. */

import { z } from 'zod';
import { usageError } from '../core/errors.ts';
import builtIn from './prices.json' with { type: 'json' };

const price = z.number().min(0);

const thawPrice = z.strictObject({
	/** USD for each GB that is thawed, and for a thousand requests. */
	gb: price,
	thousand: price,
});

const classPrice = z.strictObject({
	/** USD for a GB and month. */
	storage: price,
	/** USD for a thousand requests that write (PUT, COPY, completing an upload), and that read. */
	put: price,
	get: price,
	/** USD for each GB that is read from a class that can be read at once. */
	retrievalGB: price.default(0),
	/** What is deleted earlier is charged for so long. */
	minimumDays: z.number().min(0).default(0),
	/** Smaller objects are charged as if they had this size. */
	minimumBytes: z.number().min(0).default(0),
	/** Bytes that each object costs besides its own, in its class and in STANDARD. */
	overhead: z.strictObject({ own: z.number(), standard: z.number() }).default({ own: 0, standard: 0 }),
	/** Of a class that must be thawed: what that costs. Without it the class can be read at once. */
	thaw: z
		.strictObject({
			bulk: thawPrice.optional(),
			standard: thawPrice.optional(),
			expedited: thawPrice.optional(),
		})
		.optional(),
});

const regionPrices = z.strictObject({
	egress: z.strictObject({
		/** GB of a month that cost nothing. */
		freeGB: z.number().min(0).default(0),
		/** USD for a GB, by what has left in the month already; the last one has no end. */
		tiers: z.array(z.strictObject({ upToGB: z.number().optional(), gb: price })).min(1),
	}),
	classes: z.record(z.string(), classPrice).refine((classes) => 'STANDARD' in classes, 'STANDARD is missing'),
});

const priceTable = z.strictObject({
	/** Year and month that it holds for. */
	dated: z.string(),
	source: z.string(),
	/** Regions whose prices have been compared with a source of that date. */
	proven: z.array(z.string()).default([]),
	regions: z.record(z.string(), regionPrices),
	/** Hosts of other stores that charge as a region does. */
	aliases: z.record(z.string(), z.string()).default({}),
});

export type ThawTier = 'bulk' | 'standard' | 'expedited';
export type ClassPrice = z.output<typeof classPrice>;
export type RegionPrices = z.output<typeof regionPrices>;
export type PriceTable = z.output<typeof priceTable>;

/** Prices of one store, and where they come from. */
export interface Prices extends RegionPrices {
	region: string;
	dated: string;
	source: string;
	proven: boolean;
}

/** Checks a table. @throws FirnError BAD_PRICES */
export function parsePriceTable(json: unknown, file: string): PriceTable {
	const parsed = priceTable.safeParse(json);
	if (parsed.success) return parsed.data;
	const issue = parsed.error.issues[0]!;
	throw usageError(
		'BAD_PRICES',
		`The price table ${file} cannot be used: ${issue.path.join('.') || 'it'}: ${issue.message}.`,
		'Correct it, or remove it to use the built-in prices.',
	);
}

/** The table that comes with Firn; regions and hosts of the user's go before its own. */
export function priceTableWith(own: PriceTable | undefined): PriceTable {
	const base = parsePriceTable(builtIn, 'prices.json');
	if (!own) return base;
	return {
		...own,
		regions: { ...base.regions, ...own.regions },
		aliases: { ...base.aliases, ...own.aliases },
		proven: [...base.proven.filter((name) => !(name in own.regions)), ...own.proven],
	};
}

/** @param name a region of AWS, or the host of another store; undefined when nothing is known of it */
export function pricesOf(table: PriceTable, name: string): Prices | undefined {
	const region = table.aliases[name] ?? name;
	const prices = table.regions[region];
	if (!prices) return undefined;
	const { dated, source } = table;
	return { ...prices, region, dated, source, proven: table.proven.includes(region) };
}
