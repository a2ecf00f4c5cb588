/** A pack thread: makes and sends one archive after the other, as the coordinator of the run says. */

import { parentPort, workerData } from 'node:worker_threads';
import { toFirnError } from '../../core/errors.ts';
import type { Destination } from '../../destinations/destination.ts';
import { openDestination } from '../../destinations/open-destination.ts';
import { replaceCredentials } from '../../destinations/replace-credentials.ts';
import { counting } from '../../destinations/request-count.ts';
import { withRateLimit } from '../../destinations/with-rate-limit.ts';
import { NUDGE, waitingFor, withRetry } from '../../destinations/with-retry.ts';
import { ArchivePacker, type ReadyPart } from './archive-packer.ts';
import { decodeCheckpoint } from './checkpoint.ts';
import { passGate } from './gate.ts';
import {
	COMPLETING,
	type FromPackThread,
	type OpenArchiveMessage,
	type PackThreadData,
	type ToPackThread,
} from './messages.ts';
import { Owners } from './owners.ts';
import { PartUploader } from './part-uploader.ts';
import { transferables } from './results.ts';

const data = workerData as PackThreadData;
const port = parentPort!;
const owners = new Owners();
const say = (message: FromPackThread, transfer: ArrayBuffer[] = []) => port.postMessage(message, transfer);

const PROGRESS_MS = 200;
/** What is made anew under another name, because this archive cannot be gone on with. */
const GIVEN_UP: Readonly<Record<string, string>> = {
	ARCHIVE_DIVERGED: 'its files changed',
	NO_SUCH_UPLOAD: 'the store does not know its upload any more',
};

/** Messages in order; the one that an archive waits for may not have come yet. */
class Inbox {
	readonly #waiting: ToPackThread[] = [];
	#wake: (() => void) | undefined;
	readonly #recorded = new Map<number, () => void>();

	constructor() {
		port.on('message', (message: ToPackThread) => {
			if (message.type === 'part-recorded') {
				this.#recorded.get(message.number)?.();
				this.#recorded.delete(message.number);
				return;
			}
			if (message.type === 'credentials' || message.type === 'nudge') {
				if (message.type === 'credentials') replaceCredentials(message.env);
				nudge.dispatchEvent(new Event(NUDGE));
				return;
			}
			this.#waiting.push(message);
			this.#wake?.();
		});
	}

	async next(): Promise<ToPackThread> {
		while (this.#waiting.length === 0) {
			await new Promise<void>((resolve) => {
				this.#wake = resolve;
			});
		}
		return this.#waiting.shift()!;
	}

