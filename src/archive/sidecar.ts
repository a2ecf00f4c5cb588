/**
 * The sidecar of an archive: what it holds and where, enough to rebuild the state database. Zstandard frames of JSON
 * lines, then age: `age -d -i KEY 000001.idx.age | zstd -d` prints it. The first line describes the archive.
 *
 * Odd bytes of paths are lone surrogates (core/path-bytes.ts), which JSON writes as `\udcXX`.
 */

import { ENTRY_TYPES, type StoredEntry } from '../core/entry.ts';
import type { Compression } from '../core/object-names.ts';
import { compressFrame } from './frames.ts';

export interface SidecarHeader {
	firn: 'index';
	format: 1;
	/** Firn's own version. */
	version: string;
	job: string;
	/** The job as the run had it: a run that dies leaves no manifest that could tell. */
	settings: object;
	run: string;
	/** 1, 2, 3 … of the job's runs. */
	runNumber: number;
	runStarted: string;
	full: boolean;
	/** Key of the archive, and its number in the state database. */
	archive: string;
	number: number;
	compression: Compression;
	encrypted: boolean;
	size: number;
	rawSize: number;
	payloadSize: number;
	partSize: number;
	crc32?: number;
	etag: string;
	storageClass?: string;
	/** age recipients it was encrypted for, where they are known: the age header does not tell them. */
	recipients?: string[];
	files: number;
	bytes: number;
	/** age header with nonce, and the frame table, base64. */
	ageHeader?: string;
	frames?: string;
	stored: string;
}

export type SidecarEntry = StoredEntry & { path: string };

/** One line of a sidecar. */
export function sidecarLine(entry: SidecarEntry): string {
	const { path, type, mode, uid, gid, size, mtimeNs, ctimeNs, ino, link, sha256, offset, length } = entry;
	const text = `{"p":${JSON.stringify(path)},"t":${ENTRY_TYPES.indexOf(type)},"m":${mode},"u":${uid},"g":${gid},"s":${size},"mt":"${mtimeNs}","ct":"${ctimeNs}","i":"${ino}"`;
	const linked = link === '' ? '' : `,"l":${JSON.stringify(link)}`;
	const hashed = sha256 ? `,"h":"${Buffer.from(sha256.buffer, sha256.byteOffset, sha256.length).toString('hex')}"` : '';
	return `${text}${linked}${hashed},"o":${offset},"n":${length}}\n`;
}

/** A frame of a sidecar; frames can be joined. */
export function sidecarPiece(lines: string): Buffer {
	return compressFrame('zstd', Buffer.from(lines), 1);
}

/** The whole sidecar before encryption. */
export function joinSidecar(header: SidecarHeader, pieces: Uint8Array[]): Buffer {
	return Buffer.concat([sidecarPiece(`${JSON.stringify(header)}\n`), ...pieces]);
}
