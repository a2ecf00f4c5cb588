/** What is known of an archive from elsewhere: the state database, or the sidecar that lies beside it. */

import { closeSync, openSync, readSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import { createDecryptor } from '../../archive/age/decryptor.ts';
import { errnoCode, FirnError } from '../../core/errors.ts';
import { findArchive } from '../../state/archive-list.ts';
import type { openState } from '../../state/open-state.ts';
import type { FoundArchive } from './find-archives.ts';

export type StateDatabase = ReturnType<typeof openState>;

export interface Expectation {
	size: number;
	crc32: number | undefined;
	/** Who says so. */
	source: string;
}

/** The first frame of a sidecar describes the archive; it is far shorter. */
const SIDECAR_START = 1024 * 1024;

/** What the archive should be like, or undefined when nobody knows. */
export function expectationOf(
	archive: FoundArchive,
	state: StateDatabase | undefined,
	identities: string[],
): Expectation | undefined {
	const known = state && findArchive(state, `${basename(dirname(archive.path))}/${archive.name}`);
	if (known) return { size: known.size, crc32: known.crc32, source: 'the state database' };
	return fromSidecar(archive, identities);
}

function fromSidecar(archive: FoundArchive, identities: string[]): Expectation | undefined {
	const number = /^\d{6}/.exec(archive.name)?.[0];
	if (number === undefined) return undefined;
	const name = `${number}.idx${archive.encrypted ? '.age' : ''}`;
	const start = readStart(join(dirname(archive.path), name));
	if (!start) return undefined;
	try {
		const plain = archive.encrypted ? decryptStart(start, identities) : start;
		const line = zstdDecompressSync(plain).toString('utf8').split('\n', 1)[0]!;
		const { firn, size, crc32 } = JSON.parse(line) as Record<string, unknown>;
		if (firn !== 'index' || typeof size !== 'number') return undefined;
		return { size, crc32: typeof crc32 === 'number' ? crc32 : undefined, source: name };
	} catch (error) {
		// A damaged sidecar, or one for another key, says nothing; the archive speaks for itself.
		if (error instanceof FirnError || error instanceof SyntaxError || errnoCode(error) !== undefined) return undefined;
		throw error;
	}
}

function readStart(path: string): Buffer | undefined {
	let fd: number;
	try {
		fd = openSync(path, 'r');
	} catch {
		return undefined;
	}
	try {
		const buffer = Buffer.alloc(SIDECAR_START);
		return buffer.subarray(0, readSync(fd, buffer));
	} finally {
		closeSync(fd);
	}
}

function decryptStart(start: Buffer, identities: string[]): Buffer {
	const decryptor = createDecryptor(identities);
	const pieces = decryptor.write(start);
	return Buffer.concat(start.length < SIDECAR_START ? [...pieces, ...decryptor.end()] : pieces);
}
