/** Runs competitors in turn, round after round, and prints medians and ratios. */

import { formatSize } from '../../src/core/sizes.ts';
import type { Figures } from './measure.ts';

export type Competitor = [name: string, run: () => Promise<Figures>];

interface Result {
	work: string;
	name: string;
	seconds: number;
	/** Seconds of this one over those of Firn. */
	firnIsFaster: number;
	peakBytes?: number;
	readBytes?: number;
}

export class Contest {
	readonly #rounds: number;
	readonly results: Result[] = [];

	constructor(rounds: number) {
		this.#rounds = rounds;
	}

	/** @param amount bytes or files done, for a rate; undefined to print seconds */
	async run(
		work: string,
		amount: number | undefined,
		unit: string,
		competitors: Competitor[],
		rounds = this.#rounds,
	): Promise<void> {
		const figures = new Map<string, Figures[]>(competitors.map(([name]) => [name, []]));
		for (let round = 0; round < rounds; round++) {
			for (const [name, run] of competitors) figures.get(name)!.push(await run());
		}
		console.log(`\n${work}`);
		const own = median(figures.get(competitors[0]![0])!.map((figure) => figure.seconds));
		for (const [name, runs] of figures) {
			const seconds = median(runs.map((figure) => figure.seconds));
			const peakBytes = Math.max(...runs.map((figure) => figure.peakBytes ?? 0));
			const readBytes = Math.max(...runs.map((figure) => figure.readBytes ?? 0));
			const rate =
				amount === undefined
					? seconds.toFixed(2)
					: Math.round(amount / seconds / (unit === 'MB/s' ? 1e6 : 1)).toLocaleString('en-US');
			const ratio = `firn is ${(seconds / own).toFixed(2)}x as fast`;
			const more = [
				peakBytes > 0 ? `peak ${formatSize(peakBytes)}` : '',
				readBytes > 0 ? `read ${formatSize(readBytes)}` : '',
			];
			console.log(
				`  ${name.padEnd(44)} ${rate.padStart(9)} ${unit.padEnd(8)} ${(seconds === own ? '' : ratio).padEnd(24)} ${more.join('  ')}`.trimEnd(),
			);
			this.results.push({
				work,
				name,
				seconds,
				firnIsFaster: seconds / own,
				...(peakBytes ? { peakBytes } : {}),
				...(readBytes ? { readBytes } : {}),
			});
		}
	}
}

function median(values: number[]): number {
	const sorted = [...values].sort((a, b) => a - b);
	return sorted[Math.floor(sorted.length / 2)]!;
}
