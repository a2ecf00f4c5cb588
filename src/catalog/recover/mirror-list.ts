/** Reads the list of a mirror back (backup/mirror/store/list.ts). It comes from a store: every value is checked first. */

import { z } from 'zod';
import { createDecryptor } from '../../archive/age/decryptor.ts';
import { decompress } from '../../archive/decompressor.ts';
import { jsonLines } from '../../archive/json-lines.ts';
import { parseSidecarEntry } from '../../archive/sidecar-reader.ts';
import type { Job } from '../../config/job.ts';
import { ENTRY_TYPES, type StoredEntry } from '../../core/entry.ts';
import { FirnError } from '../../core/errors.ts';
import type { Destination } from '../../destinations/destination.ts';
import { readJobSettings } from './job-settings.ts';
import type { ListedList } from './listing.ts';

const count = z.number().int().min(0);
const headSchema = z.object({
	firn: z.literal('mirror'),
	format: z.literal(1),
	version: z.string().max(100),
	job: z.unknown(),
	run: z.object({
		number: count.min(1).max(2 ** 31 - 2),
		id: z.string(),
		started: z.iso.datetime(),
		finished: z.iso.datetime(),
	}),
});

const lineSchema = z.object({
	path: z.string(),
	type: z.enum(ENTRY_TYPES),
	mode: z.number(),
	uid: z.number(),
	gid: z.number(),
	mtime: z.string(),
	ctime: z.string(),
	ino: z.string(),
	size: z.number().optional(),
	sha256: z.string().optional(),
	link: z.string().optional(),
	device: z.tuple([count.max(2 ** 32 - 1), count.max(2 ** 32 - 1)]).optional(),
	object: z
		.object({
			key: z.string().max(4096),
			size: count.optional(),
			etag: z.string().max(1024).optional(),
			crc32: count.max(2 ** 32 - 1).optional(),
		})
		.optional(),
});

export type ListHead = Omit<z.output<typeof headSchema>, 'job'> & { job: Job };

export interface ListEntry {
	path: string;
	entry: StoredEntry;
	/** Of a file that the store had confirmed. */
	object: { key: string; size: number; etag: string; crc32?: number | undefined } | undefined;
}

/** A list becomes so many times smaller at most; more than this is meant to fill the disk. */
const GROWTH = 2000;

export interface ReadOptions {
	list: ListedList;
	jobId: string;
	identities: readonly string[];
	signal: AbortSignal;
	onRead: (bytes: number) => void;
}

/**
 * The head of a list, then its entries. Only when it ends was the list whole.
 * @throws FirnError RECORD_DAMAGED, WRONG_IDENTITY, or as Destination.get
 */
export async function* readList(
	destination: Destination,
	options: ReadOptions,
): AsyncGenerator<{ head: ListHead } | ListEntry> {
	try {
		yield* parsed(jsonLines(unpacked(destination, options)), options);
	} catch (error) {
		if (error instanceof FirnError && DAMAGE.has(error.code)) throw damaged(error.message);
		throw error;
	}
}

/** What is wrong with the bytes. */
const DAMAGE = new Set(['DAMAGED', 'TRUNCATED', 'NOT_AGE', 'BAD_AGE_HEADER', 'BAD_FRAME', 'BAD_LINES', 'BAD_SIDECAR']);

async function* unpacked(destination: Destination, { list, identities, signal, onRead }: ReadOptions) {
	let read = 0;
	let written = 0;
	async function* stored(): AsyncGenerator<Uint8Array> {
		const decryptor = list.encrypted ? createDecryptor([...identities]) : undefined;
		for await (const chunk of destination.get(list.key, { signal })) {
			read += chunk.length;
			onRead(chunk.length);
			yield* decryptor ? decryptor.write(chunk) : [chunk];
		}
		if (decryptor) yield* decryptor.end();
	}
	for await (const piece of decompress('zstd', stored())) {
		written += piece.length;
		if (written > GROWTH * (read + 1024)) throw damaged('it holds more than it can');
		yield piece;
	}
}

async function* parsed(
	pieces: AsyncIterable<unknown[]>,
	{ jobId, list }: ReadOptions,
): AsyncGenerator<{ head: ListHead } | ListEntry> {
	let isBegun = false;
	let entries = 0;
	let end: unknown;
	for await (const lines of pieces) {
		for (const line of lines) {
			if (end !== undefined) throw damaged('something comes after its end');
			if (!isBegun) {
				isBegun = true;
				yield { head: parseHead(line, jobId, list.runId) };
			} else if (typeof line === 'object' && line !== null && 'firn' in line) {
				end = line;
			} else {
				entries += 1;
				yield parseEntry(line);
			}
		}
	}
	if ((end as { entries?: unknown } | undefined)?.entries !== entries) throw damaged('it is cut off');
}

function parseHead(line: unknown, jobId: string, runId: string): ListHead {
	const head = headSchema.safeParse(line);
	if (!head.success) throw damaged(`its ${head.error.issues[0]!.path.join('.') || 'first line'} is wrong`);
	if (head.data.run.id !== runId) throw damaged('it is that of another run');
	const job = readJobSettings(head.data.job, jobId);
	if (job?.layout !== 'mirror') throw damaged('it is that of another job');
	return { ...head.data, job };
}

function parseEntry(line: unknown): ListEntry {
	const checked = lineSchema.safeParse(line);
	if (!checked.success) throw damaged(`the ${checked.error.issues[0]!.path.join('.') || 'form'} of a line is wrong`);
	const { path, type, mode, uid, gid, mtime, ctime, ino, size = 0, sha256, link, device, object } = checked.data;
	const [offset, length] = device ?? [0, 0];
	// The same checks as for what archives hold; it lies in none.
	const entry = parseSidecarEntry(
		{
			p: path,
			t: ENTRY_TYPES.indexOf(type),
			m: mode,
			u: uid,
			g: gid,
			s: size,
			mt: mtime,
			ct: ctime,
			i: ino,
			l: link,
			h: sha256,
			o: 0,
			n: 512,
		},
		512,
	);
	const { key, size: stored, etag = '', crc32 } = object ?? {};
	const isKnown = type === 'file' && key !== undefined && stored !== undefined;
	return {
		path,
		entry: { ...entry, offset, length },
		object: isKnown ? { key, size: stored, etag, crc32 } : undefined,
	};
}

function damaged(why: string): FirnError {
	return new FirnError('RECORD_DAMAGED', `The list of the mirror cannot be used: ${why.replace(/\.$/, '')}.`);
}
