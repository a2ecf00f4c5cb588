/** The simulated S3 store as destination; killed when the n-th request of a kind has come, done or not. */

import type { S3Simulator } from '../s3-simulator/simulator.ts';
import type { PlannedKill, Target } from './case.ts';
import type { Random } from './random.ts';
import { S3View } from './store-view.ts';

const MiB = 1024 * 1024;

const OPERATIONS: readonly [string, number][] = [
	['ListObjectsV2', 1],
	['CreateMultipartUpload', 5],
	['UploadPart', 12],
	['UploadPart', 12],
	['UploadPart', 12],
	['ListParts', 3],
	['CompleteMultipartUpload', 4],
	['CompleteMultipartUpload', 4],
	['HeadObject', 10],
	['PutObject', 8],
	['PutObject', 8],
	['AbortMultipartUpload', 3],
	['ListMultipartUploads', 2],
];

/** Counts what the store really keeps, whatever it answers. */
export class PartCounter {
	readonly #counts = new Map<string, { uploadId: string; part: string; count: number }>();

	constructor({ state }: S3Simulator) {
		const change = state.change.bind(state);
		state.change = (what) => {
			if (what.type === 'part') {
				const name = `${what.id}/${what.part.number}`;
				const known = this.#counts.get(name) ?? { uploadId: what.id, part: String(what.part.number), count: 0 };
				this.#counts.set(name, { ...known, count: known.count + 1 });
			}
			change(what);
		};
	}

	twice(): { uploadId: string; part: string }[] {
		return [...this.#counts.values()].filter(({ count }) => count > 1);
	}
}

export function s3Target(simulator: S3Simulator, counter: PartCounter, prefix: string): Target {
	const store = new S3View(simulator, prefix);
	return {
		destination: { url: `s3://bucket/${prefix}`, endpoint: simulator.endpoint },
		env: simulator.env,
		store,
		splitSizes: [11 * MiB, 14 * MiB],
		partSizes: [5 * MiB],
		middling: 1200 * 1024,
		kill: (random) => planKill(simulator, random),
		partial: () => undefined,
		storedTwice: () => counter.twice(),
	};
}

function planKill(simulator: S3Simulator, random: Random): PlannedKill {
	if (random.chance(0.2)) return { name: 'delay', kill: { afterMs: random.int(200, 1500) } };
	const [operation, most] = random.pick(OPERATIONS);
	const when = random.pick(['before', 'after'] as const);
	const nth = random.int(1, most);
	// It may have been done when the kill comes, and may not: both are to be survived.
	const delay = random.int(0, 60);
	return {
		name: `${when} ${operation}`,
		started: (kill, ended) => {
			simulator.faults.clear();
			const waits = simulator.faults.add({ operation, skip: nth - 1, fault: { kind: 'hang', when } });
			const timer = setInterval(() => {
				if (waits() > 0) return;
				clearInterval(timer);
				setTimeout(kill, delay);
			}, 3);
			void ended.then(() => {
				clearInterval(timer);
				simulator.faults.clear();
			});
		},
	};
}
