/**
 * Where bytes go. Each store (folder, S3, Google Drive) is one implementation behind this interface, and all of them
 * pass one conformance suite. Keys are relative to the destination's prefix, with `/` between segments, in UTF-8 without
 * control characters (keys.ts).
 *
 * Rules every implementation keeps: nothing is ever overwritten unless `overwrite` is said; an object is visible under
 * its key only when it is complete and durable; what is reported as stored has been confirmed by the store.
 */

export interface StoredObject {
	key: string;
	size: number;
	/** Empty where the store gives none. */
	etag: string;
	/** CRC-32 (IEEE, as in zlib) of the whole object where the store knows it. */
	crc32?: number;
	storageClass?: string;
	/** Where Intelligent-Tiering has moved it to, if it must be thawed there; `head` only. */
	archiveTier?: string;
	/** Of an object that must be thawed to be read: how far that is. Absent when nothing was ordered, or it has expired. */
	thaw?: 'ongoing' | { until: Date };
	modified?: Date;
	/** The page at which the store shows it to its owner, where there is one. No secret: whoever opens it has to sign in. */
	link?: string;
	/** As it was written, where the store keeps it; `head` only. */
	metadata?: Record<string, string>;
}

export interface ThawOptions {
	tier: 'bulk' | 'standard' | 'expedited';
	/** For how long it is to be readable; must be absent of objects of Intelligent-Tiering, which stay so. */
	days?: number;
	signal?: AbortSignal;
}

/**
 * `accepted`: a thaw, or a faster one than goes on. `extended`: it was thawed already, and is so for longer now. `ongoing`:
 * it is thawed already for another order. `readable`: nothing has to be thawed.
 */
export type ThawAnswer = 'accepted' | 'extended' | 'ongoing' | 'readable';

/** A multipart upload under way. `id` is the store's own name for it; both are kept in the state database. */
export interface UploadRef {
	key: string;
	id: string;
}

/** An upload that is neither completed nor aborted, as the store lists it. */
export interface OpenUpload extends UploadRef {
	begun: Date;
}

/** A part as the store has acknowledged it. */
export interface PartReceipt {
	/** 1-based. */
	number: number;
	size: number;
	etag: string;
	/** Of the part's bytes; absent in ListParts answers of stores that do not keep it. */
	crc32?: number;
}

export interface WriteOptions {
	/** S3 storage class; ignored by folders. Undefined leaves it to the store. */
	storageClass?: string;
	/** Kept with a new object where the store can: names in lower case, values in ASCII. Folders keep none. */
	metadata?: Record<string, string>;
	signal?: AbortSignal;
	pace?: Pace;
}

export type PutOptions = WriteOptions & { overwrite?: boolean; absent?: boolean };

/**
 * Asked before each slice of a body goes out; resolves when `bytes` may be sent, and is undefined where more may go, too
 * (with-rate-limit.ts).
 */
export type Pace = (bytes: number) => Promise<void> | undefined;

export interface DestinationLimits {
	minPartSize: number;
	maxPartSize: number;
	maxParts: number;
	maxObjectSize: number;
	/** What all parts but the last must be a multiple of, where there is such a thing. */
	partGranule?: number;
}

export interface Destination {
	/** As the user wrote it: `s3://bucket/prefix`, `/mnt/disk/backup`. Safe to print, without secrets. */
	readonly url: string;
	readonly limits: DestinationLimits;
	/** The storage class that archives go to when nobody has named one; undefined leaves it to the store. */
	readonly archiveClass?: string;

	/**
	 * Proves that the destination exists and can be written, leaving nothing behind.
	 * @throws FirnError usage or failure: DEST_MISSING, DEST_DENIED, NO_BUCKET, BAD_CREDENTIALS, DEST_READ_ONLY, DEST_FULL…
	 */
	check(options?: { signal?: AbortSignal }): Promise<void>;

	/**
	 * Makes what keys that start with `prefix` lie in, where a store has to: several threads that begin there at once
	 * would each make it. Absent where nothing is to be made.
	 */
	prepare?(prefix: string, options?: { signal?: AbortSignal }): Promise<void>;

	/**
	 * Stores a small object whole (<= 64 MiB).
	 * @throws FirnError ALREADY_EXISTS when the key exists with other content and `overwrite` is not set; storing the
	 * same bytes again is no error, so that a retry after a lost answer ends well.
	 * @param options `absent`: with `overwrite`, a list has just shown that nothing has the key. A store that would have to
	 * look for it first, which costs more than the writing, need not.
	 */
	put(key: string, body: Uint8Array, options?: PutOptions): Promise<StoredObject>;

	/**
	 * Begins a multipart upload of `key`; `partSize` holds for all parts but the last.
	 * @throws FirnError ALREADY_EXISTS unless `overwrite` is set; then it must be at `completeUpload`, too
	 */
	beginUpload(key: string, options: WriteOptions & { partSize: number; overwrite?: boolean }): Promise<UploadRef>;

