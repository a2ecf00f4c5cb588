import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FirnError, type PlainError } from '../../../src/core/errors.ts';
import { copyEnd, thawTime } from '../../../src/pricing/estimate.ts';
import { pricesOf, priceTableWith } from '../../../src/pricing/price-table.ts';
import type { OrderTerms } from '../../../src/pricing/quote-restore.ts';
import { emptyTally } from '../../../src/restore/tally.ts';
import type { OrderAnswer, Seen, ThawArchive } from '../../../src/restore/thaw/archive-thaw.ts';
import type { ThawHead } from '../../../src/restore/thaw/record.ts';
import { ThawRun, type ThawRunOptions } from '../../../src/restore/thaw/thaw-run.ts';
import { ThawStore } from '../../../src/state/thaw-store.ts';

const HOUR = 3_600_000;
const START = Date.parse('2026-10-15T10:30:00Z');

let folder: string;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'firn-thaw-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const archive = (number: number, rest: Partial<ThawArchive> = {}): ThawArchive => ({
	archive: number,
	key: `run/${number}.tar`,
	size: 1024 ** 3,
	fetchBytes: 1000,
	status: 'planned',
	coldClass: 'DEEP_ARCHIVE',
	orders: 0,
	refusals: 0,
	coldReads: 0,
	...rest,
});

const plain = (code: string): PlainError => new FirnError(code, `${code}.`).toPlain();

/** Everything around a run: a store that thaws in time, a clock that never waits. */
class World {
	now = START;
	fetched: number[] = [];
	givenUp: string[] = [];
	orders: (OrderTerms & { archive: number; at: number })[] = [];
	looks = 0;
	readonly copies = new Map<number, { ready: number; until: number }>();
	readonly record: ThawStore<ThawHead, ThawArchive>;
	/** Instead of what the store would say. */
	answer: (one: ThawArchive, terms: OrderTerms) => OrderAnswer | undefined = () => undefined;
	see: (one: ThawArchive) => Seen | undefined = () => undefined;
	isCold: (number: number) => boolean = () => false;
	asleep = () => {};

	constructor(archives: ThawArchive[], head: Partial<ThawHead> = {}) {
		this.record = ThawStore.create<ThawHead, ThawArchive>(
			join(folder, `${Math.random()}.sqlite3`),
			{
				id: 'id',
				job: 'job',
				created: START,
				status: 'open',
				tier: 'bulk',
				spec: { stateFile: '', paths: [], target: '', existing: 'keep', dryRun: false },
				identityFiles: [],
				expected: { archives: 0, bytes: 0 },
				extraCost: 0,
				tally: emptyTally(),
				...head,
			},
			archives,
		);
	}

