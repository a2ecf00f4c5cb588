/**
 * Archives that an earlier attempt left open: asks the store what it really has, and decides from where each goes on,
 * whether it is complete after all, or has to be given up.
 */

import { FirnError } from '../core/errors.ts';
import type { Destination, PartReceipt, StoredObject } from '../destinations/destination.ts';
import type { OpenArchive, PartRow } from '../state/archive-store.ts';

export type Verdict =
	/** `object`: the last part and the completion had gone through; only the note of it was lost. */
	| { kind: 'continue'; from: PartRow | undefined; stored: PartReceipt[]; object?: StoredObject }
	| { kind: 'give-up'; reason: string };

/**
 * @param parts what the state database says was or may have been sent
 * @throws FirnError when the store cannot be asked
 */
export async function judge(destination: Destination, archive: OpenArchive, parts: PartRow[]): Promise<Verdict> {
	if (archive.uploadId === undefined) {
		// What was stored whole is booked, and its plan forgotten: it is not to be made again, but to be there.
		if (lastAcknowledged(parts) > 0) return stillThere(destination, archive, parts);
		return { kind: 'continue', from: undefined, stored: [] };
	}
	let stored: PartReceipt[];
	try {
		stored = await destination.listParts({ key: archive.key, id: archive.uploadId }, { partSize: archive.partSize });
	} catch (error) {
		if (!(error instanceof FirnError) || error.code !== 'NO_SUCH_UPLOAD') throw error;
		return stillThere(destination, archive, parts);
	}
	const from = lastWhole(parts, stored);
	// What those parts held is booked; it cannot be made again from a place before them.
	if ((from?.number ?? 0) < lastAcknowledged(parts)) {
		return { kind: 'give-up', reason: 'the store has lost parts that it had acknowledged' };
	}
	return { kind: 'continue', from, stored };
}

/** Number of the last part up to which all are acknowledged; 0 when the first is not. */
function lastAcknowledged(parts: PartRow[]): number {
	const gap = parts.findIndex((part, at) => part.number !== at + 1 || !part.acknowledged);
	return gap === -1 ? parts.length : gap;
}

/** There is no upload: either it was completed, or somebody (a lifecycle rule) has thrown it away. */
async function stillThere(destination: Destination, archive: OpenArchive, parts: PartRow[]): Promise<Verdict> {
	const last = parts.at(-1);
	const size = parts.reduce((sum, part) => sum + part.size, 0);
	const object = last?.final ? await destination.head(archive.key) : undefined;
	if (last && object?.size === size && parts.every((part) => part.acknowledged)) {
		const stored = parts.map(({ number, size, etag, crc32 }) => ({ number, size, etag: etag ?? '', crc32 }));
		return { kind: 'continue', from: last, stored, object };
	}
	const what = archive.uploadId === undefined ? 'does not have it' : 'does not know its upload';
	return { kind: 'give-up', reason: `the store ${what} any more` };
}

/** The last part up to which the store has all that it acknowledged, in the size and with the CRC or ETag recorded. */
function lastWhole(parts: PartRow[], stored: PartReceipt[]): PartRow | undefined {
	const there = new Map(stored.map((receipt) => [receipt.number, receipt]));
	let last: PartRow | undefined;
	for (const [at, part] of parts.entries()) {
		const receipt = there.get(part.number);
		if (part.number !== at + 1 || !part.acknowledged || !receipt || !agrees(part, receipt)) break;
		last = part;
	}
	return last;
}

function agrees(part: PartRow, receipt: PartReceipt): boolean {
	if (part.size !== receipt.size) return false;
	return receipt.crc32 !== undefined ? receipt.crc32 === part.crc32 : receipt.etag === part.etag;
}
