/** Proves an archive by reading all of it: seal, frames, TAR and the hash of every file, against the books. */

import { createHash, type Hash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { decrypted } from '../archive/age/decryptor.ts';
import { decompress } from '../archive/decompressor.ts';
import { type TarHandler, TarReader } from '../archive/tar-reader.ts';
import type { Entry } from '../core/entry.ts';
import { FirnError } from '../core/errors.ts';
import type { StoredRow } from '../state/archive-store.ts';
import type { EntryLookup, KnownEntry } from '../state/entry-lookup.ts';

const ZEROS = Buffer.alloc(64 * 1024);

/**
 * @param source the bytes of the object
 * @throws FirnError ARCHIVE_WRONG, DAMAGED, TRUNCATED, BAD_FRAME, BAD_TAR, BAD_TAR_END, WRONG_IDENTITY, NO_IDENTITY; whatever
 * the source throws
 */
export async function proveArchive(
	source: AsyncIterable<Uint8Array>,
	row: StoredRow,
	entries: EntryLookup,
	identities: string[],
): Promise<void> {
	const sum = { bytes: 0, crc: 0 };
	const stored = counted(source, sum);
	const handler = new Prover(row, entries);
	const reader = new TarReader(handler);
	// To be decompressed, pieces wait for their turn.
	const isKept = row.compression !== 'none';
	const payload = row.encrypted === 1 ? decrypted(stored, identities, isKept) : stored;
	for await (const chunk of decompress(row.compression, payload)) reader.write(chunk);
	reader.end();
	if (sum.bytes !== row.size) throw wrong(`it has ${sum.bytes} of ${row.size} bytes`);
	if (row.crc32 !== null && sum.crc !== row.crc32) throw wrong('its checksum is another one');
	const known = entries.countIn(row.archive);
	if (handler.met !== known) throw wrong(`it holds ${handler.met} of the ${known} entries that the books have in it`);
}

async function* counted(source: AsyncIterable<Uint8Array>, sum: { bytes: number; crc: number }) {
	for await (const chunk of source) {
		sum.bytes += chunk.length;
		sum.crc = crc32(chunk, sum.crc);
		yield chunk;
	}
}

/** Compares what stands in the TAR with the books; what these have elsewhere by now does not count. */
class Prover implements TarHandler {
	readonly #row: StoredRow;
	readonly #entries: EntryLookup;
	/** Entries that were as the books say. */
	met = 0;
	#known: KnownEntry | undefined;
	#path = '';
	#hash: Hash | undefined;
	#hashed = 0;

	constructor(row: StoredRow, entries: EntryLookup) {
		this.#row = row;
		this.#entries = entries;
	}

	onEntry(entry: Entry, { offset }: { offset: number }): void {
		const known = this.#entries.find(entry.path, this.#row.run);
		const isOurs = known?.archive === this.#row.archive && known.offset === offset;
		this.#known = isOurs ? known : undefined;
		this.#hash = undefined;
		if (!isOurs) return;
		this.#path = entry.path;
		if (entry.type !== known.type) throw wrong(`${entry.path} is a ${entry.type}, and was a ${known.type}`);
		if (entry.type === 'file' && entry.size !== known.size) throw wrong(`${entry.path} has another size`);
		if (entry.link !== known.link) throw wrong(`${entry.path} leads elsewhere`);
		if (known.sha256) this.#hash = createHash('sha256');
		this.#hashed = 0;
	}

	onData(chunk: Uint8Array, offset: number): void {
		if (!this.#hash) return;
		this.#zerosTo(offset);
		this.#hash.update(chunk);
		this.#hashed = offset + chunk.length;
	}

	onEntryEnd(): void {
		if (!this.#known) return;
		if (this.#hash) {
			this.#zerosTo(this.#known.size);
			if (!this.#hash.digest().equals(this.#known.sha256!)) throw wrong(`the content of ${this.#path} is another one`);
		}
		this.met += 1;
	}

	/** Holes are left out of the TAR and count as zeros. */
	#zerosTo(offset: number): void {
		for (; this.#hashed < offset; this.#hashed += Math.min(ZEROS.length, offset - this.#hashed))
			this.#hash!.update(ZEROS.subarray(0, Math.min(ZEROS.length, offset - this.#hashed)));
	}
}

function wrong(why: string): FirnError {
	return new FirnError('ARCHIVE_WRONG', `It is not what was stored: ${why}.`);
}
