/** Notes the content of what a run has copied or compared, so that `firn verify` and restores can prove it. */

import type { MirrorCopies } from '../../../state/mirror-copies.ts';
import type { RunBooks } from '../../run-books.ts';
import type { Facts } from './decide.ts';

const COMMIT_MS = 500;

export class CopyNotes {
	readonly #books: RunBooks;
	readonly #copies: MirrorCopies;
	/** A kill may have kept the books from hearing of the last copies. */
	readonly #afterInterruption: boolean;
	/** Found to be damaged by a verify: size and time do not tell. */
	readonly #bad: Set<string>;
	#committed = Date.now();

	constructor(books: RunBooks, afterInterruption: boolean) {
		this.#books = books;
		this.#copies = books.copies;
		this.#afterInterruption = afterInterruption;
		this.#bad = this.#copies.bad();
	}

	/** Whether the content is to be looked at though size and time are right. */
	isBad(path: string): boolean {
		return this.#bad.has(path);
	}

	/** A file that seems right as it is: what is noted of another one that had its place does not hold. */
	met(path: string, { size, mtimeNs }: Facts): void {
		if (!this.#afterInterruption) return;
		const note = this.#copies.at(path);
		if (note && (BigInt(note.size) !== size || note.mtimeNs !== mtimeNs)) this.#change(() => this.#copies.drop(path));
	}

	copied(path: string, { size, mtimeNs }: { size: bigint; mtimeNs: bigint }, sha256: Buffer): void {
		this.#change(() => this.#copies.note(path, { size: Number(size), mtimeNs, sha256 }));
	}

	touched(path: string, mtimeNs: bigint): void {
		this.#change(() => this.#copies.touched(path, mtimeNs));
	}

	/**
	 * Something else is about to have its place, or nothing. On disk when it returns: a kill behind it must not leave a note
	 * of what is there no more.
	 */
	leave(paths: readonly string[]): void {
		if (paths.length === 0) return;
		const { transaction } = this.#books;
		transaction.begin();
		for (const path of paths) this.#copies.drop(path);
		transaction.commit();
		this.#committed = Date.now();
	}

	/** At the end of a run: what a verify has missed, and neither side has any more, is missed no longer. */
	finish(isThere: (path: string) => boolean): void {
		this.leave([...this.#bad].filter((path) => !isThere(path)));
	}

	#change(change: () => void): void {
		const { transaction } = this.#books;
		transaction.begin();
		change();
		if (Date.now() - this.#committed < COMMIT_MS) return;
		transaction.commit();
		this.#committed = Date.now();
	}
}
