/** What work on the catalog finds and plans: the shapes that cross between threads and to clients, and their words. */

import { counted, formatSize } from './sizes.ts';
import type { CatalogKind, TaskSummary } from './task.ts';

/** What an item of a plan is about. */
export const PLAN_ITEM_KINDS = [
	/** An archive that the store has no more. */
	'missing',
	/** One that was missing and is there again. */
	'returned',
	/** One whose size or checksum is not what was stored: an alarm. */
	'differs',
	/** A stored archive whose sidecar, or a run whose manifest, is not there (any more). */
	'sidecar',
	'manifest',
	/** An object of an archive that was deleted already. */
	'leftover',
	/** An object that the books do not know. */
	'unknown',
	/** An upload of this job that no run goes on with. */
	'upload',
	/** An archive to be deleted. */
	'archive',
	/** A file of which nothing is left then. */
	'lost',
	/** A snapshot to be dropped. */
	'snapshot',
	/** An archive that nobody needs, but that would cost more to delete now than later. */
	'waiting',
] as const;

export type PlanItemKind = (typeof PLAN_ITEM_KINDS)[number];

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

/** How a task of a kind went, in a sentence, by its summary; '' where all there is to tell are its errors. */
export function catalogWords(
	kind: CatalogKind,
	{ archives, bytes: all, errors, details: more }: Pick<TaskSummary, 'archives' | 'bytes' | 'errors' | 'details'>,
): string {
	const details: TaskSummary['details'] = { archives, bytes: all, ...more };
	const isPlan = details.plan !== undefined || details.dryRun !== undefined;
	const words = isPlan ? PLANNED[kind] : DONE[kind];
	const said = words.flatMap(([name, noun, what, bytes]) => {
		const count = Number(details[name] ?? 0);
		const size = bytes === undefined ? '' : `, ${formatSize(Number(details[bytes] ?? 0))}`;
		return count === 0 ? [] : [`${counted(count, noun)}${size} ${what}`];
	});
	if (said.length === 0) return errors > 0 ? '' : 'There was nothing to be done.';
	return `${said.join('; ')}.`;
}

/** Name of the figure, what is counted, what became of it, and the figure with its bytes. */
type Words = readonly (readonly [name: string, noun: string, what: string, bytes?: string])[];

const PLANNED: Record<CatalogKind, Words> = {
	sync: [
		['objects', 'object', 'compared with the books', 'bytes'],
		['findings', 'finding', 'to be dealt with'],
	],
	delete: [['archives', 'archive', 'would be deleted', 'bytes']],
	prune: [
		['dropped', 'snapshot', 'would be dropped'],
		['archives', 'archive', 'would be deleted', 'bytes'],
		['waiting', 'archive', 'would wait until deleting is free', 'waitingBytes'],
	],
	verify: [
		['archives', 'archive', 'would be looked at', 'bytes'],
		['objects', 'object', 'would be looked at', 'objectBytes'],
		['readObjects', 'object', 'would be read', 'readBytes'],
		['files', 'file', 'would be looked at', 'fileBytes'],
		['readFiles', 'file', 'would be read', 'readBytes'],
		['read', 'archive', 'would be read', 'readBytes'],
		['cold', 'archive', 'would have to be thawed for that'],
	],
};

const DONE: Record<CatalogKind, Words> = {
	sync: [
		['missing', 'archive', 'marked as missing'],
		['forgotten', 'object', 'forgotten; the next run copies them again'],
		['returned', 'archive', 'found again'],
		['written', 'sidecar or manifest', 'written anew'],
		['adopted', 'archive', 'entered into the books'],
		['removed', 'object', 'deleted'],
		['aborted', 'unfinished upload', 'thrown away'],
		['refused', 'object', 'left as it is'],
	],
	delete: [
		['deleted', 'archive', 'deleted', 'freed'],
		['refused', 'archive', 'refused by the store'],
	],
	prune: [
		['dropped', 'snapshot', 'dropped'],
		['deleted', 'archive', 'deleted', 'freed'],
		['waiting', 'archive', 'left until deleting is free', 'waitingBytes'],
		['refused', 'archive', 'refused by the store'],
	],
	verify: [
		['seen', 'archive', 'found as stored'],
		['seenObjects', 'object', 'found as stored'],
		['provenObjects', 'object', 'read and proven', 'provenBytes'],
		['seenFiles', 'file', 'found as copied'],
		['provenFiles', 'file', 'read and proven', 'provenBytes'],
		['unnoted', 'file', 'without a checksum: a run with --checksum notes them'],
		['unknown', 'object', 'not known to the books'],
		['unopened', 'sidecar', 'not opened: no identity at hand fits'],
		['proven', 'archive', 'read and proven', 'provenBytes'],
		['cold', 'archive', 'too cold to be read'],
	],
};
