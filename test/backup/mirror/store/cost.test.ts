/** What a run of a mirror has cost: by what the store has confirmed of it, whatever became of the run. */

import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { GB } from '../../../../src/pricing/estimate.ts';
import { pricesOf, priceTableWith } from '../../../../src/pricing/price-table.ts';
import { storeMirrorCase } from '../../../support/store-mirror-case.ts';
import { put, removeTree, scratchFolder } from '../../../support/trees.ts';

const prices = pricesOf(priceTableWith(undefined), 'us-east-1')!;
const MIN = 128 * 1024;
/** The look at the store (4), lists of unfinished uploads (3), of objects and of older lists, and the new list. */
const BESIDES = 4 + 3 + 1 + 2;

let root: string;
let close: (() => Promise<void>) | undefined;
beforeEach(() => {
	root = scratchFolder('mirror-cost');
});
afterEach(async () => {
	await close?.();
	removeTree(root);
});

test('requests and storage for each object that was sent, small ones as what the class charges at least', async () => {
	const mirror = await storeMirrorCase(root, { storageClass: 'STANDARD_IA', partSize: 64 * 1024 });
	close = mirror.close;
	for (const name of ['a', 'b', 'sub/c']) put(mirror.source, name);
	put(mirror.source, 'big', 'x'.repeat(200_000));
	const { cost, status } = await mirror.run({ prices });
	expect([status, cost!.region]).toEqual(['complete', 'us-east-1']);
	// 4 objects at $0.01 a thousand; 4 parts, the beginning of an upload, and all besides at $0.005.
	expect(cost!.requests).toBeCloseTo((4 * 0.01 + (4 + 1 + BESIDES) * 0.005) / 1000, 9);
	expect(cost!.storageMonth).toBeCloseTo(((3 * MIN + 200_000) / GB) * 0.0125, 9);

	expect((await mirror.run({ prices })).cost).toBeUndefined();
	put(mirror.source, 'a', 'something else');
	const again = (await mirror.run({ prices })).cost!;
	expect(again.requests).toBeCloseTo((0.01 + BESIDES * 0.005) / 1000, 9);
	put(mirror.source, 'd');
	expect((await mirror.run()).cost).toBeUndefined();
	put(mirror.source, 'e');
	expect((await mirror.run({ prices, dryRun: true })).cost).toBeUndefined();
});

test('a run that was stopped tells what it has cost, and with what went on from there, all of it', async () => {
	const mirror = await storeMirrorCase(root, { workers: 1 });
	close = mirror.close;
	for (let n = 0; n < 40; n++) put(mirror.source, join('many', `${n}`));
	const left = mirror.simulator.faults.add({
		operation: 'PutObject',
		skip: 20,
		fault: { kind: 'hang', when: 'before' },
	});
	const stopped = await mirror.run({ prices }, (run) => {
		const timer = setInterval(() => {
			if (left() > 0) return;
			clearInterval(timer);
			run.stop();
		}, 10);
	});
	expect(stopped.status).toBe('stopped');
	expect(stopped.cost!.requests).toBeLessThan(((30 + BESIDES) * 0.005) / 1000);
	const ended = await mirror.run({ prices });
	expect(ended.status).toBe('complete');
	expect(ended.cost!.requests).toBeCloseTo(((40 + BESIDES) * 0.005) / 1000, 9);
});
