/** What commands of the screen lead to beyond its own state. */

import type { VersionRow } from '../../../core/browse.ts';
import { formatCount, formatSize } from '../../../core/sizes.ts';
import type { Action } from '../../actions.ts';
import { displayName } from '../../components/text.ts';
import type { EffectContext } from '../../screen.ts';
import { showLink } from '../../show-link.ts';
import { formatWhen } from '../jobs/job-rows.ts';
import { Loader } from './load.ts';
import { currentRow } from './reduce.ts';
import { marksOf } from './reduce-marks.ts';
import type { ArchiveState } from './state.ts';
import { StoreWork } from './store-work.ts';
import { shownVersion, storedAt } from './stored-at.ts';

/** One of each for each app. */
const loaders = new WeakMap<EffectContext, Loader>();
const works = new WeakMap<EffectContext, StoreWork>();

export function archiveEffect(action: Action, context: EffectContext): void {
	let loader = loaders.get(context);
	if (!loader) {
		loader = new Loader(context);
		loaders.set(context, loader);
	}
	if (action.type === 'engine') loader.forget();
	if (action.type === 'done') afterRun(action.task, context);
	workOf(context).on(action, context.screen<ArchiveState>('archive').job);
	if (context.state().screen !== 'archive') return;
	if (action.type === 'command') command(action.id, context, loader);
	if (action.type === 'reply') reply(action.tag, action.value, context, loader);
	loader.look();
}

function workOf(context: EffectContext): StoreWork {
	const work = works.get(context) ?? new StoreWork(context, 'archive');
	works.set(context, work);
	return work;
}

/** A run that has ended has made a new snapshot; a sync or delete has changed what is stored. */
function afterRun(task: string, { state, screen, dispatch }: EffectContext): void {
	const ended = state().tasks[task];
	if (
		ended &&
		['backup', 'sync', 'delete', 'prune'].includes(ended.kind) &&
		ended.job === screen<ArchiveState>('archive').job
	)
		dispatch({ type: 'archive/again' });
}

function command(id: string, context: EffectContext, loader: Loader): void {
	const { open, go, copy, flash, screen, state } = context;
	const archive = screen<ArchiveState>('archive');
	const row = currentRow(archive);
	switch (id) {
		case 'list.unfold':
		case 'list.open':
			if (!row || archive.job === undefined) return;
			if (archive.search && (row.type === 'dir' || id === 'list.unfold')) showInTree(row.path, context, loader);
			else if (id === 'list.open' && row.type !== 'dir') void chooseVersion(archive.job, row.path, context);
			return;
		case 'app.copy':
			if (!row) return;
			copy(row.path);
			flash('info', `Copied ${row.path}`);
			return;
		case 'archive.copyStored': {
			const place = storedAt(state()) ?? '';
			copy(place);
			flash('info', `Copied ${place}`);
			return;
		}
		case 'archive.link': {
			const link = shownVersion(archive)?.link;
			if (link) void showLink(link, context);
			return;
		}
		case 'archive.snapshot': {
			const items = snapshotItems(archive, state().now);
			open({ kind: 'menu', tag: 'archive.snapshot', title: 'Snapshot', items });
			return;
		}
		case 'archive.sort':
			open({ kind: 'menu', tag: 'archive.sort', title: 'Sort by', items: sortItems(archive) });
			return;
		case 'archive.restore': {
			const marked = Object.keys(marksOf(archive));
			const paths = marked.length > 0 ? marked : row ? [row.path] : [];
			const snapshot = archive.view?.number;
			go('restore', { job: archive.job, paths, ...(snapshot === undefined ? {} : { snapshot }) });
		}
	}
}

function reply(tag: string, value: string, context: EffectContext, loader: Loader): void {
	const { go, screen } = context;
	const archive = screen<ArchiveState>('archive');
	if (tag === 'archive.sort' || tag === 'archive.snapshot') {
		const row = currentRow(archive);
		if (row && !archive.search) void loader.show(row.path);
	}
	if (tag.startsWith(VERSION)) {
		go('restore', { job: archive.job, snapshot: Number(value), paths: [tag.slice(VERSION.length)] });
	}
}

const VERSION = 'archive.version:';

function showInTree(path: string, { dispatch }: EffectContext, loader: Loader): void {
	dispatch({ type: 'archive/endSearch' });
	void loader.show(path);
}

function snapshotItems({ snapshots = [] }: ArchiveState, now: number) {
	const items = snapshots.toReversed().map(({ number, time, files, bytes, status }) => ({
		label: `${number}  ${formatWhen(time, now)}`,
		value: String(number),
		note: `${formatCount(files)} files  ${formatSize(bytes)}${status === 'complete' ? '' : `  ${status}`}`,
	}));
	return [{ label: 'newest', value: 'newest', note: 'follows the runs' }, ...items];
}

function sortItems({ sort, descending }: ArchiveState) {
	const labels = { name: 'name', size: 'size', files: 'files', time: 'newest change' };
	return Object.entries(labels).map(([value, label]) => {
		return { label, value, ...(value === sort ? { note: descending ? 'again: ascending' : 'again: descending' } : {}) };
	});
}

/** Lists the versions of a file; the one that is chosen goes to a restore. */
async function chooseVersion(job: string, path: string, { call, open, fail, state }: EffectContext): Promise<void> {
	try {
		const { versions } = await call('versions', { job, path });
		const items = versions.map((version) => ({
			label: `${snapshotsOf(version)}  ${formatWhen(version.time, state().now)}`,
			value: String(version.last ?? version.first),
			note: `${formatSize(version.size)}  archive ${version.archive}${version.status === 'stored' ? '' : `  ${version.status}`}`,
		}));
		open({
			kind: 'menu',
			tag: `${VERSION}${path}`,
			title: `Restore which ${displayName(path.slice(path.lastIndexOf('/') + 1))}?`,
			items,
		});
	} catch (error) {
		fail(error);
	}
}

/** Which snapshots have a version. */
export function snapshotsOf({ first, last }: VersionRow): string {
	if (last === null) return `snapshot ${first} – now`;
	return first === last ? `snapshot ${first}` : `snapshot ${first} – ${last}`;
}
