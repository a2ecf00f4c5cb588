/** The pack threads of a run: gives each archive to a free thread, in order, and passes on what the threads say. */

import { Worker } from 'node:worker_threads';
import { besideModule } from '../../core/beside.ts';
import { FirnError, toFirnError } from '../../core/errors.ts';
import type { WorkerRow } from '../../core/task.ts';
import { DRIVE_DAILY_LIMIT } from '../../destinations/gdrive/daily-limit.ts';
import { DEST_FULL } from '../../destinations/refusals.ts';
import type { FromPackThread, OpenArchiveMessage, PackThreadData, ToPackThread } from './messages.ts';

/** What a store says that takes nothing for long; bytes that left before are no sign that it is over. */
const REFUSALS = new Set(['BAD_CREDENTIALS', 'DEST_DENIED', DRIVE_DAILY_LIMIT, DEST_FULL]);

/** An archive on its way: what its thread is told, kept until there is a thread. */
interface Assignment {
	open: OpenArchiveMessage;
	queue: ToPackThread[];
	thread: PackThread | undefined;
}

interface PackThread {
	worker: Worker;
	row: WorkerRow;
	archive: number | undefined;
	/** The store takes nothing: not these credentials, or no more today. */
	isRefused: boolean;
	/** Of the archive in hand; added to the totals as they grow. */
	packedFiles: number;
	packedBytes: number;
	finishedBytes: number;
	sentBytes: number;
}

export interface PackPoolOptions extends Omit<PackThreadData, 'worker'> {
	threads: number;
	onMessage: (message: FromPackThread) => void;
	onFailed: (error: FirnError) => void;
}

export class PackPool {
	readonly #options: PackPoolOptions;
	#most: number;
	readonly #threads: PackThread[] = [];
	readonly #assignments = new Map<number, Assignment>();
	readonly #waiting: Assignment[] = [];
	#closing = false;
	packedFiles = 0;
	packedBytes = 0;
	finishedBytes = 0;
	sentBytes = 0;

	constructor(options: PackPoolOptions) {
		this.#options = options;
		this.#most = options.threads;
	}

	/** One row a worker that there may be; those beyond only as long as they have an archive in hand. */
	get rows(): WorkerRow[] {
		return this.#threads.filter((thread, at) => at < this.#most || thread.archive !== undefined).map(({ row }) => row);
	}

	/** How many may work at the same time. Fewer: those beyond end the archive they have. */
	setThreads(most: number): void {
		this.#most = most;
		this.#assign();
	}

	/** Archives that no thread has taken up yet. */
	get waiting(): number {
		return this.#waiting.length;
	}

	/** Archives that are not ended. */
	get active(): number {
		return this.#assignments.size;
	}

	open(message: OpenArchiveMessage): void {
		const assignment: Assignment = { open: message, queue: [], thread: undefined };
		this.#assignments.set(message.archive, assignment);
		this.#waiting.push(assignment);
		this.#assign();
	}

	/** Sends to the thread that makes this archive, now or as soon as there is one. */
	tell(archive: number, message: ToPackThread): void {
		const assignment = this.#assignments.get(archive);
		if (!assignment) return;
		if (assignment.thread) assignment.thread.worker.postMessage(message);
		else assignment.queue.push(message);
	}

