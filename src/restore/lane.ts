/** One of the threads that restore units at the same time. The first lane works in the coordinating thread itself. */

import { SHARE_ENV, Worker } from 'node:worker_threads';
import { besideModule } from '../core/beside.ts';
import { FirnError, type PlainError, toFirnError } from '../core/errors.ts';
import { LITTLE_GARBAGE } from '../core/task-thread.ts';
import type { Destination, DestinationConfig } from '../destinations/destination.ts';
import { openDestination } from '../destinations/open-destination.ts';
import { counting } from '../destinations/request-count.ts';
import { waitingFor, withRetry } from '../destinations/with-retry.ts';
import { type PlanItem, RestorePlan } from '../state/restore-plan.ts';
import type { ExistingPolicy } from '../target/existing-policy.ts';
import { Target } from '../target/target.ts';
import { storeContent } from './mirror/content.ts';
import { FileRunner } from './mirror/file-runner.ts';
import { MirrorFolder } from './mirror/folder-content.ts';
import type { MirrorPlace } from './mirror/place.ts';
import type { OpenedArchive } from './opened-archive.ts';
import type { Unit } from './plan-units.ts';
import { UnitReport } from './unit-report.ts';
import { isCold, UnitRunner, type UnitRunnerOptions } from './unit-runner.ts';
import { EventReport, type WorkEvent } from './work-report.ts';

/** What a lane is started with; plain data. */
export interface LaneSpec {
	planFile: string;
	destination: DestinationConfig;
	target: string;
	existing: ExistingPolicy;
	isFresh: boolean;
	/** As in UnitRunnerOptions. */
	throwsCold?: boolean;
	/** Shared by all lanes: destinations/request-count. */
	requestCount: SharedArrayBuffer;
	/** Where the files lie that are in no archives, and what opens them. */
	mirror?: { place: MirrorPlace; identities: string[] } | undefined;
}

export interface Lane {
	/**
	 * Restores a unit.
	 * @param archive undefined in a mirror
	 * @throws FirnError for what ends the whole restore
	 */
	run(unit: Unit, archive: OpenedArchive | undefined): Promise<void>;
	/** Makes what is running end soon, leaving nothing half written. */
	stop(): void;
	/** Only when nothing is running any more. */
	close(): Promise<void>;
}

export type ToLaneThread =
	| { type: 'run'; id: number; unit: Unit; archive: OpenedArchive | undefined }
	| { type: 'stop' }
	| { type: 'close' };
export type FromLaneThread = { type: 'done'; id: number; error?: PlainError } | { type: 'event'; event: WorkEvent };

/** A lane in this thread. */
export class OwnLane implements Lane {
	readonly #plan: RestorePlan;
	readonly #target: Target;
	readonly #report: EventReport;
	readonly #runner: Omit<UnitRunnerOptions, 'report'>;
	readonly #stop = new AbortController();
	readonly #mirror: LaneSpec['mirror'];
	#destination: Promise<Destination> | undefined;
	#folder: MirrorFolder | undefined;

	constructor(spec: LaneSpec, onEvent: (event: WorkEvent) => void) {
		this.#report = new EventReport(onEvent);
		this.#mirror = spec.mirror;
		this.#plan = RestorePlan.open(spec.planFile);
		this.#target = new Target({ ...spec, onOwnersLost: () => this.#report.ownersLost() });
		const { signal } = this.#stop;
		const open = async () =>
			withRetry(await openDestination(spec.destination, process.env, counting(spec.requestCount)), {
				signal,
				onRetry: (notice) => onEvent({ type: 'waiting', waiting: waitingFor(notice) }),
			});
		this.#runner = {
			plan: this.#plan,
			target: this.#target,
			destination: () => {
				this.#destination ??= open();
				return this.#destination;
			},
			signal,
			throwsCold: spec.throwsCold,
		};
	}

	async run(unit: Unit, archive: OpenedArchive | undefined): Promise<void> {
		const report = new UnitReport(this.#report);
		if (!archive) return this.#files(unit, report);
		try {
			await new UnitRunner({ ...this.#runner, report }).run(unit, archive);
		} catch (error) {
			if (isCold(error)) report.takeBack();
			throw error;
		}
	}

	/** Of a mirror. */
	#files(unit: Unit, report: UnitReport): Promise<void> {
		const { place, identities } = this.#mirror!;
		const { signal } = this.#stop;
		if (place.folder !== undefined) this.#folder ??= new MirrorFolder(place, place.folder, this.#report, signal);
		const folder = this.#folder;
		const contentOf = (item: PlanItem) =>
			folder ? folder.content(item) : storeContent({ ...this.#runner, place, identities, report }, item);
		return new FileRunner({ ...this.#runner, contentOf, report }).run(unit);
	}

	stop(): void {
		this.#stop.abort();
	}

	async close(): Promise<void> {
		this.#report.flush();
		this.#folder?.close();
		this.#plan.close();
		this.#target.close();
		// One that could not be opened has been told of by run().
		const destination = await this.#destination?.catch(() => undefined);
		await destination?.close();
	}
}

/** A lane in a thread of its own. */
export class ThreadLane implements Lane {
	readonly #worker: Worker;
	readonly #waiting = new Map<number, { resolve: () => void; reject: (error: Error) => void }>();
	readonly #closed: Promise<void>;
	#count = 0;

	constructor(spec: LaneSpec, onEvent: (event: WorkEvent) => void) {
		this.#worker = new Worker(besideModule(import.meta.url, 'lane-thread'), {
			workerData: spec,
			// Credentials that are renewed come to this thread.
			env: SHARE_ENV,
			resourceLimits: LITTLE_GARBAGE,
		});
		this.#closed = new Promise((resolve) => this.#worker.once('exit', () => resolve()));
		this.#worker.on('message', (message: FromLaneThread) => {
			if (message.type === 'event') onEvent(message.event);
			else if (message.type === 'done') this.#settle(message.id, message.error);
		});
		const fail = (error: FirnError) => {
			for (const { reject } of this.#waiting.values()) reject(error);
			this.#waiting.clear();
		};
		this.#worker.on('error', (error) => fail(toFirnError(error)));
		this.#worker.on('exit', () => fail(new FirnError('RESTORE_DIED', 'A thread of the restore ended unexpectedly.')));
	}

	run(unit: Unit, archive: OpenedArchive | undefined): Promise<void> {
		this.#count += 1;
		const id = this.#count;
		this.#worker.postMessage({ type: 'run', id, unit, archive } satisfies ToLaneThread);
		return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
	}

	stop(): void {
		this.#worker.postMessage({ type: 'stop' } satisfies ToLaneThread);
	}

	async close(): Promise<void> {
		this.#worker.postMessage({ type: 'close' } satisfies ToLaneThread);
		await this.#closed;
	}

	#settle(id: number, error: PlainError | undefined): void {
		const waiting = this.#waiting.get(id);
		this.#waiting.delete(id);
		if (error) waiting?.reject(FirnError.fromPlain(error));
		else waiting?.resolve();
	}
}
