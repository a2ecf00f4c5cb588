import { Box } from 'ink';
import { counted, formatCount, formatSize } from '../../../core/sizes.ts';
import { FieldView } from '../../components/field.tsx';
import { Line } from '../../components/line.tsx';
import { Pane } from '../../components/pane.tsx';
import { displayName, wrap } from '../../components/text.ts';
import type { AppState, Size } from '../../state.ts';
import type { Glyphs } from '../../theme/glyphs.ts';
import { useLook } from '../../theme/look.ts';
import { formatWhen } from '../jobs/job-rows.ts';
import { Details } from './details.tsx';
import { geometryOf } from './geometry.ts';
import { sumOfMarks } from './marks.ts';
import { marksOf } from './reduce-marks.ts';
import { FoundLine, Heading, TreeLine } from './rows.tsx';
import { type ArchiveState, type Search, TOP } from './state.ts';
import { rowCount, rowsBetween } from './tree.ts';

export function ArchiveView({ state, app, area }: { state: ArchiveState; app: AppState; area: Size }) {
	const { glyphs } = useLook();
	const empty = emptyText(state, app);
	const { bare, list, inside, details } = geometryOf(area, empty ? { ...state, details: false } : state);
	return (
		<Box flexDirection="column" width={area.width} height={area.height}>
			<Pane
				title={titleOf(state, app)}
				right={bare ? '' : orderOf(state, glyphs)}
				footer={empty ? '' : footerOf(state, bare)}
				width={list.width}
				height={list.height}
				focus
				bare={bare}
			>
				{empty ? <Empty lines={empty} width={inside.width} /> : <List state={state} area={area} />}
			</Pane>
			{details > 0 ? <Details state={state} now={app.now} width={area.width} height={details} bare={bare} /> : null}
		</Box>
	);
}

function List({ state, area }: { state: ArchiveState; area: Size }) {
	const { inside, rows: height } = geometryOf(area, state);
	const { width } = inside;
	const { search, range } = state;
	const { cursor, top } = search?.list ?? state.list;
	const marks = marksOf(state);
	const of = (position: number) => ({
		width,
		marks,
		selected: position === cursor,
		inRange: range !== undefined && position >= Math.min(range, cursor) && position <= Math.max(range, cursor),
	});
	return (
		<>
			{search ? <FilterLine search={search} width={width} /> : null}
			<Heading width={width} found={search !== undefined} />
			{search
				? search.rows
						.slice(top, top + height)
						.map((row, at) => <FoundLine key={row.path} row={row} {...of(top + at)} />)
				: rowsBetween(state.folders, top, top + height).map((row, at) => (
						<TreeLine key={top + at} row={row} {...of(top + at)} />
					))}
		</>
	);
}

function FilterLine({ search, width }: { search: Search; width: number }) {
	const note = search.error ?? noteOf(search);
	const room = Math.max(20, width - 4 - note.length);
	return (
		<Box width={width} height={1}>
			<Line segments={[{ text: '/ ', tone: 'key' }]} width={2} />
			<FieldView
				field={search.field}
				width={room}
				focus={search.editing}
				placeholder="words  status:missing  size:>1g  before:2024-01-01"
			/>
			<Box width={width - 2 - room}>
				<Line segments={[{ text: `  ${note}`, tone: search.error ? 'warn' : 'muted' }]} width={width - 2 - room} />
			</Box>
		</Box>
	);
}

function noteOf({ rows, searched, cursor, field }: Search): string {
	if (field.text.trim() === '') return 'type to search';
	const found = counted(rows.length, 'match').replace('matchs', 'matches');
	if (searched === 1 && cursor === undefined) return found;
	return `${found} so far, ${Math.floor(searched * 100)} % searched`;
}

function titleOf({ job, view }: ArchiveState, { now }: AppState): string {
	const parts = ['Archive'];
	if (job !== undefined) parts.push(displayName(job));
	if (view) parts.push(`snapshot ${view.number}, ${view.finished ? formatWhen(view.time, now) : 'unfinished'}`);
	return parts.join(' · ');
}

const SORTED = { name: 'name', size: 'size', files: 'files', time: 'newest' };

function orderOf({ sort, descending, depth }: ArchiveState, { up, down }: Glyphs): string {
	return `depth ${depth} · ${SORTED[sort]} ${descending ? down : up}`;
}

/** Where the cursor is, and what is marked. */
function footerOf(state: ArchiveState, isNarrow: boolean): string {
	const { search, folders, list, range } = state;
	const count = search ? search.rows.length : rowCount(folders);
	const at = search ? search.list.cursor : list.cursor;
	const top = folders[TOP]!;
	const all = top.totals ? `${counted(top.totals.files, 'file')}, ${formatSize(top.totals.bytes)}` : 'counting';
	const { count: marked, bytes } = sumOfMarks(marksOf(state));
	const row = count > 0 ? [`row ${formatCount(at + 1)} of ${formatCount(count)}`] : [];
	if (isNarrow && range !== undefined) return 'range: v marks it';
	if (isNarrow) return marked > 0 ? `${formatCount(marked)} marked, ${formatSize(bytes)}` : row.join('');
	const parts = [
		...(range === undefined ? [] : ['range: v marks it']),
		...(marked > 0 ? [`${formatCount(marked)} marked, ${formatSize(bytes)}`] : []),
		...row,
		...(search ? [] : [all]),
	];
	return parts.join(' · ');
}

/** Instead of the list, where there is nothing to list. */
function emptyText({ job, problem, folders, snapshots }: ArchiveState, app: AppState): string[] | undefined {
	if (app.jobs === undefined) return ['Asking the engine for the jobs.'];
	if (job === undefined) return ['There is no job yet.', '', '1 leads to the jobs, where a makes one.'];
	if (problem && NOTHING_YET.has(problem.code)) {
		return [
			`${displayName(job)} has no finished run yet.`,
			'',
			'Once a run has stored an archive, its files are listed here. 1 leads to the jobs, where s starts a run; 3 shows it.',
		];
	}
	if (problem) return [displayName(problem.text), '', 'R reads everything anew.'];
	if (folders[TOP]!.total === 0 && !folders[TOP]!.counting && snapshots !== undefined) {
		return ['Nothing is stored in this snapshot.', '', 's leads to another one.'];
	}
	return undefined;
}

const NOTHING_YET = new Set(['STATE_MISSING', 'STATE_EMPTY', 'SNAPSHOT_MISSING']);

function Empty({ lines, width }: { lines: string[]; width: number }) {
	return lines
		.flatMap((line) => wrap(line, width))
		.map((line, at) => (
			<Line key={at} segments={[{ text: line, tone: at === 0 ? 'normal' : 'muted' }]} width={width} />
		));
}
