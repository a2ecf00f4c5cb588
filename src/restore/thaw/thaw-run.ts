/**
 * Brings archives out of cold storage: asks how they are, orders thaws, and has each fetched as soon as it is warm. All it
 * knows is in the record, and what it is about to do is written there first: killed at any instant, it goes on.
 */

import { FirnError, type PlainError } from '../../core/errors.ts';
import { formatUsd } from '../../core/money.ts';
import { type OrderTerms, orderCost } from '../../pricing/quote-restore.ts';
import {
	aged,
	failed,
	fetched,
	foundCold,
	isFinal,
	isSettled,
	type OrderAnswer,
	ordered,
	ordering,
	reopened,
	type Seen,
	seen,
	type ThawArchive,
	verified,
} from './archive-thaw.ts';
import type { Clock } from './clock.ts';
import { EXPECTED_RATE } from './quote.ts';
import type { ThawHead, ThawRecord } from './record.ts';
import {
	isHopeless,
	isOrderDue,
	ORDER_SLICE_MS,
	ORDERS_AT_ONCE,
	orderDays,
	pollAt,
	readyBy,
	tierFor,
	toFetch,
	wakeAt,
} from './schedule.ts';

/** What is asked of the store. Neither call throws for what concerns one archive only. */
export interface ColdStore {
	look(archives: readonly ThawArchive[]): Promise<Map<number, Seen>>;
	order(archive: ThawArchive, terms: OrderTerms): Promise<OrderAnswer>;
}

/** How far it is. */
export interface ThawState {
	archives: readonly ThawArchive[];
	/** While nothing can be done: until when, and when all is warm at the latest. ms since 1970. */
	sleep?: { until: number; readyBy: number | undefined };
}

export interface ThawRunOptions {
	record: ThawRecord;
	store: ColdStore;
	clock: Clock;
	signal: AbortSignal;
	/** Restores what is wanted of these archives. @returns those that turned out to be cold, with what was said */
	fetch(archives: ReadonlySet<number>): Promise<Map<number, PlainError>>;
	/** Has what was fetched written to the disk. */
	sync(): Promise<unknown>;
	/** Reports the files of an archive that cannot be read. */
	giveUp(archive: number, error: PlainError): Promise<unknown>;
	/** The sums of all that is settled, kept with the archives. */
	tally(): ThawHead['tally'];
	onState(state: ThawState): void;
}

/** Answers to an order that come to all of them alike: nothing was ordered yet, and nothing will be. */
const CONCERNS_ALL = new Set(['DEST_DENIED', 'BAD_CREDENTIALS', 'NO_BUCKET']);

export class ThawRun {
	readonly #options: ThawRunOptions;
	#head: ThawHead;
	readonly #archives: Map<number, ThawArchive>;
	#extraCost: number;
	#lastLook: number;

	constructor(options: ThawRunOptions) {
		this.#options = options;
		this.#head = options.record.head;
		this.#extraCost = this.#head.extraCost;
		this.#archives = new Map(options.record.archives().map((one) => [one.archive, reopened(one)]));
		this.#lastLook = options.clock.now();
	}

