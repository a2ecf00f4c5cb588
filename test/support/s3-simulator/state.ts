/**
 * Buckets, objects and uploads. Every change is one record; with a journal file the records are kept, and a new process
 * goes on where the last one was killed.
 */

import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import type { Blobs } from './blobs.ts';
import type { AccessTier, ObjectVersion, Part, Thaw, Upload } from './types.ts';

export interface Bucket {
	name: string;
	versioning: boolean;
	objectLock: boolean;
	lifecycle?: string;
	/** Versions by key, newest last. */
	keys: Map<string, ObjectVersion[]>;
	sorted: string[] | undefined;
}

export interface OpenUpload extends Upload {
	parts: Map<number, Part>;
	/** Set once it was completed: what a repeated complete gets. */
	completed?: { etag: string; versionId: string };
}

export type Change =
	| { type: 'bucket'; name: string; objectLock: boolean }
	| { type: 'bucket-gone'; name: string }
	| { type: 'versioning'; name: string; on: boolean }
	| { type: 'lifecycle'; name: string; text: string }
	| { type: 'object'; bucket: string; version: ObjectVersion }
	| { type: 'delete'; bucket: string; key: string; versionId?: string }
	| { type: 'thaw'; bucket: string; key: string; versionId: string; thaw: Thaw }
	| { type: 'access-tier'; bucket: string; key: string; accessTier: AccessTier }
	| { type: 'upload'; upload: Upload }
	| { type: 'part'; id: string; part: Part }
	/** The blobs of the parts in `kept` now belong to an object. */
	| { type: 'upload-gone'; id: string; kept: number[]; completed?: { etag: string; versionId: string } };

export class State {
	readonly buckets = new Map<string, Bucket>();
	readonly uploads = new Map<string, OpenUpload>();
	readonly blobs: Blobs;
	readonly #journal: string | undefined;

	constructor(blobs: Blobs, journal?: string) {
		this.blobs = blobs;
		if (journal && existsSync(journal)) {
			for (const line of readFileSync(journal, 'utf8').split('\n'))
				if (line !== '') this.#apply(JSON.parse(line), false);
		}
		this.#journal = journal;
	}

	change(change: Change): void {
		this.#apply(change, true);
		if (this.#journal) appendFileSync(this.#journal, `${JSON.stringify(change)}\n`);
	}

	/** The newest version of a key, or undefined when there is none or it is deleted. */
	current(bucket: Bucket, key: string): ObjectVersion | undefined {
		const newest = bucket.keys.get(key)?.at(-1);
		return newest?.deleteMarker ? undefined : newest;
	}

	/** Keys in the order of their UTF-8 bytes. */
	sortedKeys(bucket: Bucket): string[] {
		bucket.sorted ??= [...bucket.keys.keys()]
			.map((key) => ({ key, bytes: Buffer.from(key) }))
			.sort((a, b) => Buffer.compare(a.bytes, b.bytes))
			.map(({ key }) => key);
		return bucket.sorted;
	}

	/** @param fresh whether blobs are to be removed: in a replay they are gone already */
	#apply(change: Change, fresh: boolean): void {
		switch (change.type) {
			case 'bucket': {
				const { name, objectLock } = change;
				this.buckets.set(name, { name, objectLock, versioning: objectLock, keys: new Map(), sorted: undefined });
				return;
			}
			case 'bucket-gone':
				this.buckets.delete(change.name);
				return;
			case 'versioning':
				this.buckets.get(change.name)!.versioning = change.on;
				return;
			case 'lifecycle':
				this.buckets.get(change.name)!.lifecycle = change.text;
				return;
			case 'object':
				this.#addVersion(this.buckets.get(change.bucket)!, change.version, fresh);
				return;
			case 'delete':
				this.#delete(this.buckets.get(change.bucket)!, change.key, change.versionId, fresh);
				return;
			case 'thaw': {
				const versions = this.buckets.get(change.bucket)!.keys.get(change.key) ?? [];
				const version = versions.find(({ versionId }) => versionId === change.versionId);
				if (version) version.thaw = change.thaw;
				return;
			}
			case 'access-tier': {
				const version = this.current(this.buckets.get(change.bucket)!, change.key);
				if (version) version.accessTier = change.accessTier;
				return;
			}
			case 'upload':
				this.uploads.set(change.upload.id, { ...change.upload, parts: new Map() });
				return;
			case 'part': {
				const parts = this.uploads.get(change.id)!.parts;
				const before = parts.get(change.part.number);
				if (before && fresh) this.blobs.remove(before.blob);
				parts.set(change.part.number, change.part);
				return;
			}
			case 'upload-gone': {
				const upload = this.uploads.get(change.id)!;
				for (const part of upload.parts.values()) {
					if (fresh && !change.kept.includes(part.number)) this.blobs.remove(part.blob);
				}
				upload.parts.clear();
				if (change.completed) upload.completed = change.completed;
				else this.uploads.delete(change.id);
			}
		}
	}

	#addVersion(bucket: Bucket, version: ObjectVersion, fresh: boolean): void {
		const versions = bucket.keys.get(version.key);
		if (!versions) {
			bucket.keys.set(version.key, [version]);
			bucket.sorted = undefined;
		} else if (bucket.versioning) versions.push(version);
		else {
			if (fresh) for (const old of versions) this.#free(old);
			bucket.keys.set(version.key, [version]);
		}
	}

	#delete(bucket: Bucket, key: string, versionId: string | undefined, fresh: boolean): void {
		const versions = bucket.keys.get(key) ?? [];
		const gone = versionId === undefined ? versions : versions.filter((version) => version.versionId === versionId);
		if (fresh) for (const version of gone) this.#free(version);
		const left = versions.filter((version) => !gone.includes(version));
		if (left.length > 0) bucket.keys.set(key, left);
		else if (bucket.keys.delete(key)) bucket.sorted = undefined;
	}

	#free(version: ObjectVersion): void {
		for (const blob of version.blobs) this.blobs.remove(blob);
	}
}
