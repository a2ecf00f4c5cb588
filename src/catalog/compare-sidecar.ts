import { jsonLines } from '../archive/json-lines.ts';
import type { SidecarEntry } from '../archive/sidecar.ts';
import { parseSidecarEntry, parseSidecarHeader, type ReadHeader } from '../archive/sidecar-reader.ts';
import type { StoredRow } from '../state/archive-store.ts';
import type { EntryLookup, KnownEntry } from '../state/entry-lookup.ts';

/**
 * Whether a sidecar says of its archive what the books say: so that they can be rebuilt from it.
 * @param pieces the sidecar, unpacked
 * @returns what is wrong, as the end of a sentence, or undefined
 * @throws FirnError BAD_SIDECAR, RECORD_DAMAGED, BAD_LINES when it cannot be read; WRONG_IDENTITY
 */
export async function compareSidecar(
	pieces: AsyncIterable<Uint8Array>,
	row: StoredRow,
	entries: EntryLookup,
): Promise<string | undefined> {
	let header: ReadHeader | undefined;
	let met = 0;
	for await (const lines of jsonLines(pieces)) {
		for (const line of lines) {
			if (!header) {
				header = parseSidecarHeader(line);
				const other = differingField(header, row);
				if (other) return `has another ${other}`;
				continue;
			}
			const entry = parseSidecarEntry(line, header.rawSize);
			const known = entries.find(entry.path, row.run);
			// A later archive of the run may have stored it again, and counts.
			if (!known || known.archive !== row.archive || known.offset !== entry.offset) continue;
			if (!isSame(entry, known)) return `says something else of ${entry.path}`;
			met += 1;
		}
	}
	if (!header) return 'is empty';
	const known = entries.countIn(row.archive);
	return met === known ? undefined : `has ${met} of the ${known} entries of the books`;
}

function differingField(header: ReadHeader, row: StoredRow): string | undefined {
	const pairs: [string, unknown, unknown][] = [
		['key', header.archive, row.key],
		['size', header.size, row.size],
		['rawSize', header.rawSize, row.raw_size],
		['payloadSize', header.payloadSize, row.payload_size],
		['crc32', header.crc32 ?? null, row.crc32],
		['number of files', header.files, row.files],
		['number of bytes', header.bytes, row.bytes],
		['compression', header.compression, row.compression],
		['age header', base64(header.ageHeader), base64(row.age_header)],
		['frame table', base64(header.frames), base64(row.frames)],
	];
	return pairs.find(([, said, known]) => said !== known)?.[0];
}

const base64 = (bytes: Uint8Array | null | undefined) => (bytes ? Buffer.from(bytes).toString('base64') : '');

function isSame(entry: SidecarEntry, known: KnownEntry): boolean {
	return (
		entry.type === known.type &&
		entry.size === known.size &&
		entry.length === known.length &&
		entry.mode === known.mode &&
		entry.uid === known.uid &&
		entry.gid === known.gid &&
		entry.mtimeNs === known.mtimeNs &&
		entry.ctimeNs === known.ctimeNs &&
		entry.ino === known.ino &&
		entry.link === known.link &&
		base64(entry.sha256) === base64(known.sha256)
	);
}
