/** An S3 store for tests: real signatures, real rules, faults on demand, and a log of what was asked. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { listen, stop } from '../store-server/listen.ts';
import { answer } from './answer.ts';
import { DiskBlobs, MemoryBlobs } from './blobs.ts';
import type { Settings } from './call.ts';
import { MovableClock } from './clock.ts';
import { control } from './control.ts';
import { Faults } from './faults.ts';
import { RequestLog } from './log.ts';
import { contentOf } from './operations/objects.ts';
import { State } from './state.ts';
import { longestThaw, type ThawTime } from './thaw-time.ts';
import { type AccessTier, AWS, type ObjectVersion, type Quirks } from './types.ts';

export interface SimulatorOptions {
	/** 0 takes any free port. */
	port?: number;
	/** Keeps bytes and journal here; in memory when left out. */
	dir?: string;
	/** Made at the start; default `bucket`. */
	buckets?: readonly string[];
	quirks?: Partial<Quirks>;
	region?: string;
	/** AWS and others have 5 MiB; a test may have smaller ones. */
	minPartSize?: number;
	/** Keys and parts a page; default 1000. */
	maxPageSize?: number;
	accessKeyId?: string;
	secretAccessKey?: string;
	/** The machine's clock as the store sees it; its own (`clock`) goes with this one until it is moved. */
	now?: () => number;
	/** How long a thaw takes; default the longest that AWS names. */
	thawMs?: ThawTime;
}

export interface S3Simulator {
	readonly endpoint: string;
	readonly port: number;
	readonly region: string;
	readonly accessKeyId: string;
	readonly secretAccessKey: string;
	/** `AWS_…` for openDestination or a child process. */
	readonly env: { AWS_ACCESS_KEY_ID: string; AWS_SECRET_ACCESS_KEY: string; AWS_REGION: string };
	readonly faults: Faults;
	readonly log: RequestLog;
	readonly state: State;
	/** The store's clock: what it dates objects and thaws by. Signatures are held to the machine's. */
	readonly clock: MovableClock;
	/** May be changed while it runs. */
	readonly quirks: Quirks;
	/** Keys of a bucket in order. */
	keys(bucket?: string): string[];
	object(key: string, bucket?: string): ObjectVersion | undefined;
	/** The stored bytes. @throws when there is no such object */
	content(key: string, bucket?: string): Promise<Buffer>;
	/** Moves an object of Intelligent-Tiering into an archive tier, as months without access do. */
	archive(key: string, accessTier: AccessTier, bucket?: string): void;
	/** Puts bytes in place of those stored, as a rotten disk would: size, ETag and checksums stay. */
	damage(key: string, bytes: Uint8Array, bucket?: string): void;
	/** Uploads neither completed nor given up, of keys that begin so. */
	openUploads(prefix?: string): string[];
	/** From now on only this key is known. */
	rotate(accessKeyId: string, secretAccessKey: string): void;
	/** Stops listening and cuts all connections; `start` on the same port goes on. Objects stay. */
	goDown(): Promise<void>;
	comeBack(): Promise<void>;
	close(): Promise<void>;
}

export async function startS3Simulator(options: SimulatorOptions = {}): Promise<S3Simulator> {
	const { dir, region = 'us-east-1' } = options;
	const { accessKeyId = 'SIMULATORKEY', secretAccessKey = 'simulator/secret+key' } = options;
	const quirks: Quirks = { ...AWS, ...options.quirks };
	const blobs = dir === undefined ? new MemoryBlobs() : new DiskBlobs(join(dir, 'blobs'));
	const state = new State(blobs, dir === undefined ? undefined : join(dir, 'journal.jsonl'));
	const faults = new Faults();
	const log = new RequestLog();
	const clock = new MovableClock(options.now ?? Date.now);
	const settings: Settings = {
		region,
		quirks,
		minPartSize: options.minPartSize ?? 5 * 1024 * 1024,
		maxPageSize: options.maxPageSize ?? 1000,
		now: () => clock.now(),
		signedNow: options.now ?? Date.now,
		thawMs: options.thawMs ?? longestThaw,
	};
	for (const name of options.buckets ?? ['bucket']) {
		if (!state.buckets.has(name)) state.change({ type: 'bucket', name, objectLock: false });
	}
	const credentials = new Map([[accessKeyId, secretAccessKey]]);
	const handle = (request: IncomingMessage, response: ServerResponse) => {
		if (control(request, response, faults, log, clock)) return;
		void answer(request, response, { settings, credentials, state, faults, log });
	};

	let server = await listen(handle, options.port ?? 0);
	const { port } = server.address() as AddressInfo;
	const bucketOf = (name: string) => {
		const bucket = state.buckets.get(name);
		if (!bucket) throw new Error(`the simulator has no bucket ${name}`);
		return bucket;
	};
	const object = (key: string, bucket = 'bucket') => state.current(bucketOf(bucket), key);
	const mustHave = (key: string, bucket?: string) => {
		const version = object(key, bucket);
		if (!version) throw new Error(`the simulator has no object ${key}`);
		return version;
	};
	return {
		endpoint: `http://127.0.0.1:${port}`,
		port,
		region,
		accessKeyId,
		secretAccessKey,
		env: { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_REGION: region },
		faults,
		log,
		state,
		clock,
		quirks,
		keys: (bucket = 'bucket') => state.sortedKeys(bucketOf(bucket)).filter((key) => object(key, bucket)),
		object,
		content: async (key, bucket) => {
			const version = mustHave(key, bucket);
			const chunks: Uint8Array[] = [];
			for await (const chunk of contentOf(state, version, 0, version.size)) chunks.push(chunk);
			return Buffer.concat(chunks);
		},
		archive: (key, accessTier, bucket = 'bucket') => state.change({ type: 'access-tier', bucket, key, accessTier }),
		damage: (key, bytes, bucket) => {
			const version = mustHave(key, bucket);
			const writer = blobs.create();
			writer.write(bytes);
			for (const blob of version.blobs) blobs.remove(blob);
			version.blobs = [writer.end()];
		},
		openUploads: (prefix = '') =>
			[...state.uploads.values()]
				.filter(({ completed, key }) => !completed && key.startsWith(prefix))
				.map(({ id }) => id),
		rotate: (id, secret) => {
			credentials.clear();
			credentials.set(id, secret);
		},
		goDown: () => stop(server),
		comeBack: async () => {
			server = await listen(handle, port);
		},
		close: () => stop(server),
	};
}