	recorded(number: number): Promise<void> {
		return new Promise((resolve) => this.#recorded.set(number, resolve));
	}
}

const nudge = new EventTarget();
const inbox = new Inbox();
/** Buffers of parts that were sent; a new one costs a page fault for every 4 KiB. */
const free: Buffer[] = [];

function acquire(size: number): Buffer {
	const buffer = free.pop();
	return buffer?.length === size ? buffer : Buffer.allocUnsafeSlow(size);
}

function release(bytes: Buffer): void {
	if (free.length < data.uploadsAtOnce + 1) free.push(Buffer.from(bytes.buffer));
}

async function makeArchive(destination: Destination, archive: OpenArchiveMessage): Promise<void> {
	const abort = new AbortController();
	const { encryption, resume } = archive;
	let sentBytes = 0;
	let reusedBytes = 0;
	let told = 0;
	let state: 'pack' | 'upload' | 'verify' = 'pack';
	const from = resume?.checkpoint ? decodeCheckpoint(resume.checkpoint) : undefined;
	const uploader = new PartUploader(
		{
			archive,
			destination,
			signal: abort.signal,
			gate: () => passGate(data.gate, abort.signal),
			record: (ready, uploadId) => record(archive.archive, ready, uploadId),
			acknowledged: (receipt, reused) => {
				if (reused) reusedBytes += receipt.size;
				say({ type: 'acknowledged', archive: archive.archive, receipt, reused });
			},
			sent: (bytes) => {
				sentBytes += bytes;
			},
			release,
		},
		from?.part ?? 0,
	);
	const pace = async () => {
		await new Promise(setImmediate);
		// One more is cut before the next turn comes.
		await uploader.settle(data.uploadsAtOnce - 1);
		if (Date.now() - told >= PROGRESS_MS) tell();
	};
	const packer = new ArchivePacker({
		compression: archive.compression,
		partSize: archive.partSize,
		...(encryption
			? { encryption: { header: Buffer.from(encryption.header), fileKey: Buffer.from(encryption.fileKey) } }
			: {}),
		owners,
		...(resume?.checkpoint ? { checkpoint: resume.checkpoint } : {}),
		acquire: () => acquire(archive.partSize),
		onPart: (ready) => uploader.add(ready),
		pace,
	});
	const start = packer.objectSize;
	const tell = () => {
		told = Date.now();
		const { files, contentBytes, path } = packer;
		const made = packer.objectSize - start;
		const gone = made === 0 ? 0 : Math.min(1, (sentBytes + reusedBytes) / made);
		say({
			type: 'progress',
			archive: archive.archive,
			packedFiles: files,
			packedBytes: contentBytes,
			finishedBytes: Math.round(contentBytes * gone),
			sentBytes,
			path,
			state,
		});
	};
	const ticker = setInterval(tell, PROGRESS_MS * 2);
	let hasAll = false;
	try {
		for (let message = await inbox.next(); message.type !== 'finish'; message = await inbox.next()) {
			if (message.type !== 'batch') throw new Error(`unexpected message ${message.type}`);
			await packer.addBatch(message.batch, message.data);
			say({ type: 'batch-packed', archive: archive.archive, batch: message.batch });
		}
		hasAll = true;
		if (packer.isEmpty && !resume?.checkpoint) {
			say({ type: 'empty', archive: archive.archive, results: packer.takeUnfinished() });
			return;
		}
		state = 'upload';
		packer.finish();
		await uploader.settle(0);
		// What the store has acknowledged is on disk before its upload id becomes worthless.
		say({ type: 'completing', archive: archive.archive });
		await inbox.recorded(COMPLETING);
		state = 'verify';
		const object = await uploader.complete(packer.objectSize);
		const { rawSize, payloadSize, frames } = packer;
		tell();
		say({ type: 'stored', archive: archive.archive, object, rawSize, payloadSize, frames });
	} catch (thrown) {
		abort.abort();
		const error = toFirnError(thrown);
		const reason = GIVEN_UP[error.code];
		if (reason !== undefined) {
			const uploadId = await uploader.uploadId().catch(() => undefined);
			say({ type: 'given-up', archive: archive.archive, uploadId, reason });
			// What comes behind its last message is for the next archive.
			if (!hasAll) await skipToFinish();
		} else {
			say({ type: 'failed', archive: archive.archive, error: error.toPlain() });
		}
	} finally {
		clearInterval(ticker);
	}
}

/** After an archive was given up its remaining batches are of no use here. */
async function skipToFinish(): Promise<void> {
	while ((await inbox.next()).type !== 'finish');
}

function record(archive: number, ready: ReadyPart, uploadId: string | undefined): Promise<void> {
	const { part, results, checkpoint, batchesDone } = ready;
	const done = inbox.recorded(part.number);
	say(
		{
			type: 'part',
			archive,
			number: part.number,
			size: part.bytes.length,
			final: part.final,
			crc32: part.crc32,
			fingerprint: part.fingerprint,
			uploadId,
			checkpoint,
			results,
			batchesDone,
		},
		transferables(results),
	);
	return done;
}

let current = 0;
const destination = withRateLimit(
	withRetry(await openDestination(data.destination, process.env, counting(data.requestCount)), {
		// The run has checked the destination before it began an archive.
		proven: true,
		untilRoom: true,
		nudge,
		onRetry: (notice) => {
			const { attempt, delayMs } = notice;
			say({ type: 'retry', archive: current, attempt, delayMs, waiting: waitingFor(notice) });
		},
		onOver: () => say({ type: 'retry-over', archive: current }),
	}),
	data.rateLimit,
);

for (let message = await inbox.next(); message.type !== 'close'; message = await inbox.next()) {
	if (message.type !== 'open') throw new Error(`unexpected message ${message.type}`);
	current = message.archive;
	await makeArchive(destination, message);
}
await destination.close();
port.close();
