/** What the coordinator of a run and its pack threads say to each other. Buffers are transferred, not copied. */

import type { PlainError } from '../../core/errors.ts';
import type { Compression } from '../../core/object-names.ts';
import type { Waiting } from '../../core/task.ts';
import type { DestinationConfig, PartReceipt, StoredObject } from '../../destinations/destination.ts';

/** What a pack thread is started with. */
export interface PackThreadData {
	worker: number;
	destination: DestinationConfig;
	/** Shared by all threads: destinations/with-rate-limit. */
	rateLimit: SharedArrayBuffer;
	/** Shared by all threads: destinations/request-count. */
	requestCount: SharedArrayBuffer;
	/** Closed while the run is paused: pack/gate. */
	gate: SharedArrayBuffer;
	/** Parts of one archive that may be under way at once. */
	uploadsAtOnce: number;
}

export interface KnownPart {
	number: number;
	size: number;
	final: boolean;
	crc32: number;
	fingerprint: Uint8Array;
	acknowledged: boolean;
	etag: string | undefined;
}

/** An archive to make. With `resume` it goes on behind part `after` (0: from the beginning). */
export interface OpenArchiveMessage {
	type: 'open';
	archive: number;
	key: string;
	compression: Compression;
	partSize: number;
	/** Age header with nonce, and the file key; absent when the archive is not encrypted. */
	encryption?: { header: Uint8Array; fileKey: Uint8Array };
	storageClass?: string;
	/** An archive that is smaller than this, and goes up in one piece, is stored in STANDARD instead. */
	warmBelow?: number;
	resume?: {
		uploadId: string | undefined;
		/** Encoded checkpoint of the part behind which to go on. */
		checkpoint: Uint8Array | undefined;
		/** All parts that an earlier attempt may have sent. */
		parts: KnownPart[];
		/** What the store says it has. */
		stored: PartReceipt[];
	};
}

/** Stands for a part's number in the answer to `completing`. */
export const COMPLETING = 0;

export type ToPackThread =
	| OpenArchiveMessage
	| { type: 'batch'; batch: number; data: Uint8Array }
	/** No more batches come for the archive in hand. */
	| { type: 'finish' }
	/** The intent to send this part (or COMPLETING: to join the parts) is on disk. */
	| { type: 'part-recorded'; number: number }
	/** Other credentials, in place of those in the environment. */
	| { type: 'credentials'; env: Record<string, string> }
	/** Whatever it waits for may be there now. */
	| { type: 'nudge' }
	| { type: 'close' };

/** Results of consecutive entries, in the order of the archive. */
export interface ResultBlock {
	batch: Uint32Array;
	index: Uint32Array;
	/** Raw offset and length of the entry's TAR bytes. */
	offset: Float64Array;
	length: Float64Array;
	/** 32 bytes each; zeros where there is no content. */
	sha256: Uint8Array;
	/** Index in PACK_STATUS. */
	status: Uint8Array;
	/** Entries that were packed otherwise than planned: [position in this block, entry]. */
	actual: [number, import('../plan/batch-codec.ts').PlannedEntry][];
	errors: [number, { code: string; message: string }][];
}

export const PACK_STATUS = ['packed', 'torn', 'gone', 'failed'] as const;

export type FromPackThread =
	| {
			type: 'part';
			archive: number;
			number: number;
			size: number;
			final: boolean;
			crc32: number;
			fingerprint: Uint8Array;
			uploadId: string | undefined;
			checkpoint: Uint8Array;
			/** Entries whose bytes end before the checkpoint. */
			results: ResultBlock;
			/** Batches before this one are complete with this part. */
			batchesDone: number;
	  }
	| { type: 'acknowledged'; archive: number; receipt: PartReceipt; reused: boolean }
	/** All parts are acknowledged and are about to be joined. */
	| { type: 'completing'; archive: number }
	| { type: 'batch-packed'; archive: number; batch: number }
	| {
			type: 'stored';
			archive: number;
			object: StoredObject;
			rawSize: number;
			payloadSize: number;
			frames: Uint8Array | undefined;
	  }
	/** Nothing of what was planned exists any more: no object was made. */
	| { type: 'empty'; archive: number; results: ResultBlock }
	/** It cannot be gone on with. */
	| { type: 'given-up'; archive: number; uploadId: string | undefined; reason: string }
	| {
			type: 'progress';
			archive: number;
			packedFiles: number;
			packedBytes: number;
			/** Of the packed bytes, those whose part of the object has left, or was there already. */
			finishedBytes: number;
			sentBytes: number;
			path: string;
			state: 'pack' | 'upload' | 'verify';
	  }
	| { type: 'retry'; archive: number; attempt: number; delayMs: number; waiting: Waiting }
	/** What had to be repeated has succeeded. */
	| { type: 'retry-over'; archive: number }
	| { type: 'failed'; archive: number; error: PlainError };
