/** Writes sidecars and manifests anew that the store has lost, from the books, as a run would. */

import { sidecarLine, sidecarPiece } from '../archive/sidecar.ts';
import { sealManifest, sealSidecar, writeManifest } from '../backup/finish.ts';
import { RunBooks } from '../backup/run-books.ts';
import { sidecarHeader } from '../backup/sidecar-header.ts';
import { FirnError } from '../core/errors.ts';
import { sidecarOf } from '../core/object-names.ts';
import { archiveEntries } from '../state/archive-entries.ts';
import type { StoredRow } from '../state/archive-store.ts';
import type { Desk } from './desk.ts';

/** Characters of lines that make a frame of a sidecar. */
const PIECE = 1024 * 1024;

/** Gathers what an archive holds, until it is sealed. */
class Content {
	readonly pieces: Buffer[] = [];
	#lines = '';
	files = 0;
	bytes = 0;

	add(entry: Parameters<typeof sidecarLine>[0]): void {
		this.#lines += sidecarLine(entry);
		if (this.#lines.length >= PIECE) this.#cut();
		if (entry.type !== 'file' && entry.type !== 'hardlink') return;
		this.files += 1;
		this.bytes += entry.size;
	}

	end(): Buffer[] {
		if (this.#lines !== '') this.#cut();
		return this.pieces;
	}

	#cut(): void {
		this.pieces.push(sidecarPiece(this.#lines));
		this.#lines = '';
	}
}

/** @returns how many were written; of the others it is told why not */
export async function rewriteSidecars(desk: Desk, archives: readonly number[]): Promise<number> {
	if (archives.length === 0) return 0;
	const books = RunBooks.open(desk.spec.stateFile, 'write');
	try {
		let written = 0;
		let content = new Content();
		let current: number | undefined;
		const finish = async () => {
			if (current !== undefined && (await rewrite(desk, books, current, content))) written += 1;
		};
		for (const { archive, entry } of archiveEntries(desk.db, archives)) {
			if (archive !== current) {
				desk.signal.throwIfAborted();
				await finish();
				[current, content] = [archive, new Content()];
			}
			content.add(entry);
		}
		await finish();
		return written;
	} finally {
		books.close();
	}
}

async function rewrite(desk: Desk, books: RunBooks, archive: number, content: Content): Promise<boolean> {
	const { destination, spec, report } = desk;
	const row: StoredRow = books.archives.describe(archive);
	const pieces = content.end();
	// What changed while it was packed was stored again later, and only that is known of it.
	if (content.files !== row.files || content.bytes !== row.bytes) {
		const message = `The sidecar of ${row.key} cannot be written anew: not all of what the archive holds is in the books.`;
		report({ event: 'notice', level: 'warn', message });
		return false;
	}
	const header = sidecarHeader(row, books.runs.get(row.run), spec.job, spec.version);
	try {
		await destination.put(sidecarOf(row.key), sealSidecar(spec.job, row, header, pieces));
		return true;
	} catch (error) {
		if (!(error instanceof FirnError) || error.code === 'STOPPED') throw error;
		report({ event: 'notice', level: 'warn', message: error.message });
		return false;
	}
}

/** Writes the manifest of a run that ended as a snapshot, under a name that is still free. */
export async function rewriteManifest(desk: Desk, runId: string): Promise<void> {
	await writeManifest(desk.destination, desk.spec.job, runId, manifestOf(desk, runId));
}

/** The same as it is stored. */
export function sealedManifest(desk: Desk, runId: string): Buffer {
	return sealManifest(desk.spec.job, manifestOf(desk, runId));
}

function manifestOf({ spec, db }: Desk, runId: string): object {
	const row = db
		.prepare(
			'SELECT run, status, finished, files, bytes, new_files, new_bytes, errors FROM runs WHERE id = ? AND finished IS NOT NULL',
		)
		.get(runId)!;
	const totals = {
		files: Number(row.files),
		bytes: Number(row.bytes),
		newFiles: Number(row.new_files),
		newBytes: Number(row.new_bytes),
		errors: Number(row.errors),
	};
	const books = RunBooks.open(spec.stateFile, 'write');
	try {
		const run = books.runs.get(Number(row.run));
		const finished = new Date(Number(row.finished));
		return books.manifest(spec.job, run, String(row.status), totals, finished, spec.version);
	} finally {
		books.close();
	}
}
