import type { BrowseSort } from '../core/browse.ts';
import { EXIT } from '../core/exit-codes.ts';
import { localSecond } from '../core/local-time.ts';
import { safePrint } from '../core/safe-print.ts';
import { formatCount, formatSize } from '../core/sizes.ts';
import type { Params } from '../protocol/contract.ts';
import type { Context } from './context.ts';
import { jobArgument } from './job-argument.ts';
import { wholeNumber } from './numbers.ts';

export interface ShowOptions {
	collate?: string;
	snapshot?: string;
	archives?: boolean;
	runs?: boolean;
	limit?: string;
	level?: boolean;
	sort?: BrowseSort;
	filter?: string;
	versions?: boolean;
}

export type Row = Record<string, unknown>;

export interface Listing {
	head: string[];
	/** Columns of numbers. */
	right: number[];
	cells: (row: Row) => string[];
}

export const text = (value: unknown): string => safePrint(String(value ?? '-'));
export const size = (value: unknown): string => formatSize(Number(value));
export const count = (value: unknown): string => formatCount(Number(value));
export const time = (value: unknown): string => (value === null ? '-' : localSecond(Date.parse(String(value))));

const LISTINGS: Record<Params<'show'>['what'], Listing> = {
	files: {
		head: ['type', 'size', 'modified', 'archive', 'path'],
		right: [1, 3],
		cells: (row) => [
			text(row.type),
			row.type === 'file' ? size(row.size) : '-',
			time(row.mtime),
			text(row.archive),
			text(row.path),
		],
	},
	collate: {
		head: ['files', 'size', 'archives', 'status', 'last proven', 'folder'],
		right: [0, 1, 2],
		cells: (row) => [
			count(row.files),
			size(row.bytes),
			count(row.archives),
			text(row.status),
			time(row.proven),
			text(row.path),
		],
	},
	archives: {
		head: ['archive', 'size', 'files', 'status', 'class', 'last proven', 'key'],
		right: [0, 1, 2],
		cells: (row) => [
			text(row.archive),
			size(row.bytes),
			count(row.files),
			text(row.status),
			text(row.storageClass),
			time(row.proven),
			text(row.key),
		],
	},
	runs: {
		head: ['snapshot', 'started', 'finished', 'status', 'files', 'size', 'run'],
		right: [0, 4, 5],
		cells: (row) => [
			text(row.snapshot),
			time(row.started),
			time(row.finished),
			text(row.status),
			count(row.files),
			size(row.bytes),
			text(row.run),
		],
	},
};

/** Rows asked for at a time; also how many share one set of column widths. */
const PAGE = 1000;

/** `firn show JOB [PATH]`: prints page after page. */
export async function show(context: Context, [job, path]: string[], options: ShowOptions): Promise<number> {
	if (options.level || options.versions || options.filter !== undefined) {
		const { browse } = await import('./browse.ts');
		return browse(context, job!, path, options);
	}
	const what = options.runs
		? 'runs'
		: options.archives
			? 'archives'
			: options.collate !== undefined
				? 'collate'
				: 'files';
	const params = {
		job: jobArgument(job!),
		what,
		cwd: process.cwd(),
		...(path === undefined ? {} : { path }),
		...(options.snapshot === undefined ? {} : { snapshot: wholeNumber('--snapshot', options.snapshot, 1) }),
		...(options.collate === undefined ? {} : { depth: wholeNumber('--collate', options.collate, 0) }),
	} satisfies Params<'show'>;
	let left = options.limit === undefined ? Number.POSITIVE_INFINITY : wholeNumber('--limit', options.limit, 1);
	return context.ask(async (engine) => {
		let cursor: string | undefined;
		do {
			const page = await engine.call('show', {
				...params,
				limit: Math.min(PAGE, left),
				...(cursor === undefined ? {} : { cursor }),
			});
			print(context, LISTINGS[what], page.rows, cursor === undefined);
			left -= page.rows.length;
			cursor = page.cursor;
			await drained();
		} while (cursor !== undefined && left > 0);
		return EXIT.ok;
	});
}

/** Prints rows below each other; with the first ones what the columns are. */
export function print({ out }: Context, { head, right, cells }: Listing, rows: Row[], first: boolean): void {
	for (const row of rows) out.record(row);
	if (rows.length > 0 || first) out.table(first ? head : head.map(() => ''), rows.map(cells), right);
}

/** A slow reader slows the listing, instead of filling the memory. */
export async function drained(): Promise<void> {
	if (process.stdout.writableNeedDrain) await new Promise((resolve) => process.stdout.once('drain', resolve));
}