	/** Sends to all threads; those that are started later learn it from the environment. */
	tellAll(message: ToPackThread): void {
		for (const { worker } of this.#threads) worker.postMessage(message);
	}

	/** The archive has come to its end, however; its thread takes the next one. */
	ended(archive: number): void {
		const thread = this.#assignments.get(archive)?.thread;
		this.#assignments.delete(archive);
		if (thread) {
			thread.archive = undefined;
			thread.row = { worker: thread.row.worker, state: 'idle', bytes: 0 };
		}
		this.#assign();
	}

	/** Lets idle threads end by themselves. */
	async close(): Promise<void> {
		this.#closing = true;
		const ended = this.#threads.map((thread) => new Promise((resolve) => thread.worker.once('exit', resolve)));
		for (const thread of this.#threads) thread.worker.postMessage({ type: 'close' } satisfies ToPackThread);
		await Promise.all(ended);
	}

	/** Ends all threads at once, wherever they are. */
	async terminate(): Promise<void> {
		this.#closing = true;
		await Promise.all(this.#threads.map((thread) => thread.worker.terminate()));
	}

	#assign(): void {
		while (this.#waiting.length > 0) {
			if (this.#threads.filter(({ archive }) => archive !== undefined).length >= this.#most) return;
			let thread = this.#threads.find((candidate) => candidate.archive === undefined);
			thread ??= this.#threads.length < this.#most ? this.#start() : undefined;
			if (!thread) return;
			const assignment = this.#waiting.shift()!;
			assignment.thread = thread;
			thread.archive = assignment.open.archive;
			thread.row = { worker: thread.row.worker, state: 'pack', archive: assignment.open.key, bytes: 0 };
			thread.packedFiles = 0;
			thread.packedBytes = 0;
			thread.finishedBytes = 0;
			thread.sentBytes = 0;
			thread.worker.postMessage(assignment.open);
			for (const message of assignment.queue) thread.worker.postMessage(message);
			assignment.queue = [];
		}
	}

	#start(): PackThread {
		const { threads, onMessage, onFailed, ...data } = this.#options;
		const number = this.#threads.length + 1;
		const worker = new Worker(besideModule(import.meta.url, 'pack-thread'), {
			workerData: { ...data, worker: number } satisfies PackThreadData,
			env: { ...process.env } as Record<string, string>,
			// Little lives long here: part buffers are not in the heap.
			resourceLimits: { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 192 },
		});
		const thread: PackThread = {
			worker,
			row: { worker: number, state: 'idle', bytes: 0 },
			archive: undefined,
			isRefused: false,
			packedFiles: 0,
			packedBytes: 0,
			finishedBytes: 0,
			sentBytes: 0,
		};
		worker.on('message', (message: FromPackThread) => {
			this.#note(thread, message);
			onMessage(message);
		});
		worker.on('error', (error) => onFailed(toFirnError(error)));
		worker.on('exit', (code) => {
			if (!this.#closing) {
				onFailed(
					new FirnError('WORKER_DIED', `Worker ${number} ended unexpectedly (code ${code}).`, {
						guidance: 'Run firn resume: it goes on from the last acknowledged part.',
						retry: 'later',
					}),
				);
			}
		});
		this.#threads.push(thread);
		return thread;
	}

	#note(thread: PackThread, message: FromPackThread): void {
		if (message.type === 'progress') {
			if (message.archive !== thread.archive) return;
			this.packedFiles += message.packedFiles - thread.packedFiles;
			this.packedBytes += message.packedBytes - thread.packedBytes;
			this.finishedBytes += message.finishedBytes - thread.finishedBytes;
			this.sentBytes += message.sentBytes - thread.sentBytes;
			thread.packedFiles = message.packedFiles;
			thread.packedBytes = message.packedBytes;
			thread.finishedBytes = message.finishedBytes;
			const moved = message.sentBytes > thread.sentBytes;
			thread.sentBytes = message.sentBytes;
			const { retry, ...row } = thread.row;
			// A retry is shown until bytes move again; a store that refuses takes bytes, too.
			thread.row = {
				...row,
				...(retry && (!moved || thread.isRefused) ? { retry, state: 'retry' } : { state: message.state }),
				bytes: message.sentBytes,
				path: message.path,
			};
		} else if (message.type === 'retry') {
			const { attempt, delayMs, waiting } = message;
			thread.isRefused = REFUSALS.has(waiting.code);
			thread.row = {
				...thread.row,
				state: 'retry',
				retry: { attempt, at: Date.now() + delayMs, reason: waiting.reason },
			};
		} else if (message.type === 'retry-over') {
			// What this one was refused the others may get now, too.
			if (thread.isRefused) this.tellAll({ type: 'nudge' });
			thread.isRefused = false;
		}
	}
}
