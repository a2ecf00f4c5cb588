/** Tries out a bucket right by right. What a role may not do is found by being refused, not by reading policies. */

import type { StorageClass } from '@aws-sdk/client-s3';
import { conclude, type DestinationTest } from '../../core/destination-test.ts';
import { FirnError } from '../../core/errors.ts';
import type { StoredObject, UploadRef } from '../destination.ts';
import { storeMismatch } from '../refusals.ts';
import { Absent, StepLog, type StepWords } from '../test/step-log.ts';
import type { Bucket } from './bucket.ts';
import { listObjects } from './list.ts';
import { partsOf } from './multipart.ts';
import { type BucketOptions, openBucket } from './open-bucket.ts';
import { getObject } from './read.ts';
import type { S3Config } from './settings.ts';
import { abort, begin, classOf, PROBE_BODY, probeKey, put, remove, sendProbe, thaw } from './test-requests.ts';

const LONGEST_MS = 45_000;
/** For what has to be removed again, whatever has happened. */
const TIDY_MS = 10_000;
const UNKNOWABLE = 'It cannot be told without the right to list.';
/** Classes that a thaw is needed for. */
const COLD = ['GLACIER', 'DEEP_ARCHIVE'];

/** @param storageClass that archives are to have there */
export async function testBucket(
	config: S3Config,
	env: Record<string, string>,
	storageClass?: string,
	timeouts?: BucketOptions,
): Promise<DestinationTest> {
	const bucket = await openBucket(config, env, timeouts);
	// What checksums it keeps makes no difference here.
	bucket.support = 'none';
	try {
		const test = new BucketTest(bucket, config, AbortSignal.timeout(LONGEST_MS));
		await test.run(storageClass);
		const { url, store } = bucket.place;
		const { log, left } = test;
		return { url, kind: 's3', where: store, ...conclude(log.steps), notes: [], left };
	} finally {
		bucket.client.destroy();
	}
}

class BucketTest {
	readonly log = new StepLog();
	readonly left: string[] = [];
	readonly #bucket: Bucket;
	readonly #signal: AbortSignal;
	readonly #words: ReturnType<typeof wordsFor>;
	/** Any object that is there. */
	#sample: StoredObject | undefined;

	constructor(bucket: Bucket, config: S3Config, signal: AbortSignal) {
		this.#bucket = bucket;
		this.#signal = signal;
		this.#words = wordsFor(config);
	}

