/** What the scheduler has to remember beyond the engine's life: since when triggers hold, and how far the last runs came. */

import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Job } from '../../config/job.ts';
import { writeDurably } from '../../core/durable-file.ts';
import { errnoCode } from '../../core/errors.ts';
import type { Past } from '../../core/schedule/next-run.ts';

const pastSchema = z.record(
	z.string(),
	z.strictObject({
		/** As it was when `since` was noted. */
		trigger: z.string(),
		since: z.number(),
		begun: z.number().optional(),
		ended: z.number().optional(),
		/** Up to here it is noted in the history which times were missed. */
		missed: z.number().optional(),
		/** A run that began by itself has not ended. */
		open: z.boolean().optional(),
	}),
);

type Entry = z.infer<typeof pastSchema>[string];

export class PastFile {
	readonly #file: string;
	readonly #onTrouble: (why: string) => void;
	#entries: Record<string, Entry>;

	/** @param onTrouble told when the file cannot be read (triggers hold from now on, then) or written */
	constructor(file: string, onTrouble: (why: string) => void) {
		this.#file = file;
		this.#onTrouble = onTrouble;
		this.#entries = readEntries(file, onTrouble);
	}

	/**
	 * What has been of a job whose trigger is this; one that is new holds from now on. What a clock that was ahead has
	 * noted counts as now, for good: else each time that comes would be one before the last run.
	 */
	of(job: Job, now: number): Past & { open?: boolean | undefined } {
		const { trigger = '' } = job;
		let known = this.#entries[job.id];
		if (known && Math.max(known.since, known.begun ?? 0, known.ended ?? 0) > now) {
			this.#save(job.id, notAfter(known, now));
			known = this.#entries[job.id]!;
		}
		if (known?.trigger === trigger) return withoutAbsent(known);
		this.#save(job.id, { ...known, trigger, since: now, open: undefined });
		return withoutAbsent(this.#entries[job.id]!);
	}

	/** @param byItself whether it has to go on when the engine ends before it does */
	begun(job: Job, now: number, byItself: boolean): void {
		this.#change(job, now, { begun: now, open: byItself });
	}

	ended(job: Job, now: number): void {
		this.#change(job, now, { ended: now, open: undefined });
	}

	/** Its times up to then that had no run are noted. */
	missed(job: Job, until: number): void {
		this.#change(job, until, { missed: until });
	}

	/** Its next trigger holds from then on. */
	forget({ id }: Job): void {
		const { [id]: known, ...others } = this.#entries;
		if (!known) return;
		this.#entries = others;
		this.#write();
	}

	#change(job: Job, now: number, change: Partial<Entry>): void {
		this.#save(job.id, { trigger: job.trigger ?? '', since: now, ...this.#entries[job.id], ...change });
	}

	#save(id: string, entry: Entry): void {
		this.#entries = { ...this.#entries, [id]: entry };
		this.#write();
	}

	#write(): void {
		try {
			writeDurably(this.#file, `${JSON.stringify(this.#entries, undefined, '\t')}\n`);
		} catch (error) {
			// A full disk is no reason to end a run; while this engine lives, it remembers by itself.
			this.#onTrouble(`What has to be noted of the schedule cannot be written to ${this.#file} (${errnoCode(error)}).`);
		}
	}
}

function notAfter({ begun, ended, ...entry }: Entry, now: number): Entry {
	return {
		...entry,
		since: Math.min(entry.since, now),
		...(begun === undefined ? {} : { begun: Math.min(begun, now) }),
		...(ended === undefined ? {} : { ended: Math.min(ended, now) }),
	};
}

function withoutAbsent({ trigger: _, ...entry }: Entry): Past & { open?: boolean | undefined } {
	return Object.fromEntries(Object.entries(entry).filter(([, value]) => value !== undefined)) as unknown as Past;
}

function readEntries(file: string, onTrouble: (why: string) => void): Record<string, Entry> {
	try {
		return pastSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
	} catch (error) {
		if (errnoCode(error) !== 'ENOENT') onTrouble(`What was noted of the schedule in ${file} cannot be read.`);
		return {};
	}
}
