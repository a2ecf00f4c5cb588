/** A screen Archive over a made-up snapshot: answers what it would ask the engine, by the state alone. */

import type { BrowsePage, BrowseRow } from '../../../../src/core/browse.ts';
import type { Action } from '../../../../src/tui/actions.ts';
import { rowsShown } from '../../../../src/tui/screens/archive/geometry.ts';
import { reduceArchive } from '../../../../src/tui/screens/archive/reduce.ts';
import { type ArchiveState, initialArchive, PAGE } from '../../../../src/tui/screens/archive/state.ts';
import { pagesBetween, rowAt, rowCount } from '../../../../src/tui/screens/archive/tree.ts';
import type { AppState } from '../../../../src/tui/state.ts';
import { UNICODE } from '../../../../src/tui/theme/glyphs.ts';

export function appOf(columns: number, rows: number, job: string | undefined = 'photos'): AppState {
	return {
		now: Date.UTC(2026, 5, 1),
		columns,
		rows,
		screen: 'archive',
		engine: { state: 'ok', pid: 1, version: '1' },
		host: 'host',
		jobs: job === undefined ? [] : [{ name: job } as never],
		tasks: {},
		job,
		flash: undefined,
		modal: undefined,
		look: { theme: '16', glyphs: UNICODE },
		screens: {},
	} as unknown as AppState;
}

/** How many folders and files lie in each folder, by its path. */
export type Shape = (path: string) => { folders: number; files: number };

export class World {
	state: ArchiveState = initialArchive();
	app: AppState;
	revision = 'r1';
	counting = false;
	readonly #shape: Shape;

	constructor(shape: Shape, columns = 100, rows = 30) {
		this.#shape = shape;
		this.app = appOf(columns, rows);
		this.dispatch({ type: 'open', screen: 'archive' });
	}

	dispatch(action: Action): void {
		this.state = reduceArchive(this.state, action, this.app);
	}

	/** Commands, without answering what they need. */
	press(...commands: string[]): void {
		for (const id of commands) this.dispatch({ type: 'command', id });
	}

	/** Commands, each with all rows it needs. */
	go(...commands: string[]): void {
		this.load();
		for (const id of commands) {
			this.press(id);
			this.load();
		}
	}

	/** Reads pages until none is missing in the window. */
	load(): void {
		for (;;) {
			const { top } = this.state.list;
			const height = rowsShown(this.state, this.app);
			const missing = pagesBetween(this.state.folders, top - height, top + 2 * height).find(
				({ known }) => !known || this.state.stale,
			);
			if (!missing) return;
			this.answer(missing.folder, missing.page);
		}
	}

	answer(folder: string, page: number): void {
		const answer = this.page(folder, page * PAGE);
		this.dispatch({ type: 'archive/rows', generation: this.state.generation, folder, answer });
	}

	page(folder: string, from: number): BrowsePage {
		const { folders, files } = this.#shape(folder);
		const total = folders + files;
		const end = Math.min(total, from + PAGE);
		const rows = Array.from({ length: Math.max(0, end - from) }, (_, at) => this.row(folder, from + at, folders));
		return {
			snapshot: { number: 7, time: Date.UTC(2026, 4, 1), finished: true },
			path: folder,
			revision: this.revision,
			rows,
			from,
			total,
			counting: this.counting,
			...(this.counting ? {} : { totals: totals(total, total * 10, total) }),
		};
	}

	row(folder: string, index: number, folders: number): BrowseRow {
		const isFolder = index < folders;
		const name = `${isFolder ? 'd' : 'f'}${index}`;
		const path = folder === '/' ? `/${name}` : `${folder}/${name}`;
		const { folders: inner, files } = isFolder ? this.#shape(path) : { folders: 0, files: 0 };
		const entries = inner + files;
		const own = isFolder ? totals(entries, entries * 10, entries) : totals(1, 10, 0);
		return {
			name,
			path,
			type: isFolder ? 'dir' : 'file',
			time: Date.UTC(2026, 4, 1),
			...(isFolder && this.counting ? {} : { totals: own }),
		};
	}

	/** What stands in each row. */
	get shown(): string[] {
		return Array.from({ length: rowCount(this.state.folders) }, (_, at) => this.at(at));
	}

	get underCursor(): string {
		return this.at(this.state.list.cursor);
	}

	at(position: number): string {
		const row = rowAt(this.state.folders, position);
		if (row?.kind === 'row') return row.row.path;
		return row?.kind === 'more' ? `${row.folder} +${row.hidden}` : `${row?.folder} ${row?.index} ?`;
	}
}

function totals(files: number, bytes: number, entries: number) {
	const at = { archives: 1, firstArchive: 1, lastArchive: 1 };
	return { files, bytes, entries, ...at, status: 'stored' as const, affected: 0 };
}