	async run(storageClass: string | undefined): Promise<void> {
		if (!(await this.#reach())) return;
		await this.log.try('list', this.#words.list, async () => {
			for await (const object of this.#list()) this.#sample = object;
			return 'What is stored can be listed.';
		});
		const aborts = await this.#upload();
		const deletes = await this.#delete();
		await this.#read(deletes);
		if (storageClass !== undefined) await this.#class(storageClass, aborts);
		if (storageClass === undefined || COLD.includes(storageClass)) await this.#thaw();
	}

	async #thaw(): Promise<void> {
		if (!this.#isListed()) this.log.skip('thaw', UNKNOWABLE);
		else {
			await this.log.try('thaw', this.#words.thaw, async () => {
				await thaw(this.#bucket, this.#signal);
				return 'Archives of Glacier classes can be asked for.';
			});
		}
	}

	/** Else the store answers "denied" to whatever is asked of an object that is not there. */
	#isListed(): boolean {
		return this.log.last('list')!.status === 'ok';
	}

	#list() {
		return firstOf(listObjects(this.#bucket, '', { signal: this.#signal, pageSize: 1 }));
	}

	/** A refusal is an answer, too. */
	#reach(): Promise<boolean> {
		return this.log.try('reach', {}, async () => {
			try {
				for await (const _object of this.#list()) break;
			} catch (error) {
				if (!(error instanceof FirnError) || error.code !== 'DEST_DENIED') throw error;
			}
			return `${this.#bucket.place.store} answers.`;
		});
	}

	/** Tries an upload that is given up; a part is sent only when that has been seen to work. */
	async #upload(): Promise<boolean> {
		const bucket = this.#bucket;
		const signal = this.#signal;
		let upload: UploadRef | undefined;
		await this.log.try('write', this.#words.write, async () => {
			upload = await begin(bucket, signal);
			return 'An upload can be begun.';
		});
		if (!upload) {
			this.log.skip('parts', 'There is no upload to try it with.');
			this.log.skip('abort', 'There is no upload to try it with.');
			return false;
		}
		const empty = upload;
		await this.log.try('parts', this.#words.parts, async () => {
			await partsOf(bucket, empty, signal);
			return 'Interrupted uploads can go on.';
		});
		const aborts = await this.log.try('abort', this.#words.abort, async () => {
			await abort(bucket, empty, signal);
			return 'An upload can be given up.';
		});
		if (!aborts) {
			const key = bucket.keyOf(empty.key);
			this.left.push(`The upload ${key} without a part, which costs nothing; a lifecycle rule removes such.`);
			return false;
		}
		this.log.drop('write');
		await this.log.try('write', this.#words.write, async () => {
			const again = await begin(bucket, signal);
			try {
				await sendProbe(bucket, again, signal);
			} finally {
				await this.#giveUp(again);
			}
			return 'A part was taken.';
		});
		return true;
	}

	/** Also when time is up. What stays is told; what went wrong before is the step's own. */
	async #giveUp(upload: UploadRef): Promise<void> {
		await abort(this.#bucket, upload, AbortSignal.timeout(TIDY_MS)).catch(() => {
			this.left.push(`The upload ${this.#bucket.keyOf(upload.key)}; a lifecycle rule for such removes it.`);
		});
	}

	/** @returns whether an object that is written can be deleted without a trace */
	async #delete(): Promise<boolean> {
		const bucket = this.#bucket;
		const key = probeKey();
		let marker: string | undefined;
		const deletes = await this.log.try('delete', this.#words.delete, async () => {
			marker = await remove(bucket, key, this.#signal);
			return marker === undefined
				? 'Objects can be deleted.'
				: 'Objects can be deleted; the bucket keeps versions, so their bytes stay until those are deleted.';
		});
		if (marker === undefined) return deletes;
		try {
			await remove(bucket, key, AbortSignal.timeout(TIDY_MS), marker);
		} catch {
			this.left.push(`A delete marker for ${bucket.keyOf(key)}, without bytes; versions may not be deleted.`);
		}
		return false;
	}

	/** Reads what it writes where that goes without a trace, else a byte of what is there, else what is not there. */
	async #read(mayWrite: boolean): Promise<void> {
		const mayReadBack = mayWrite && this.log.last('write')!.status === 'ok';
		if (!mayReadBack && this.#sample === undefined && !this.#isListed()) return this.log.skip('read', UNKNOWABLE);
		await this.log.try('read', this.#words.read, async () => {
			if (mayReadBack) return this.#readBack();
			try {
				const key = this.#sample?.key ?? probeKey();
				for await (const _chunk of getObject(this.#bucket, key, { start: 0, end: 1, signal: this.#signal })) break;
				return 'A byte of what is stored was read.';
			} catch (error) {
				if (!(error instanceof FirnError) || !['NOT_FOUND', 'ARCHIVED'].includes(error.code)) throw error;
				return 'Reading is allowed.';
			}
		});
	}

	async #readBack(): Promise<string> {
		const bucket = this.#bucket;
		const key = probeKey();
		try {
			await put(bucket, key, this.#signal);
			const chunks: Uint8Array[] = [];
			for await (const chunk of getObject(bucket, key, { signal: this.#signal })) chunks.push(chunk);
			if (!Buffer.concat(chunks).equals(PROBE_BODY)) throw storeMismatch(key, bucket.place.url, 'other bytes');
			return 'An object was written, read back and deleted.';
		} finally {
			await remove(bucket, key, AbortSignal.timeout(TIDY_MS)).catch(() => {
				this.left.push(`The object ${bucket.keyOf(key)} of ${PROBE_BODY.length} bytes; delete it.`);
			});
		}
	}

	async #class(storageClass: string, aborts: boolean): Promise<void> {
		const bucket = this.#bucket;
		const signal = this.#signal;
		if (!aborts) {
			this.log.skip('class', `${storageClass} was not tried: the upload could not be given up.`);
			return;
		}
		const cost = `Archives of class ${storageClass} cannot be stored there.`;
		await this.log.try('class', { cost }, async () => {
			const upload = await begin(bucket, signal, { StorageClass: storageClass as StorageClass });
			try {
				if (this.log.last('parts')?.status !== 'ok') return `${storageClass} was taken.`;
				const noted = (await classOf(bucket, upload, signal)) ?? storageClass;
				if (noted === storageClass) return `${storageClass} was taken.`;
				throw new Absent(`The store would keep archives in ${noted} instead of ${storageClass}.`);
			} finally {
				await this.#giveUp(upload);
			}
		});
	}
}

async function* firstOf<T>(all: AsyncIterable<T>): AsyncGenerator<T> {
	for await (const one of all) {
		yield one;
		return;
	}
}

/** What each right is called, what it is for, and where it is to be allowed. */
function wordsFor({ bucket, prefix }: S3Config) {
	const objects = `arn:aws:s3:::${bucket}/${prefix === '' ? '' : `${prefix}/`}*`;
	const right = (name: string, cost: string, on = objects): StepWords => ({
		right: name,
		cost,
		allow: `Allow s3:${name} on ${on}.`,
	});
	return {
		list: right(
			'ListBucket',
			'Backups refuse to begin, and what is stored cannot be found again.',
			`arn:aws:s3:::${bucket}`,
		),
		write: right('PutObject', 'Nothing can be backed up.'),
		parts: right('ListMultipartUploadParts', 'Interrupted uploads cannot be gone on with: backups refuse to begin.'),
		abort: right('AbortMultipartUpload', 'Interrupted uploads stay and are billed: backups refuse to begin.'),
		read: right('GetObject', 'Restores need other credentials.'),
		delete: right('DeleteObject', 'Nothing that is stored can be deleted with these credentials, nor space freed.'),
		thaw: right('RestoreObject', 'Archives of Glacier classes cannot be thawed with these credentials.'),
	};
}
