import type {
	BrowsePage,
	BrowseRow,
	BrowseSort,
	BrowseTotals,
	FindPage,
	SnapshotView,
	StorageView,
	VersionRow,
} from '../../../core/browse.ts';
import { type Field, fieldOf } from '../../components/field.tsx';
import { LIST_START, type ListState } from '../../components/list.ts';

/** Rows asked for at a time. */
export const PAGE = 100;

/** A folder that is, or was, unfolded. */
export interface Folder {
	path: string;
	/** The folder it stands in; undefined for the top. */
	parent: string | undefined;
	/** Its place among the rows of the parent; undefined while that is not known. */
	at: number | undefined;
	open: boolean;
	/** Unfolded by the depth and not by hand: shows its first rows only. */
	short: boolean;
	/** Rows in it; undefined until it has been read. */
	total: number | undefined;
	/** Counts are still missing. */
	counting: boolean;
	totals: BrowseTotals | undefined;
	/** Rows read so far, by the number of the page. */
	pages: Readonly<Record<number, readonly BrowseRow[]>>;
}

export type Folders = Readonly<Record<string, Folder>>;

/** One finished run, or the one under way, as the picker lists it. */
export interface SnapshotItem extends SnapshotView {
	files: number;
	bytes: number;
	status: string;
}

export interface Search {
	field: Field;
	/** The field has the keys. */
	editing: boolean;
	rows: readonly BrowseRow[];
	/** Goes on from here; undefined when all has been searched. */
	cursor: string | undefined;
	/** Share of the folders that has been searched. */
	searched: number;
	/** Why the filter cannot be used. */
	error: string | undefined;
	list: ListState;
}

/** What a mark holds, as it was when it was set. */
export interface Mark {
	files: number;
	bytes: number;
}

export type Marks = Readonly<Record<string, Mark>>;

export interface ArchiveState {
	/** The job that is shown. */
	job: string | undefined;
	/** Answers to questions of an earlier generation are out of date. */
	generation: number;
	/** What is shown belongs to the generation before: it stays until something newer is there. */
	stale: boolean;
	revision: string | undefined;
	snapshots: readonly SnapshotItem[] | undefined;
	/** As chosen; undefined for the newest. */
	snapshot: number | undefined;
	/** As it was answered. */
	view: SnapshotView | undefined;
	folders: Folders;
	list: ListState;
	/** The cursor was sent to the last row, and follows it while more rows are read. */
	atEnd: boolean;
	sort: BrowseSort;
	descending: boolean;
	/** Folders above this level unfold by themselves. */
	depth: number;
	search: Search | undefined;
	/** Row at which a range begins. */
	range: number | undefined;
	/** By job and path. */
	marks: Readonly<Record<string, Marks>>;
	/** Undefined: where there is room. */
	details: boolean | undefined;
	/** Of the file under the cursor. */
	versions: { path: string; rows: readonly VersionRow[] } | undefined;
	/** Of the archives of the row under the cursor. */
	storage: { path: string; view: StorageView } | undefined;
	/** Why nothing can be shown. */
	problem: { code: string; text: string } | undefined;
}

export type ArchiveAction =
	| { type: 'archive/snapshots'; job: string; snapshots: SnapshotItem[] }
	| { type: 'archive/rows'; generation: number; folder: string; answer: BrowsePage }
	| { type: 'archive/found'; generation: number; text: string; cursor: string | undefined; answer: FindPage }
	| { type: 'archive/filterError'; text: string; message: string }
	| { type: 'archive/problem'; generation: number; code: string; text: string }
	| { type: 'archive/versions'; path: string; rows: VersionRow[] }
	| { type: 'archive/storage'; path: string; view: StorageView }
	/** Unfolds a folder on the way to a path. */
	| { type: 'archive/unfold'; path: string; parent: string }
	/** Puts the cursor on a row that has been read. */
	| { type: 'archive/cursor'; path: string }
	| { type: 'archive/endSearch' }
	/** Everything is to be read anew. */
	| { type: 'archive/again' };

export const TOP = '/';

const TOP_FOLDER: Folder = {
	path: TOP,
	parent: undefined,
	at: undefined,
	open: true,
	short: false,
	total: undefined,
	counting: false,
	totals: undefined,
	pages: {},
};

/** A folder of which nothing is known yet. */
export function newFolder(path: string, parent: string, at: number | undefined, short: boolean): Folder {
	return { ...TOP_FOLDER, path, parent, at, short };
}

export const NO_FOLDERS: Folders = { [TOP]: TOP_FOLDER };

const DEPTH = 2;
export const MAX_DEPTH = 9;

export function initialArchive(saved?: unknown): ArchiveState {
	const kept = (typeof saved === 'object' && saved !== null ? saved : {}) as Record<string, unknown>;
	return {
		job: undefined,
		generation: 0,
		stale: false,
		revision: undefined,
		snapshots: undefined,
		snapshot: undefined,
		view: undefined,
		folders: NO_FOLDERS,
		list: LIST_START,
		atEnd: false,
		sort: 'name',
		descending: false,
		depth: DEPTH,
		search: undefined,
		range: undefined,
		marks: checkedMarks(kept.marks),
		details: typeof kept.details === 'boolean' ? kept.details : undefined,
		versions: undefined,
		storage: undefined,
		problem: undefined,
	};
}

/** What is kept over sessions. */
export function savedArchive({ marks, details }: ArchiveState): unknown {
	const kept = Object.fromEntries(Object.entries(marks).filter(([, own]) => Object.keys(own).length > 0));
	return Object.keys(kept).length > 0 || details !== undefined ? { marks: kept, details } : undefined;
}

/** Marks out of a file that may hold anything. */
function checkedMarks(value: unknown): Record<string, Marks> {
	const entries = (given: unknown) => (typeof given === 'object' && given !== null ? Object.entries(given) : []);
	const isMark = (given: unknown): given is Mark => {
		const { files, bytes } = (given ?? {}) as Partial<Mark>;
		return Number.isFinite(files) && Number.isFinite(bytes);
	};
	return Object.fromEntries(
		entries(value).map(([job, marks]) => [
			job,
			Object.fromEntries(
				entries(marks).filter((one): one is [string, Mark] => one[0].startsWith('/') && isMark(one[1])),
			),
		]),
	);
}

export function newSearch(): Search {
	return {
		field: fieldOf(''),
		editing: true,
		rows: [],
		cursor: undefined,
		searched: 0,
		error: undefined,
		list: LIST_START,
	};
}