	/** Until every archive is verified or has failed. @throws the signal's reason; FirnError for what concerns them all */
	async run(): Promise<void> {
		const { clock, signal, onState } = this.#options;
		for (;;) {
			signal.throwIfAborted();
			await this.#change(this.#all(), (one) => aged(one, clock.now()));
			await this.#look();
			await this.#order();
			const now = clock.now();
			const batch = toFetch(this.#all(), now);
			if (batch.length > 0) await this.#fetch(batch);
			else {
				const archives = this.#all();
				const until = wakeAt(archives, this.#head.tier, this.#lastLook, now);
				if (until === undefined) return;
				onState({ archives, sleep: { until, readyBy: readyBy(archives, this.#head.tier, now) } });
				await this.#sleep(until);
			}
		}
	}

	/** Sleeps until then, or until another tier is wanted. */
	async #sleep(until: number): Promise<void> {
		const { clock, signal, record } = this.#options;
		await clock.until(until, signal, () => record.head.tier !== this.#head.tier);
		this.#head = record.head;
	}

	async #look(): Promise<void> {
		const { store, clock } = this.#options;
		const now = clock.now();
		const due = this.#all().filter((one) => (pollAt(one, this.#lastLook) ?? Number.POSITIVE_INFINITY) <= now);
		if (due.length === 0) return;
		const found = await store.look(due);
		this.#lastLook = now;
		await this.#change(due, (one) => seen(one, found.get(one.archive) ?? { state: 'cold' }, now));
	}

	/** Orders what is due, so many at a time. */
	async #order(): Promise<void> {
		const { clock, signal } = this.#options;
		await this.#change(this.#all().filter(isHopeless), (one) => failed(one, expiredTooOften(one)));
		const due = this.#all().filter((one) => isOrderDue(one, this.#head.tier, clock.now()));
		for (let from = 0; from < due.length; from += ORDERS_AT_ONCE) {
			signal.throwIfAborted();
			const pause = from === 0 ? 0 : ORDER_SLICE_MS;
			await new Promise((resolve) => setTimeout(resolve, pause));
			await this.#orderSlice(due.slice(from, from + ORDERS_AT_ONCE));
		}
	}

	async #orderSlice(slice: readonly ThawArchive[]): Promise<void> {
		const { store, clock } = this.#options;
		const now = clock.now();
		const readMs = this.#readMs();
		const terms = new Map<number, OrderTerms>();
		const affordable: ThawArchive[] = [];
		for (const one of slice) {
			const tier = tierFor(one, this.#head.tier);
			const of = { tier, days: orderDays(one, tier, now, readMs), now };
			if (this.#isExtra(one) && !this.#afford(one, of)) continue;
			terms.set(one.archive, of);
			affordable.push(one);
		}
		await this.#change(affordable, (one) => ordering(one, terms.get(one.archive)!.tier, terms.get(one.archive)!.days));
		const asked = affordable.map(
			async (one) => [one.archive, await store.order(one, terms.get(one.archive)!)] as const,
		);
		const answers = new Map(await Promise.all(asked));
		this.#throwRefusalOfAll(answers);
		await this.#change(affordable, (one) => {
			const { archive } = one;
			return ordered(one, answers.get(archive)!, now, terms.get(archive)!.tier);
		});
		const tooDear = slice.filter(({ archive }) => !terms.has(archive));
		await this.#change(tooDear, (one) => failed(one, tooDearAgain(one, this.#head.maxCost!)));
	}

	/** Whether its order is not among those that were agreed to: another after expiry, or of one that was warm then. */
	#isExtra({ orders, status, key }: ThawArchive): boolean {
		return status !== 'thawing' && (orders > 0 || this.#head.spec.warm?.includes(key) === true);
	}

	/** Whether such an order may be given for what it costs; if so it counts. */
	#afford({ size, coldClass = 'DEEP_ARCHIVE', inPlace }: ThawArchive, terms: OrderTerms): boolean {
		const { prices, maxCost, cost } = this.#head;
		if (!prices) return true;
		const { retrieval, thawRequests, temporaryCopy } = orderCost(prices, { size, coldClass, inPlace }, terms);
		const extraCost = this.#extraCost + retrieval + thawRequests + temporaryCopy;
		if (maxCost !== undefined && (cost?.total ?? 0) + extraCost > maxCost) return false;
		this.#extraCost = extraCost;
		return true;
	}

	#throwRefusalOfAll(answers: ReadonlyMap<number, OrderAnswer>): void {
		if (this.#all().some(({ orders }) => orders > 0)) return;
		for (const what of answers.values()) {
			if (!('error' in what) || !CONCERNS_ALL.has(what.error.code)) return;
		}
		const [first] = answers.values();
		if (first && 'error' in first) throw FirnError.fromPlain(first.error);
	}

	async #fetch(batch: readonly ThawArchive[]): Promise<void> {
		const { fetch, sync, onState } = this.#options;
		onState({ archives: this.#all() });
		const cold = await fetch(new Set(batch.map(({ archive }) => archive)));
		const warm = batch.filter(({ archive }) => !cold.has(archive));
		await this.#change(warm, fetched);
		await sync();
		await this.#change(warm, verified);
		await this.#change(batch, (one) => (cold.has(one.archive) ? foundCold(one, cold.get(one.archive)!) : one));
	}

	/** How long it takes to read all that is still to be read. */
	#readMs(): number {
		const open = this.#all().filter((one) => !isSettled(one));
		return (open.reduce((sum, { fetchBytes }) => sum + fetchBytes, 0) / EXPECTED_RATE) * 1000;
	}

	/** Changes archives, given as they were before or by their numbers; what is new is on the disk when it returns. */
	async #change(archives: readonly ThawArchive[], how: (one: ThawArchive) => ThawArchive): Promise<void> {
		const { record, giveUp, tally } = this.#options;
		const changed: ThawArchive[] = [];
		for (const { archive } of archives) {
			const before = this.#archives.get(archive)!;
			const after = how(before);
			if (after === before || JSON.stringify(after) === JSON.stringify(before)) continue;
			if (after.status === 'failed') await giveUp(archive, after.error!);
			this.#archives.set(archive, after);
			changed.push(after);
		}
		if (changed.length === 0) return;
		// What is fetched but not verified will be fetched again, and counted then.
		const counts = changed.some(isFinal) ? { tally: tally() } : {};
		record.save({ ...counts, extraCost: this.#extraCost }, changed);
	}

	#all(): ThawArchive[] {
		return [...this.#archives.values()];
	}
}

function expiredTooOften({ key, orders }: ThawArchive): PlainError {
	const message = `The thawed copy of ${key} has expired ${orders} times before it could be read.`;
	return new FirnError('THAW_EXPIRED', message, {
		guidance: 'Restore it again when it can be read in time.',
	}).toPlain();
}

function tooDearAgain({ key }: ThawArchive, maxCost: number): PlainError {
	const message = `The thawed copy of ${key} has expired, and another would cost more than ${formatUsd(maxCost)} in all.`;
	return new FirnError('THAW_TOO_DEAR', message, { guidance: 'Restore it again with a larger --max-cost.' }).toPlain();
}
