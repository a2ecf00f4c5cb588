/**
 * One upload under way. Drive takes bytes strictly in order, so part n waits until n-1 is persisted. Before a part
 * leaves, its size and CRC and the hashes up to its end are in the book: what Drive says it has persisted tells then how
 * many parts are there, and from which byte of the next one to go on.
 */

import { FirnError } from '../../core/errors.ts';
import type { Pace, PartReceipt } from '../destination.ts';
import { DEST_FULL, noSuchUpload, storeMismatch } from '../refusals.ts';
import { DRIVE_DAILY_LIMIT } from './daily-limit.ts';
import { fileById } from './files.ts';
import { hashOn } from './hashes.ts';
import { askSession, GRANULE, type SessionState, sendBytes } from './session.ts';
import type { Session, SessionBook } from './session-book.ts';
import type { DriveStore } from './store.ts';

export interface Part {
	number: number;
	body: Uint8Array;
	crc32: number;
	last: boolean;
}

interface Options {
	signal?: AbortSignal | undefined;
	onProgress?: ((sent: number) => void) | undefined;
	pace?: Pace | undefined;
}

/** With these a part is tried again (with-retry.ts): those behind it may wait for it. */
const COMES_BACK = new Set(['BAD_CREDENTIALS', DRIVE_DAILY_LIMIT, DEST_FULL]);

export class LiveUpload {
	readonly id: string;
	readonly #store: DriveStore;
	readonly #book: SessionBook;
	#session: Session;
	/** Parts that Drive has, and bytes. */
	#acked = 0;
	#persisted = 0;
	/** Whether those two are what Drive says; after a fault it is asked. */
	#isSure: boolean;
	/** Whether Drive has made the file of all bytes. */
	#isDone = false;
	#isBusy = false;
	readonly #handedOver = new Set<number>();
	/** The part that has failed for good: unless it comes again all the same, none behind it ever gets its turn. */
	#failed: { number: number; fault: FirnError } | undefined;
	#waiting: { resolve: () => void; reject: (error: unknown) => void }[] = [];

	/** @param isNew whether nothing can have been sent yet */
	constructor(store: DriveStore, book: SessionBook, id: string, session: Session, isNew: boolean) {
		this.#store = store;
		this.#book = book;
		this.id = id;
		this.#session = session;
		this.#isSure = isNew;
	}

	get session(): Session {
		return this.#session;
	}

