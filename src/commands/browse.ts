/** `firn show JOB [PATH]` with --level, --filter or --versions: what the screen Archive shows, for scripts and pipes. */

import { setTimeout as sleep } from 'node:timers/promises';
import type { BrowseRow, VersionRow } from '../core/browse.ts';
import { usageError } from '../core/errors.ts';
import { EXIT } from '../core/exit-codes.ts';
import type { Channel } from '../protocol/channel.ts';
import type { Context } from './context.ts';
import { jobArgument } from './job-argument.ts';
import { wholeNumber } from './numbers.ts';
import { count, drained, type Listing, print, type Row, type ShowOptions, size, text, time } from './show.ts';

const LEVEL: Listing = {
	head: ['files', 'size', 'archives', 'status', 'newest', 'path'],
	right: [0, 1, 2],
	cells: (row) => [
		count(row.files),
		size(row.bytes),
		archives(row),
		row.affected === 0 ? text(row.status) : `${count(row.affected)} ${text(row.status)}`,
		time(row.mtime),
		`${text(row.path)}${row.type === 'dir' ? '/' : ''}`,
	],
};

const VERSIONS: Listing = {
	head: ['snapshots', 'size', 'modified', 'status', 'archive', 'sha256'],
	right: [1, 4],
	cells: (row) => [
		row.last === null ? `${row.first} –` : row.first === row.last ? text(row.first) : `${row.first} – ${row.last}`,
		row.type === 'file' ? size(row.size) : text(row.type),
		time(row.mtime),
		text(row.status),
		text(row.archive),
		text(row.sha256),
	],
};

/** Rows asked for at a time. */
const PAGE = 1000;
/** How long to wait before asking again for what is still being counted. */
const AGAIN_MS = 40;

interface Listed {
	rows: Row[];
	isLast: boolean;
}

/** Prints one folder, the versions of a file, or what a filter finds. */
export async function browse(
	context: Context,
	job: string,
	path: string | undefined,
	options: ShowOptions,
): Promise<number> {
	const { level, versions, sort, filter } = options;
	if (versions && path === undefined) {
		throw usageError('PATH_NEEDED', 'Of which file should the versions be listed?', 'firn show JOB FILE --versions');
	}
	const below = {
		job: jobArgument(job),
		cwd: process.cwd(),
		...(path === undefined ? {} : { path }),
		...(options.snapshot === undefined ? {} : { snapshot: wholeNumber('--snapshot', options.snapshot, 1) }),
		...(filter === undefined ? {} : { filter }),
	};
	const order = sort === undefined ? {} : { sort, descending: sort !== 'name' };
	let left = options.limit === undefined ? Number.POSITIVE_INFINITY : wholeNumber('--limit', options.limit, 1);
	return context.ask(async (engine) => {
		if (versions) {
			const found = await engine.call('versions', { job: below.job, path: path!, cwd: below.cwd });
			print(context, VERSIONS, found.versions.map(versionRecord), true);
			return EXIT.ok;
		}
		const pages = level
			? levelPages(engine, { ...below, ...order })
			: foundPages(engine, { ...below, filter: filter! });
		let first = true;
		for await (const { rows, isLast } of pages) {
			const shown = rows.slice(0, left);
			left -= shown.length;
			// A search that has not found anything yet is no reason for a line.
			if (shown.length > 0 || isLast) print(context, LEVEL, shown, first);
			if (shown.length > 0) first = false;
			await drained();
			if (left === 0) break;
		}
		return EXIT.ok;
	});
}

async function* levelPages(
	engine: Channel,
	query: Omit<Parameters<typeof engine.call<'browse'>>[1], 'from' | 'limit'>,
): AsyncGenerator<Listed> {
	let from = 0;
	for (;;) {
		const page = await engine.call('browse', { ...query, from, limit: PAGE });
		if (page.counting) {
			await sleep(AGAIN_MS);
			continue;
		}
		from += page.rows.length;
		const isLast = from >= page.total || page.rows.length === 0;
		yield { rows: page.rows.map(levelRecord), isLast };
		if (isLast) return;
	}
}

async function* foundPages(
	engine: Channel,
	query: Omit<Parameters<typeof engine.call<'find'>>[1], 'cursor' | 'limit'>,
): AsyncGenerator<Listed> {
	let cursor: string | undefined;
	do {
		const page = await engine.call('find', { ...query, limit: PAGE, ...(cursor === undefined ? {} : { cursor }) });
		cursor = page.cursor;
		yield { rows: page.rows.map(levelRecord), isLast: cursor === undefined };
	} while (cursor !== undefined);
}

function levelRecord({ path, type, time: ms, totals }: BrowseRow): Row {
	return { path, type, mtime: isoTime(ms), ...totals };
}

function versionRecord({ time: ms, firstTime, lastTime, ...row }: VersionRow): Row {
	return { ...row, mtime: isoTime(ms), firstTime: isoTime(firstTime), lastTime: isoTime(lastTime) };
}

function isoTime(ms: number | null): string | null {
	return ms === null ? null : new Date(ms).toISOString();
}

function archives({ archives: number, firstArchive, lastArchive }: Row): string {
	if (firstArchive === lastArchive) return firstArchive === 0 ? '-' : text(firstArchive);
	return `${count(number)} (${text(firstArchive)}–${text(lastArchive)})`;
}
