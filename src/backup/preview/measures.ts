/**
 * Counts in the background, for whoever keeps asking: each time a client asks it is told what is known by now. What nobody
 * asks for any more is dropped, so a client that goes away, or looks elsewhere, leaves no work behind.
 */

import type { Measured, Selection } from '../../core/selection.ts';
import { Decider } from '../scan/decide.ts';
import { type ScanOptions, scan, scanBelow } from '../scan/scan.ts';
import { type Total, Totals } from './totals.ts';

export interface MeasureQuery {
	/** Absolute. */
	paths: string[];
	/** Count what a run would take in; without it, what is there. */
	selection?: Selection | undefined;
	skipPaths: string[];
	/** Forget what was counted before. */
	fresh: boolean;
}

interface Walk {
	key: string;
	steps: Generator<unknown, void, undefined>;
	sum: Total;
	done: boolean;
	/** When it was last asked for. */
	asked: number;
	ended: number;
}

/** A walk goes on for this long after somebody asked. */
const INTEREST_MS = 5000;
/** Results by rules, which change at every key; totals are kept longer, by Totals. */
const KEEP_MS = 60_000;
/** All walks have their turns, so small folders are done soon however large the others are. */
const TURN_MS = 15;

export class Measures {
	readonly #totals = new Totals();
	readonly #walks = new Map<string, Walk>();
	/** Those that are not done, in the order of their turns. */
	readonly #queue: Walk[] = [];
	#working = false;

	ask({ paths, selection, skipPaths, fresh }: MeasureQuery): Measured[] {
		if (fresh) {
			this.#totals.forget();
			this.#walks.clear();
		}
		const rules = selection === undefined ? '' : JSON.stringify([selection, skipPaths]);
		const now = Date.now();
		const measured = paths.map((path) => {
			const known = selection === undefined ? this.#totals.known(path.slice(1)) : undefined;
			if (known) return { path, state: 'done' as const, ...known };
			const key = `${rules}\n${path}`;
			let walk = this.#walks.get(key);
			if (!walk) {
				const sum = { files: 0, bytes: 0, unreadable: 0 };
				const steps = selection
					? countSelected(path, selection, skipPaths, sum)
					: this.#totals.count(path.slice(1), sum);
				walk = { key, steps, sum, done: false, asked: now, ended: 0 };
				this.#walks.set(key, walk);
				this.#queue.push(walk);
			}
			walk.asked = now;
			return { path, state: walk.done ? ('done' as const) : ('counting' as const), ...walk.sum };
		});
		this.#begin();
		return measured;
	}

	#begin(): void {
		if (this.#working) return;
		this.#working = true;
		setImmediate(() => this.#work());
	}

	/** One turn of the walk whose turn it is. Between turns messages are read. */
	#work(): void {
		const now = Date.now();
		const walk = this.#queue.shift();
		if (!walk) {
			this.#working = false;
			for (const [key, { ended }] of this.#walks) if (now > ended + KEEP_MS) this.#walks.delete(key);
			return;
		}
		if (now > walk.asked + INTEREST_MS || this.#walks.get(walk.key) !== walk) {
			if (this.#walks.get(walk.key) === walk) this.#walks.delete(walk.key);
		} else {
			takeTurn(walk);
			if (!walk.done) this.#queue.push(walk);
		}
		setImmediate(() => this.#work());
	}
}

function takeTurn(walk: Walk): void {
	const end = performance.now() + TURN_MS;
	do {
		if (walk.steps.next().done) {
			walk.done = true;
			walk.ended = Date.now();
		}
	} while (!walk.done && performance.now() < end);
}

/** Counts what a run takes in at and below a path, by the very scan of a run. */
function* countSelected(path: string, selection: Selection, skipPaths: string[], sum: Total): Generator<void> {
	const decider = new Decider(selection, skipPaths);
	const { verdict, type, bytes } = decider.decide(path);
	if (verdict.mark === 'excluded' || verdict.mark === 'outside') return;
	if (type !== 'dir') {
		sum.files += 1;
		sum.bytes += bytes;
		return;
	}
	for (const item of itemsBelow(path, decider, { ...selection, skipPaths })) {
		if ('problem' in item) sum.unreadable += 1;
		if ('folder' in item) {
			for (const child of item.folder.children) {
				if (child.type === 'dir') continue;
				sum.files += 1;
				if (child.type === 'file') sum.bytes += Number(child.stat.size);
			}
		}
		yield;
	}
}

function itemsBelow(path: string, decider: Decider, options: ScanOptions): ReturnType<typeof scan> {
	const place = decider.place(path.slice(1));
	if (place.kind === 'inside' && place.source !== path) {
		return scanBelow(place.path, { rules: place.rulesAbove, sourceDev: place.sourceDev, top: false }, options);
	}
	const prefix = path === '/' ? '/' : `${path}/`;
	return scan({ ...options, sources: options.sources.filter((one) => one === path || one.startsWith(prefix)) });
}