	/** The parts that Drive has. @throws FirnError NO_SUCH_UPLOAD */
	async parts(options: Options = {}): Promise<PartReceipt[]> {
		await this.#alone(options.signal, async () => {
			// Another thread may have sent some.
			const session = await this.#book.read(this.id);
			if (!session) throw this.#gone();
			this.#session = session;
			await this.#refresh(options);
		});
		return this.#session.parts.slice(0, this.#acked).map(([size, crc32], at) => receiptOf(at + 1, size, crc32));
	}

	/**
	 * Sends a part, when its turn has come.
	 * @throws FirnError NO_SUCH_UPLOAD; ARCHIVE_DIVERGED when other bytes were sent in its place before
	 */
	async send(part: Part, options: Options): Promise<PartReceipt> {
		const { number, body, crc32 } = part;
		this.#handedOver.add(number);
		if (this.#failed?.number === number) this.#failed = undefined;
		for (;;) {
			options.signal?.throwIfAborted();
			if (this.#failed && this.#failed.number < number) throw this.#failed.fault;
			if (this.#isBusy) await this.#change(options.signal);
			else if (!this.#isSure) await this.#alone(options.signal, () => this.#refresh(options), number);
			else if (number <= this.#acked) {
				if (!this.#isBegun(part)) throw diverged();
				options.onProgress?.(body.length);
				return receiptOf(number, body.length, crc32);
			} else if (number === this.#acked + 1) {
				await this.#alone(options.signal, () => this.#sendNow(part, options), number);
			} else if (!this.#handedOver.has(number - 1)) {
				this.#handedOver.delete(number);
				this.#wake();
				throw this.#outOfOrder(number);
			} else await this.#change(options.signal);
		}
	}

	/**
	 * Ends the file when all bytes are there.
	 * @throws FirnError STORE_MISMATCH when bytes are missing; NO_SUCH_UPLOAD
	 */
	async finish(size: number, options: Options = {}): Promise<void> {
		await this.#alone(options.signal, async () => {
			await this.#refresh(options);
			if (this.#isDone) return;
			if (this.#persisted === size && this.#sent() === size) {
				this.#take(await askSession(this.#store.client, this.#session.address, size, this.#named(options)));
			}
			if (!this.#isDone) {
				const found = `${this.#persisted} bytes instead of ${size}`;
				throw storeMismatch(this.#session.key, this.#store.client.place.store, found);
			}
		});
	}

	async #sendNow(part: Part, options: Options): Promise<void> {
		const { number, body, last } = part;
		if (!last && (body.length === 0 || body.length % GRANULE !== 0)) {
			throw new FirnError('BAD_PART_SIZE', `Google Drive takes no parts of ${body.length} bytes.`);
		}
		const start = this.#startOf(number);
		// A piece of it is there already: then it has to be of the same part.
		if (this.#persisted > start && !this.#isBegun(part)) throw diverged();
		if (!this.#isBegun(part)) await this.#note(part);
		const end = start + body.length;
		const total = last ? end : undefined;
		const { client } = this.#store;
		while (this.#acked < number) {
			const at = this.#persisted;
			const rest = body.subarray(at - start);
			const onProgress = (sent: number) => options.onProgress?.(at - start + sent);
			this.#take(
				await sendBytes(
					client,
					this.#session.address,
					rest,
					{ start: at, total },
					{ ...this.#named(options), onProgress },
				),
			);
			if (this.#acked < number && this.#persisted <= at) {
				throw new FirnError('STORE_UNAVAILABLE', `${client.place.store} has kept nothing of part ${number}.`, {
					retry: 'now',
					guidance: 'It is tried again.',
				});
			}
		}
	}

	/** Writes down what is about to be sent. */
	async #note({ number, body, crc32, last }: Part): Promise<void> {
		const { parts, before, after } = this.#session;
		// An attempt at other bytes of which nothing arrived is forgotten.
		const base = parts.length === number ? before : after;
		const session: Session = {
			...this.#session,
			parts: [...parts.slice(0, number - 1), [body.length, crc32]],
			isEnded: last,
			before: base,
			after: await hashOn(base, body),
		};
		this.#book.write(this.id, session);
		this.#session = session;
	}

	async #refresh(options: Options): Promise<void> {
		const { client } = this.#store;
		const { address, file } = this.#session;
		const { signal } = options;
		const { doing } = this.#named(options);
		const state = await askSession(client, address, undefined, { doing, signal });
		const isDone = state.kind === 'gone' && (await fileById(client, file, doing, signal)) !== undefined;
		this.#take(isDone ? { kind: 'done' } : state);
		this.#isSure = true;
	}

	/** Takes over what Drive says. @throws FirnError NO_SUCH_UPLOAD when the session is of no use any more */
	#take(state: SessionState | { kind: 'done' }): void {
		const { parts, isEnded } = this.#session;
		this.#isDone = state.kind === 'done';
		if (state.kind === 'gone') throw this.#gone();
		this.#persisted = state.kind === 'done' ? this.#sent() : state.persisted;
		let at = 0;
		this.#acked = 0;
		for (const [size] of parts) {
			at += size;
			if (at <= this.#persisted) this.#acked += 1;
		}
		// The last one counts when Drive has ended the file with it.
		if (isEnded && !this.#isDone) this.#acked = Math.min(this.#acked, parts.length - 1);
		// What Drive had acknowledged is not there any more, or there is more than was ever sent.
		if (this.#acked < parts.length - 1 || this.#persisted > at) throw this.#gone();
	}

	#gone(): FirnError {
		return noSuchUpload(this.#session.key, this.#store.client.place.url);
	}

	#isBegun({ number, body, crc32, last }: Part): boolean {
		const [size, crc] = this.#session.parts[number - 1] ?? [];
		const isLast = number === this.#session.parts.length && this.#session.isEnded;
		return size === body.length && crc === crc32 && isLast === last;
	}

	#sent(): number {
		return this.#startOf(this.#session.parts.length + 1);
	}

	#startOf(number: number): number {
		return this.#session.parts.slice(0, number - 1).reduce((sum, [size]) => sum + size, 0);
	}

	#named(options: Options) {
		return { ...options, doing: `send ${this.#session.key}` };
	}

	#outOfOrder(number: number): FirnError {
		return new FirnError(
			'PART_OUT_OF_ORDER',
			`Part ${number} of ${this.#session.key} came before part ${number - 1}, which Google Drive has to get first.`,
		);
	}

	/**
	 * One piece of work at a time. Faults that do not pass by themselves are those of whoever waits, too, and of parts
	 * that come later.
	 */
	async #alone(signal: AbortSignal | undefined, work: () => Promise<void>, part?: number): Promise<void> {
		while (this.#isBusy) await this.#change(signal);
		this.#isBusy = true;
		let fault: FirnError | undefined;
		try {
			await work();
		} catch (error) {
			this.#isSure = false;
			if (error instanceof FirnError && error.retry !== 'now') fault = error;
			if (fault && part !== undefined && !COMES_BACK.has(fault.code)) this.#failed = { number: part, fault };
			throw error;
		} finally {
			this.#isBusy = false;
			this.#wake(fault);
		}
	}

	#wake(fault?: FirnError): void {
		const waiting = this.#waiting;
		this.#waiting = [];
		for (const { resolve, reject } of waiting) {
			if (fault) reject(fault);
			else resolve();
		}
	}

	/** Resolves when another part has got on. */
	async #change(signal: AbortSignal | undefined): Promise<void> {
		signal?.throwIfAborted();
		const { promise, resolve, reject } = Promise.withResolvers<void>();
		this.#waiting.push({ resolve, reject });
		const end = () => reject(signal?.reason);
		signal?.addEventListener('abort', end);
		try {
			await promise;
		} finally {
			signal?.removeEventListener('abort', end);
		}
	}
}

function receiptOf(number: number, size: number, crc32: number): PartReceipt {
	return { number, size, etag: '', crc32 };
}

/** Drive cannot take back what it has: an archive that was not made again alike has to be sent anew. */
function diverged(): FirnError {
	return new FirnError(
		'ARCHIVE_DIVERGED',
		'Google Drive has other bytes of this archive already, which are not replaced.',
		{
			guidance: 'The archive is sent anew.',
		},
	);
}