	async run(signal = new AbortController().signal): Promise<Record<string, number>> {
		const options: ThawRunOptions = {
			record: this.record,
			signal,
			clock: {
				now: () => this.now,
				until: async (time, _signal, isOver) => {
					this.asleep();
					if (!isOver?.()) this.now = Math.max(this.now, time);
					signal.throwIfAborted();
				},
			},
			store: {
				look: async (archives) => {
					this.looks += 1;
					return new Map(archives.map((one) => [one.archive, this.see(one) ?? this.#seen(one)]));
				},
				order: async (one, terms) => {
					this.orders.push({ archive: one.archive, at: this.now, ...terms });
					return this.answer(one, terms) ?? this.#order(one, terms);
				},
			},
			fetch: async (numbers) => {
				this.fetched.push(...[...numbers].filter((number) => !this.isCold(number)));
				return new Map(
					[...numbers].filter((number) => this.isCold(number)).map((number) => [number, plain('ARCHIVED')]),
				);
			},
			sync: async () => {},
			giveUp: async (_number, error) => this.givenUp.push(error.code),
			tally: emptyTally,
			onState: () => {},
		};
		await new ThawRun(options).run();
		const counts: Record<string, number> = {};
		for (const { status } of this.record.archives()) counts[status] = (counts[status] ?? 0) + 1;
		return counts;
	}

	#order(one: ThawArchive, { tier, days }: OrderTerms): OrderAnswer {
		const ready = this.now + thawTime(one.coldClass!, tier)![1];
		const before = this.copies.get(one.archive);
		this.copies.set(
			one.archive,
			before && before.until > this.now ? { ...before, ready } : { ready, until: copyEnd(this.now, days!) },
		);
		return { answer: 'accepted' };
	}

	#seen({ archive: number, coldClass }: ThawArchive): Seen {
		const copy = this.copies.get(number);
		if (!copy || copy.until <= this.now) return { state: 'cold', coldClass };
		return copy.ready > this.now ? { state: 'ongoing', coldClass } : { state: 'warm', until: copy.until };
	}
}

const many = (count: number) => Array.from({ length: count }, (_, index) => archive(index + 1));

test('a thaw asks, orders, waits, fetches, and costs one order an archive', async () => {
	const world = new World([...many(120), archive(500, { status: 'warm', coldClass: undefined })]);
	expect(await world.run()).toEqual({ verified: 121 });
	// What is readable comes at once.
	expect(world.fetched[0]).toBe(500);
	expect(world.orders).toHaveLength(120);
	expect(world.looks).toBeLessThanOrEqual(39);
	expect(world.now - START).toBeGreaterThanOrEqual(48 * HOUR);
	expect(world.now - START).toBeLessThan(50 * HOUR);
});

test('one that is warm already, or thawing for somebody else, is not paid for', async () => {
	const world = new World(many(3));
	world.copies.set(1, { ready: START - 1, until: START + 9 * HOUR });
	world.copies.set(2, { ready: START + HOUR, until: START + 90 * HOUR });
	expect(await world.run()).toEqual({ verified: 3 });
	expect(world.orders.map((order) => order.archive)).toEqual([3]);
});

test('a copy that has expired is ordered again, twice at most', async () => {
	const once = new World(many(2));
	once.asleep = () => {
		if (once.orders.length === 2) once.now += 30 * 24 * HOUR;
		once.asleep = () => {};
	};
	expect(await once.run()).toEqual({ verified: 2 });
	expect(once.orders).toHaveLength(4);

	const always = new World(many(1));
	always.see = (one) => (one.status === 'thawing' ? { state: 'cold', coldClass: 'DEEP_ARCHIVE' } : undefined);
	expect(await always.run()).toEqual({ failed: 1 });
	expect(always.orders).toHaveLength(3);
	expect(always.givenUp).toEqual(['THAW_EXPIRED']);
});

test('what is ordered again stays below the most that it may cost', async () => {
	const prices = pricesOf(priceTableWith(undefined), 'us-east-1')!;
	const cost = { retrieval: 0.0025, thawRequests: 0, temporaryCopy: 0, requests: 0, egress: 0, total: 0.0025 };
	const world = new World(many(1), { prices, maxCost: 0.004, cost });
	world.asleep = () => {
		world.now += 30 * 24 * HOUR;
		world.asleep = () => {};
	};
	expect(await world.run()).toEqual({ failed: 1 });
	expect(world.givenUp).toEqual(['THAW_TOO_DEAR']);
	expect(world.orders).toHaveLength(1);
});

describe('refusals', () => {
	test('of one archive cost that one only', async () => {
		const world = new World(many(3));
		world.answer = ({ archive: number }) =>
			number === 2 ? { answer: 'failed', error: plain('DEST_DENIED') } : undefined;
		expect(await world.run()).toEqual({ verified: 2, failed: 1 });
		expect(world.givenUp).toEqual(['DEST_DENIED']);
	});

	test('of all of them end it before anything was paid', async () => {
		const world = new World(many(3));
		world.answer = () => ({ answer: 'failed', error: plain('DEST_DENIED') });
		await expect(world.run()).rejects.toMatchObject({ code: 'DEST_DENIED' });
		expect(world.record.archives().every(({ status }) => status === 'requested')).toBe(true);
		world.answer = () => undefined;
		expect(await world.run()).toEqual({ verified: 3 });
	});

	test('for want of capacity are tried again, and then with a slower tier', async () => {
		const world = new World([archive(1, { coldClass: 'GLACIER' })], { tier: 'expedited' });
		world.answer = (one, { tier, now }) =>
			tier === 'expedited'
				? { answer: 'refused', error: plain('EXPEDITED_UNAVAILABLE'), retryAt: now + 60_000 * (one.refusals + 1) }
				: undefined;
		expect(await world.run()).toEqual({ verified: 1 });
		expect(world.orders.map(({ tier }) => tier)).toEqual(['expedited', 'expedited', 'expedited', 'standard']);
	});

	test('because it can be read, or because another order goes on, are none', async () => {
		const world = new World(many(2));
		world.answer = ({ archive: number }) => {
			if (number === 1) return { answer: 'readable' };
			world.copies.set(2, { ready: START + 5 * HOUR, until: START + 90 * HOUR });
			return { answer: 'ongoing' };
		};
		expect(await world.run()).toEqual({ verified: 2 });
	});

	test('to read what was said to be warm make it be looked at again, not for ever', async () => {
		const world = new World(many(2));
		world.isCold = (number) => number === 1;
		expect(await world.run()).toEqual({ verified: 1, failed: 1 });
		expect(world.givenUp).toEqual(['ARCHIVED']);
	});
});

test('a faster tier that is asked for meanwhile is ordered with the same days', async () => {
	const world = new World(many(1));
	world.asleep = () => {
		world.record.save({ tier: 'standard' });
	};
	expect(await world.run()).toEqual({ verified: 1 });
	expect(world.orders.map(({ tier }) => tier)).toEqual(['bulk', 'standard']);
	expect(world.orders[1]!.days).toBe(world.orders[0]!.days);
	expect(world.now - START).toBeLessThan(15 * HOUR);
});

test('Intelligent-Tiering thaws in place, and takes no days', async () => {
	const world = new World([archive(1, { coldClass: undefined })]);
	let isThawed = false;
	world.see = () => (isThawed ? { state: 'readable' } : { state: 'cold', coldClass: 'GLACIER', inPlace: true });
	world.answer = () => {
		isThawed = true;
		return { answer: 'accepted' };
	};
	expect(await world.run()).toEqual({ verified: 1 });
	expect(world.orders).toMatchObject([{ days: undefined }]);
});

test('stopped at any moment it goes on, and pays for nothing twice', async () => {
	for (let steps = 1; steps < 30; steps += 3) {
		const world = new World(many(70));
		const stop = new AbortController();
		let left = steps;
		world.asleep = () => {
			left -= 1;
			if (left === 0) stop.abort(new FirnError('STOPPED', 'Stopped.'));
		};
		await world.run(stop.signal).catch((error) => expect(error).toMatchObject({ code: 'STOPPED' }));
		expect(await world.run()).toEqual({ verified: 70 });
		expect(world.orders).toHaveLength(70);
	}
});
