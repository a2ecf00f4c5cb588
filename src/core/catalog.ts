/** What work on the catalog finds and plans: the shapes that cross between threads and to clients, and their words. */

import { counted, formatSize } from './sizes.ts';
import type { CatalogKind } from './task.ts';

/** What an item of a plan is about. */
export type PlanItemKind =
	/** An archive that the store has no more. */
	| 'missing'
	/** One that was missing and is there again. */
	| 'returned'
	/** One whose size or checksum is not what was stored: an alarm. */
	| 'differs'
	/** A stored archive whose sidecar, or a run whose manifest, is not there (any more). */
	| 'sidecar'
	| 'manifest'
	/** An object of an archive that was deleted already. */
	| 'leftover'
	/** An object that the books do not know. */
	| 'unknown'
	/** An upload of this job that no run goes on with. */
	| 'upload'
	/** An archive to be deleted. */
	| 'archive'
	/** A file of which nothing is left then. */
	| 'lost';

export interface PlanItem {
	item: number;
	kind: PlanItemKind;
	/** Of an object; of a file its path. */
	key: string;
	archive: number | null;
	size: number | null;
	details: Record<string, string | number | boolean | null>;
}

/** What would be done, as it was when the plan was made. */
export interface CatalogPlan {
	plan: string;
	kind: CatalogKind;
	/** ms since 1970. */
	created: number;
	figures: Record<string, number | string>;
}

/** How a task of a kind went, in a sentence, by the details of its summary. */
export function catalogWords(kind: CatalogKind, details: Readonly<Record<string, number | string>>): string {
	const count = (name: string, noun: string) => counted(Number(details[name] ?? 0), noun);
	const size = (name: string) => formatSize(Number(details[name] ?? 0));
	if (details.plan !== undefined) {
		if (kind === 'delete') return `${count('planArchives', 'archive')}, ${size('planBytes')} would be deleted.`;
		return `${count('objects', 'object')} compared with the books: ${count('findings', 'finding')}.`;
	}
	switch (kind) {
		case 'sync':
			return `${count('marked', 'archive')} marked, ${count('written', 'companion')} written anew, ${count('adopted', 'archive')} adopted, ${count('removed', 'object')} and ${count('aborted', 'upload')} removed.`;
		case 'delete':
			return `${count('deleted', 'archive')} deleted, ${size('freed')} freed.`;
		case 'verify':
			return `${count('seen', 'archive')} found as stored; ${count('proven', 'archive')}, ${size('provenBytes')} read and proven; ${count('cold', 'archive')} too cold to read.`;
	}
}
