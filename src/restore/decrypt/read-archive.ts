/** Reads a downloaded archive from disk as the TAR that it holds, proving all that can be proven of it. */

import { closeSync, constants, openSync, readSync } from 'node:fs';
import { setImmediate as breathe } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import { decrypted } from '../../archive/age/decryptor.ts';
import { decompress } from '../../archive/decompressor.ts';
import { errnoCode, FirnError, usageError } from '../../core/errors.ts';
import type { Expectation } from './expectation.ts';
import type { FoundArchive } from './find-archives.ts';

export interface ReadOptions {
	identities: string[];
	expected: Expectation | undefined;
	signal: AbortSignal;
	/** Called with the number of bytes read since the last call. */
	onRead: (bytes: number) => void;
}

const READ = 1024 * 1024;

/**
 * The TAR bytes of an archive. Only when it ends without an error was the archive whole.
 * @throws FirnError NO_IDENTITY, WRONG_IDENTITY, NOT_AGE, BAD_AGE_HEADER, DAMAGED, TRUNCATED, BAD_FRAME, WRONG_ENDING,
 * SWAPPED; the signal's reason
 */
export async function* readArchive(
	archive: FoundArchive,
	options: ReadOptions,
): AsyncGenerator<Buffer, void, undefined> {
	const { expected, identities } = options;
	if (archive.encrypted && identities.length === 0) {
		throw usageError(
			'NO_IDENTITY',
			'It is encrypted, and there is no identity to open it.',
			'Give one with --identity FILE.',
		);
	}
	if (expected && archive.size < expected.size) {
		throw new FirnError('TRUNCATED', `It has ${archive.size} of ${expected.size} bytes (${expected.source}).`, {
			guidance: 'Fetch the file again.',
		});
	}
	if (expected && archive.size > expected.size) throw swapped(expected);
	const stored = checked(readFile(archive, options), archive.encrypted ? 'age' : archive.compression);
	const payload = archive.encrypted ? checked(decrypted(stored, identities, true), archive.compression) : stored;
	yield* decompress(archive.compression, payload);
}

/**
 * Compares the checksum of an archive that is not encrypted, and so cannot prove itself, before anything is made of it.
 * @throws FirnError SWAPPED; the signal's reason
 */
export async function checkWhole(archive: FoundArchive, options: ReadOptions): Promise<void> {
	if (archive.encrypted || options.expected?.crc32 === undefined) return;
	for await (const _ of readFile(archive, { ...options, onRead: () => {} }));
}

async function* readFile(archive: FoundArchive, options: ReadOptions): AsyncGenerator<Buffer, void, undefined> {
	const { expected, signal, onRead } = options;
	const fd = reading(() => openSync(archive.path, constants.O_RDONLY));
	const isChecked = expected?.crc32 !== undefined;
	let crc = 0;
	try {
		for (;;) {
			// Others get a turn, and a stop is heard.
			await breathe();
			signal.throwIfAborted();
			const buffer = Buffer.allocUnsafeSlow(READ);
			const read = reading(() => readSync(fd, buffer));
			if (read === 0) break;
			const bytes = buffer.subarray(0, read);
			if (isChecked) crc = crc32(bytes, crc);
			onRead(read);
			yield bytes;
		}
	} finally {
		closeSync(fd);
	}
	if (isChecked && crc !== expected.crc32) throw swapped(expected);
}

/** Keeps faults of the disk that is read apart from those of the one that is written. */
function reading<T>(read: () => T): T {
	try {
		return read();
	} catch (cause) {
		throw new FirnError('INPUT_UNREADABLE', `It cannot be read (${errnoCode(cause) ?? String(cause)}).`, { cause });
	}
}

type Kind = 'age' | 'gzip' | 'zstd' | 'none';

const NAMES: Record<Kind, string> = { age: 'age-encrypted', gzip: 'gzip', zstd: 'zstd', none: 'plain TAR' };

/** Passes the bytes on if they begin as bytes of this kind do. */
async function* checked(source: AsyncIterable<Buffer>, kind: Kind): AsyncGenerator<Buffer> {
	let isFirst = true;
	for await (const chunk of source) {
		if (chunk.length === 0) continue;
		const found = isFirst ? kindOf(chunk) : undefined;
		isFirst = false;
		if (found !== undefined && found !== kind) {
			throw new FirnError('WRONG_ENDING', `It holds ${NAMES[found]} data, but its name says ${NAMES[kind]}.`, {
				guidance: 'Give the file the name it has in the destination.',
				kind: 'usage',
			});
		}
		yield chunk;
	}
}

/** What bytes of ours begin with tells what they are; undefined for all that is not ours. */
function kindOf(start: Buffer): Kind | undefined {
	if (start.toString('latin1', 0, 20) === 'age-encryption.org/v') return 'age';
	if (start[0] === 0x1f && start[1] === 0x8b) return 'gzip';
	if (start.length >= 4 && start.readUInt32LE() === 0xfd2fb528) return 'zstd';
	return start.toString('latin1', 257, 262) === 'ustar' ? 'none' : undefined;
}

function swapped({ source }: Expectation): FirnError {
	return new FirnError(
		'SWAPPED',
		`It is damaged or another archive: its size or checksum is not what ${source} says.`,
		{
			guidance: 'Fetch the file again, under the name it has in the destination.',
		},
	);
}
