import { closeSync, openSync, writeSync } from 'node:fs';
import type { ReportRow } from '../core/restore-answers.ts';

/** Adds lines to a report that the engine has begun. A report that cannot be written must not cost the restore. */
export class ReportLines {
	#fd: number | undefined;

	/** @param file undefined where no report is kept */
	constructor(file: string | undefined) {
		if (file === undefined) return;
		try {
			this.#fd = openSync(file, 'a', 0o600);
		} catch {
			this.#fd = undefined;
		}
	}

	/** A line at once: what is known must outlive a kill. */
	add(row: ReportRow): void {
		if (this.#fd === undefined) return;
		try {
			writeSync(this.#fd, `${JSON.stringify(row)}\n`);
		} catch {
			this.close();
		}
	}

	close(): void {
		if (this.#fd !== undefined) closeSync(this.#fd);
		this.#fd = undefined;
	}
}
