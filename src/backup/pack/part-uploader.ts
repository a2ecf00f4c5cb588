/**
 * Sends the parts of one archive, a few at a time. A part leaves only after the coordinator has its intent on disk, so
 * that a crash never leaves the store with bytes nobody knows of. What the store has already is not sent again.
 */

import { createHash } from 'node:crypto';
import type { Destination, PartReceipt, StoredObject, UploadRef } from '../../destinations/destination.ts';
import { objectClass } from '../../pricing/object-class.ts';
import type { ReadyPart } from './archive-packer.ts';
import type { KnownPart, OpenArchiveMessage } from './messages.ts';
import { diverged } from './raw-writer.ts';

export interface PartUploaderOptions {
	archive: OpenArchiveMessage;
	destination: Destination;
	signal: AbortSignal;
	/** Resolves when the run is not paused. */
	gate: () => Promise<void>;
	/** Records the intent; resolves when it is on disk. */
	record: (ready: ReadyPart, uploadId: string | undefined) => Promise<void>;
	acknowledged: (receipt: PartReceipt, reused: boolean) => void;
	sent: (bytes: number) => void;
	/** Takes the part's buffer back. */
	release: (buffer: Buffer) => void;
}

export class PartUploader {
	readonly #options: PartUploaderOptions;
	readonly #known: Map<number, KnownPart>;
	readonly #stored: Map<number, PartReceipt>;
	readonly #receipts: PartReceipt[];
	readonly #running = new Set<Promise<void>>();
	/** Parts are recorded in order, whatever order their uploads end in. */
	#turn: Promise<unknown> = Promise.resolve();
	#upload: Promise<UploadRef> | undefined;
	#whole: StoredObject | undefined;
	#error: unknown;

	constructor(options: PartUploaderOptions, partsBefore: number) {
		this.#options = options;
		const { key, resume } = options.archive;
		this.#known = new Map(resume?.parts.map((part) => [part.number, part]));
		this.#stored = new Map(resume?.stored.map((part) => [part.number, part]));
		this.#receipts = (resume?.stored ?? []).filter((part) => part.number <= partsBefore);
		if (resume?.uploadId !== undefined) this.#upload = Promise.resolve({ key, id: resume.uploadId });
	}

	/** Parts that are not acknowledged yet. */
	get pending(): number {
		return this.#running.size;
	}

	async uploadId(): Promise<string | undefined> {
		return (await this.#upload)?.id;
	}

	/** Takes a part; failures show at the next `settle`. */
	add(ready: ReadyPart): void {
		const before = this.#turn;
		const task = this.#send(ready, before)
			.catch((error: unknown) => {
				this.#error ??= error;
			})
			.finally(() => {
				this.#running.delete(task);
				this.#options.release(ready.part.bytes);
			});
		this.#running.add(task);
	}

	/** Waits until at most `most` parts are under way. @throws what made one fail */
	async settle(most: number): Promise<void> {
		while (this.#running.size > most && this.#error === undefined) await Promise.race(this.#running);
		if (this.#error !== undefined) throw this.#error;
	}

	/** Joins the parts into the object of `size` bytes, which the store has then confirmed. */
	async complete(size: number): Promise<StoredObject> {
		await this.settle(0);
		if (this.#whole) return this.#whole;
		const { archive, destination } = this.#options;
		const parts = this.#receipts.sort((a, b) => a.number - b.number);
		return destination.completeUpload((await this.#upload)!, parts, {
			...this.#writeOptions(),
			size,
			partSize: archive.partSize,
		});
	}

	async #send(ready: ReadyPart, before: Promise<unknown>): Promise<void> {
		const { archive, destination, signal } = this.#options;
		const { part } = ready;
		const known = this.#known.get(part.number);
		const same =
			known !== undefined &&
			known.size === part.bytes.length &&
			Buffer.from(known.fingerprint).equals(part.fingerprint);
		// The same key must never encrypt two different texts at the same place: then this archive is given up. So it is
		// when the object may be there already, whole: nothing is overwritten.
		if (known && !same && (archive.encryption || this.#upload === undefined)) throw diverged();
		const whole = part.final && part.number === 1 && this.#upload === undefined;
		if (!whole) {
			this.#upload ??= destination.beginUpload(archive.key, { ...this.#writeOptions(), partSize: archive.partSize });
		}
		const recorded = before.then(async () => {
			await this.#options.gate();
			return this.#options.record(ready, (await this.#upload)?.id);
		});
		this.#turn = recorded;
		await recorded;
		if (whole) {
			const there = same ? await destination.head(archive.key, { signal }) : undefined;
			const reused = there !== undefined && isSame(there, part.bytes, part.crc32);
			const options = this.#writeOptions(part.bytes.length);
			const { storageClass } = options;
			this.#whole = reused ? there : await destination.put(archive.key, part.bytes, options);
			if (storageClass !== undefined) this.#whole = { storageClass, ...this.#whole };
			this.#options.sent(part.bytes.length);
			this.#done({ number: 1, size: part.bytes.length, etag: this.#whole.etag, crc32: part.crc32 }, reused);
			return;
		}
		const there = this.#stored.get(part.number);
		if (same && there && isSame(there, part.bytes, part.crc32)) {
			this.#done(there, true);
			return;
		}
		const upload = await this.#upload!;
		let told = 0;
		const receipt = await destination.uploadPart(
			upload,
			{ number: part.number, body: part.bytes, crc32: part.crc32, partSize: archive.partSize, last: part.final },
			{
				signal,
				onProgress: (sent) => {
					this.#options.sent(sent - told);
					told = sent;
				},
			},
		);
		this.#options.sent(receipt.size - told);
		this.#done(receipt, false);
	}

	#done(receipt: PartReceipt, reused: boolean): void {
		this.#receipts.push(receipt);
		this.#options.acknowledged(receipt, reused);
	}

	/** @param whole size of an archive that goes up in one piece */
	#writeOptions(whole?: number): { storageClass?: string; signal: AbortSignal } {
		const { warmBelow = 0, storageClass: cold } = this.#options.archive;
		const storageClass = objectClass(cold, warmBelow, whole);
		return { signal: this.#options.signal, ...(storageClass === undefined ? {} : { storageClass }) };
	}
}

/** Whether what the store has is these bytes: by CRC where it keeps one, else by an ETag that is the MD5. */
function isSame(stored: { size: number; etag: string; crc32?: number }, bytes: Buffer, crc32: number): boolean {
	if (stored.size !== bytes.length) return false;
	if (stored.crc32 !== undefined) return stored.crc32 === crc32;
	return stored.etag.replaceAll('"', '') === createHash('md5').update(bytes).digest('hex');
}
