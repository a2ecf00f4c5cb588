/**
 * Restores unit after unit: looks what is there already, reads the ranges that are needed, writes the files. A damaged
 * place costs the files that lie in it; reading goes on behind them.
 */

import { FirnError } from '../core/errors.ts';
import { giveBack } from '../core/give-back.ts';
import type { Destination } from '../destinations/destination.ts';
import type { PlanItem, RestorePlan } from '../state/restore-plan.ts';
import { fatalTargetError, toProblem } from '../target/errors.ts';
import type { Target } from '../target/target.ts';
import { Fatal, ItemWriter, type WantedItem } from './item-writer.ts';
import { type OpenedArchive, shapeOf } from './opened-archive.ts';
import { mergeRanges, type RawRange, type Unit } from './plan-units.ts';
import { RangeReader } from './range-reader.ts';
import { readAhead } from './read-ahead.ts';
import type { WorkReport } from './work-report.ts';

export interface UnitRunnerOptions {
	plan: RestorePlan;
	target: Target;
	/** Opened when something has to be read. */
	destination: () => Promise<Destination>;
	report: WorkReport;
	signal: AbortSignal;
	/** An archive that must be thawed is thrown instead of reported. */
	throwsCold?: boolean | undefined;
}

/** Faults of the bytes that were read, not of the store. */
const DAMAGE = new Set(['DAMAGED', 'BAD_FRAME', 'BAD_TAR', 'BAD_TAR_END', 'BAD_FRAME_TABLE']);
/** Answers of the store that concern one archive only. */
const COLD = 'ARCHIVED';
const UNREADABLE = new Set(['NOT_FOUND', COLD, 'TRUNCATED']);

/** Whether it says that an archive must be thawed before it can be read. */
export const isCold = (error: unknown): error is FirnError => error instanceof FirnError && error.code === COLD;

export class UnitRunner {
	readonly #options: UnitRunnerOptions;

	constructor(options: UnitRunnerOptions) {
		this.#options = options;
	}

	/** @throws FirnError for what ends the whole restore; the signal's reason when it was aborted */
	async run(unit: Unit, archive: OpenedArchive): Promise<void> {
		const { plan, report } = this.#options;
		report.archive = archive.record.key;
		try {
			const items = await this.#wanted(plan.items(unit.from, unit.to));
			if (archive.unreadable) return this.#giveUp(items, FirnError.fromPlain(archive.unreadable));
			if (archive.record.status !== 'stored') return this.#giveUp(items, gone(archive));
			const shape = shapeOf(archive);
			for (const { range, places } of mergeRanges(shape, items)) {
				await this.#restore(archive, shape, range, places);
			}
		} catch (error) {
			throw error instanceof Fatal ? error.error : error;
		} finally {
			report.tick();
		}
	}

	/** Leaves out what is right already or to be kept. */
	async #wanted(items: PlanItem[]): Promise<WantedItem[]> {
		const { target, report } = this.#options;
		if (target.options.isFresh) return items.map((item) => Object.assign(item, { replace: false }));
		const wanted: WantedItem[] = [];
		for (const item of items) {
			try {
				const verdict = await target.lookAt(item.path, item, () => this.#breathe());
				if (verdict === 'free' || verdict === 'replace')
					wanted.push(Object.assign(item, { replace: verdict === 'replace' }));
				else if (verdict === 'keep') report.kept(item.path);
				else if (item.type === 'file') report.restored(item.size, true);
			} catch (error) {
				this.#options.signal.throwIfAborted();
				const fatal = fatalTargetError(error, target.options.target);
				if (fatal) throw fatal;
				report.problem(toProblem(item.path, error));
			}
		}
		return wanted;
	}

	/** Reads a range. Where it is damaged, the item there is tried once more by itself, then reported. */
	async #restore(
		archive: OpenedArchive,
		shape: ReturnType<typeof shapeOf>,
		range: RawRange,
		items: WantedItem[],
	): Promise<void> {
		let rest = items;
		while (rest.length > 0) {
			const from = { start: rest[0]!.offset, end: range.end };
			const writer = new ItemWriter(this.#options.target, this.#options.report, from.start, rest);
			try {
				await this.#read(archive, new RangeReader(archive, shape, from, (chunk) => writer.write(chunk)));
				writer.end();
				return;
			} catch (error) {
				writer.abort();
				this.#options.signal.throwIfAborted();
				if (!(error instanceof FirnError)) throw error;
				rest = rest.slice(writer.settled);
				if (this.#options.throwsCold && isCold(error)) throw error;
				if (UNREADABLE.has(error.code)) return this.#giveUp(rest, error);
				if (!DAMAGE.has(error.code)) throw error;
				// The bad place lies before the end of the first open item; if reading began with that, it lies in it.
				if (writer.settled === 0) this.#giveUp(rest.splice(0, 1), error);
			}
		}
	}

	async #read(archive: OpenedArchive, reader: RangeReader): Promise<void> {
		const { report, signal } = this.#options;
		const { start, end } = reader.object;
		const destination = await this.#options.destination();
		report.tally.requests += 1;
		for await (const chunk of readAhead(destination.get(archive.record.key, { start, end, signal }))) {
			signal.throwIfAborted();
			report.tally.fetchedBytes += chunk.length;
			reader.write(chunk);
			giveBack(chunk);
			report.tick();
		}
		reader.end();
	}

	#giveUp(items: readonly PlanItem[], error: FirnError): void {
		for (const item of items) this.#options.report.problem(toProblem(item.path, error));
	}

	/** Lets messages in. */
	async #breathe(): Promise<void> {
		await new Promise((resolve) => setImmediate(resolve));
		this.#options.signal.throwIfAborted();
		this.#options.report.tick();
	}
}

function gone({ record }: OpenedArchive): FirnError {
	return new FirnError('ARCHIVE_GONE', `Its archive ${record.key} is ${record.status}.`);
}
