/** Sends one object, encrypted if asked: a small one in one request, a bigger one by parts while it is read. */

import { createHash, randomBytes } from 'node:crypto';
import { createHeader } from '../../../archive/age/header.ts';
import { NONCE } from '../../../archive/age/payload.ts';
import { crc32OfPieces } from '../../../core/crc32-combine.ts';
import type {
	Destination,
	PartReceipt,
	StoredObject,
	UploadRef,
	WriteOptions,
} from '../../../destinations/destination.ts';
import { type CutPart, PartCutter } from '../../pack/part-cutter.ts';
import { partSizeFor } from '../../plan/part-size.ts';
import { sealedSize } from '../../plan/sealed-size.ts';
import { type KeptUpload, Stale } from './kept-upload.ts';

export interface SendOptions {
	key: string;
	/** Bytes that the content will have at most. */
	size: number;
	content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
	/** age recipients; absent: as it is. */
	recipients?: string[];
	partSize: number;
	metadata?: Record<string, string>;
	storageClass?: string;
	/** A list has just shown that nothing has the key. */
	absent?: boolean;
	signal: AbortSignal;
	/** Resolves when something may be sent. */
	gate: () => Promise<void>;
	onSent: (bytes: number) => void;
	/** Absent: an upload by parts lives no longer than this call. */
	kept?: KeptUpload;
	/** Told of each part that an earlier run has sent. */
	onReused?: (bytes: number) => void;
}

/**
 * Replaces what has the key, at once and only when all of it is there.
 * @throws Stale when what an earlier run has sent is something else; FirnError as put() and the uploads of a destination,
 * ARCHIVE_TOO_BIG; what reading the content throws
 */
export async function sendObject(destination: Destination, options: SendOptions): Promise<StoredObject> {
	const { size, content, recipients } = options;
	const encryption = recipients && { fileKey: randomBytes(16), nonce: randomBytes(NONCE) };
	const header = encryption
		? Buffer.concat([createHeader(recipients, encryption.fileKey), encryption.nonce])
		: Buffer.alloc(0);
	const most = sealedSize(size, encryption && header.length);
	const partSize = partSizeFor(most, options.partSize, destination.limits);
	const parts = new Parts(destination, options, partSize);
	const free: Buffer[] = [];
	const cut: CutPart[] = [];
	const bufferSize = Math.max(1, Math.min(partSize, most));
	const cutter = new PartCutter({
		partSize: bufferSize,
		...(encryption ? { encryption } : {}),
		header,
		acquire: () => free.pop() ?? Buffer.allocUnsafe(bufferSize),
		onPart: (part) => cut.push(part),
	});
	let sending: Promise<void> = Promise.resolve();
	/** Sends what is cut, while the next part is made. */
	const pass = async () => {
		for (const part of cut.splice(0)) {
			await sending;
			sending = parts
				.send(part)
				.finally(() => free.push(Buffer.from(part.bytes.buffer, part.bytes.byteOffset, bufferSize)));
			// It is waited for, but not at once.
			sending.catch(() => undefined);
		}
	};
	try {
		for await (const piece of content) {
			cutter.write(piece);
			await pass();
		}
		cutter.finish();
		await pass();
		await sending;
		return await parts.complete(cutter.objectSize);
	} catch (error) {
		await sending.catch(() => undefined);
		await parts.giveUp(error);
		throw error;
	}
}

class Parts {
	readonly #destination: Destination;
	readonly #options: SendOptions;
	readonly #partSize: number;
	readonly #receipts: PartReceipt[] = [];
	/** What an earlier run has sent, by number. */
	readonly #stored = new Map<number, PartReceipt>();
	#upload: UploadRef | undefined;
	#whole: StoredObject | undefined;
	/** An earlier run has completed it, if the file agrees. */
	#there: StoredObject | undefined;

	constructor(destination: Destination, options: SendOptions, partSize: number) {
		this.#destination = destination;
		this.#options = options;
		this.#partSize = partSize;
	}

	async send({ number, bytes, crc32, final }: CutPart): Promise<void> {
		const { key, signal, gate, onSent, onReused, absent = false } = this.#options;
		await gate();
		if (number === 1 && final) {
			this.#whole = await this.#destination.put(key, bytes, { ...this.#write(), overwrite: true, absent });
			onSent(bytes.length);
			return;
		}
		if (number === 1) await this.#begin();
		const stored = this.#stored.get(number);
		if (stored && !isPart(stored, bytes, crc32)) throw new Stale('another part was sent');
		if (stored || this.#there) {
			this.#receipts.push({ ...(stored ?? { number, size: bytes.length, etag: '' }), crc32 });
			onReused?.(bytes.length);
			return;
		}
		const part = { number, body: bytes, crc32, partSize: this.#partSize, last: final };
		this.#receipts.push(await this.#destination.uploadPart(this.#upload!, part, { signal }));
		onSent(bytes.length);
	}

	async complete(size: number): Promise<StoredObject> {
		if (this.#whole) return this.#whole;
		if (this.#there) {
			if (this.#there.crc32 === crc32OfPieces(this.#receipts)) return this.#there;
			throw new Stale('another object is there');
		}
		const options = { ...this.#write(), size, partSize: this.#partSize, overwrite: true };
		const stored = await this.#destination.completeUpload(this.#upload!, this.#receipts, options);
		const crc32 = stored.crc32 ?? crc32OfPieces(this.#receipts);
		return crc32 === undefined ? stored : { ...stored, crc32 };
	}

	/** What cannot be given up now, the next run gives up. */
	async giveUp(error: unknown): Promise<void> {
		const { kept } = this.#options;
		if (!this.#upload || kept?.isKept(error)) return;
		if (kept) await kept.giveUp(this.#upload);
		else await this.#destination.abortUpload(this.#upload).catch(() => undefined);
	}

	/** Goes on with what an earlier run has sent, or begins an upload. */
	async #begin(): Promise<void> {
		const { key, kept } = this.#options;
		const partSize = this.#partSize;
		const found = await kept?.find(partSize);
		if (found && 'object' in found) {
			this.#there = found.object;
			return;
		}
		this.#upload = found?.upload;
		for (const part of found?.stored ?? []) this.#stored.set(part.number, part);
		if (this.#upload) return;
		this.#upload = await this.#destination.beginUpload(key, { ...this.#write(), partSize, overwrite: true });
		kept?.begun(this.#upload, partSize);
	}

	#write(): WriteOptions {
		const { signal, metadata, storageClass } = this.#options;
		return { signal, ...(metadata ? { metadata } : {}), ...(storageClass === undefined ? {} : { storageClass }) };
	}
}

/** Whether a part in the store has these bytes, by the checksum that the store gives. */
function isPart(stored: PartReceipt, bytes: Buffer, crc32: number): boolean {
	if (stored.size !== bytes.length) return false;
	if (stored.crc32 !== undefined) return stored.crc32 === crc32;
	return stored.etag.replaceAll('"', '') === createHash('md5').update(bytes).digest('hex');
}