	/**
	 * Uploads one part (sending the same number again replaces it) and returns once it is durable at the store.
	 * `last` tells the final part: a store that takes bytes in order only (`inOrder`) learns the whole size with it. There
	 * part n waits for n-1, which must have been handed over before, and what was acknowledged cannot be replaced.
	 * `crc32` is of `body`; the store, or else the implementation, verifies it.
	 * `onProgress` is told the bytes handed to the network so far, for the live display.
	 */
	uploadPart(
		upload: UploadRef,
		part: { number: number; body: Uint8Array; crc32: number; partSize: number; last: boolean },
		options?: { signal?: AbortSignal; onProgress?: (sent: number) => void; pace?: Pace },
	): Promise<PartReceipt>;

	/**
	 * The parts the store holds, ascending, all pages. A folder re-reads them and gives the CRC of what is there.
	 * @throws FirnError NO_SUCH_UPLOAD when the store does not know the upload (any more): completed, aborted or expired.
	 */
	listParts(upload: UploadRef, options: { partSize: number; signal?: AbortSignal }): Promise<PartReceipt[]>;

	/**
	 * Joins the parts, makes the object visible, then asks the store for it and compares size (and CRC where known).
	 * Repeating it after a lost answer succeeds when the object is there with the same size. With `overwrite` it replaces
	 * what is there, which stays until then.
	 * @throws FirnError ALREADY_EXISTS, NO_SUCH_UPLOAD, STORE_MISMATCH
	 */
	completeUpload(
		upload: UploadRef,
		parts: PartReceipt[],
		options: WriteOptions & { size: number; partSize: number; overwrite?: boolean },
	): Promise<StoredObject>;

	/** Throws the upload away; no error when it is gone already. Never touches uploads of others. */
	abortUpload(upload: UploadRef): Promise<void>;

	/**
	 * Uploads under way of keys that start with `prefix`, whoever began them: what a killed process left behind, which
	 * only the store remembers. A folder counts the temporary files of `put` among them.
	 * @throws FirnError DEST_DENIED or another refusal where the store does not tell
	 */
	uploads(prefix: string, options?: { signal?: AbortSignal }): AsyncIterable<OpenUpload>;

	/** The object's size, checksums and metadata, or undefined when it is not there. */
	head(key: string, options?: { signal?: AbortSignal }): Promise<StoredObject | undefined>;

	/**
	 * The object's bytes `[start, end)`, or all of it, as a stream of chunks, which belong to who takes them. Retries
	 * continue where the stream broke.
	 * @throws FirnError NOT_FOUND, ARCHIVED (it must be thawed first)
	 */
	get(key: string, options?: { start?: number; end?: number; signal?: AbortSignal }): AsyncIterable<Uint8Array>;

	/**
	 * Orders a copy of an archived object that can be read. Given again it orders a longer one once it is thawed, or with
	 * the same days a faster one before.
	 * @throws FirnError NOT_FOUND, EXPEDITED_UNAVAILABLE, THAW_REFUSED (the class has no such tier), NO_THAW (the store can
	 * neither read nor thaw it), DEST_DENIED
	 */
	thaw(key: string, options: ThawOptions): Promise<ThawAnswer>;

	/**
	 * All objects whose key starts with `prefix`, ascending by the bytes of their keys.
	 * @param options `thaws`: with `thaw`, if the store can tell it in a list
	 */
	list(prefix: string, options?: { signal?: AbortSignal; thaws?: boolean }): AsyncIterable<StoredObject>;

	/**
	 * Gives an object another key, with all that it is, without its bytes leaving the store. Absent where a store cannot.
	 * Repeating it after a lost answer succeeds.
	 * @throws FirnError NOT_FOUND, ALREADY_EXISTS
	 */
	move?(from: string, to: string, options?: { signal?: AbortSignal }): Promise<void>;

	/** Bytes that can still be stored. Undefined where there is no limit; absent where a store does not tell. */
	freeSpace?(options?: { signal?: AbortSignal }): Promise<number | undefined>;

	/** Deletes one object; no error when it is not there. */
	delete(key: string): Promise<void>;

	/** Frees sockets and handles. */
	close(): Promise<void>;
}

/** What is needed to open a destination anew in another thread; plain data without secrets. */
export interface DestinationConfig {
	url: string;
	endpoint?: string | undefined;
	region?: string | undefined;
	profile?: string | undefined;
	pathStyle?: boolean | undefined;
	/** Name of stored keys; they are in the environment of whoever opens it. */
	credentials?: string | undefined;
	/** Of Google Drive: deleted objects go to the trash, where they still take space. */
	trash?: boolean | undefined;
}
