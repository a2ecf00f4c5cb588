/**
 * Planned entries travel in batches: to the state database (so that an interrupted archive can be made again), and to
 * the thread that packs them. Hand-made binary, because this runs once or twice for every file of a backup.
 *
 * A batch is a sequence of records: a folder (its id and archive path) holds for the entries that follow it.
 */

import { ENTRY_TYPES, type EntryType } from '../../core/entry.ts';
import { decodePath, encodePath } from '../../core/path-bytes.ts';

/** An object that the scan found new or changed, as it then was. */
export interface PlannedEntry {
	/** Id of its folder in the state database. */
	dir: number;
	/** Archive path of that folder, '' for the root. */
	folder: string;
	name: string;
	type: EntryType;
	mode: number;
	uid: number;
	gid: number;
	size: number;
	mtimeNs: bigint;
	ctimeNs: bigint;
	ino: bigint;
	devMajor: number;
	devMinor: number;
	link: string;
	/** The state database holds an older current version of this name. */
	replaces: boolean;
	/** Fewer blocks than bytes: look for holes. */
	sparse: boolean;
}

const FOLDER = 0xff;
const REPLACES = 0x10;
const SPARSE = 0x20;
const TYPE_MASK = 0x0f;
const FIXED = 1 + 8 * 4 + 4 * 5 + 2 + 2;

/** The archive path of an entry. */
export function entryPath(entry: Pick<PlannedEntry, 'folder' | 'name'>): string {
	return entry.folder === '' ? entry.name : `${entry.folder}/${entry.name}`;
}

/** Collects entries into one batch. */
export class BatchEncoder {
	#buffer = Buffer.allocUnsafe(16 * 1024);
	#length = 0;
	#dir = -1;
	count = 0;

	add(entry: PlannedEntry): void {
		if (entry.dir !== this.#dir) this.#addFolder(entry);
		const name = encodeText(entry.name);
		const link = entry.link === '' ? EMPTY : encodeText(entry.link);
		this.#reserve(FIXED + byteLength(name) + byteLength(link));
		const out = this.#buffer;
		let at = this.#length;
		const type = ENTRY_TYPES.indexOf(entry.type);
		out[at] = type | (entry.replaces ? REPLACES : 0) | (entry.sparse ? SPARSE : 0);
		out.writeDoubleLE(entry.size, at + 1);
		out.writeBigInt64LE(entry.mtimeNs, at + 9);
		out.writeBigInt64LE(entry.ctimeNs, at + 17);
		out.writeBigInt64LE(BigInt.asIntN(64, entry.ino), at + 25);
		out.writeUInt32LE(entry.mode, at + 33);
		out.writeUInt32LE(entry.uid, at + 37);
		out.writeUInt32LE(entry.gid, at + 41);
		out.writeUInt32LE(entry.devMajor, at + 45);
		out.writeUInt32LE(entry.devMinor, at + 49);
		const nameAt = at + FIXED;
		const nameLength = write(out, name, nameAt);
		const linkLength = write(out, link, nameAt + nameLength);
		out.writeUInt16LE(nameLength, at + 53);
		out.writeUInt16LE(linkLength, at + 55);
		at = nameAt + nameLength + linkLength;
		this.#length = at;
		this.count += 1;
	}

	/** The batch as a buffer of its own; the encoder is empty afterwards. */
	take(): Buffer {
		const data = Buffer.from(this.#buffer.subarray(0, this.#length));
		this.#length = 0;
		this.#dir = -1;
		this.count = 0;
		return data;
	}

	#addFolder(entry: PlannedEntry): void {
		const path = encodeText(entry.folder);
		this.#reserve(1 + 8 + 2 + byteLength(path));
		const at = this.#length;
		this.#buffer[at] = FOLDER;
		this.#buffer.writeDoubleLE(entry.dir, at + 1);
		const length = write(this.#buffer, path, at + 11);
		this.#buffer.writeUInt16LE(length, at + 9);
		this.#length = at + 11 + length;
		this.#dir = entry.dir;
	}

	#reserve(more: number): void {
		if (this.#length + more <= this.#buffer.length) return;
		const bigger = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, this.#length + more));
		this.#buffer.copy(bigger, 0, 0, this.#length);
		this.#buffer = bigger;
	}
}

const EMPTY = '';

// Valid UTF-8 is written straight into the batch; only the odd name needs a buffer of its own.
const encodeText = (text: string): string | Buffer => (text.isWellFormed() ? text : encodePath(text));
const byteLength = (text: string | Buffer): number => (typeof text === 'string' ? text.length * 3 : text.length);
const write = (out: Buffer, text: string | Buffer, at: number): number =>
	typeof text === 'string' ? out.write(text, at) : text.copy(out, at);

/** All entries of a batch, in order. */
export function decodeBatch(data: Uint8Array): PlannedEntry[] {
	const input = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
	const entries: PlannedEntry[] = [];
	let dir = 0;
	let folder = '';
	let at = 0;
	while (at < input.length) {
		const flags = input[at]!;
		if (flags === FOLDER) {
			dir = input.readDoubleLE(at + 1);
			const length = input.readUInt16LE(at + 9);
			folder = decodePath(input.subarray(at + 11, at + 11 + length));
			at += 11 + length;
			continue;
		}
		const nameLength = input.readUInt16LE(at + 53);
		const linkLength = input.readUInt16LE(at + 55);
		const nameAt = at + FIXED;
		const linkAt = nameAt + nameLength;
		entries.push({
			dir,
			folder,
			name: decodeText(input, nameAt, linkAt),
			type: ENTRY_TYPES[flags & TYPE_MASK]!,
			mode: input.readUInt32LE(at + 33),
			uid: input.readUInt32LE(at + 37),
			gid: input.readUInt32LE(at + 41),
			size: input.readDoubleLE(at + 1),
			mtimeNs: input.readBigInt64LE(at + 9),
			ctimeNs: input.readBigInt64LE(at + 17),
			ino: input.readBigInt64LE(at + 25),
			devMajor: input.readUInt32LE(at + 45),
			devMinor: input.readUInt32LE(at + 49),
			link: linkLength === 0 ? '' : decodeText(input, linkAt, linkAt + linkLength),
			replaces: (flags & REPLACES) !== 0,
			sparse: (flags & SPARSE) !== 0,
		});
		at = linkAt + linkLength;
	}
	return entries;
}

function decodeText(input: Buffer, start: number, end: number): string {
	const text = input.toString('utf8', start, end);
	// A replacement character is either really there or stands for bytes that are not UTF-8.
	return text.includes('\ufffd') ? decodePath(input.subarray(start, end)) : text;
}
