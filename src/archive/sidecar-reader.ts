/** Reads a sidecar back. It comes from a store, where anybody may have put it: every value is checked before it counts. */

import { z } from 'zod';
import { ENTRY_TYPES, type EntryType } from '../core/entry.ts';
import { FirnError } from '../core/errors.ts';
import { decodePath, encodePath } from '../core/path-bytes.ts';
import { FrameTable } from './frame-table.ts';
import type { SidecarEntry } from './sidecar.ts';

/** Run numbers stand beside `CURRENT` in the state database. */
const MOST_RUNS = 2 ** 31 - 2;
const count = z.number().int().min(0);
const base64 = z.base64().transform((text) => Buffer.from(text, 'base64'));

/** What later versions add is passed over; what earlier ones did not write yet is optional. */
const headerSchema = z.object({
	firn: z.literal('index'),
	format: z.literal(1),
	version: z.string().max(100).optional(),
	job: z.string(),
	settings: z.unknown().optional(),
	run: z.string(),
	runNumber: count.min(1).max(MOST_RUNS).optional(),
	runStarted: z.iso.datetime().optional(),
	full: z.boolean().optional(),
	archive: z.string(),
	number: count
		.min(1)
		.max(2 ** 40)
		.optional(),
	compression: z.enum(['none', 'gzip', 'zstd']),
	encrypted: z.boolean(),
	size: count,
	rawSize: count,
	payloadSize: count,
	partSize: count.min(1).optional(),
	crc32: count.max(2 ** 32 - 1).optional(),
	etag: z.string().max(1024).optional(),
	storageClass: z.string().max(100).optional(),
	recipients: z.array(z.string().max(200)).optional(),
	files: count,
	bytes: count,
	ageHeader: base64.optional(),
	frames: base64.optional(),
	stored: z.iso.datetime(),
});

export type ReadHeader = z.output<typeof headerSchema>;

/** The first line of a sidecar. @throws FirnError BAD_SIDECAR */
export function parseSidecarHeader(line: unknown): ReadHeader {
	const parsed = headerSchema.safeParse(line);
	if (!parsed.success) throw bad(`its ${parsed.error.issues[0]!.path.join('.') || 'first line'} is wrong`);
	const header = parsed.data;
	if (header.encrypted !== (header.ageHeader !== undefined)) throw bad('its ageHeader is wrong');
	if (header.frames) checkFrames(header.frames, header);
	return header;
}

function checkFrames(frames: Buffer, { rawSize, payloadSize }: ReadHeader): void {
	let table: FrameTable;
	try {
		table = FrameTable.decode(frames);
	} catch {
		throw bad('its frames are wrong');
	}
	if (table.rawTotal !== rawSize || table.payloadTotal !== payloadSize) throw bad('its frames are wrong');
}

/** Bits that chmod knows, ids as the kernel has them, and times that fit into 64 bits. */
const MODES = 0o7777;
const IDS = 2 ** 32 - 1;
const INTEGER = /^-?\d{1,19}$/;
const SHA256 = /^[0-9a-f]{64}$/;
/** TAR headers are 512 bytes. */
const BLOCK = 512;

/** Any other line. @param rawSize bytes of the archive's TAR stream @throws FirnError BAD_SIDECAR */
export function parseSidecarEntry(line: unknown, rawSize: number): SidecarEntry {
	if (typeof line !== 'object' || line === null) throw bad('a line of it is no entry');
	const { p, t, m, u, g, s, mt, ct, i, l = '', h, o, n } = line as Record<string, unknown>;
	const type: EntryType | undefined = typeof t === 'number' ? ENTRY_TYPES[t] : undefined;
	if (!type || !isArchivePath(p)) throw bad('it has a path that cannot be');
	if (typeof l !== 'string' || !hasOddBytesOnly(l) || l.includes('\0')) throw bad('it has a link that cannot be');
	if (type === 'hardlink' && !isArchivePath(l)) throw bad('it has a link that cannot be');
	if (type === 'file' ? !isText(h, SHA256) : h !== undefined) throw bad('it has a checksum that cannot be');
	const size = number(s, Number.MAX_SAFE_INTEGER);
	if (type !== 'file' && size !== 0) throw bad('it has a size that cannot be');
	const offset = number(o, rawSize);
	const length = number(n, rawSize - offset);
	if (length < BLOCK) throw bad('it has an entry outside of its archive');
	return {
		path: p,
		type,
		mode: number(m, MODES),
		uid: number(u, IDS),
		gid: number(g, IDS),
		size,
		mtimeNs: bits64(mt),
		ctimeNs: bits64(ct),
		ino: bits64(i),
		link: l,
		sha256: type === 'file' ? Buffer.from(h as string, 'hex') : undefined,
		offset,
		length,
	};
}

/** Whether it is a path as archives hold them, which leads nowhere but below the folder that it is restored into. */
export function isArchivePath(path: unknown): path is string {
	return (
		typeof path === 'string' &&
		!path.includes('\0') &&
		path.split('/').every((name) => name !== '' && name !== '.' && name !== '..') &&
		hasOddBytesOnly(path)
	);
}

/** Whether a string that is not well-formed Unicode stands for bytes (core/path-bytes.ts). */
function hasOddBytesOnly(text: string): boolean {
	return text.isWellFormed() || decodePath(encodePath(text)) === text;
}

const isText = (value: unknown, pattern: RegExp): value is string => typeof value === 'string' && pattern.test(value);

function number(value: unknown, most: number): number {
	if (!Number.isSafeInteger(value) || (value as number) < 0 || (value as number) > most)
		throw bad('it has a number that cannot be');
	return value as number;
}

function bits64(value: unknown): bigint {
	const parsed = isText(value, INTEGER) ? BigInt(value) : undefined;
	if (parsed === undefined || BigInt.asIntN(64, parsed) !== parsed) throw bad('it has a number that cannot be');
	return parsed;
}

function bad(why: string): FirnError {
	return new FirnError('BAD_SIDECAR', `The sidecar is damaged, or none: ${why}.`);
}
