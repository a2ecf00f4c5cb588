/**
 * Restores the files of a mirror, several at a time: looks what is there already, reads what is missing, proves it by its
 * recorded hash, and gives it its name. A file that cannot be read or proven is reported.
 */

import { FirnError } from '../../core/errors.ts';
import { inParallel } from '../../core/in-parallel.ts';
import type { PlanItem, RestorePlan } from '../../state/restore-plan.ts';
import { fatalTargetError, toProblem } from '../../target/errors.ts';
import type { Verdict } from '../../target/existing.ts';
import { FileSink } from '../../target/file-sink.ts';
import type { Target } from '../../target/target.ts';
import { Fatal, type WantedItem } from '../item-writer.ts';
import type { Unit } from '../plan-units.ts';
import type { WorkReport } from '../work-report.ts';
import type { Content } from './content.ts';

export interface FileRunnerOptions {
	plan: RestorePlan;
	target: Target;
	contentOf: (item: PlanItem) => Content;
	report: WorkReport;
	signal: AbortSignal;
}

/** Of one unit; most of the time is spent on waiting for the store. */
const AT_ONCE = 4;

export class FileRunner {
	readonly #options: FileRunnerOptions;

	constructor(options: FileRunnerOptions) {
		this.#options = options;
	}

	/** @throws FirnError for what ends the whole restore; the signal's reason when it was aborted */
	async run(unit: Unit): Promise<void> {
		const { plan, report } = this.#options;
		try {
			await inParallel(plan.items(unit.from, unit.to), AT_ONCE, (item) => this.#item(item));
		} catch (error) {
			throw error instanceof Fatal ? error.error : error;
		} finally {
			report.tick();
		}
	}

	async #item(item: PlanItem): Promise<void> {
		const { target, report, signal } = this.#options;
		try {
			const verdict = await this.#verdict(item);
			if (verdict === 'right') this.#done(item, true);
			else if (verdict === 'keep') report.kept(item.path);
			else await this.#restore({ ...item, replace: verdict === 'replace' });
		} catch (error) {
			signal.throwIfAborted();
			if (error instanceof Fatal) throw error;
			const fatal = fatalTargetError(error, target.options.target);
			if (fatal) throw fatal;
			report.problem(toProblem(item.path, error));
		}
		report.tick();
	}

	async #verdict(item: PlanItem): Promise<Verdict> {
		const { target, contentOf } = this.#options;
		const verdict = await target.lookAt(item.path, item, () => this.#breathe());
		if (verdict === 'free' || verdict === 'right' || item.type !== 'file' || item.sha256) return verdict;
		// The books of a plain folder have no hashes: only by its own can it be told whether the same is there already.
		const looksRight = { ...item, sha256: await contentOf(item).hash() };
		return target.lookAt(item.path, looksRight, () => this.#breathe());
	}

	async #restore(item: WantedItem): Promise<void> {
		const { target, report } = this.#options;
		report.path = item.path;
		if (item.type !== 'file') {
			// Its numbers (schema.ts).
			const node = { type: item.type === 'char' ? 'char' : 'block', major: item.offset, minor: item.length } as const;
			if (!target.special(item.path, node, item, item.replace)) report.kept(item.path);
		} else if (await this.#write(item)) this.#done(item, false);
		else report.kept(item.path);
	}

	/** @returns false when something has the name and is to be kept */
	async #write(item: WantedItem): Promise<boolean> {
		const { contentOf, target, signal, report } = this.#options;
		const { isSparse, pieces } = contentOf(item);
		const sink = new FileSink(target);
		sink.begin(item, isSparse);
		try {
			let end = 0;
			for await (const { at, bytes } of pieces) {
				signal.throwIfAborted();
				end = at + bytes.length;
				if (end > item.size) throw otherSize(item.size, 'more');
				sink.write(bytes, at);
				report.tick();
			}
			if (end < item.size && !isSparse) throw otherSize(item.size, 'less');
			return sink.end();
		} catch (error) {
			sink.abort();
			throw error;
		}
	}

	#done(item: PlanItem, wasRight: boolean): void {
		if (item.type === 'file') this.#options.report.restored(item.size, wasRight);
	}

	/** Lets messages in. */
	async #breathe(): Promise<void> {
		await new Promise((resolve) => setImmediate(resolve));
		this.#options.signal.throwIfAborted();
		this.#options.report.tick();
	}
}

function otherSize(size: number, which: 'more' | 'less'): FirnError {
	return new FirnError('HASH_MISMATCH', `What is stored of it has ${which} than its ${size} bytes.`, {
		guidance: 'The stored object is damaged, or another one.',
	});
}
